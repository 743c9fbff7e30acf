import { recordAudit } from '../audit/index.ts'
import { markSubmitted } from '../campaigns/index.ts'
import { together } from '../database/connection.ts'
import { newId } from '../ids.ts'
import { shippedQuestionnaires } from '../questionnaires/index.ts'
import { storeResult } from '../results/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import type { Identity } from '../web/sessions.ts'
import { tryCode, type CodeOutcome } from './code-try.ts'
import { answersOf, type Draft } from './draft.ts'
import { mayGoOn, versionsOf } from './landing.ts'
import { lockSitting, storeResponses, type ResponseToStore } from './queries.ts'
import { answersKeyOf, keysOfSitting } from './start.ts'
import type { AnyHandle } from './tables.ts'

/** What a response holds: the answers of one questionnaire and, where the person was asked, the sex. */
export interface SealedAnswers {
  answers: ReturnType<typeof answersOf>
  sex?: 'male' | 'female'
}

export type SubmitOutcome = 'submitted' | 'already' | 'code_first' | Exclude<CodeOutcome, 'right'>

/** The questionnaire whose answers make the result; the statutory one stands first and there is one per sitting. */
const scoredKind = 'statutory'

/**
 * Turns the draft into what counts, in the caller's transaction (role employee): the code bound, one response per
 * questionnaire under its own key, the score, the draft gone, the invitation submitted, one audit row. Nothing else of the
 * person's is read: what was signed stands in the draft. Sent twice, by two tabs, or too late, the second finds no draft
 * or no open campaign and changes nothing.
 * @throws {Problem} campaign_closed
 */
export async function submitSitting(
  services: Services,
  db: AnyHandle,
  identity: Identity,
  of: { invitationId: string; typed: { text: string; heldGroups: string | undefined }; requestId: string },
  at: Date,
): Promise<SubmitOutcome> {
  const { companyId, subjectId } = identity
  const { invitationId } = of
  const [sitting, found] = await together(
    lockSitting(db, companyId, invitationId),
    services.vault.keysOfSubject(db, companyId, {
      area: 'stress',
      subjectId,
      recordTypes: await sealableTypes(subjectId),
    }),
  )
  if (!sitting) return 'already'
  if (!mayGoOn(sitting.code, identity)) return 'code_first'
  if (!sitting.code.isBound) {
    const outcome = await tryCode(db, { companyId, invitationId }, sitting.code, of.typed, at)
    if (outcome !== 'right') return outcome
  }
  const wanted = keysOfSitting(subjectId, sitting.slugs)
  const keys = wanted.every(found.holds) ? found : await services.vault.readyKeys(db, companyId, wanted, at)
  const draft = keys.open<Draft>({ table: 'response_draft', rowId: invitationId }, sitting.sealedDraft)
  const versions = await versionsOf(draft.questionnaires)
  const responses = versions.map((version): ResponseToStore => {
    const id = newId(at)
    const value: SealedAnswers = {
      answers: answersOf(draft, version.slug, version.items),
      ...(draft.asksSex && draft.sex ? { sex: draft.sex } : {}),
    }
    const key = answersKeyOf(subjectId, version.slug)
    return {
      id,
      slug: version.slug,
      version: version.version,
      hash: version.hash,
      sealedAnswers: keys.seal(key, { table: 'response', rowId: id }, value),
    }
  })
  const owner = { companyId, invitationId, campaignId: draft.campaignId, subjectId }
  const scored = versions.find((version) => version.definition.kind === scoredKind)
  const [isSubmitted] = await together(
    markSubmitted(db, companyId, invitationId, at),
    storeResponses(db, owner, responses, at),
    ...(scored
      ? [
          storeResult(
            db,
            services.vault,
            {
              ...owner,
              sex: draft.sex,
              questionnaire: scored,
              criteriaMethod: draft.criteriaMethod,
              answers: answersOf(draft, scored.slug, scored.items),
            },
            at,
            keys,
          ),
        ]
      : []),
    recordAudit(db, companyId, at, {
      actorKind: 'participant',
      actorId: subjectId,
      actorRole: 'employee',
      action: 'response.submitted',
      subjectArea: 'stress',
      subjectId,
      reason: 'answering.reason.own',
      objectKind: 'invitation',
      objectId: invitationId,
      requestId: of.requestId,
    }),
  )
  // what was written together with the refused step is rolled back
  if (!isSubmitted) throw new Problem('campaign_closed')
  return 'submitted'
}

/** Record types a submission may need, whatever was asked: the keys are fetched along with the draft that tells. */
async function sealableTypes(subjectId: string): Promise<string[]> {
  const slugs = [...new Set((await shippedQuestionnaires()).map((version) => version.slug))]
  return keysOfSitting(subjectId, slugs).map((key) => key.recordType)
}
