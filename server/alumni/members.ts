import { v5 } from 'uuid'
import { recordAudit } from '../audit/index.ts'
import { newId } from '../ids.ts'
import { queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { addConsents, confirmConsents, type GivenConsent } from './consents.ts'
import { dayStart } from './days.ts'
import { alumniOf, type AnyHandle, type MemberState, type Profile } from './tables.ts'

export interface Member {
  id: string
  state: MemberState
  leftInYear: number
  joinedAt: Date | null
  profile: Profile
}

const place = (memberId: string) => ({ table: 'alumni_member', rowId: memberId })
const keyOf = (memberId: string) => ({ area: 'alumni', subjectId: memberId, recordType: 'profile' }) as const

/** Small letters, no spaces: what is kept and what is looked up. */
export const normaliseAddress = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

export const addressHash = (services: Services, companyId: string, email: string): Promise<Buffer> =>
  services.vault.lookUpHash(companyId, 'alumni member by address', normaliseAddress(email))

/** The member behind an address; asked before anybody is known. */
export async function findMemberByAddress(
  services: Services,
  companyId: string,
  email: string,
): Promise<{ id: string; state: MemberState } | undefined> {
  const [row] = await services.database.lookUp<{ id: string; state: MemberState }>(
    'SELECT * FROM find_alumni_member($1, $2)',
    [companyId, await addressHash(services, companyId, email)],
  )
  return row
}

/** A member (role alumni: the own one; role mailer); undefined when deleted or out of reach. */
export async function findMember(
  db: AnyHandle,
  services: Services,
  companyId: string,
  memberId: string,
): Promise<Member | undefined> {
  const row = await alumniOf(db)
    .selectFrom('alumni_member')
    .select(['id', 'state', 'left_in_year', 'joined_at', 'sealed_profile'])
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .executeTakeFirst()
  if (!row) return undefined
  const [profile] = await services.vault.openMany<Profile>(db, companyId, [
    { ...place(row.id), sealed: row.sealed_profile },
  ])
  return profile && { id: row.id, state: row.state, leftInYear: row.left_in_year, joinedAt: row.joined_at, profile }
}

export interface NewMember {
  companyId: string
  timeZone: string
  profile: Profile
  leftInYear: number
  consents: readonly GivenConsent[]
}

/**
 * Makes an unconfirmed member from what the person typed and ticked, and sends the mail that asks to confirm. Runs as role alumni under the new id:
 * no statement knows the leaver and the member, and rows carry the day, not the second. An address that is known already gets a mail of its own kind
 * and nothing changes; the caller cannot tell.
 */
export async function join(services: Services, joining: NewMember, at: Date): Promise<void> {
  const { companyId, timeZone, profile } = joining
  const known = await findMemberByAddress(services, companyId, profile.email)
  if (known) return remind(services, companyId, known, at)
  const day = dayStart(timeZone, at)
  const id = newId(day)
  const isNew = await services.database.as({ role: 'alumni', companyId, subjectId: id }, at, async (db: AnyHandle) => {
    const sealed = await services.vault.seal(db, companyId, keyOf(id), place(id), profile, day)
    const made = await alumniOf(db)
      .insertInto('alumni_member')
      .values({
        company_id: companyId,
        id,
        state: 'unconfirmed',
        sealed_profile: sealed,
        address_hash: await addressHash(services, companyId, profile.email),
        left_in_year: joining.leftInYear,
        joined_at: null,
        created_at: day,
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (made.numInsertedOrUpdatedRows === 0n) {
      // the same address a moment ago (double click): that one stays, this one's key goes
      await services.vault.shred(db, companyId, { area: 'alumni', subjectId: id })
      return false
    }
    await addConsents(db, companyId, id, joining.consents, { givenAt: day, confirmedAt: null })
    await queueOwnMail(db, companyId, id, 'alumni.confirmation', at, day)
    return true
  })
  if (isNew) return
  const other = await findMemberByAddress(services, companyId, profile.email)
  if (other) await remind(services, companyId, other, at)
}

/** A mail to somebody who is known by address: a way in for members, the confirmation again for those who have not pressed its button. */
export async function remind(
  services: Services,
  companyId: string,
  member: { id: string; state: MemberState },
  at: Date,
): Promise<void> {
  const template = member.state === 'unconfirmed' ? 'alumni.confirmation' : 'alumni.link'
  await services.database.as({ role: 'alumni', companyId, subjectId: member.id }, at, (db: AnyHandle) =>
    queueOwnMail(db, companyId, member.id, template, at, at),
  )
}

/** Takes as long as {@link remind} and leaves nothing: the time of the answer must not tell a stranger who is a member. */
export async function pretendToRemind(services: Services, companyId: string, at: Date): Promise<void> {
  const nobody = newId(at)
  const undo = new Error('nothing is to be kept')
  await services.database
    .as({ role: 'alumni', companyId, subjectId: nobody }, at, async (db: AnyHandle) => {
      await queueOwnMail(db, companyId, nobody, 'alumni.link', at, at)
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
}

/** At most one mail of a kind every ten minutes, however often somebody types the address. */
const pauseMilliseconds = 10 * 60_000

async function queueOwnMail(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  template: string,
  at: Date,
  dueAt: Date,
  batchId = v5(`${template} ${Math.floor(at.getTime() / pauseMilliseconds)}`, memberId),
): Promise<void> {
  await queueMail(
    db,
    companyId,
    [{ mailClass: 'account', template, area: 'alumni', subjectId: memberId, contextId: memberId, batchId, dueAt }],
    dueAt,
  )
}

/**
 * The mail that asks to confirm purposes ticked later: one for each change that adds any; to those who only press again, not more often than
 * other mails.
 */
export async function askToConfirm(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  isNew: boolean,
  at: Date,
): Promise<void> {
  await queueOwnMail(db, companyId, memberId, 'alumni.purposes', at, at, isNew ? newId(at) : undefined)
}

/**
 * The button behind a confirmation: membership and the consents that its mail (of the instant `askedBy`) asked about count from here. Twice is once.
 * @returns what this press confirmed
 */
export async function confirmMember(
  db: AnyHandle,
  of: { companyId: string; memberId: string; askedBy: Date; requestId: string },
  at: Date,
): Promise<'membership' | 'purposes' | undefined> {
  const { companyId, memberId, requestId } = of
  const changed = await alumniOf(db)
    .updateTable('alumni_member')
    .set({ state: 'active', joined_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .where('state', '=', 'unconfirmed')
    .executeTakeFirst()
  const confirmed = await confirmConsents(db, companyId, memberId, of.askedBy, at)
  if (changed.numUpdatedRows === 0n) {
    if (confirmed === 0) return undefined
    await recordOwn(db, companyId, memberId, 'alumni.purposes_confirmed', requestId, at)
    return 'purposes'
  }
  const welcome = { mailClass: 'alumni_news', template: 'alumni.welcome', area: 'alumni', subjectId: memberId } as const
  await queueMail(db, companyId, [{ ...welcome, contextId: memberId, batchId: newId(at), dueAt: at }], at)
  await recordOwn(db, companyId, memberId, 'alumni.joined', requestId, at)
  return 'membership'
}

/** One's own act, as a receipt. */
export async function recordOwn(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  action: string,
  requestId: string,
  at: Date,
): Promise<void> {
  await recordAudit(db, companyId, at, {
    actorKind: 'alumni',
    actorId: memberId,
    actorRole: 'alumni',
    action,
    subjectArea: 'alumni',
    subjectId: memberId,
    reason: 'alumni.reason.own',
    requestId,
  })
}

export async function changeProfile(
  db: AnyHandle,
  services: Services,
  companyId: string,
  memberId: string,
  profile: Profile,
  at: Date,
): Promise<void> {
  await alumniOf(db)
    .updateTable('alumni_member')
    .set({ sealed_profile: await services.vault.seal(db, companyId, keyOf(memberId), place(memberId), profile, at) })
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .execute()
}

/** Pause or resume; mails stop at once because state is asked when sending. */
export async function setPaused(db: AnyHandle, companyId: string, memberId: string, isPaused: boolean): Promise<void> {
  await alumniOf(db)
    .updateTable('alumni_member')
    .set({ state: isPaused ? 'paused' : 'active' })
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .where('state', '=', isPaused ? 'active' : 'paused')
    .execute()
}
