import { listCompanies } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/** Those who never pressed the button in the confirmation mail are forgotten: the link lasts a week, the row two. */
const keptDays = 14

/** Deletes memberships that were never confirmed, keys first; each under its own id. Returns how many. */
export async function forgetUnconfirmed(services: Services, at: Date): Promise<number> {
  const before = new Date(at.getTime() - keptDays * 24 * 3600_000)
  let forgotten = 0
  for (const { companyId } of await listCompanies(services.database)) {
    const stale = await services.database.as({ role: 'scheduler', companyId }, at, (db: AnyHandle) =>
      alumniOf(db)
        .selectFrom('alumni_member')
        .select('id')
        .where('company_id', '=', companyId)
        .where('state', '=', 'unconfirmed')
        .where('created_at', '<', before)
        .execute(),
    )
    for (const { id } of stale) {
      await services.database.as({ role: 'alumni', companyId, subjectId: id }, at, async (db: AnyHandle) => {
        const gone = await alumniOf(db)
          .deleteFrom('alumni_member')
          .where('company_id', '=', companyId)
          .where('id', '=', id)
          .where('state', '=', 'unconfirmed')
          .executeTakeFirst()
        if (gone.numDeletedRows === 0n) return // confirmed meanwhile
        await services.vault.shred(db, companyId, { area: 'alumni', subjectId: id })
        forgotten++
      })
    }
  }
  return forgotten
}
