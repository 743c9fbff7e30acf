import type { Kysely } from 'kysely'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import type { MailTables } from './tables.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- asked and written inside any capability's transaction
type Handle = Kysely<any>

/** The same address typed in another case or with spaces around it is the same refusal. */
function hashOf(vault: Vault, companyId: string, address: string): Promise<Buffer> {
  return vault.lookUpHash(companyId, 'mail-suppression', address.trim().normalize('NFKC').toLowerCase())
}

/**
 * Remembers that this address gets no alumni news any more (law: 特定電子メール法 3条3項; once refused, never again). Only a keyed hash is kept, so it
 * survives the deletion of the person and meets them again when an address is imported anew. Roles `alumni`, `leaver`, `mailer`.
 */
export async function suppressAddress(
  db: Handle,
  vault: Vault,
  companyId: string,
  address: string,
  reason: 'refused' | 'permanent_bounce' | 'complaint' | 'deleted',
  at: Date,
): Promise<void> {
  await (db as Kysely<MailTables>)
    .insertInto('mail_suppression')
    .values({
      company_id: companyId,
      id: newId(at),
      address_hash: await hashOf(vault, companyId, address),
      reason,
      created_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Whether alumni news to this address is refused. Asked at every sending. */
export async function isSuppressed(db: Handle, vault: Vault, companyId: string, address: string): Promise<boolean> {
  const row = await (db as Kysely<MailTables>)
    .selectFrom('mail_suppression')
    .select('id')
    .where('company_id', '=', companyId)
    .where('address_hash', '=', await hashOf(vault, companyId, address))
    .executeTakeFirst()
  return row !== undefined
}
