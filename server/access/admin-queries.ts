import type { Transaction } from '../database/connection.ts'
import type { AccessTables, Profession, StaffRole } from './tables.ts'

type Handle = Transaction<AccessTables>

export interface StaffUser {
  userId: string
  email: string
  displayName: string
  employeeCode: string | undefined
  state: 'invited' | 'active' | 'disabled'
}

export interface Grant {
  grantId: string
  userId: string
  role: StaffRole
  workplaceName: string | undefined
  departmentName: string | undefined
  profession: Profession | undefined
  courseCompletedOn: string | undefined
  courseExempt: boolean
  isRepresentative: boolean
  directedBy: string | undefined
  directedByName: string | undefined
  secrecyAcknowledgedAt: Date | undefined
  grantedAt: Date
  revokedAt: Date | undefined
  /** a word of access.reason.… */
  revokedReason: string | undefined
}

/** Accounts by name (role `admin`); with an id only that one. */
export async function listStaffUsers(db: Handle, companyId: string, userId?: string): Promise<StaffUser[]> {
  let query = db
    .selectFrom('staff_user')
    .select(['id', 'email', 'display_name', 'employee_code', 'totp_confirmed_at', 'disabled_at'])
    .where('company_id', '=', companyId)
  if (userId) query = query.where('id', '=', userId)
  const rows = await query.orderBy('display_name').orderBy('email').execute()
  return rows.map((row) => ({
    userId: row.id,
    email: row.email,
    displayName: row.display_name,
    employeeCode: row.employee_code ?? undefined,
    state: row.disabled_at ? 'disabled' : row.totp_confirmed_at ? 'active' : 'invited',
  }))
}

/** Grants, live ones first; of one account or of all. Names of units as they are on the day `on`. */
export async function listGrants(db: Handle, companyId: string, on: string, userId?: string): Promise<Grant[]> {
  let query = db
    .selectFrom('role_grant as g')
    .leftJoin('roster_workplace as w', (join) =>
      join.onRef('w.company_id', '=', 'g.company_id').onRef('w.workplace_id', '=', 'g.workplace_id'),
    )
    .leftJoin('roster_department as d', (join) =>
      join
        .onRef('d.company_id', '=', 'g.company_id')
        .onRef('d.department_id', '=', 'g.department_id')
        .on('d.from_on', '<=', on)
        .on((where) => where.or([where('d.until_on', 'is', null), where('d.until_on', '>=', on)])),
    )
    .leftJoin('staff_user as director', (join) =>
      join.onRef('director.company_id', '=', 'g.company_id').onRef('director.id', '=', 'g.directed_by'),
    )
    .select([
      'g.id',
      'g.user_id',
      'g.role',
      'g.profession',
      'g.course_completed_on',
      'g.course_exempt',
      'g.is_representative',
      'g.directed_by',
    ])
    .select(['g.secrecy_acknowledged_at', 'g.granted_at', 'g.revoked_at', 'g.revoked_reason'])
    .select(['w.name as workplace_name', 'd.name as department_name', 'director.display_name as director_name'])
    .where('g.company_id', '=', companyId)
  if (userId) query = query.where('g.user_id', '=', userId)
  const rows = await query
    .orderBy('g.revoked_at', (by) => by.desc().nullsFirst())
    .orderBy('g.granted_at')
    .execute()
  return rows.map((row) => ({
    grantId: row.id,
    userId: row.user_id,
    role: row.role,
    workplaceName: row.workplace_name ?? undefined,
    departmentName: row.department_name ?? undefined,
    profession: row.profession ?? undefined,
    courseCompletedOn: row.course_completed_on ?? undefined,
    courseExempt: row.course_exempt,
    isRepresentative: row.is_representative,
    directedBy: row.directed_by ?? undefined,
    directedByName: row.director_name ?? undefined,
    secrecyAcknowledgedAt: row.secrecy_acknowledged_at ?? undefined,
    grantedAt: row.granted_at,
    revokedAt: row.revoked_at ?? undefined,
    revokedReason: row.revoked_reason ?? undefined,
  }))
}

