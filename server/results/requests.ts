import { sql } from 'kysely'
import { recordAudit } from '../audit/index.ts'
import { findInvitation, getCampaign, identifySubjects } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { makeEmployerSide, tellEmployerSide } from './employer-side.ts'
import { openNeeds } from './needs.ts'
import { findNotice } from './notices.ts'
import { isLateRequest, mayRequestInterview } from './rules.ts'
import {
  resultsOf,
  type AnyHandle,
  type InterviewMode,
  type InterviewRequestEventTable,
  type InterviewRequestTable,
  type RequestEventKind,
} from './tables.ts'

/** The person's side of a request with what followed it. Instants; the interview's day is a calendar date. */
export interface InterviewRequest {
  id: string
  invitationId: string
  campaignId: string
  subjectId: string
  workplaceId: string
  /** names the employer's side (see employer-side.ts) */
  sealed: Buffer
  told: string
  notifiedAt: Date
  requestedAt: Date
  late: boolean
  interview: { heldOn: string; mode: InterviewMode; at: Date; by: string | null } | undefined
  opinionReleasedAt: Date | undefined
  withdrawnAt: Date | undefined
}

/**
 * Requests with their events, oldest first: the employee's own, or those of the workplaces a physician, implementer or clerk looks after
 * (undefined: all).
 */
