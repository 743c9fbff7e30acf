import { recordAudit } from '../audit/index.ts'
import {
  appliedCriteria,
  campaignQuestionnaires,
  markStarted,
  openSnapshots,
  type Campaign,
  type Invitation,
} from '../campaigns/index.ts'
import { together } from '../database/connection.ts'
import { resultKeyOf } from '../results/index.ts'
import type { Services } from '../services.ts'
import type { KeyOf } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { openSession, revokeSessions, type Identity } from '../web/sessions.ts'
import type { Draft } from './draft.ts'
import { makeCode, verifierOf } from './personal-code.ts'
import { lockCode, putCode, putDraft } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/** Whose sitting it is. */
export interface Sitter {
  companyId: string
  companyKey: string
  invitationId: string
  subjectId: string
}

/** A start made anew: the code, shown this once, and the cookie of its session (none when this browser had one already). */
export interface Begun {
  code: string
  cookie: string | undefined
}

export const draftArea = 'stress'
export const draftRecordType = 'draft'
export const draftKeyOf = (subjectId: string): KeyOf => ({ area: draftArea, subjectId, recordType: draftRecordType })
export const answersKeyOf = (subjectId: string, slug: string): KeyOf => ({
  area: 'stress',
  subjectId,
  recordType: `answers:${slug}`,
})

/** Every key a submission seals with; made at the start, so that submitting finds them in one statement. */
export function keysOfSitting(subjectId: string, slugs: readonly string[]): KeyOf[] {
  return [draftKeyOf(subjectId), resultKeyOf(subjectId), ...slugs.map((slug) => answersKeyOf(subjectId, slug))]
}

/** Their record types. */
export const recordTypesOf = (slugs: readonly string[]): string[] =>
  keysOfSitting('', slugs).map((key) => key.recordType)

/**
 * Begins, or begins over, in the caller's transaction (role employee). Nothing binds yet: whoever holds the link may begin
 * over until the code is retyped, so a mail scanner's start locks nobody out. Begun in another browser, the draft is
 * discarded and the earlier browser's session ends; in the same one only a new code is made.
 * @throws {Problem} campaign_not_open, campaign_closed, already_submitted
 */
export async function beginSitting(
  services: Services,
  db: AnyHandle,
  sitter: Sitter,
  of: { campaign: Campaign; invitation: Invitation; session: Identity | undefined; requestId: string },
  at: Date,
): Promise<Begun | 'bound'> {
  const before = await lockCode(db, sitter.companyId, sitter.invitationId)
  if (!(await markStarted(db, sitter.companyId, sitter.invitationId, at))) throw new Problem('campaign_closed')
  if (before?.isBound) return 'bound'
  const code = makeCode()
  const goesOn = before !== undefined && before.sessionId === of.session?.sessionId
  let sessionId = before?.sessionId ?? ''
  let cookie: string | undefined
  if (!goesOn) {
    await revokeSessions(db, sitter.companyId, { subjectId: sitter.subjectId }, at)
    const session = {
      companyId: sitter.companyId,
      companyKey: sitter.companyKey,
      kind: 'participant' as const,
      subjectId: sitter.subjectId,
      contextId: sitter.invitationId,
      strength: 'link' as const,
    }
    ;({ cookie, sessionId } = await openSession(db, session, at))
    await beginDraft(services, db, sitter, of.campaign, of.invitation, at)
  }
  // two starts at one moment: markStarted made the second wait, and it begins over
  if (!(await putCode(db, sitter, { verifier: verifierOf(code), sessionId }, at))) throw new Problem('conflict')
  await recordAudit(db, sitter.companyId, at, {
    actorKind: 'participant',
    actorId: sitter.subjectId,
    actorRole: 'employee',
    action: before ? 'invitation.started_over' : 'invitation.started',
    subjectArea: 'stress',
    subjectId: sitter.subjectId,
    reason: 'answering.reason.own',
    objectKind: 'invitation',
    objectId: sitter.invitationId,
    requestId: of.requestId,
  })
  return { code, cookie }
}

async function beginDraft(
  services: Services,
  db: AnyHandle,
  sitter: Sitter,
  campaign: Campaign,
  invitation: Invitation,
  at: Date,
): Promise<void> {
  const { companyId, invitationId, subjectId } = sitter
  const [questionnaires, criteria, snapshots] = await together(
    campaignQuestionnaires(db, companyId, campaign.id),
    appliedCriteria(db, companyId, campaign.id, invitation.workplaceId),
    openSnapshots(db, services.vault, companyId, [invitation]),
  )
  const sex = snapshots.get(invitationId)?.sex ?? null
  const draft: Draft = {
    campaignId: campaign.id,
    criteriaMethod: criteria?.method ?? campaign.criteriaMethod,
    ...(criteria && { criteria: { rules: criteria.rules, decidedOn: criteria.decidedOn } }),
    questionnaires: questionnaires.map(({ slug, version, hash, wave }) => ({
      slug,
      version,
      hash,
      ...(wave !== null && { wave }),
    })),
    // only results of a stress check need it
    asksSex: sex === null && campaign.kind === 'stress_check',
    sex,
    answers: {},
    writers: {},
  }
  const slugs = questionnaires.map((one) => one.slug)
  const keys = await services.vault.readyKeys(db, companyId, keysOfSitting(subjectId, slugs), at)
  const sealed = keys.seal(draftKeyOf(subjectId), { table: 'response_draft', rowId: invitationId }, draft)
  await putDraft(db, sitter, { campaign_id: campaign.id, slugs, sealed }, at)
}
