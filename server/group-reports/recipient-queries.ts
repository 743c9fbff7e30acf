import { reportsOf, type AnyHandle } from './tables.ts'

export interface StoredRecipient {
  userId: string
  departmentId: string | null
}

/** Who was named for a report. */
export async function recipientsOf(db: AnyHandle, companyId: string, reportId: string): Promise<StoredRecipient[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report_recipient')
    .select(['user_id', 'department_id'])
    .where('company_id', '=', companyId)
    .where('report_id', '=', reportId)
    .orderBy('named_at')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ userId: row.user_id, departmentId: row.department_id }))
}

/** Ids of the reports somebody was named for as a whole. */
export async function reportsFor(db: AnyHandle, companyId: string, userId: string): Promise<Set<string>> {
  const rows = await reportsOf(db)
    .selectFrom('group_report_recipient')
    .select('report_id')
    .where('company_id', '=', companyId)
    .where('user_id', '=', userId)
    .where('department_id', 'is', null)
    .execute()
  return new Set(rows.map((row) => row.report_id))
}

/** Puts these recipients in the place of the ones before. */
export async function replaceRecipients(
  db: AnyHandle,
  companyId: string,
  reportId: string,
  recipients: readonly { id: string; userId: string; departmentId: string | null }[],
  at: Date,
): Promise<void> {
  await reportsOf(db)
    .deleteFrom('group_report_recipient')
    .where('company_id', '=', companyId)
    .where('report_id', '=', reportId)
    .execute()
  await addRecipients(db, companyId, reportId, recipients, at)
}

/** Names more recipients; who was named before stays. */
export async function addRecipients(
  db: AnyHandle,
  companyId: string,
  reportId: string,
  recipients: readonly { id: string; userId: string; departmentId: string | null }[],
  at: Date,
): Promise<void> {
  if (recipients.length === 0) return
  await reportsOf(db)
    .insertInto('group_report_recipient')
    .values(
      recipients.map((one) => ({
        company_id: companyId,
        id: one.id,
        report_id: reportId,
        user_id: one.userId,
        department_id: one.departmentId,
        named_at: at,
      })),
    )
    .onConflict((conflict) => conflict.columns(['company_id', 'report_id', 'user_id', 'department_id']).doNothing())
    .execute()
}
