import { campaignQuestionnaires, type Campaign } from '../campaigns/index.ts'
import { versionsOf } from '../questionnaires/index.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Whether a campaign's reports may be computed: after the results went to the people themselves; where no stress check was asked
 * and nobody gets a result, once it is closed.
 */
export async function isReadyToCompute(db: AnyHandle, companyId: string, campaign: Campaign): Promise<boolean> {
  if (campaign.state === 'results_released' || campaign.state === 'archived') return true
  if (campaign.state !== 'closed') return false
  const questionnaires = await campaignQuestionnaires(db, companyId, campaign.id)
  const versions = await versionsOf(companyId, questionnaires, (work) => work(db))
  return versions.every(({ definition }) => definition.kind !== 'statutory')
}
