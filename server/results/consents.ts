import { recordAudit } from '../audit/index.ts'
import { getCampaign } from '../campaigns/index.ts'
import { Problem } from '../web/problems.ts'
import { findNotice } from './notices.ts'
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
