import { sql } from 'kysely'
import { recordAudit } from '../audit/index.ts'
import type { Transaction } from '../database/connection.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { dateIn } from '../clock.ts'
import { newId } from '../ids.ts'
import { revokeSessions } from '../web/sessions.ts'
import type { AccessTables, AnyTransaction } from './tables.ts'

type Handle = Transaction<AccessTables>

/** Somebody's direct authority over dismissal, promotion or transfer (law R-2); without a department it is over everyone. */
export interface PersonnelAuthority {
  employeeCode: string
  departmentId?: string | undefined
}

/**
 * Brings the authority of the named people to what is wanted from a day on (role `hr`): what is no longer wanted ends the day before, what is new
 * begins. Others stay as they are. Safe to repeat. Call {@link recheckPersonnelAuthority} in the same transaction.
 */
export async function setPersonnelAuthority(
  handle: AnyTransaction,
  companyId: string,
  employeeCodes: readonly string[],
  wanted: readonly PersonnelAuthority[],
  on: string,
  at: Date,
): Promise<void> {
  const db: Handle = handle
  const nameOf = (code: string, departmentId: string | null | undefined) => JSON.stringify([code, departmentId ?? null])
  const wantedNames = new Set(wanted.map((one) => nameOf(one.employeeCode, one.departmentId)))
  const known = new Set<string>()
  for (let start = 0; start < employeeCodes.length; start += 5_000) {
    const rows = await db
      .selectFrom('personnel_authority')
      .select(['id', 'employee_code', 'department_id', 'from_on'])
      .where('company_id', '=', companyId)
      .where('employee_code', 'in', employeeCodes.slice(start, start + 5_000))
      .where((where) => where.or([where('until_on', 'is', null), where('until_on', '>=', on)]))
      .execute()
    for (const row of rows) known.add(nameOf(row.employee_code, row.department_id))
    const ended = rows.filter((row) => !wantedNames.has(nameOf(row.employee_code, row.department_id)))
    if (ended.length > 0)
      await db
        .updateTable('personnel_authority')
        // one that began this very day ends with it: an end before its begin is no date
        .set({ until_on: sql<string>`greatest(from_on, ${on}::date - 1)` })
        .where('company_id', '=', companyId)
        .where(
          'id',
          'in',
          ended.map((row) => row.id),
        )
        .execute()
  }
  const added = wanted.filter((one) => !known.has(nameOf(one.employeeCode, one.departmentId)))
  for (let start = 0; start < added.length; start += 2_000)
    await db
      .insertInto('personnel_authority')
      .values(
        added.slice(start, start + 2_000).map((one) => ({
          company_id: companyId,
          id: newId(at),
          employee_code: one.employeeCode,
          department_id: one.departmentId ?? null,
          from_on: on,
          until_on: null,
        })),
      )
      .execute()
}

/** Everybody's personnel authority on a day, by employee code (role `hr`): what a roster file is compared with. */
export async function personnelAuthorityOn(db: Handle, companyId: string, on: string): Promise<PersonnelAuthority[]> {
  const rows = await db
    .selectFrom('personnel_authority')
    .select(['employee_code', 'department_id'])
    .where('company_id', '=', companyId)
    .where('from_on', '<=', on)
    .where((where) => where.or([where('until_on', 'is', null), where('until_on', '>=', on)]))
    .orderBy('employee_code')
    .execute()
  return rows.map((row) => ({ employeeCode: row.employee_code, departmentId: row.department_id ?? undefined }))
}

/**
 * Whether these employee codes carry personnel authority over anybody who works in the workplace (undefined: in any) on a day.
 * Authority over a department reaches everybody below it, as the tree stands that day.
 */
export async function hasPersonnelAuthority(
  db: Handle,
  companyId: string,
  employeeCodes: readonly string[],
  workplaceId: string | undefined,
  on: string,
): Promise<boolean> {
  if (employeeCodes.length === 0) return false
  const rows = await db
    .selectFrom('personnel_authority')
    .select('department_id')
    .where('company_id', '=', companyId)
    .where('employee_code', 'in', employeeCodes)
    .where('from_on', '<=', on)
    .where((where) => where.or([where('until_on', 'is', null), where('until_on', '>=', on)]))
    .execute()
  if (rows.length === 0) return false
  // over everyone: bars even while the roster is still empty
  if (rows.some((row) => row.department_id === null)) return true
  const heads = rows.map((row) => row.department_id!)
  const found = await sql<{ touches: boolean }>`
    WITH RECURSIVE covered AS (
      SELECT unnest(${heads}::uuid[]) AS department_id
      UNION
      SELECT d.department_id FROM roster_department d JOIN covered c ON d.parent_id = c.department_id
      WHERE d.company_id = ${companyId} AND d.from_on <= ${on} AND (d.until_on IS NULL OR d.until_on >= ${on})
    )
    SELECT EXISTS (
      SELECT FROM roster_place p JOIN covered c ON c.department_id = p.department_id
      WHERE p.company_id = ${companyId} AND p.from_on <= ${on} AND (p.until_on IS NULL OR p.until_on >= ${on})
        AND (${workplaceId ?? null}::uuid IS NULL OR p.workplace_id = ${workplaceId ?? null}::uuid)
    ) AS touches`.execute(db)
  return found.rows[0]?.touches ?? false
}

