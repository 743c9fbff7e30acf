import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { queueMail } from '../mail/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import { findMember, type Member } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { revokeLinks } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { toneOfKind, type Kind } from './kinds.data.ts'
import { addDays, decideInterviewDue, decideSteps, findDateFault, startOfDay, type DepartureDates } from './rules.ts'
import { findSubject, makeSubject } from './subjects.ts'
import { graduationsOf, type AnyHandle, type DepartureState, type GraduationTables } from './tables.ts'

/** One leaving, as HR knows it. */
export interface Departure extends DepartureDates {
  id: string
  employmentId: string
  state: DepartureState
  kind: Kind | null
  source: 'roster' | 'hr'
}

const columns = [
  'id',
  'employment_id',
  'state',
  'kind',
  'notice_on',
  'last_working_on',
  'leaving_on',
  'source',
] as const

interface Row {
  id: string
  employment_id: string
  state: DepartureState
  kind: Kind | null
  notice_on: string | null
  last_working_on: string | null
  leaving_on: string
  source: 'roster' | 'hr'
}

const departureOf = (row: Row): Departure => ({
  id: row.id,
  employmentId: row.employment_id,
  state: row.state,
  kind: row.kind,
  noticeOn: row.notice_on,
  lastWorkingOn: row.last_working_on,
  leavingOn: row.leaving_on,
  source: row.source,
})

export async function findDeparture(
  db: AnyHandle,
  companyId: string,
  departureId: string,
): Promise<Departure | undefined> {
  const row = await graduationsOf(db)
    .selectFrom('departure')
    .select(columns)
    .where('company_id', '=', companyId)
    .where('id', '=', departureId)
    .executeTakeFirst()
  return row && departureOf(row)
}

/** Drafts and confirmed departures that leave on or after `since`, by leaving date; drafts of any date. */
export async function listDepartures(db: AnyHandle, companyId: string, since: string): Promise<Departure[]> {
  const rows = await graduationsOf(db)
    .selectFrom('departure')
    .select(columns)
    .where('company_id', '=', companyId)
    .where((or) =>
      or.or([or('state', '=', 'draft'), or.and([or('state', '=', 'confirmed'), or('leaving_on', '>=', since)])]),
    )
    .orderBy('leaving_on')
    .orderBy('id')
    .execute()
  return rows.map(departureOf)
}

/** The person of a departure as the roster last knew them: on the leaving date, or the last day that holds before it. */
export async function memberOfDeparture(
  db: AnyHandle,
  companyId: string,
  departure: Pick<Departure, 'employmentId' | 'leavingOn'>,
  today: string,
): Promise<Member | undefined> {
  const { employmentId, leavingOn } = departure
  for (const on of [today < leavingOn ? today : leavingOn, leavingOn, today]) {
    const member = await findMember(db, companyId, employmentId, on)
    if (member) return member
  }
  return undefined
}

export interface Confirmation {
  companyId: string
  departureId: string
  kind: Kind
  noticeOn: string | null
  lastWorkingOn: string | null
  leavingOn: string
  userId: string
}

/**
 * HR confirms what kind of leaving a draft is: steps are computed, the exit subject is made, the interview gets its date and the mail with the
 * link is queued. Of a death nothing but HR's own steps is made: no subject, no page, no mail.
 * @throws {Problem} not_found, wrong_state, invalid_input with fields
 */
export async function confirmDeparture(services: Services, confirmation: Confirmation, at: Date): Promise<void> {
  const { companyId, userId } = confirmation
  await services.database.as<GraduationTables, void>({ role: 'hr', companyId, subjectId: userId }, at, (db) =>
    confirmDepartureIn(db, services, confirmation, `departure ${confirmation.departureId}`, at),
  )
}

