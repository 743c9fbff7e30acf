import { readGroup, type ReportedGroup, type ReportFrame } from './content.ts'
import { readInstrumentGroup, type InstrumentFrame, type InstrumentGroup } from './instrument-content.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

interface PartHead {
  reportId: string
  departmentId: string
  slug: string
  contentHash: string
  methodVersion: string
}
/** What of a released report of the stress check a manager's role reaches. */
export interface ManagerPart extends PartHead {
  kind: 'statutory'
  frame: ReportFrame
  company: ReportedGroup
  department: ReportedGroup
}
/** The same of an instrument beside it. */
export interface ManagerInstrumentPart extends PartHead {
  kind: 'beside'
  frame: InstrumentFrame
  company: InstrumentGroup
  department: InstrumentGroup
}

/** Parts of released reports this person was named for, the latest release first (role manager, own rows by the view). */
export async function managerPartsOf(
  db: AnyHandle,
  companyId: string,
): Promise<(ManagerPart | ManagerInstrumentPart)[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report_for_manager')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('released_at', 'desc')
    .orderBy('kind', 'desc')
    .orderBy('slug')
    .execute()
  return rows.flatMap((row): (ManagerPart | ManagerInstrumentPart)[] => {
    const { company_part: company, department_part: department, kind } = row
    if (company === null || department === null) return []
    const head = {
      reportId: row.report_id,
      departmentId: row.department_id,
      slug: row.slug,
      contentHash: row.content_hash,
      methodVersion: row.method_version,
    }
    return kind === 'statutory'
      ? [
          {
            ...head,
            kind,
            frame: row.frame as ReportFrame,
            company: readGroup(company),
            department: readGroup(department),
          },
        ]
      : [
          {
            ...head,
            kind,
            frame: row.frame as InstrumentFrame,
            company: readInstrumentGroup(company),
            department: readInstrumentGroup(department),
          },
        ]
  })
}
