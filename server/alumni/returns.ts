import { recordAudit } from '../audit/index.ts'
import { newId } from '../ids.ts'
import { queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { recordOwn, type Member } from './members.ts'
import { alumniOf, type AnyHandle, type ReturnState } from './tables.ts'

/** A wish to come back (出戻り), seen by the one contact whom the member chose. */
export interface ReturnRequest {
  id: string
  contactUserId: string
  state: ReturnState
  createdAt: Date
}

/** What the contact reads. */
export interface ReturnLetter {
  name: string
  email: string
  message: string
}

const place = (id: string) => ({ table: 'return_request', rowId: id })

export async function sendReturnRequest(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; member: Member; contactUserId: string; message: string; requestId: string },
  at: Date,
): Promise<void> {
  const { companyId, member, contactUserId, message } = of
  const id = newId(at)
  const letter: ReturnLetter = { name: member.profile.name, email: member.profile.email, message }
  const key = { area: 'alumni', subjectId: member.id, recordType: 'return' } as const
  const sealed = await services.vault.seal(db, companyId, key, place(id), letter, at)
  await alumniOf(db)
    .insertInto('return_request')
    .values({
      company_id: companyId,
      id,
      member_id: member.id,
      contact_user_id: contactUserId,
      sealed,
      state: 'received',
      created_at: at,
    })
    .execute()
  const mail = {
    mailClass: 'account',
    template: 'alumni.return-request',
    area: 'staff',
    subjectId: contactUserId,
  } as const
  await queueMail(db, companyId, [{ ...mail, contextId: id, batchId: id, dueAt: at }], at)
  await recordOwn(db, companyId, member.id, 'return_request.sent', of.requestId, at)
}

/** Requests in reach: one's own (alumni), those addressed to oneself (hr). Newest first. */
export async function listReturnRequests(db: AnyHandle, companyId: string): Promise<ReturnRequest[]> {
  const rows = await alumniOf(db)
    .selectFrom('return_request')
    .select(['id', 'contact_user_id', 'state', 'created_at'])
    .where('company_id', '=', companyId)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    contactUserId: row.contact_user_id,
    state: row.state,
    createdAt: row.created_at,
  }))
}

/** The request a member wrote last (role alumni: the own ones). */
export async function newestLetter(
  db: AnyHandle,
  services: Services,
  companyId: string,
): Promise<ReturnLetter | undefined> {
  const row = await alumniOf(db)
    .selectFrom('return_request')
    .select(['id', 'sealed'])
    .where('company_id', '=', companyId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && services.vault.open<ReturnLetter>(db, companyId, place(row.id), row.sealed)
}

/** States a member may still withdraw from. */
const openStates: readonly ReturnState[] = ['received', 'screened', 'talk', 'offer']
export const isOpen = (state: ReturnState): boolean => openStates.includes(state)

export async function withdrawReturnRequest(db: AnyHandle, companyId: string, id: string): Promise<void> {
  const changed = await alumniOf(db)
    .updateTable('return_request')
    .set({ state: 'withdrawn' })
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('state', 'in', [...openStates])
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new Problem('wrong_state')
}

/** The chosen contact opens a request (role hr): one audit row, then the letter. A withdrawn one stays closed. */
export async function openReturnRequest(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; id: string; userId: string; requestId: string },
  at: Date,
): Promise<ReturnRequest & ReturnLetter> {
  const { companyId, id, userId } = of
  const row = await alumniOf(db)
    .selectFrom('return_request')
    .select(['id', 'member_id', 'contact_user_id', 'state', 'created_at', 'sealed'])
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row || row.state === 'withdrawn') throw new Problem('not_found')
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: userId,
    actorRole: 'hr',
    action: 'return_request.opened',
    subjectArea: 'alumni',
    subjectId: row.member_id,
    reason: 'alumni.reason.chosenContact',
    objectKind: 'return_request',
    objectId: id,
    requestId: of.requestId,
  })
  const letter = await services.vault.open<ReturnLetter>(db, companyId, place(id), row.sealed)
  return { id, contactUserId: row.contact_user_id, state: row.state, createdAt: row.created_at, ...letter }
}

/** What may follow: received → screened → talk → offer; "no" from anywhere; nothing after an end. */
export const nextStates: Record<ReturnState, readonly ReturnState[]> = {
  received: ['screened', 'talk', 'no'],
  screened: ['talk', 'no'],
  talk: ['offer', 'no'],
  offer: [],
  no: [],
  withdrawn: [],
}

export async function moveReturnRequest(db: AnyHandle, companyId: string, id: string, to: ReturnState): Promise<void> {
  const from = (Object.keys(nextStates) as ReturnState[]).filter((state) => nextStates[state].includes(to))
  const changed = await alumniOf(db)
    .updateTable('return_request')
    .set({ state: to })
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) throw new Problem('wrong_state')
}
