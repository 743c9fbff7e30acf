import { readContent, type ReportedGroup } from './content.ts'
import { readInstrument, type InstrumentGroup } from './instrument-content.ts'
import type { Report } from './queries.ts'

/** The groups of a report, whatever instrument it is about: what recipients and the auditor's page need of it. */
export function readGroups(report: Pick<Report, 'kind' | 'content'>): readonly (ReportedGroup | InstrumentGroup)[] {
  return report.kind === 'statutory' ? readContent(report.content).groups : readInstrument(report.content).groups
}
