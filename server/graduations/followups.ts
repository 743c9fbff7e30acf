import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { listCompanies } from '../database/companies.ts'
import { getShipped } from '../questionnaires/index.ts'
import { inviteDue } from './due-surveys.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { addDays, decideFollowupDue } from './rules.ts'
import { exitFollowup, exitInterview } from './surveys.ts'
import { findInterview } from './interviews.ts'
import { graduationsOf, type AnyHandle, type GraduationTables } from './tables.ts'

/** Changes whenever the sentence beside the box (graduations.followup.agree) changes. */
export const followupTextVersion = '2026-11'

/** Answers are kept three years, as those at leaving; what was agreed to and never answered as long as its link works. */
const keptYears = 3
const openDays = 180

interface Own {
  companyId: string
  subjectId: string
  requestId: string
}

/**
 * The leaver says yes to being asked once, some months later (role leaver): the row is the agreement. Twice is once.
 * @throws {Problem} wrong_state when it is too late to be asked
 */
export async function agreeToFollowup(
  db: AnyHandle,
  of: Own & { timeZone: string; leavingOn: string },
  at: Date,
): Promise<void> {
  const { companyId, subjectId } = of
  const today = dateIn(of.timeZone, at)
  const dueOn = decideFollowupDue(of.leavingOn, today)
  const interview = await findInterview(db, companyId, subjectId, exitInterview)
  if (!dueOn || !interview) throw new Problem('wrong_state')
  const { slug, version, hash } = await getShipped('exit-followup', 1)
  const made = await graduationsOf(db)
    .insertInto('exit_followup')
    .values({
      company_id: companyId,
      id: subjectId,
      slug,
      version,
      hash,
      state: 'waiting',
      // counted at the same place as what was said at leaving
      department_id: interview.departmentId,
      agreed_on: today,
      text_version: followupTextVersion,
      due_on: dueOn,
      visibility: null,
      sealed_answers: null,
      submitted_on: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (made.numInsertedOrUpdatedRows === 1n) await record(db, of, 'exit_followup.agreed', at)
}

/** Takes the yes back before the mail has gone (role leaver): no row, as if it had never been said. */
export async function withdrawFromFollowup(db: AnyHandle, of: Own, at: Date): Promise<boolean> {
  const gone = await graduationsOf(db)
    .deleteFrom('exit_followup')
    .where('company_id', '=', of.companyId)
    .where('id', '=', of.subjectId)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (gone.numDeletedRows === 0n) return false
  await record(db, of, 'exit_followup.withdrawn', at)
  return true
}

const record = (db: AnyHandle, of: Own, action: string, at: Date) =>
  recordAudit(db, of.companyId, at, {
    actorKind: 'leaver',
    actorId: of.subjectId,
    actorRole: 'leaver',
    action,
    subjectArea: 'exit',
    subjectId: of.subjectId,
    reason: 'graduations.reason.own',
    requestId: of.requestId,
  })

/**
 * Queues the follow-ups whose day has come (role scheduler), by day only, once each. Whether there is a confirmed private address, and whether it is not
 * too late by now, is asked when the mail is sent.
 */
export const inviteDueFollowups = (services: Services, at: Date): Promise<number> =>
  inviteDue(services, { table: 'exit_followup', template: 'graduations.exit-followup' }, at)

/**
 * Forgets follow-ups: answers after three years, agreements that were never answered when nothing leads to them any more. Keys first, each as the person
 * whose it is; safe to run at any time. Returns how many.
 */
export async function forgetFollowups(services: Services, at: Date): Promise<number> {
  let forgotten = 0
  for (const { companyId, timeZone } of await listCompanies(services.database)) {
    const today = dateIn(timeZone, at)
    const old = await services.database.as<GraduationTables, { id: string }[]>(
      { role: 'scheduler', companyId },
      at,
      (db) =>
        db
          .selectFrom('exit_followup')
          .select('id')
          .where('company_id', '=', companyId)
          .where((or) =>
            or.or([
              or('due_on', '<', addDays(today, -365 * keptYears)),
              or.and([or('state', '<>', 'submitted'), or('due_on', '<', addDays(today, -openDays))]),
            ]),
          )
          .execute(),
    )
    for (const { id } of old)
      await services.database.as({ role: 'leaver', companyId, subjectId: id }, at, async (db: AnyHandle) => {
        await services.vault.shred(db, companyId, {
          area: 'exit',
          subjectId: id,
          recordType: exitFollowup.recordType,
        })
        const gone = await graduationsOf(db)
          .deleteFrom('exit_followup')
          .where('company_id', '=', companyId)
          .where('id', '=', id)
          .executeTakeFirst()
        forgotten += Number(gone.numDeletedRows)
      })
  }
  return forgotten
}
