import type { Transaction } from '../database/connection.ts'
import type { Vault } from '../vault/index.ts'
import { createTotpSecret, stepOfCode } from './one-time-codes.ts'
import type { AccessTables } from './tables.ts'
import { totpKeyOf, totpPlaceOf } from './users.ts'

type Handle = Transaction<AccessTables>

/** What signing in needs to know of an account (role `sign_in`). */
export interface Account {
  userId: string
  email: string
  displayName: string
  passwordHash: string | undefined
  /** the second factor was shown to work */
  totpConfirmed: boolean
}

export async function findAccount(
  db: Handle,
  companyId: string,
  by: { email: string } | { userId: string },
): Promise<Account | undefined> {
  const base = db
    .selectFrom('staff_user')
    .select(['id', 'email', 'display_name', 'password_hash', 'totp_confirmed_at'])
    .where('company_id', '=', companyId)
    .where('disabled_at', 'is', null)
  const row = await (
    'email' in by ? base.where('email', '=', by.email) : base.where('id', '=', by.userId)
  ).executeTakeFirst()
  return (
    row && {
      userId: row.id,
      email: row.email,
      displayName: row.display_name,
      passwordHash: row.password_hash ?? undefined,
      totpConfirmed: row.totp_confirmed_at !== null,
    }
  )
}

/** Sets the password of an invitation that is being accepted. */
export async function setPassword(db: Handle, companyId: string, userId: string, passwordHash: string): Promise<void> {
  await db
    .updateTable('staff_user')
    .set({ password_hash: passwordHash })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .where('totp_confirmed_at', 'is', null)
    .execute()
}

/** The sealed secret of an account's second factor, made when there is none yet (write). */
export async function ensureTotpSecret(
  db: Handle,
  vault: Vault,
  companyId: string,
  userId: string,
  at: Date,
): Promise<void> {
  if (await findTotpSecret(db, vault, companyId, userId)) return
  const sealed = await vault.seal(db, companyId, totpKeyOf(userId), totpPlaceOf(userId), createTotpSecret(), at)
  await db
    .updateTable('staff_user')
    .set({ totp_sealed: sealed })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    // made a moment ago by another request: that one may stand on a screen already
    .where('totp_sealed', 'is', null)
    .where('totp_confirmed_at', 'is', null)
    .execute()
}

export async function findTotpSecret(
  db: Handle,
  vault: Vault,
  companyId: string,
  userId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('staff_user')
    .select('totp_sealed')
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .executeTakeFirst()
  return row?.totp_sealed ? vault.open<string>(db, companyId, totpPlaceOf(userId), row.totp_sealed) : undefined
}

/** Takes a code: true when it fits and was not used before; the step is kept, so the same code (and any older) fails from now on. */
export async function takeCode(
  db: Handle,
  vault: Vault,
  companyId: string,
  userId: string,
  typed: string,
  at: Date,
): Promise<boolean> {
  const secret = await findTotpSecret(db, vault, companyId, userId)
  const step = secret === undefined ? undefined : stepOfCode(secret, typed, at)
  if (step === undefined) return false
  const result = await db
    .updateTable('staff_user')
    .set({ totp_last_step: step })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .where((where) => where.or([where('totp_last_step', 'is', null), where('totp_last_step', '<', step)]))
    .executeTakeFirst()
  return result.numUpdatedRows === 1n
}

/** The authenticator app was shown to work: from now on the account is complete. */
export async function confirmTotp(db: Handle, companyId: string, userId: string, at: Date): Promise<void> {
  await db
    .updateTable('staff_user')
    .set({ totp_confirmed_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .where('totp_confirmed_at', 'is', null)
    .execute()
}
