import { recordAudit } from '../audit/index.ts'
import { Problem } from '../web/problems.ts'
import { checkDraft, nameFault } from './draft-check.ts'
import {
  advanceDraft,
  getDraft,
  insertDraft,
  insertPublished,
  licenceOf,
  namesInUse,
  type PublishedRow,
} from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { readWorking, writeWorking } from './draft-working.ts'
import { hashDefinition } from './shipped.ts'
import { listItems } from '../../analysis/scoring/index.ts'

/** Who does it, in which company, within which request. */
export interface Acting {
  companyId: string
  userId: string
  requestId: string
}

/**
 * HR gives a draft to the implementer. Only one that is sound goes on.
 * @throws {Problem} wrong_state for one with faults; {StaleDraft} when it is no longer the revision HR saw
 */
export async function sendForReview(
  db: AnyHandle,
  acting: Acting,
  id: string,
  revision: number,
  at: Date,
): Promise<void> {
  const row = await getDraft(db, acting.companyId, id)
  if (!checkDraft(readWorking(row.body)).definition) throw new Problem('wrong_state')
  const from = { revision, states: ['draft', 'refused'] as const }
  await advanceDraft(db, acting.companyId, id, from, { state: 'in_review', sent_by: acting.userId, sent_at: at })
  await audit(db, acting, 'hr', 'sent_for_review', id, at)
}

/** HR takes a draft back to change it; what the implementer said yes to before is then no longer enough. */
export async function takeBack(db: AnyHandle, acting: Acting, id: string, revision: number, at: Date): Promise<void> {
  const from = { revision, states: ['in_review', 'approved'] as const }
  await advanceDraft(db, acting.companyId, id, from, { state: 'draft' })
  await audit(db, acting, 'hr', 'taken_back', id, at)
}

/** The implementer's verdict on the very text that was shown, with words for HR. */
export async function reviewDraft(
  db: AnyHandle,
  acting: Acting,
  id: string,
  verdict: { revision: number; yes: boolean; words: string },
  at: Date,
): Promise<void> {
  const row = await getDraft(db, acting.companyId, id)
  const from = { revision: verdict.revision, states: ['in_review'] as const }
  await advanceDraft(db, acting.companyId, id, from, {
    state: verdict.yes ? 'approved' : 'refused',
    reviewed_by: acting.userId,
    reviewed_at: at,
    review_words: verdict.words,
    approved_hash: verdict.yes ? hashDefinition(row.body) : null,
  })
  await audit(db, acting, 'implementer', verdict.yes ? 'approved' : 'refused', id, at)
}

/**
 * Freezes an approved draft: from now on the company can ask it, and it never changes.
 * @throws {Problem} wrong_state when its name has been taken meanwhile; {StaleDraft} when it is not approved any more
 */
export async function publishDraft(
  db: AnyHandle,
  acting: Acting,
  id: string,
  revision: number,
  at: Date,
): Promise<string> {
  const { companyId } = acting
  const { slug, version, body } = await getDraft(db, companyId, id)
  if (await nameFault({ slug, version }, await namesInUse(db, companyId), id)) throw new Problem('conflict')
  const hash = hashDefinition(body)
  const from = { revision, states: ['approved'] as const }
  await advanceDraft(db, companyId, id, from, { state: 'published', published_by: acting.userId, published_at: at })
  const versionId = await insertPublished(db, companyId, { slug, version, hash, body }, at)
  await audit(db, acting, 'hr', 'published', id, at)
  return versionId
}

/**
 * A draft of the next version, beginning as the published one. Each question is declared the same as it was, so that answers
 * before and after stand on one line; whoever changes a question may say that it is another one now.
 * @throws {Problem} conflict when the next version is being made already
 */
export async function beginNextVersion(
  db: AnyHandle,
  acting: Acting,
  { slug, body }: Pick<PublishedRow, 'slug' | 'body'>,
  at: Date,
): Promise<string> {
  const names = await namesInUse(db, acting.companyId)
  const working = readWorking(body)
  const before = `${slug}@${working.version}`
  working.version = (names.published.get(slug) ?? working.version) + 1
  const waiting = names.drafts.get(`${slug}@${working.version}`)
  if (waiting !== undefined) return waiting
  working.same_items = [
    ...(working.same_items ?? []),
    ...listItems(working).map(({ id }) => ({ item: id, of: before, their_item: id })),
  ]
  const draft = { slug, version: working.version, body: writeWorking(working), origin: 'version' as const }
  const licence = await licenceOf(db, acting.companyId, before)
  return insertDraft(db, acting.companyId, { ...draft, licence, userId: acting.userId }, at)
}

function audit(
  db: AnyHandle,
  { companyId, userId, requestId }: Acting,
  role: 'hr' | 'implementer',
  what: 'sent_for_review' | 'taken_back' | 'approved' | 'refused' | 'published',
  draftId: string,
  at: Date,
): Promise<void> {
  return recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: userId,
    actorRole: role,
    action: `questionnaire.${what}`,
    reason: `questionnaires.audit.${what}`,
    objectKind: 'questionnaire_draft',
    objectId: draftId,
    requestId,
  })
}
