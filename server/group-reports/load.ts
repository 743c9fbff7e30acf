import { Problem } from '../web/problems.ts'
import { readAssessment } from './assessment-content.ts'
import { assessmentOf } from './assessment-queries.ts'
import { readContent } from './content.ts'
import { previousReleased, type Report } from './queries.ts'
import type { ReportData } from './report-data.ts'
import type { AnyHandle } from './tables.ts'
import { titlesFor } from './titles.ts'

/**
 * Everything the pages of a report show: its figures, its newest assessment, the released report before it.
 * @throws {Problem} wrong_state for a refused report, which has no figures
 */
export async function loadReport(
  db: AnyHandle,
  companyId: string,
  report: Report,
  locale: string,
  departmentHref: ReportData['departmentHref'],
): Promise<ReportData> {
  if (report.state === 'refused') throw new Problem('wrong_state')
  const content = readContent(report.content)
  const stored = await assessmentOf(db, companyId, report.id)
  const before = await previousReleased(db, companyId, content.campaign.closesOn)
  return {
    content,
    contentHash: report.contentHash,
    methodVersion: report.methodVersion,
    assessment: stored && readAssessment(stored.content),
    previous: before === undefined ? undefined : readContent(before),
    titles: await titlesFor(content, locale),
    departmentHref,
  }
}
