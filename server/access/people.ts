import type { Transaction } from '../database/connection.ts'
import type { AccessTables, StaffRole } from './tables.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- called from transactions of other capabilities
type Handle = Transaction<any>
const accessOf = (db: Handle) => db as Transaction<AccessTables>

/** Display names of staff accounts, by id; unknown ids are absent. Accounts that were closed keep their name. */
export async function staffNames(
  db: Handle,
  companyId: string,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const ids = [...new Set(userIds)]
  if (ids.length === 0) return new Map()
  const rows = await accessOf(db)
    .selectFrom('staff_user')
    .select(['id', 'display_name'])
    .where('company_id', '=', companyId)
    .where('id', 'in', ids)
    .execute()
  return new Map(rows.map((row) => [row.id, row.display_name]))
}

/** Who holds a role now in this workplace (or in all of them), by name; only those who acknowledged secrecy where the role asks for it. */
export async function holdersOf(
  db: Handle,
  companyId: string,
  role: StaffRole,
  workplaceId: string,
): Promise<{ userId: string; name: string }[]> {
  const rows = await accessOf(db)
    .selectFrom('role_grant')
    .innerJoin('staff_user', (join) =>
      join
        .onRef('staff_user.company_id', '=', 'role_grant.company_id')
        .onRef('staff_user.id', '=', 'role_grant.user_id'),
    )
    .select(['staff_user.id', 'staff_user.display_name', 'role_grant.secrecy_acknowledged_at'])
    .where('role_grant.company_id', '=', companyId)
    .where('role_grant.role', '=', role)
    .where('role_grant.revoked_at', 'is', null)
    .where('staff_user.disabled_at', 'is', null)
    .where((or) => or.or([or('role_grant.workplace_id', 'is', null), or('role_grant.workplace_id', '=', workplaceId)]))
    .orderBy('staff_user.display_name')
    .execute()
  const secret = role === 'implementer' || role === 'clerk' || role === 'physician'
  const found = new Map<string, string>()
  for (const row of rows) if (!secret || row.secrecy_acknowledged_at) found.set(row.id, row.display_name)
  return [...found].map(([userId, name]) => ({ userId, name }))
}

/** The implementers who direct a clerk (law R-4) and still hold their own role: without one a clerk opens nothing. */
export async function directorsOf(db: Handle, companyId: string, clerkId: string): Promise<string[]> {
  const rows = await accessOf(db)
    .selectFrom('role_grant as own')
    .innerJoin('role_grant as director', (join) =>
      join.onRef('director.company_id', '=', 'own.company_id').onRef('director.user_id', '=', 'own.directed_by'),
    )
    .innerJoin('staff_user', (join) =>
      join.onRef('staff_user.company_id', '=', 'director.company_id').onRef('staff_user.id', '=', 'director.user_id'),
    )
    .select('director.user_id')
    .where('staff_user.disabled_at', 'is', null)
    .where('own.company_id', '=', companyId)
    .where('own.user_id', '=', clerkId)
    .where('own.role', '=', 'clerk')
    .where('own.revoked_at', 'is', null)
    .where('director.role', '=', 'implementer')
    .where('director.revoked_at', 'is', null)
    .execute()
  return [...new Set(rows.map((row) => row.user_id))]
}

/** Everybody who holds a role now, wherever; for managers the department they head. By name. */
export async function everyHolderOf(
  db: Handle,
  companyId: string,
  role: StaffRole,
): Promise<{ userId: string; name: string; departmentId: string | null }[]> {
  const rows = await accessOf(db)
    .selectFrom('role_grant')
    .innerJoin('staff_user', (join) =>
      join
        .onRef('staff_user.company_id', '=', 'role_grant.company_id')
        .onRef('staff_user.id', '=', 'role_grant.user_id'),
    )
    .select(['staff_user.id', 'staff_user.display_name', 'role_grant.department_id'])
    .distinct()
    .where('role_grant.company_id', '=', companyId)
    .where('role_grant.role', '=', role)
    .where('role_grant.revoked_at', 'is', null)
    .where('staff_user.disabled_at', 'is', null)
    .orderBy('staff_user.display_name')
    .orderBy('staff_user.id')
    .execute()
  return rows.map((row) => ({ userId: row.id, name: row.display_name, departmentId: row.department_id }))
}

/** Where a signed-up member of staff gets mail (role mailer); undefined when unknown or closed. */
export async function staffMailbox(
  db: Handle,
  companyId: string,
  userId: string,
): Promise<{ name: string; email: string } | undefined> {
  const row = await accessOf(db)
    .selectFrom('staff_user')
    .select(['display_name', 'email'])
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row && { name: row.display_name, email: row.email }
}
