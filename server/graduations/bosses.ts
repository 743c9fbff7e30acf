import { everyHolderOf, personnelAuthorityOn, staffMailbox } from '../access/index.ts'
import { graduationsOf, type AnyHandle } from './tables.ts'

/**
 * Whether a member of HR is the direct boss of people in a department (role hr): holds the manager's role for it, or is found on the roster by the
 * account's address with personnel authority over just this department. The direct boss never reads an exit interview, whatever else they hold
 * (practice of exit interviews: not by the direct boss, https://www.g-soumu.com/articles/74af9095-e9a1-4cda-84ce-8658141b64a6).
 */
export async function isDirectBoss(
  db: AnyHandle,
  companyId: string,
  userId: string,
  departmentId: string,
  on: string,
): Promise<boolean> {
  const managers = await everyHolderOf(db, companyId, 'manager')
  if (managers.some((one) => one.userId === userId && one.departmentId === departmentId)) return true
  const heads = (await personnelAuthorityOn(db, companyId, on)).filter((one) => one.departmentId === departmentId)
  const mailbox = await staffMailbox(db, companyId, userId)
  if (!mailbox || heads.length === 0) return false
  const own = await graduationsOf(db)
    .selectFrom('roster_assignment')
    .select('employee_code')
    .where('company_id', '=', companyId)
    .where('email', '=', mailbox.email)
    .where(
      'employee_code',
      'in',
      heads.map((one) => one.employeeCode),
    )
    .executeTakeFirst()
  return own !== undefined
}
