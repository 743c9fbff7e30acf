import type { Transaction } from '../database/connection.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { createTotpSecret } from './one-time-codes.ts'
import { hashPassword } from './passwords.ts'
import type { AccessTables, AnyTransaction } from './tables.ts'

type Handle = Transaction<AccessTables>

export interface NewStaffUser {
  companyId: string
  email: string
  displayName: string
  employeeCode?: string | undefined
  /** only at set-up, where there is nobody to send an invitation */
  passwordHash?: string | undefined
}

/**
 * Makes a staff account without a password; the invitation lets the person set one (role `setup` or `admin`).
 * @throws {Problem} conflict when the address has an account already
 */
export async function createStaffUser(handle: AnyTransaction, user: NewStaffUser, at: Date): Promise<string> {
  const db: Handle = handle
  const id = newId(at)
  const email = user.email.trim().toLowerCase()
  const known = await db
    .selectFrom('staff_user')
    .select('id')
    .where('company_id', '=', user.companyId)
    .where('email', '=', email)
    .executeTakeFirst()
  if (known) throw new Problem('conflict', [{ field: 'email', key: 'access.errors.emailTaken' }])
  await db
    .insertInto('staff_user')
    .values({
      company_id: user.companyId,
      id,
      email,
      display_name: user.displayName.trim(),
      employee_code: user.employeeCode?.trim() || null,
      password_hash: user.passwordHash ?? null,
      totp_sealed: null,
      totp_confirmed_at: null,
      totp_last_step: null,
      created_at: at,
      disabled_at: null,
    })
    .execute()
  return id
}

export const totpKeyOf = (userId: string) => ({ area: 'staff', subjectId: userId, recordType: 'totp' }) as const
export const totpPlaceOf = (userId: string) => ({ table: 'staff_user', rowId: userId })

/** Gives an account a password and a confirmed second factor at once: for the demo and tests, where nobody holds a phone to the screen. */
export async function setPasswordAndTotp(
  services: Services,
  user: { companyId: string; userId: string; password: string },
  at: Date,
): Promise<{ totpSecret: string }> {
  const passwordHash = await hashPassword(user.password)
  const totpSecret = createTotpSecret()
  await services.database.as<AccessTables, void>({ role: 'sign_in', companyId: user.companyId }, at, async (db) => {
    const sealed = await services.vault.seal(
      db,
      user.companyId,
      totpKeyOf(user.userId),
      totpPlaceOf(user.userId),
      totpSecret,
      at,
    )
    const result = await db
      .updateTable('staff_user')
      .set({ password_hash: passwordHash, totp_sealed: sealed, totp_confirmed_at: at })
      .where('company_id', '=', user.companyId)
      .where('id', '=', user.userId)
      .executeTakeFirst()
    if (result.numUpdatedRows !== 1n) throw new Error('there is no such staff account')
  })
  return { totpSecret }
}
