import { recordAudit } from '../audit/index.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { hashJson } from './hashes.ts'
import { assessJob } from './jobs.ts'
import { isLedgerSafe } from './ledger.ts'
import { findReport, liveReports, lockCampaignReports, markReleased, type Report } from './queries.ts'
import { readGroups } from './read-groups.ts'
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
  checkRecipients(readGroups(report), of.recipients)
  const before = (await liveReports(db, companyId, report.campaignId)).filter(({ state }) => state === 'released')
  const ledgers = { companyId, reportId, releasedBefore: before.map(({ id }) => id) }
  if (!(await isLedgerSafe(db, services.vault, ledgers, report.floor))) throw new Problem('floor_not_reached')

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
  // turnover risk is assessed from the stress check and from nothing else
  if (report.kind === 'statutory') await requestJob(db, companyId, assessJob, reportId, at)
}

/**
 * Releases further reports of the same campaign to the same people. A manager gets the part of the own department where that report
 * shows it.
 */
export async function releaseAlong(
  services: Services,
  db: AnyHandle,
  of: {
    companyId: string
    report: Pick<Report, 'id' | 'campaignId'>
    along: readonly string[]
    userId: string
    recipients: readonly Recipient[]
    requestId: string
  },
  at: Date,
): Promise<void> {
  const { companyId, userId, requestId } = of
  for (const reportId of of.along.filter((id) => id !== of.report.id)) {
    const other = await findReport(db, companyId, reportId)
    if (other?.campaignId !== of.report.campaignId || other.state !== 'checked') throw new Problem('invalid_input')
    const shown = shownDepartments(readGroups(other))
    const recipients = of.recipients.filter((one) => one.departmentId === null || shown.has(one.departmentId))
    await releaseReport(services, db, { companyId, reportId, userId, recipients, requestId }, at)
  }
}

type Shownable = { kind: string; id: string; figures: { response: { kind: string } } }

const shownDepartments = (groups: readonly Shownable[]) =>
  new Set(groups.filter((group) => group.figures.response.kind === 'shown').map((group) => group.id))

/** @throws {Problem} invalid_input without somebody who gets the whole report, or for a department it does not show */
export function checkRecipients(groups: readonly Shownable[], recipients: readonly Recipient[]): void {
  if (!recipients.some((one) => one.departmentId === null))
    throw new Problem('invalid_input', [{ field: 'whole', key: 'group-reports.errors.noRecipient' }])
  const shown = shownDepartments(groups)
  if (recipients.some((one) => one.departmentId !== null && !shown.has(one.departmentId)))
    throw new Problem('invalid_input', [{ field: 'part', key: 'group-reports.errors.notShown' }])
}