/**
 * Whether an account carries personnel authority over anybody in one of these workplaces on a day; asked before a signature
 * (role `implementer`). Found by the account's employee code and by its address, as in {@link recheckPersonnelAuthority}.
 */
export async function userHasPersonnelAuthority(
  // oxlint-disable-next-line typescript/no-explicit-any -- called from transactions of other capabilities
  db: Transaction<any>,
  companyId: string,
  userId: string,
  workplaceIds: readonly string[],
  on: string,
): Promise<boolean> {
  const handle = db as Handle
  const user = await handle
    .selectFrom('staff_user')
    .select(['employee_code', 'email'])
    .where('company_id', '=', companyId)
    .where('id', '=', userId)
    .executeTakeFirst()
  if (!user) return false
  const sameAddress = await handle
    .selectFrom('roster_assignment')
    .select('employee_code')
    .distinct()
    .where('company_id', '=', companyId)
    .where('email', '=', user.email)
    .execute()
  const codes = new Set(sameAddress.map((row) => row.employee_code))
  if (user.employee_code) codes.add(user.employee_code)
  for (const workplaceId of workplaceIds)
    if (await hasPersonnelAuthority(handle, companyId, [...codes], workplaceId, on)) return true
  return false
}

/**
 * Takes the implementer's and clerk's role from everybody who by now has personnel authority over a participant; ends their sessions and
 * writes an audit row each (law R-2). Role `hr`, inside the transaction that applies the roster. A person is found by the employee
 * code of the account and by the address, so that a missing code does not help.
 */
export async function recheckPersonnelAuthority(
  handle: AnyTransaction,
  companyId: string,
  at: Date,
): Promise<{ revoked: { userId: string; role: string }[] }> {
  const db: Handle = handle
  const company = await getCompanyDetails(db, companyId)
  const on = dateIn(company.timeZone, at)
  const grants = await db
    .selectFrom('role_grant')
    .innerJoin('staff_user', (join) =>
      join
        .onRef('staff_user.company_id', '=', 'role_grant.company_id')
        .onRef('staff_user.id', '=', 'role_grant.user_id'),
    )
    .select([
      'role_grant.id',
      'role_grant.user_id',
      'role_grant.role',
      'role_grant.workplace_id',
      'staff_user.employee_code',
      'staff_user.email',
    ])
    .where('role_grant.company_id', '=', companyId)
    .where('role_grant.role', 'in', ['implementer', 'clerk'])
    .where('role_grant.revoked_at', 'is', null)
    .execute()
  const revoked: { userId: string; role: string }[] = []
  for (const grant of grants) {
    const sameAddress = await db
      .selectFrom('roster_assignment')
      .select('employee_code')
      .distinct()
      .where('company_id', '=', companyId)
      .where('email', '=', grant.email)
      .execute()
    const codes = new Set(sameAddress.map((row) => row.employee_code))
    if (grant.employee_code) codes.add(grant.employee_code)
    if (!(await hasPersonnelAuthority(db, companyId, [...codes], grant.workplace_id ?? undefined, on))) continue
    await db
      .updateTable('role_grant')
      .set({ revoked_at: at, revoked_reason: 'personnelAuthority' })
      .where('company_id', '=', companyId)
      .where('id', '=', grant.id)
      .execute()
    await revokeSessions(db, companyId, { subjectId: grant.user_id }, at)
    await recordAudit(db, companyId, at, {
      actorKind: 'system',
      actorRole: 'hr',
      action: 'role.revoked',
      subjectArea: 'staff',
      subjectId: grant.user_id,
      reason: 'access.audit.personnelAuthority',
      objectKind: 'role_grant',
      objectId: grant.id,
      requestId: 'roster-import',
    })
    revoked.push({ userId: grant.user_id, role: grant.role })
  }
  return { revoked }
}
