/**
 * Group reports: what a campaign says about departments. After results are released a report is computed and audited
 * (`computeGroupReport`), the implementer looks at it and releases it to named recipients (`releaseReport`), and turnover risk is assessed
 * from it under a role that reads no survey (`assessTurnover`). Each instrument asked beside the stress check has a report of its own,
 * audited together with the others. HR, managers, exports and `reportSummary` get `Disclosed` figures only.
 */
export { assessTurnover } from './assess.ts'
export type { AssessedValue } from './assessment-content.ts'
export { computeGroupReport, type ComputedReport, type ComputedReports } from './compute.ts'
export { jobHandlers } from './jobs.ts'
export { addRoutes } from './routes.ts'
export { releaseReport, type Recipient } from './release.ts'
export { reportSummary, type DepartmentSummary, type ReportSummary } from './summary.ts'
