import { listCampaigns, type Campaign } from '../campaigns/index.ts'
import type { AnyHandle } from './tables.ts'

/** Campaigns by id. */
export async function campaignNames(db: AnyHandle, companyId: string): Promise<Map<string, Campaign>> {
  return new Map((await listCampaigns(db, companyId)).map((campaign) => [campaign.id, campaign]))
}
