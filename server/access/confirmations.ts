import type { Transaction } from '../database/connection.ts'
import { newId } from '../ids.ts'
import type { AnyTransaction } from './tables.ts'

interface Tables {
  setup_confirmation: { company_id: string; id: string; what: 'key_backup'; confirmed_by: string; confirmed_at: Date }
}

/** Somebody confirmed that the outer key is kept apart from the data. */
export async function isKeyBackupConfirmed(handle: AnyTransaction, companyId: string): Promise<boolean> {
  const db: Transaction<Tables> = handle
  const row = await db
    .selectFrom('setup_confirmation')
    .select('id')
    .where('company_id', '=', companyId)
    .where('what', '=', 'key_backup')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export async function confirmKeyBackup(
  handle: AnyTransaction,
  companyId: string,
  userId: string,
  at: Date,
): Promise<void> {
  const db: Transaction<Tables> = handle
  await db
    .insertInto('setup_confirmation')
    .values({ company_id: companyId, id: newId(at), what: 'key_backup', confirmed_by: userId, confirmed_at: at })
    .execute()
}
