import { readGroup, type ReportedGroup, type ReportFrame } from './content.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

/** What of a released report a manager's role reaches. */
export interface ManagerPart {
  reportId: string
  departmentId: string
  frame: ReportFrame
  contentHash: string
  methodVersion: string
  company: ReportedGroup
  department: ReportedGroup
}

/** Parts of released reports this person was named for, the latest release first (role manager, own rows by the view). */
export async function managerPartsOf(db: AnyHandle, companyId: string): Promise<ManagerPart[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report_for_manager')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('released_at', 'desc')
    .execute()
  return rows.flatMap((row) =>
    row.company_part === null || row.department_part === null
      ? []
      : [
          {
            reportId: row.report_id,
            departmentId: row.department_id,
            frame: row.frame as ReportFrame,
            contentHash: row.content_hash,
            methodVersion: row.method_version,
            company: readGroup(row.company_part),
            department: readGroup(row.department_part),
          },
        ],
  )
}
