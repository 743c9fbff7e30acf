import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import { queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { revokeLinks } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { findDeparture, memberOfDeparture } from './departures.ts'
import { toneOfKind } from './kinds.data.ts'
import { decideFollowupDue, decideInterviewDue, decideSteps, findDateFault, mayBeMailed, startOfDay } from './rules.ts'
import { findSubject } from './subjects.ts'
import { graduationsOf, type AnyHandle, type GraduationTables } from './tables.ts'

/** Why dates of a confirmed departure change: what the ledger keeps (graduations.reason.dates.…). */
export const dateChangeReasons = ['wish', 'handover', 'mistake', 'other'] as const

export interface DateChange {
  companyId: string
  departureId: string
  userId: string
  requestId: string
  lastWorkingOn: string | null
  leavingOn: string
  reason: (typeof dateChangeReasons)[number]
}

/** Works left behind for the scheduler, which alone may move an interview: HR does not see whether it was sent or answered. */
export const dateJobs = { moved: 'graduations.dates-changed', earlier: 'graduations.leaving-earlier' } as const

/**
 * New dates of a confirmed departure whose leaving date has not passed (role hr). Steps that are not done get their new dates, the leaver is told
 * by a mail of the same shape in every case, the interview's date follows by a job. When the leaving date comes nearer, links that
 * would outlive the company mailbox are replaced by new ones.
 * @throws {Problem} not_found, wrong_state (not confirmed, or left), invalid_input with fields
 */
export async function changeDates(db: AnyHandle, services: Services, change: DateChange, at: Date): Promise<void> {
  const { companyId, departureId, lastWorkingOn, leavingOn } = change
  const departure = await findDeparture(db, companyId, departureId)
  if (!departure) throw new Problem('not_found')
  const { timeZone } = await getCompanyDetails(db, companyId)
  const today = dateIn(timeZone, at)
  if (departure.state !== 'confirmed' || !departure.kind || departure.leavingOn < today)
    throw new Problem('wrong_state')
  const dates = { noticeOn: departure.noticeOn, lastWorkingOn, leavingOn }
  const member = await memberOfDeparture(db, companyId, departure, today)
  const fault = findDateFault(dates, member?.employedFromOn) ?? findChangeFault(departure, dates, today)
  if (fault) throw new Problem('invalid_input', [fault])

  const changed = await graduationsOf(db)
    .updateTable('departure')
    .set({ last_working_on: lastWorkingOn, leaving_on: leavingOn })
    .where('company_id', '=', companyId)
    .where('id', '=', departureId)
    .where('state', '=', 'confirmed')
    // as it was read: somebody else may have changed it meanwhile
    .where('leaving_on', '=', departure.leavingOn)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new Problem('wrong_state')
  for (const { step, dueOn } of decideSteps(departure.kind, dates))
    await graduationsOf(db)
      .updateTable('graduation_step')
      .set({ due_on: dueOn })
      .where('company_id', '=', companyId)
      .where('departure_id', '=', departureId)
      .where('step', '=', step)
      .where('done_at', 'is', null)
      .execute()
  const subjectId = await findSubject(db, services.vault, companyId, departureId)
  if (subjectId && mayBeMailed(toneOfKind[departure.kind])) {
    const isEarlier = leavingOn < departure.leavingOn
    const day = startOfDay(today, timeZone)
    const mail = { mailClass: 'account', area: 'exit', subjectId, contextId: subjectId, dueAt: day } as const
    const templates = ['graduations.dates-changed']
    if (isEarlier) {
      await revokeLinks(db, companyId, subjectId, at)
      // the lasting link of a private address went with them; without such an address nothing is sent
      templates.push('graduations.contact-confirmed')
    }
    await queueMail(
      db,
      companyId,
      templates.map((template) => ({ ...mail, template, batchId: newId(day) })),
      day,
    )
    await requestJob(db, companyId, isEarlier ? dateJobs.earlier : dateJobs.moved, departureId, at)
  }
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: change.userId,
    actorRole: 'hr',
    action: 'departure.dates_changed',
    reason: `graduations.reason.dates.${change.reason}`,
    objectKind: 'departure',
    objectId: departureId,
    requestId: change.requestId,
  })
}

interface Days {
  lastWorkingOn: string | null
  leavingOn: string
}

/** Why these dates cannot replace those: nothing new, or a new day that is over, for what was sent until now cannot be unsent. */
function findChangeFault(before: Days, after: Days, today: string): { field: string; key: string } | undefined {
  if (before.lastWorkingOn === after.lastWorkingOn && before.leavingOn === after.leavingOn)
    return { field: 'leavingOn', key: 'graduations.errors.datesSame' }
  if (after.leavingOn < today) return { field: 'leavingOn', key: 'graduations.errors.leavingPast' }
  if (after.lastWorkingOn && after.lastWorkingOn !== before.lastWorkingOn && after.lastWorkingOn < today)
    return { field: 'lastWorkingOn', key: 'graduations.errors.lastDayPast' }
  return undefined
}

/**
 * What follows for the interview (role scheduler): one that waits gets the date of the new days, never one that is over; one that was sent keeps
 * its day. With `isEarlier` its links end, and where it was sent and is open another goes out. Twice moves once; a mail may double.
 */
export async function followDates(
  services: Services,
  of: { companyId: string; departureId: string; isEarlier: boolean },
  at: Date,
): Promise<void> {
  const { companyId, departureId, isEarlier } = of
  await services.database.as<GraduationTables, void>({ role: 'scheduler', companyId }, at, async (db) => {
    const subjectId = await findSubject(db, services.vault, companyId, departureId)
    const row = await db
      .selectFrom('departure')
      .select(['state', 'notice_on', 'last_working_on', 'leaving_on', 'confirmed_at'])
      .where('company_id', '=', companyId)
      .where('id', '=', departureId)
      .executeTakeFirst()
    if (!subjectId || row?.state !== 'confirmed' || !row.confirmed_at) return
    const { timeZone } = await getCompanyDetails(db, companyId)
    const today = dateIn(timeZone, at)
    const noticeOn = row.notice_on ?? dateIn(timeZone, row.confirmed_at)
    const dates = { noticeOn, lastWorkingOn: row.last_working_on, leavingOn: row.leaving_on }
    await db
      .updateTable('exit_interview')
      .set({ due_on: decideInterviewDue(dates, today) })
      .where('company_id', '=', companyId)
      .where('id', '=', subjectId)
      .where('state', '=', 'waiting')
      .execute()
    const followupOn = decideFollowupDue(row.leaving_on, today)
    if (followupOn)
      await db
        .updateTable('exit_followup')
        .set({ due_on: followupOn })
        .where('company_id', '=', companyId)
        .where('id', '=', subjectId)
        .where('state', '=', 'waiting')
        .execute()
    if (!isEarlier) return
    await revokeLinks(db, companyId, subjectId, at)
    const interview = await db
      .selectFrom('exit_interview')
      .select('state')
      .where('company_id', '=', companyId)
      .where('id', '=', subjectId)
      .executeTakeFirst()
    if (interview?.state !== 'invited') return
    const day = startOfDay(today, timeZone)
    const mail = { template: 'graduations.exit-interview', area: 'exit', subjectId, contextId: subjectId } as const
    await queueMail(db, companyId, [{ mailClass: 'survey', ...mail, batchId: newId(day), dueAt: day }], day)
  })
}
