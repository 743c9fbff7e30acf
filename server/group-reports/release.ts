import { recordAudit } from '../audit/index.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { readContent } from './content.ts'
import { hashJson } from './hashes.ts'
import { assessJob } from './jobs.ts'
import { isLedgerSafe } from './ledger.ts'
import { findReport, lockCampaignReports, markReleased } from './queries.ts'
import { replaceRecipients } from './recipient-queries.ts'
import type { AnyHandle } from './tables.ts'

/** Who gets a report: without a department the whole of it, with one that department's part and the company's. */
export interface Recipient {
  userId: string
  departmentId: string | null
}

/**
 * Releases a checked report to its recipients (role implementer): the content is what was checked, the recorded ledger passes the
 * auditor once more, an audit row is written, the turnover assessment is left behind as a job. Released before: nothing happens again.
 * @throws {Problem} not_found; wrong_state when the report was refused or computed anew; invalid_input without a recipient of the whole
 *   report, or for a department the report does not show; floor_not_reached when the ledger is not safe
 */
export async function releaseReport(
  services: Services,
  db: AnyHandle,
  of: { companyId: string; reportId: string; userId: string; recipients: readonly Recipient[]; requestId: string },
  at: Date,
): Promise<void> {
  const { companyId, reportId } = of
  const found = await findReport(db, companyId, reportId)
  if (!found) throw new Problem('not_found')
  await lockCampaignReports(db, found.campaignId)
  const report = (await findReport(db, companyId, reportId))!
  if (report.state === 'released') return
  if (report.state !== 'checked') throw new Problem('wrong_state')
  if (hashJson(report.content) !== report.contentHash) throw new Error('a checked report is not what was checked')
  checkRecipients(readContent(report.content).groups, of.recipients)
  if (!(await isLedgerSafe(db, services.vault, companyId, reportId, report.floor)))
    throw new Problem('floor_not_reached')

  if (!(await markReleased(db, companyId, reportId, of.userId, at))) throw new Problem('wrong_state')
  await replaceRecipients(
    db,
    companyId,
    reportId,
    of.recipients.map((one) => ({ id: newId(at), ...one })),
    at,
  )
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: of.userId,
    actorRole: 'implementer',
    action: 'group_report.released',
    reason: 'group-reports.reason.release',
    objectKind: 'group_report',
    objectId: reportId,
    requestId: of.requestId,
  })
  await requestJob(db, companyId, assessJob, reportId, at)
}

/** @throws {Problem} invalid_input without somebody who gets the whole report, or for a department it does not show */
export function checkRecipients(
  groups: readonly { kind: string; id: string; figures: { response: { kind: string } } }[],
  recipients: readonly Recipient[],
): void {
  if (!recipients.some((one) => one.departmentId === null))
    throw new Problem('invalid_input', [{ field: 'whole', key: 'group-reports.errors.noRecipient' }])
  const shown = new Set(groups.filter((group) => group.figures.response.kind === 'shown').map((group) => group.id))
  if (recipients.some((one) => one.departmentId !== null && !shown.has(one.departmentId)))
    throw new Problem('invalid_input', [{ field: 'part', key: 'group-reports.errors.notShown' }])
}
