import { dateIn } from '../clock.ts'
import { writtenIn, type InterviewAnswers } from '../graduations/index.ts'
import type { Services } from '../services.ts'
import { recordOwn, type Member } from './members.ts'
import { alumniOf, type AnyHandle, type CheckinState, type CheckinVisibility } from './tables.ts'

/** One time a member is asked. */
export interface Checkin {
  id: string
  slug: string
  version: number
  state: CheckinState
  visibility: CheckinVisibility | null
}

/** What is sealed: the name only where the member lets HR read. */
export interface SealedCheckin {
  name?: string
  answers: InterviewAnswers
}

/** A key for each time, so that each can be destroyed by itself. */
export const recordTypeOf = (checkinId: string) => `checkin:${checkinId}`
export const placeOf = (checkinId: string) => ({ table: 'alumni_checkin', rowId: checkinId })

const columns = ['id', 'slug', 'version', 'state', 'visibility'] as const

/** The newest one that waits for an answer (role alumni: the own one). */
export async function findOpenCheckin(
  db: AnyHandle,
  companyId: string,
  memberId: string,
): Promise<Checkin | undefined> {
  return alumniOf(db)
    .selectFrom('alumni_checkin')
    .select(columns)
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('state', '=', 'invited')
    .orderBy('invited_on', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Does it still wait for an answer (role mailer)? */
export async function isOpenCheckin(db: AnyHandle, companyId: string, checkinId: string): Promise<boolean> {
  const row = await alumniOf(db)
    .selectFrom('alumni_checkin')
    .select('state')
    .where('company_id', '=', companyId)
    .where('id', '=', checkinId)
    .executeTakeFirst()
  return row?.state === 'invited'
}

/** The member's choice at the start; may be changed until the answers are sent. */
export async function chooseReaders(
  db: AnyHandle,
  companyId: string,
  checkinId: string,
  visibility: CheckinVisibility,
): Promise<boolean> {
  const changed = await alumniOf(db)
    .updateTable('alumni_checkin')
    .set({ visibility })
    .where('company_id', '=', companyId)
    .where('id', '=', checkinId)
    .where('state', '=', 'invited')
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Sends the answers, once, sealed in the same transaction (role alumni). @returns false when they were sent or declined before */
export async function submitCheckin(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; member: Member; timeZone: string; requestId: string },
  checkin: Checkin,
  answers: InterviewAnswers,
  at: Date,
): Promise<boolean> {
  const { companyId, member } = of
  const value: SealedCheckin = { answers, ...(checkin.visibility === 'hr' && { name: member.profile.name }) }
  const key = { area: 'alumni', subjectId: member.id, recordType: recordTypeOf(checkin.id) } as const
  const sealed = await services.vault.seal(db, companyId, key, placeOf(checkin.id), value, at)
  const changed = await alumniOf(db)
    .updateTable('alumni_checkin')
    .set({ state: 'submitted', sealed_answers: sealed, submitted_on: dateIn(of.timeZone, at) })
    .where('company_id', '=', companyId)
    .where('id', '=', checkin.id)
    .where('state', '=', 'invited')
    .where('visibility', '=', checkin.visibility)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) return false
  await recordOwn(db, companyId, member.id, 'alumni.checkin_submitted', of.requestId, at)
  return true
}

/** "Not this time": nobody is told. */
export async function declineCheckin(db: AnyHandle, companyId: string, checkinId: string): Promise<void> {
  await alumniOf(db)
    .updateTable('alumni_checkin')
    .set({ state: 'declined' })
    .where('company_id', '=', companyId)
    .where('id', '=', checkinId)
    .where('state', '=', 'invited')
    .execute()
}

/** What the member wrote in the check-in sent last. */
export async function newestCheckinWords(
  db: AnyHandle,
  services: Services,
  companyId: string,
  memberId: string,
): Promise<string[]> {
  const row = await alumniOf(db)
    .selectFrom('alumni_checkin')
    .select(['id', 'sealed_answers'])
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('state', '=', 'submitted')
    .orderBy('submitted_on', 'desc')
    .orderBy('invited_on', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!row?.sealed_answers) return []
  return writtenIn(
    (await services.vault.open<SealedCheckin>(db, companyId, placeOf(row.id), row.sealed_answers)).answers,
  )
}