/** {@link confirmDeparture} inside the caller's transaction (role hr). */
export async function confirmDepartureIn(
  db: AnyHandle,
  services: Services,
  confirmation: Confirmation,
  requestId: string,
  at: Date,
): Promise<void> {
  const { companyId, departureId, kind, userId } = confirmation
  const { noticeOn, lastWorkingOn, leavingOn } = confirmation
  const dates = { noticeOn, lastWorkingOn, leavingOn }
  const departure = await findDeparture(db, companyId, departureId)
  if (!departure) throw new Problem('not_found')
  const company = await getCompanyDetails(db, companyId)
  const today = dateIn(company.timeZone, at)
  const member = await memberOfDeparture(db, companyId, departure, today)
  if (!member) throw new Problem('not_found')
  const fault = findDateFault(dates, member.employedFromOn)
  if (fault) throw new Problem('invalid_input', [fault])
  const changed = await graduationsOf(db)
    .updateTable('departure')
    .set({
      state: 'confirmed',
      kind,
      notice_on: noticeOn,
      last_working_on: lastWorkingOn,
      leaving_on: leavingOn,
      confirmed_by: userId,
      confirmed_at: at,
    })
    .where('company_id', '=', companyId)
    .where('id', '=', departureId)
    .where('state', '=', 'draft')
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new Problem('wrong_state')
  const steps = decideSteps(kind, dates)
  await graduationsOf(db)
    .insertInto('graduation_step')
    .values(
      steps.map((step) => ({
        company_id: companyId,
        id: newId(at),
        departure_id: departureId,
        step: step.step,
        actor: step.actor,
        due_on: step.dueOn,
        done_at: null,
        done_by: null,
      })),
    )
    .execute()
  if (toneOfKind[kind] !== 'none')
    await openWalk(db, services, {
      companyId,
      departure: { ...departure, ...dates },
      member,
      dates,
      today,
      timeZone: company.timeZone,
    })
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: userId,
    actorRole: 'hr',
    action: 'departure.confirmed',
    reason: 'graduations.reason.confirmed',
    objectKind: 'departure',
    objectId: departureId,
    requestId,
  })
}

interface Walk {
  companyId: string
  departure: Departure
  member: Member
  dates: DepartureDates
  today: string
  timeZone: string
}

async function openWalk(db: AnyHandle, services: Services, walk: Walk): Promise<void> {
  const { companyId, departure, member, dates, today } = walk
  const { vault } = services
  const name = `${member.familyName} ${member.givenName}`
  // rows of the exit area carry the day, not the second: equal instants would join what only the sealed row may join
  const day = startOfDay(today, walk.timeZone)
  const subjectId = await makeSubject(
    db,
    vault,
    companyId,
    { departureId: departure.id, employmentId: departure.employmentId, name },
    day,
  )
  const questionnaire = await getShipped('exit-interview', 1)
  await graduationsOf(db)
    .insertInto('exit_interview')
    .values({
      company_id: companyId,
      id: subjectId,
      slug: questionnaire.slug,
      version: questionnaire.version,
      hash: questionnaire.hash,
      state: 'waiting',
      department_id: await departmentBefore(db, companyId, departure, member),
      due_on: decideInterviewDue(dates, today),
      visibility: null,
      sealed_answers: null,
      submitted_on: null,
    })
    .execute()
  // a batch of its own: whoever may count mails by batch learns nothing about one departure
  const mail = {
    template: 'graduations.welcome',
    area: 'exit',
    subjectId,
    contextId: subjectId,
    batchId: newId(day),
    dueAt: day,
  } as const
  await queueMail(db, companyId, [{ mailClass: 'account', ...mail }], day)
}

/** Where the answers count: the department held 30 days before leaving, so that a last transfer does not hide the place. */
async function departmentBefore(
  db: AnyHandle,
  companyId: string,
  departure: Departure,
  member: Member,
): Promise<string> {
  const before = await findMember(db, companyId, departure.employmentId, addDays(departure.leavingOn, -30))
  return (before ?? member).departmentId
}

/**
 * A notice withdrawn, or a draft that is no departure: links stop working, nothing more is mailed (role hr).
 * @throws {Problem} not_found, wrong_state
 */
export async function cancelDeparture(
  db: AnyHandle,
  services: Services,
  cancelled: { companyId: string; departureId: string; userId: string; requestId: string },
  at: Date,
): Promise<void> {
  const { companyId, departureId, userId, requestId } = cancelled
  const changed = await graduationsOf(db)
    .updateTable('departure')
    .set({ state: 'cancelled', confirmed_at: null })
    .where('company_id', '=', companyId)
    .where('id', '=', departureId)
    .where('state', '<>', 'cancelled')
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new Problem('wrong_state')
  const subjectId = await findSubject(db, services.vault, companyId, departureId)
  if (subjectId) await revokeLinks(db, companyId, subjectId, at)
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: userId,
    actorRole: 'hr',
    action: 'departure.cancelled',
    reason: 'graduations.reason.cancelled',
    objectKind: 'departure',
    objectId: departureId,
    requestId,
  })
}
