import { isRefusedSubmission } from '../campaigns/index.ts'
import { andCommit, together } from '../database/connection.ts'
import { newId } from '../ids.ts'
import { shippedQuestionnaires } from '../questionnaires/index.ts'
import { sealResult } from '../results/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import type { Identity } from '../web/sessions.ts'
import { tryCode, type CodeOutcome } from './code-try.ts'
import { answersOf, type Draft } from './draft.ts'
import { mayGoOn } from './landing.ts'
import { lockSitting } from './queries.ts'
import { askedOf } from './sheets.ts'
import { storeSubmission, type ResponseToStore } from './submission-statement.ts'
import { invitationOf } from './sitting.ts'
import { answersKeyOf, draftArea, keysOfSitting, recordTypesOf } from './start.ts'
import { askedVersions } from './asked.ts'
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
 * person's is read: what was signed stands in the draft. Two writes to the database: one finds, one stores and commits.
 * Sent twice, by two tabs, or too late, the second finds no draft or no open campaign and changes nothing.
 * @throws {Problem} campaign_closed
 */
export async function submitSitting(
  services: Services,
  db: AnyHandle,
  entering: Promise<Identity>,
  of: { typed: { text: string; heldGroups: string | undefined }; requestId: string },
  at: Date,
): Promise<SubmitOutcome> {
  const [identity, sitting, found] = await together(
    entering,
    lockSitting(db),
    services.vault.ownKeys(db, draftArea, recordTypesOf(await shippedSlugs())),
  )
  const { companyId, subjectId } = identity
  const invitationId = invitationOf(identity)
  if (!sitting) return 'already'
  if (!mayGoOn(sitting.code, identity)) return 'code_first'
  if (!sitting.code.isBound) {
    const outcome = await tryCode(db, { companyId, invitationId }, sitting.code, of.typed, at)
    if (outcome !== 'right') return outcome
  }
  const wanted = keysOfSitting(subjectId, sitting.slugs)
  const keys = wanted.every(found.holds) ? found : await services.vault.readyKeys(db, companyId, wanted, at)
  const draft = keys.open<Draft>({ table: 'response_draft', rowId: invitationId }, sitting.sealedDraft)
  const versions = await askedVersions(companyId, draft.questionnaires, (work) => work(db))
  const owner = { companyId, invitationId, campaignId: draft.campaignId, subjectId }
  const given = versions.map((version) => ({
    version,
    answers: answersOf(draft, version.slug, askedOf(version, draft)),
  }))
  const responses = given.map(({ version, answers }): ResponseToStore => {
    const id = newId(at)
    const value: SealedAnswers = { answers, ...(draft.asksSex && draft.sex ? { sex: draft.sex } : {}) }
    const { slug, hash } = version
    const sealedAnswers = keys.seal(answersKeyOf(subjectId, slug), { table: 'response', rowId: id }, value)
    return { id, slug, version: version.version, hash, sealedAnswers }
  })
  const scored = given.find(({ version }) => version.definition.kind === scoredKind)
  const { criteriaMethod, criteria, sex } = draft
  const result =
    scored &&
    (await sealResult(
      { ...owner, sex, questionnaire: scored.version, criteriaMethod, criteria, answers: scored.answers },
      at,
      keys,
    ))
  const trace = { entryId: newId(at), requestId: of.requestId }
  try {
    await andCommit(db, storeSubmission(db, { ...owner, ...trace, at, responses, sealed: result?.sealed }))
  } catch (error) {
    if (isRefusedSubmission(error)) throw new Problem('campaign_closed')
    throw error
  }
  return 'submitted'
}

/** Slugs a submission may hold, whatever was asked: the keys are fetched along with the draft that tells. */
async function shippedSlugs(): Promise<string[]> {
  return [...new Set((await shippedQuestionnaires()).map((version) => version.slug))]
}
