import { dateIn } from '../clock.ts'
import { newId } from '../ids.ts'
import { queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { startOfDay } from './rules.ts'
import { graduationsOf, type AnyHandle, type Contact } from './tables.ts'

/** What the leaver (or, where allowed, HR) sees of the private address. */
export interface PrivateContact extends Contact {
  hrMayRead: boolean
  isConfirmed: boolean
}

const keyOf = (subjectId: string) => ({ area: 'exit', subjectId, recordType: 'contact' }) as const
const place = (subjectId: string) => ({ table: 'private_contact', rowId: subjectId })

/** The private address of a subject: own (leaver), allowed (hr), for sending (mailer); undefined when there is none in reach. */
export async function findContact(
  db: AnyHandle,
  services: Services,
  companyId: string,
  subjectId: string,
): Promise<PrivateContact | undefined> {
  const row = await graduationsOf(db)
    .selectFrom('private_contact')
    .select(['id', 'sealed', 'hr_may_read', 'confirmed_at'])
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .executeTakeFirst()
  if (!row) return undefined
  const [contact] = await services.vault.openMany<Contact>(db, companyId, [{ ...place(row.id), sealed: row.sealed }])
  return contact && { ...contact, hrMayRead: row.hr_may_read, isConfirmed: row.confirmed_at !== null }
}

/** Keeps an address typed by the leaver, unconfirmed, and queues the mail that confirms it. */
export async function enterContact(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; subjectId: string; timeZone: string },
  entered: { email: string; hrMayRead: boolean },
  at: Date,
): Promise<void> {
  const { companyId, subjectId } = of
  const version = newId(at)
  const contact: Contact = { email: entered.email, version }
  const sealed = await services.vault.seal(db, companyId, keyOf(subjectId), place(subjectId), contact, at)
  await graduationsOf(db)
    .insertInto('private_contact')
    .values({
      company_id: companyId,
      id: subjectId,
      sealed,
      hr_may_read: entered.hrMayRead,
      confirmed_at: null,
      created_at: at,
    })
    .onConflict((conflict) =>
      conflict
        .columns(['company_id', 'id'])
        .doUpdateSet({ sealed, hr_may_read: entered.hrMayRead, confirmed_at: null, created_at: at }),
    )
    .execute()
  const mail = { template: 'graduations.private-contact', area: 'exit', subjectId, contextId: version } as const
  await queueMail(db, companyId, [{ mailClass: 'account', ...mail, batchId: newId(at), dueAt: at }], at)
}

/** Lets HR read the address, or no longer. */
export async function setHrMayRead(
  db: AnyHandle,
  companyId: string,
  subjectId: string,
  hrMayRead: boolean,
): Promise<void> {
  await graduationsOf(db)
    .updateTable('private_contact')
    .set({ hr_may_read: hrMayRead })
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .execute()
}

/**
 * The button behind the link in the private mailbox (role leaver): confirms the address the link was made for and sends a link that lasts.
 * @returns false when the address was changed since
 */
export async function confirmContact(
  db: AnyHandle,
  services: Services,
  of: { companyId: string; subjectId: string; timeZone: string; version: string },
  at: Date,
): Promise<boolean> {
  const { companyId, subjectId } = of
  const contact = await findContact(db, services, companyId, subjectId)
  if (contact?.version !== of.version) return false
  if (contact.isConfirmed) return true
  await graduationsOf(db)
    .updateTable('private_contact')
    .set({ confirmed_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .execute()
  const day = startOfDay(dateIn(of.timeZone, at), of.timeZone)
  const mail = { template: 'graduations.contact-confirmed', area: 'exit', subjectId, contextId: subjectId } as const
  await queueMail(db, companyId, [{ mailClass: 'account', ...mail, batchId: of.version, dueAt: day }], at)
  return true
}

/** Enough of an address to recognise one's own, too little for a stranger who opened the link: `t…@example.jp`. */
export function maskAddress(email: string): string {
  const [local = '', domain = ''] = email.split('@')
  return `${local.slice(0, 1)}…@${domain}`
}
