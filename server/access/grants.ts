import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import type { Transaction } from '../database/connection.ts'
import { newId } from '../ids.ts'
import { Problem } from '../web/problems.ts'
import { hasPersonnelAuthority } from './authority.ts'
import { confidentialRoles, faultsOfQualification, isBarredByAuthority, workplacesOverlap } from './rules.ts'
import type { AccessTables, AnyTransaction, Profession, StaffRole } from './tables.ts'

type Handle = Transaction<AccessTables>

export interface NewGrant {
  companyId: string
  userId: string
  role: StaffRole
  /** undefined: every workplace */
  workplaceId?: string | undefined
  /** the department a manager heads */
  departmentId?: string | undefined
  profession?: Profession | undefined
  /** yyyy-mm-dd */
  courseCompletedOn?: string | undefined
  courseExempt?: boolean | undefined
  isRepresentative?: boolean | undefined
  /** a clerk's directing implementer (law R-4) */
  directedBy?: string | undefined
  /** undefined at set-up */
  grantedBy?: string | undefined
}

/**
 * Grants a role in one workplace or in all (role `setup` or `admin`); takes effect at the person's next request.
 * @throws {Problem} personnel_authority (law R-2), invalid_input with fields (law R-1, department of a manager),
 *   conflict when the role is held already or a workplace would get a second representative
 */
export async function grantRole(handle: AnyTransaction, grant: NewGrant, at: Date): Promise<string> {
  const db: Handle = handle
  const today = dateIn((await getCompanyDetails(db, grant.companyId)).timeZone, at)
  const faults = faultsOfQualification(grant, today)
  if (faults.length > 0) throw new Problem('invalid_input', faults)
  const user = await db
    .selectFrom('staff_user')
    .select(['employee_code', 'email', 'disabled_at'])
    .where('company_id', '=', grant.companyId)
    .where('id', '=', grant.userId)
    .executeTakeFirst()
  if (!user || user.disabled_at) throw new Problem('not_found')
  if (isBarredByAuthority(grant.role)) {
    // also by the address, as the roster's import finds them later: an account without a code must not help
    const sameAddress = await db
      .selectFrom('roster_authority_address')
      .select('employee_code')
      .where('company_id', '=', grant.companyId)
      .where('email', '=', user.email)
      .execute()
    const codes = new Set(sameAddress.map((row) => row.employee_code))
    if (user.employee_code) codes.add(user.employee_code)
    if (await hasPersonnelAuthority(db, grant.companyId, [...codes], grant.workplaceId, today))
      throw new Problem('personnel_authority')
  }
  await refuseDouble(db, grant)
  const id = newId(at)
  await db
    .insertInto('role_grant')
    .values({
      company_id: grant.companyId,
      id,
      user_id: grant.userId,
      role: grant.role,
      workplace_id: grant.workplaceId ?? null,
      department_id: grant.departmentId ?? null,
      profession: grant.role === 'implementer' ? grant.profession! : null,
      course_completed_on: grant.role === 'implementer' ? (grant.courseCompletedOn ?? null) : null,
      course_exempt: grant.role === 'implementer' && (grant.courseExempt ?? false),
      is_representative: grant.role === 'implementer' && (grant.isRepresentative ?? false),
      directed_by: grant.role === 'clerk' ? (grant.directedBy ?? null) : null,
      secrecy_acknowledged_at: null,
      granted_by: grant.grantedBy ?? null,
      granted_at: at,
      revoked_at: null,
      revoked_reason: null,
    })
    .execute()
  return id
}

async function refuseDouble(db: Handle, grant: NewGrant): Promise<void> {
  const live = await db
    .selectFrom('role_grant')
    .select(['user_id', 'workplace_id', 'department_id', 'is_representative'])
    .where('company_id', '=', grant.companyId)
    .where('role', '=', grant.role)
    .where('revoked_at', 'is', null)
    .execute()
  const own = live.filter((one) => one.user_id === grant.userId)
  if (
    own.some(
      (one) =>
        (one.workplace_id ?? undefined) === grant.workplaceId &&
        (one.department_id ?? undefined) === grant.departmentId,
    )
  )
    throw new Problem('conflict', [{ field: 'role', key: 'access.errors.roleHeld' }])
  // law R-1: exactly one representative where several implementers work together
  if (
    grant.isRepresentative &&
    live.some((one) => one.is_representative && workplacesOverlap(one.workplace_id, grant.workplaceId))
  )
    throw new Problem('conflict', [{ field: 'isRepresentative', key: 'access.errors.representativeTaken' }])
}

/** The person accepts the duty of secrecy for every live role that needs it (role `sign_in`); returns the grants it was accepted for. */
export async function acknowledgeSecrecy(
  db: Handle,
  companyId: string,
  userId: string,
  at: Date,
): Promise<{ id: string; role: StaffRole }[]> {
  return db
    .updateTable('role_grant')
    .set({ secrecy_acknowledged_at: at })
    .where('company_id', '=', companyId)
    .where('user_id', '=', userId)
    .where('role', 'in', confidentialRoles)
    .where('revoked_at', 'is', null)
    .where('secrecy_acknowledged_at', 'is', null)
    .returning(['id', 'role'])
    .execute()
}
