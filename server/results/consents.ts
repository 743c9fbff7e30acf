import { recordAudit } from '../audit/index.ts'
import { getCampaign, listInvitations, type Campaign } from '../campaigns/index.ts'
import { Problem } from '../web/problems.ts'
import { findNotice } from './notices.ts'
import { listRequests } from './requests.ts'
import { resultsOf, type AnyHandle, type ConsentAnswer, type ConsentTable } from './tables.ts'

/** The version of the words a person agrees to or refuses. */
export const consentVersion = 'consent-2026-11'

/** The person's answer for this campaign (role employee); undefined when not answered. */
export async function findConsent(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
): Promise<ConsentTable | undefined> {
  return resultsOf(db)
    .selectFrom('consent')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
}

/**
 * Whether the own result may be given to the employer (role employee): once per campaign, after notice, never carried over (law C-1, C-2).
 * @throws {Problem} not_found where the company receives no individual results, consent_before_notice, conflict when answered before
 */
export async function recordConsent(
  db: AnyHandle,
  of: {
    companyId: string
    campaignId: string
    invitationId: string
    subjectId: string
    locale: string
    requestId: string
  },
  answer: ConsentAnswer,
  at: Date,
): Promise<void> {
  const campaign = await getCampaign(db, of.companyId, of.campaignId)
  if (!campaign.employerReceivesIndividualResults) throw new Problem('not_found')
  const notice = await findNotice(db, of.companyId, of.invitationId)
  if (!notice) throw new Problem('consent_before_notice')
  await resultsOf(db)
    .insertInto('consent')
    .values({
      company_id: of.companyId,
      id: of.invitationId,
      campaign_id: of.campaignId,
      subject_id: of.subjectId,
      answer,
      text_version: consentVersion,
      locale: of.locale,
      notified_at: notice.notified_at,
      consented_at: at,
      withdrawn_at: null,
    })
    .execute()
  await recordAudit(db, of.companyId, at, {
    actorKind: 'participant',
    actorId: of.subjectId,
    actorRole: 'employee',
    // the same for yes and no: who reads the ledger learns no answer (law C-3)
    action: 'consent.answered',
    subjectArea: 'stress',
    subjectId: of.subjectId,
    reason: 'results.reason.ownConsent',
    objectKind: 'consent',
    objectId: of.invitationId,
    requestId: of.requestId,
  })
}

/** Somebody whose result may go to the employer, and how much of it. */
export interface Handover {
  invitationId: string
  subjectId: string
  scope: 'full_result' | 'need_only'
  basis: 'consent' | 'request'
  at: Date
}

/**
 * Whose results the employer may receive (role implementer), where it receives any: by consent in its scope, or whole because the person
 * asked for an interview and was told so (law C-5, I-3). Empty where the company receives no individual results. `workplaceIds`
 * undefined: all.
 */
export async function listHandovers(
  db: AnyHandle,
  companyId: string,
  campaign: Campaign,
  workplaceIds?: readonly string[],
): Promise<Handover[]> {
  if (!campaign.employerReceivesIndividualResults) return []
  const found = new Map<string, Handover>()
  const agreed = await resultsOf(db)
    .selectFrom('consent')
    .select(['id', 'subject_id', 'answer', 'consented_at'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaign.id)
    .execute()
  for (const row of agreed) {
    if (row.answer === 'no') continue
    found.set(row.id, {
      invitationId: row.id,
      subjectId: row.subject_id,
      scope: row.answer,
      basis: 'consent',
      at: row.consented_at,
    })
  }
  for (const one of await listRequests(db, companyId)) {
    if (one.campaignId !== campaign.id || one.withdrawnAt || found.get(one.invitationId)?.scope === 'full_result')
      continue
    found.set(one.invitationId, {
      invitationId: one.invitationId,
      subjectId: one.subjectId,
      scope: 'full_result',
      basis: 'request',
      at: one.requestedAt,
    })
  }
  if (workplaceIds)
    for (const place of await listInvitations(db, companyId, campaign.id))
      if (!workplaceIds.includes(place.workplaceId)) found.delete(place.id)
  return [...found.values()].sort((a, b) => a.at.getTime() - b.at.getTime())
}
