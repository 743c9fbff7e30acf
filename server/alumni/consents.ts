import { newId } from '../ids.ts'
import { withoutReadings } from '../web/readings.ts'
import { choosablePurposes, purposeTextVersion, type OfferedPurpose, type Purpose } from './purposes.data.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/** A purpose somebody said yes to, with the sentence as it stood beside the box. */
export interface GivenConsent {
  purpose: Purpose
  shownText: string
  locale: string
}

/**
 * The sentences of a page, in its language, with the sender's formal name in them: what is shown is what is kept. `withCheckin`: whether being asked how
 * one is is among them, which HR switches on.
 */
export function purposeSentences(
  text: (key: string, values: Record<string, string>) => string,
  companyName: string,
  withCheckin: boolean,
): { purpose: OfferedPurpose; sentence: string }[] {
  return choosablePurposes
    .filter((purpose) => purpose !== 'checkin' || withCheckin)
    .map((purpose) => ({ purpose, sentence: text(`alumni.purpose.${purpose}`, { company: companyName }) }))
}

/** Keeps consents; `confirmedAt` null until the button in the confirmation mail is pressed. */
export async function addConsents(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  given: readonly GivenConsent[],
  when: { givenAt: Date; confirmedAt: Date | null },
): Promise<void> {
  if (given.length === 0) return
  await alumniOf(db)
    .insertInto('alumni_consent')
    .values(
      given.map((one) => ({
        company_id: companyId,
        id: newId(when.givenAt),
        member_id: memberId,
        purpose: one.purpose,
        text_version: purposeTextVersion,
        shown_text: withoutReadings(one.shownText),
        locale: one.locale,
        given_at: when.givenAt,
        confirmed_at: when.confirmedAt,
        withdrawn_at: null,
      })),
    )
    .execute()
}

const liveConsents = (db: AnyHandle, companyId: string, memberId: string) =>
  alumniOf(db)
    .selectFrom('alumni_consent')
    .select('purpose')
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('withdrawn_at', 'is', null)

/** Purposes that hold now: said yes to, confirmed, not taken back. */
export async function livePurposes(db: AnyHandle, companyId: string, memberId: string): Promise<Purpose[]> {
  const rows = await liveConsents(db, companyId, memberId).where('confirmed_at', 'is not', null).execute()
  return rows.map((row) => row.purpose)
}

/** Purposes that wait for the button behind the link of a mail; with `askedBy` those that a mail of that instant asks about. */
export async function waitingPurposes(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  askedBy?: Date,
): Promise<Purpose[]> {
  let query = liveConsents(db, companyId, memberId).where('confirmed_at', 'is', null)
  if (askedBy) query = query.where('given_at', '<=', askedBy)
  return (await query.execute()).map((row) => row.purpose)
}

/** The second yes: what a mail of the instant `askedBy` asked about counts from now. @returns how many */
export async function confirmConsents(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  askedBy: Date,
  at: Date,
): Promise<number> {
  const changed = await alumniOf(db)
    .updateTable('alumni_consent')
    .set({ confirmed_at: at })
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('confirmed_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('given_at', '<=', askedBy)
    .executeTakeFirst()
  return Number(changed.numUpdatedRows)
}

/** Takes consents back: these purposes, or all of them. */
export async function withdrawConsents(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  at: Date,
  only?: readonly Purpose[],
): Promise<void> {
  if (only?.length === 0) return
  let query = alumniOf(db)
    .updateTable('alumni_consent')
    .set({ withdrawn_at: at })
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('withdrawn_at', 'is', null)
  if (only) query = query.where('purpose', 'in', [...only])
  await query.execute()
}

/**
 * Makes the live purposes those that are ticked: new ones are kept with their sentence and wait for their confirmation, unticked ones are withdrawn at
 * once. @returns how many are new, and how many wait now, the new ones among them
 */
export async function changePurposes(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  ticked: readonly GivenConsent[],
  at: Date,
): Promise<{ added: number; waiting: number }> {
  const confirmed = await livePurposes(db, companyId, memberId)
  const before = [...confirmed, ...(await waitingPurposes(db, companyId, memberId))]
  const wanted = new Set<Purpose>(ticked.map((one) => one.purpose))
  const given = ticked.filter((one) => !before.includes(one.purpose))
  const dropped = before.filter((purpose) => !wanted.has(purpose))
  await withdrawConsents(db, companyId, memberId, at, dropped)
  await addConsents(db, companyId, memberId, given, { givenAt: at, confirmedAt: null })
  return { added: given.length, waiting: ticked.filter((one) => !confirmed.includes(one.purpose)).length }
}
