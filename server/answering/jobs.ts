import { listCampaigns } from '../campaigns/index.ts'
import { listCompanies } from '../database/companies.ts'
import type { Tick } from '../jobs/index.ts'
import { forgetDrafts } from './queries.ts'
import { decideOpening } from './rules.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Answers that were begun and never sent belong to nobody but the person: once the campaign is closed they are deleted,
 * whole rows, in every company. Safe to run at any time and by several processes.
 */
const forget: Tick = {
  name: 'answering.forget-drafts',
  everySeconds: 6 * 3600,
  async run({ services, at }) {
    for (const { companyId } of await listCompanies(services.database)) {
      await services.database.as({ role: 'scheduler', companyId }, at, async (db: AnyHandle) => {
        const closed = (await listCampaigns(db, companyId)).filter(
          (campaign) => decideOpening(campaign, at) === 'closed',
        )
        // a campaign whose last minute is just over is left to the run that closes it
        const ids = closed.filter((campaign) => campaign.state !== 'open').map((campaign) => campaign.id)
        await forgetDrafts(db, companyId, ids)
      })
    }
  },
}

export const ticks: readonly Tick[] = [forget]
