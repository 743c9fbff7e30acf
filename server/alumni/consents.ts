import { newId } from '../ids.ts'
import { offeredPurposes, purposeTextVersion, type OfferedPurpose, type Purpose } from './purposes.data.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/** A purpose somebody said yes to, with the sentence as it stood beside the box. */
export interface GivenConsent {
  purpose: Purpose
  shownText: string
  locale: string
}

/** The sentences of a page, in its language, with the sender's formal name in them: what is shown is what is kept. */
export function purposeSentences(
  text: (key: string, values: Record<string, string>) => string,
  companyName: string,
): { purpose: OfferedPurpose; sentence: string }[] {
  return offeredPurposes.map((purpose) => ({
    purpose,
    sentence: text(`alumni.purpose.${purpose}`, { company: companyName }),
  }))
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
        shown_text: one.shownText,
        locale: one.locale,
        given_at: when.givenAt,
        confirmed_at: when.confirmedAt,
        withdrawn_at: null,
      })),
    )
    .execute()
}

/** Purposes that hold now; with `onlyConfirmed` those that may be used. */
export async function livePurposes(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  onlyConfirmed = true,
): Promise<Purpose[]> {
  let query = alumniOf(db)
    .selectFrom('alumni_consent')
    .select('purpose')
    .where('company_id', '=', companyId)
    .where('member_id', '=', memberId)
    .where('withdrawn_at', 'is', null)
  if (onlyConfirmed) query = query.where('confirmed_at', 'is not', null)
  return (await query.execute()).map((row) => row.purpose)
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

/** Makes the live purposes those that are ticked: new ones are kept with their sentence, unticked ones withdrawn. The address is confirmed already. */
export async function changePurposes(
  db: AnyHandle,
  companyId: string,
  memberId: string,
  ticked: readonly GivenConsent[],
  at: Date,
): Promise<void> {
  const before = await livePurposes(db, companyId, memberId)
  const wanted = new Set<Purpose>(ticked.map((one) => one.purpose))
  const given = ticked.filter((one) => !before.includes(one.purpose))
  await withdrawConsents(
    db,
    companyId,
    memberId,
    at,
    before.filter((purpose) => !wanted.has(purpose)),
  )
  await addConsents(db, companyId, memberId, given, { givenAt: at, confirmedAt: at })
}
