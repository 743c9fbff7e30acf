import type { Disclosed, ShareFigure } from '../../analysis/disclosure/index.ts'
import { Problem } from '../web/problems.ts'
import { readAssessment, type AssessedValue } from './assessment-content.ts'
import { assessmentOf } from './assessment-queries.ts'
import { readContent, type ChartValue, type ResponseValue } from './content.ts'
import { findReport } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/** One department of a released report in short. Every figure is disclosed, or withheld with its reason. */
export interface DepartmentSummary {
  id: string
  name: string
  /** 1 below the company */
  depth: number
  response: Disclosed<ResponseValue>
  highStressShare: Disclosed<ShareFigure>
  chart: Disclosed<ChartValue>
  /** undefined before the assessment was made, or without that purpose */
  turnover: Disclosed<AssessedValue> | undefined
}

export interface ReportSummary {
  reportId: string
  campaignId: string
  departments: readonly DepartmentSummary[]
  /** departments in the tree, those withheld by disclosure control, those with status 高リスク or 要注意 */
  counts: { departments: number; withheld: number; flagged: number }
}

/**
 * A released report in one table: respondents, high-stress share, total health risk, leavers observed and expected, risk with interval,
 * status (role hr).
 * @throws {Problem} not_found for a report that is not released
 */
export async function reportSummary(db: AnyHandle, companyId: string, reportId: string): Promise<ReportSummary> {
  const report = await findReport(db, companyId, reportId)
  if (!report) throw new Problem('not_found')
  const stored = await assessmentOf(db, companyId, reportId)
  const assessment = stored && readAssessment(stored.content)
  const departments = readContent(report.content)
    .groups.filter((group) => group.kind === 'department')
    .map(({ id, name, depth, figures }): DepartmentSummary => ({
      id,
      name,
      depth,
      response: figures.response,
      highStressShare: figures.highStress,
      chart: figures.chart,
      turnover: assessment?.departments.get(id),
    }))
  return {
    reportId,
    campaignId: report.campaignId,
    departments,
    counts: {
      departments: departments.length,
      withheld: departments.filter(({ response }) => response.kind === 'withheld').length,
      flagged: departments.filter(({ turnover }) => isFlagged(turnover)).length,
    },
  }
}

/** Is the department's status 高リスク or 要注意? */
export function isFlagged(figure: Disclosed<AssessedValue> | undefined): boolean {
  return figure?.kind === 'shown' && (figure.value.status === 'high' || figure.value.status === 'watch')
}
