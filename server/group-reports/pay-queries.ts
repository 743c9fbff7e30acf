import type { GroupPay } from '../../analysis/groups/index.ts'
import { newId } from '../ids.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

/** What HR entered for a report, by group. */
export async function payOf(db: AnyHandle, companyId: string, reportId: string): Promise<Map<string, GroupPay>> {
  const rows = await reportsOf(db)
    .selectFrom('group_report_pay')
    .select(['group_id', 'yen', 'period', 'people'])
    .where('company_id', '=', companyId)
    .where('report_id', '=', reportId)
    .execute()
  return new Map(rows.map((row) => [row.group_id, { yen: row.yen, period: row.period, people: row.people }]))
}

/** Puts one group's pay in the place of what was entered before; without `pay` it is forgotten. */
export async function replacePay(
  db: AnyHandle,
  of: { companyId: string; reportId: string; groupId: string; userId: string },
  pay: GroupPay | undefined,
  at: Date,
): Promise<void> {
  await reportsOf(db)
    .deleteFrom('group_report_pay')
    .where('company_id', '=', of.companyId)
    .where('report_id', '=', of.reportId)
    .where('group_id', '=', of.groupId)
    .execute()
  if (!pay) return
  await reportsOf(db)
    .insertInto('group_report_pay')
    .values({
      company_id: of.companyId,
      id: newId(at),
      report_id: of.reportId,
      group_id: of.groupId,
      yen: pay.yen,
      period: pay.period,
      people: pay.people,
      entered_by: of.userId,
      entered_at: at,
    })
    .execute()
}
