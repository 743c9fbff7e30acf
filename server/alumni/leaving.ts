import { dateIn } from '../clock.ts'
import { crockfordOf, newId } from '../ids.ts'
import { suppressAddress } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { revokeLinks } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { revokeSessions } from '../web/sessions.ts'
import { findMember } from './members.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

/**
 * Leaves the pool: keys are destroyed, rows go, sessions and links end, a certificate with a number stays that names nobody.
 * An address that refused mail stays refused (keyed hash); `refuse` adds it now. Of two clicks the second gets the first one's number.
 * @returns the certificate's number
 * @throws {Problem} sign_in_needed when the member is gone already, and not by this form
 */
export async function leaveAndDelete(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; memberId: string; refuse: boolean; formId: string },
  at: Date,
): Promise<string> {
  const { companyId, memberId } = of
  const number = await certificateNumber(services, companyId, of.formId)
  const there = await alumniOf(db)
    .selectFrom('alumni_member')
    .select('id')
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .forUpdate()
    .executeTakeFirst()
  if (!there) {
    if (await hasCertificate(db, companyId, number)) return number
    throw new Problem('sign_in_needed')
  }
  const member = await findMember(db, services, companyId, memberId)
  if (member && of.refuse) await suppressAddress(db, services.vault, companyId, member.profile.email, 'deleted', at)
  const keys = await services.vault.shred(db, companyId, { area: 'alumni', subjectId: memberId })
  // consents and return requests go with their member (ON DELETE CASCADE)
  await alumniOf(db)
    .deleteFrom('alumni_member')
    .where('company_id', '=', companyId)
    .where('id', '=', memberId)
    .execute()
  await revokeLinks(db, companyId, memberId, at)
  await revokeSessions(db, companyId, { subjectId: memberId }, at)
  await alumniOf(db)
    .insertInto('deletion_certificate')
    .values({
      company_id: companyId,
      id: newId(at),
      number,
      area: 'alumni',
      record_types: JSON.stringify(['profile', 'consents', 'returnRequests', 'checkins', 'sessions', 'links']),
      keys_destroyed: keys,
      deleted_at: at,
    })
    .execute()
  return number
}

/**
 * The number of the certificate that a form leads to: nobody's but the form's, whose random id is kept nowhere. So whoever pressed twice is shown
 * the one certificate there is, though nothing is left that knows them.
 */
export async function certificateNumber(services: Services, companyId: string, formId: string): Promise<string> {
  const text = crockfordOf(await services.vault.lookUpHash(companyId, 'alumni certificate', formId)).toUpperCase()
  return `A-${text.slice(0, 5)}-${text.slice(5, 10)}`
}

/** Whether there is a certificate of this number. */
export async function hasCertificate(db: AnyHandle, companyId: string, number: string): Promise<boolean> {
  const row = await alumniOf(db)
    .selectFrom('deletion_certificate')
    .select('id')
    .where('company_id', '=', companyId)
    .where('number', '=', number)
    .executeTakeFirst()
  return row !== undefined
}

export interface Certificate {
  number: string
  recordTypes: string[]
  keysDestroyed: number
  deletedOn: string
}

/** A certificate by its number; it names nobody. */
export async function findCertificate(
  db: AnyHandle,
  companyId: string,
  timeZone: string,
  number: string,
): Promise<Certificate | undefined> {
  const row = await alumniOf(db)
    .selectFrom('deletion_certificate')
    .select(['number', 'record_types', 'keys_destroyed', 'deleted_at'])
    .where('company_id', '=', companyId)
    .where('number', '=', number)
    .executeTakeFirst()
  return (
    row && {
      number: row.number,
      recordTypes: row.record_types as unknown as string[],
      keysDestroyed: row.keys_destroyed,
      deletedOn: dateIn(timeZone, row.deleted_at),
    }
  )
}