/** What a role can be limited to: workplaces and departments of the day, implementers who may direct. */
export interface GrantChoices {
  workplaces: Choice[]
  departments: Choice[]
  implementers: Choice[]
}

export interface Choice {
  id: string
  name: string
}

export async function listGrantChoices(db: Handle, companyId: string, on: string): Promise<GrantChoices> {
  const workplaces = await db
    .selectFrom('roster_workplace')
    .select(['workplace_id as id', 'name'])
    .where('company_id', '=', companyId)
    .where('from_on', '<=', on)
    .where((where) => where.or([where('until_on', 'is', null), where('until_on', '>=', on)]))
    .orderBy('code')
    .execute()
  const departments = await db
    .selectFrom('roster_department')
    .select(['department_id as id', 'name', 'code'])
    .where('company_id', '=', companyId)
    .where('from_on', '<=', on)
    .where((where) => where.or([where('until_on', 'is', null), where('until_on', '>=', on)]))
    .orderBy('code')
    .execute()
  const implementers = await db
    .selectFrom('role_grant')
    .innerJoin('staff_user', (join) =>
      join
        .onRef('staff_user.company_id', '=', 'role_grant.company_id')
        .onRef('staff_user.id', '=', 'role_grant.user_id'),
    )
    .select(['staff_user.id', 'staff_user.display_name as name'])
    .distinct()
    .where('role_grant.company_id', '=', companyId)
    .where('role_grant.role', '=', 'implementer')
    .where('role_grant.revoked_at', 'is', null)
    .where('staff_user.disabled_at', 'is', null)
    .orderBy('staff_user.display_name')
    .execute()
  return {
    workplaces,
    departments: departments.map(({ id, name, code }) => ({ id, name: `${name} (${code})` })),
    implementers,
  }
}

/** Whether somebody else could still administer this company. */
export async function hasOtherAdministrator(db: Handle, companyId: string, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('role_grant')
    .innerJoin('staff_user', (join) =>
      join
        .onRef('staff_user.company_id', '=', 'role_grant.company_id')
        .onRef('staff_user.id', '=', 'role_grant.user_id'),
    )
    .select('staff_user.id')
    .where('role_grant.company_id', '=', companyId)
    .where('role_grant.role', '=', 'admin')
    .where('role_grant.revoked_at', 'is', null)
    .where('staff_user.disabled_at', 'is', null)
    .where('staff_user.totp_confirmed_at', 'is not', null)
    .where('staff_user.id', '!=', userId)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Takes a role away and tells what it was; undefined when it was not live. */
export async function revokeGrant(
  db: Handle,
  companyId: string,
  grant: { grantId: string; userId: string; reason: string },
  at: Date,
): Promise<{ role: StaffRole; workplaceId: string | undefined; directedBy: string | undefined } | undefined> {
  const row = await db
    .updateTable('role_grant')
    .set({ revoked_at: at, revoked_reason: grant.reason })
    .where('company_id', '=', companyId)
    .where('id', '=', grant.grantId)
    .where('user_id', '=', grant.userId)
    .where('revoked_at', 'is', null)
    .returning(['role', 'workplace_id', 'directed_by'])
    .executeTakeFirst()
  return row && { role: row.role, workplaceId: row.workplace_id ?? undefined, directedBy: row.directed_by ?? undefined }
}

/** Puts an account back to where only an invitation opens it. */
export async function clearCredentials(db: Handle, companyId: string, userId: string): Promise<void> {
  await db
    .updateTable('staff_user')
    .set({ password_hash: null, totp_sealed: null, totp_confirmed_at: null })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .execute()
}

export async function setDisabled(
  db: Handle,
  companyId: string,
  userId: string,
  disabledAt: Date | null,
): Promise<void> {
  await db
    .updateTable('staff_user')
    .set({ disabled_at: disabledAt })
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .execute()
}
