import { Problem } from '../web/problems.ts'
import { readAssessment } from './assessment-content.ts'
import { assessmentOf } from './assessment-queries.ts'
import { readContent } from './content.ts'
import { earlierReport } from './earlier-report.ts'
import { readInstrument } from './instrument-content.ts'
import { instrumentTitles } from './instrument-titles.ts'
import type { InstrumentData } from './instrument-view.ts'
import { previousReleased, type Report } from './queries.ts'
import type { ReportData } from './report-data.ts'
import type { AnyHandle } from './tables.ts'
import { titlesFor } from './titles.ts'
import type { Words } from './words.ts'

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
    previous: before === undefined ? undefined : await earlierReport(db, companyId, content, readContent(before)),
    titles: await titlesFor(content, locale),
    departmentHref,
  }
}

/**
 * Everything the pages of a report about an instrument beside the stress check show.
 * @throws {Problem} wrong_state for a refused report, which has no figures
 */
export async function loadInstrument(
  db: AnyHandle,
  companyId: string,
  report: Report,
  words: Words,
): Promise<InstrumentData> {
  if (report.state === 'refused') throw new Problem('wrong_state')
  const content = readInstrument(report.content)
  return {
    content,
    contentHash: report.contentHash,
    methodVersion: report.methodVersion,
    titles: await instrumentTitles(companyId, content, words, (work) => work(db)),
  }
}
