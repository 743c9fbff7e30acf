import type { Kysely } from 'kysely'
import { chainAudit, type AuditTables } from '../audit/index.ts'
import { listCompanies } from '../database/companies.ts'
import { purgeRepeatedPosts } from '../web/repeated-post.ts'
import { purgeSessions } from '../web/sessions.ts'
import type { Tick } from './types.ts'

const batch = 5_000
const dayMilliseconds = 24 * 3600 * 1000

/** Chains audit rows that requests appended since the last time. */
const chain: Tick = {
  name: 'audit.chain',
  everySeconds: 60,
  async run({ services, at }) {
    for (const { companyId } of await listCompanies(services.database)) {
      let chained = batch
      while (chained === batch)
        chained = await services.database.as<AuditTables, number>({ role: 'chain', companyId }, at, (db) =>
          chainAudit(db, companyId, batch),
        )
    }
  },
}

/** Forgets what is of no use after a day: ended sessions, the memory of repeated forms. */
const forget: Tick = {
  name: 'web.forget',
  everySeconds: 3600,
  async run({ services, at }) {
    const before = new Date(at.getTime() - dayMilliseconds)
    for (const { companyId } of await listCompanies(services.database))
      await services.database.as({ role: 'jobs', companyId }, at, async (db: Kysely<unknown>) => {
        await purgeSessions(db, companyId, before)
        await purgeRepeatedPosts(db, companyId, before)
      })
  },
}

/** Ticks of the foundations; capabilities have their own. */
export const foundationTicks: readonly Tick[] = [chain, forget]
