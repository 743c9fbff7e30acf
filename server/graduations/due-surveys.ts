import { dateIn } from '../clock.ts'
import { listCompanies } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { nextDaytime, queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { startOfDay } from './rules.ts'
import type { GraduationTables } from './tables.ts'

/**
 * Queues the mails of surveys whose day has come (role scheduler), by day only. The state changes with the queueing, so twice
 * queues once. Whether and where it can still go is decided when it is sent.
 */
export async function inviteDue(
  services: Services,
  of: { table: 'exit_interview' | 'exit_followup'; template: string },
  at: Date,
): Promise<number> {
  let invited = 0
  for (const { companyId, timeZone } of await listCompanies(services.database)) {
    if (nextDaytime(at, timeZone) > at) continue
    const today = dateIn(timeZone, at)
    invited += await services.database.as<GraduationTables, number>(
      { role: 'scheduler', companyId },
      at,
      async (db) => {
        const due = await db
          .updateTable(of.table)
          .set({ state: 'invited' })
          .where('company_id', '=', companyId)
          .where('state', '=', 'waiting')
          .where('due_on', '<=', today)
          .returning('id')
          .execute()
        const day = startOfDay(today, timeZone)
        const mails = due.map(({ id }) => ({
          mailClass: 'survey' as const,
          template: of.template,
          area: 'exit' as const,
          subjectId: id,
          contextId: id,
          batchId: newId(day),
          dueAt: day,
        }))
        await queueMail(db, companyId, mails, day)
        return mails.length
      },
    )
  }
  return invited
}