export async function listRequests(
  db: AnyHandle,
  companyId: string,
  of: { workplaceIds?: readonly string[] | undefined; invitationId?: string; requestId?: string } = {},
): Promise<InterviewRequest[]> {
  let query = resultsOf(db).selectFrom('interview_request').selectAll().where('company_id', '=', companyId)
  if (of.workplaceIds) query = query.where('workplace_id', 'in', [...of.workplaceIds, newestNever])
  if (of.invitationId) query = query.where('invitation_id', '=', of.invitationId)
  if (of.requestId) query = query.where('id', '=', of.requestId)
  const rows = await query.orderBy('requested_at').orderBy('id').execute()
  if (rows.length === 0) return []
  const events = await resultsOf(db)
    .selectFrom('interview_request_event')
    .selectAll()
    .where('company_id', '=', companyId)
    .where(
      'request_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('at')
    .execute()
  return rows.map((row) =>
    requestOf(
      row,
      events.filter((event) => event.request_id === row.id),
    ),
  )
}

// IN () is no SQL: an id that no row has
const newestNever = '00000000-0000-0000-0000-000000000000'

/** @throws {Problem} not_found */
export async function getRequest(
  db: AnyHandle,
  companyId: string,
  requestId: string,
  workplaceIds?: readonly string[],
): Promise<InterviewRequest> {
  const [request] = await listRequests(db, companyId, { requestId, workplaceIds })
  if (!request) throw new Problem('not_found')
  return request
}

function requestOf(row: InterviewRequestTable, events: readonly InterviewRequestEventTable[]): InterviewRequest {
  const find = (kind: RequestEventKind) => events.findLast((event) => event.kind === kind)
  const interview = find('interviewed')
  return {
    id: row.id,
    invitationId: row.invitation_id,
    campaignId: row.campaign_id,
    subjectId: row.subject_id,
    workplaceId: row.workplace_id,
    sealed: row.sealed,
    told: row.told,
    notifiedAt: row.notified_at,
    requestedAt: row.requested_at,
    late: row.late,
    interview: interview && {
      heldOn: interview.held_on!,
      mode: interview.mode!,
      at: interview.at,
      by: interview.by_user_id,
    },
    opinionReleasedAt: find('opinion_released')?.at,
    withdrawnAt: find('withdrawn')?.at,
  }
}

/** The version of the words a person is told before asking; kept with each request and consent. */
export const toldVersion = 'request-2026-11'

/**
 * A person asks for the interview (role employee): only after notice, only where the need is confirmed or others may ask, with the
 * disclosure ticked. A second request while one lives gives the first one's id. More than a month after the notice it is marked late.
 * @throws {Problem} result_not_ready before notice, request_not_open for somebody who is no candidate
 */
export async function requestInterview(
  db: AnyHandle,
  vault: Vault,
  of: {
    companyId: string
    invitationId: string
    subjectId: string
    timeZone: string
    locale: string
    told: string
    requestId: string
  },
  at: Date,
): Promise<string> {
  const { companyId, invitationId, subjectId } = of
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`request ${invitationId}`}, 0))`.execute(db)
  const notice = await findNotice(db, companyId, invitationId)
  if (!notice) throw new Problem('result_not_ready')
  const campaign = await getCampaign(db, companyId, notice.campaign_id)
  const need = (await openNeeds(db, vault, companyId, [invitationId])).get(invitationId)
  if (!mayRequestInterview(need?.needed === true, campaign.othersMayRequestInterview))
    throw new Problem('request_not_open')
  const live = (await listRequests(db, companyId, { invitationId })).find((one) => !one.withdrawnAt)
  if (live) return live.id
  const invitation = await findInvitation(db, companyId, invitationId)
  const identity = (await identifySubjects(db, vault, companyId, [subjectId])).get(subjectId)
  if (!invitation || !identity) throw new Problem('record_destroyed')
  const id = newId(at)
  const { timeZone } = of
  const requestedOn = dateIn(timeZone, at)
  const { workplaceId } = invitation
  const side = {
    companyId,
    subjectId,
    requestId: id,
    campaignId: notice.campaign_id,
    workplaceId,
    requestedOn,
    timeZone,
  }
  const sealed = await makeEmployerSide(db, vault, { ...side, employmentId: identity.employmentId }, at)
  await resultsOf(db)
    .insertInto('interview_request')
    .values({
      company_id: companyId,
      id,
      invitation_id: invitationId,
      campaign_id: notice.campaign_id,
      subject_id: subjectId,
      workplace_id: workplaceId,
      sealed,
      text_version: toldVersion,
      locale: of.locale,
      told: of.told,
      acknowledged: true,
      notified_at: notice.notified_at,
      requested_at: at,
      late: isLateRequest(dateIn(timeZone, notice.notified_at), requestedOn),
    })
    .execute()
  await recordOwnAct(db, of, 'request.made', 'results.reason.ownRequest', id, at)
  return id
}

/** A person takes the request back; what HR has not opened stays closed (law I-5). @throws {Problem} not_found, wrong_state after the interview */
export async function withdrawRequest(
  db: AnyHandle,
  vault: Vault,
  of: { companyId: string; invitationId: string; subjectId: string; requestId: string; timeZone: string },
  interviewRequestId: string,
  at: Date,
): Promise<void> {
  const request = await getRequest(db, of.companyId, interviewRequestId)
  if (request.invitationId !== of.invitationId) throw new Problem('not_found')
  if (request.withdrawnAt) return
  if (request.interview) throw new Problem('wrong_state')
  await addRequestEvent(db, vault, of.companyId, request, { kind: 'withdrawn', on: dateIn(of.timeZone, at) }, at)
  await recordOwnAct(db, of, 'request.withdrawn', 'results.reason.ownRequest', request.id, at)
}

async function recordOwnAct(
  db: AnyHandle,
  of: { companyId: string; subjectId: string; requestId: string },
  action: string,
  reason: string,
  objectId: string,
  at: Date,
): Promise<void> {
  await recordAudit(db, of.companyId, at, {
    actorKind: 'participant',
    actorId: of.subjectId,
    actorRole: 'employee',
    action,
    subjectArea: 'stress',
    subjectId: of.subjectId,
    reason,
    objectKind: 'interview_request',
    objectId,
    requestId: of.requestId,
  })
}

/** What happens to a request and is told to the employer: `on` is its day there, of an interview the day it was held. */
type RequestEvent = { byUserId?: string; on: string } & (
  | { kind: 'interviewed'; mode: InterviewMode }
  | { kind: 'opinion_released' | 'withdrawn' }
)

/**
 * Appends what happened to a request, on both of its sides: by the person (withdrawn) or the physician (the rest). The request itself
 * never changes. @throws {Problem} record_destroyed when the seal between the sides cannot be opened
 */
export async function addRequestEvent(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  request: Pick<InterviewRequest, 'id' | 'subjectId' | 'sealed'>,
  event: RequestEvent,
  at: Date,
): Promise<void> {
  await resultsOf(db)
    .insertInto('interview_request_event')
    .values({
      company_id: companyId,
      id: newId(at),
      request_id: request.id,
      subject_id: request.subjectId,
      kind: event.kind,
      at,
      by_user_id: event.byUserId ?? null,
      held_on: event.kind === 'interviewed' ? event.on : null,
      mode: event.kind === 'interviewed' ? event.mode : null,
    })
    .execute()
  await tellEmployerSide(db, vault, companyId, request, event)
}
