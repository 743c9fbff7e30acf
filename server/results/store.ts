import type { Kysely, QueryCreator } from 'kysely'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import { findVersion, shippedQuestionnaires } from '../questionnaires/index.ts'
import { judge, standardRules } from '../../analysis/scoring/index.ts'
import type { Answers, CompositeScores, Score, ScaleScores, Sex, Verdict } from '../../analysis/scoring/index.ts'
import { methodNames, type AppliedCriteria } from '../campaigns/index.ts'
import type { ReadyKeys, Vault } from '../vault/index.ts'
import type { StoreTables } from './tables.ts'

/** The method whose verdict counts in a campaign; decided by the committee, signed by the implementer (law N-6). */
export type CriteriaMethod = 'simpleSum' | 'conversion'

/** What one person's answers came to, as it is sealed: nothing of the answers themselves. */
export interface StoredResult {
  questionnaire: { slug: string; version: number }
  /** as the roster told or the person said when asked; which point table was used */
  sex: Sex | null
  /**
   * The scales that criteria, chart and group report are counted with (`pointScalesOf`), by id; null where an item is missing,
   * `point` null where the sex is not known or the form has no point table
   */
  scales: ScaleScores
  /** forms whose own scales are others than these (the 80 items): value by scale id, null where an answer is missing */
  means?: Readonly<Record<string, number | null>>
  composites?: CompositeScores
  /** totals by both methods; the verdict of the one that does not count is by the questionnaire's own numbers */
  simpleSum: Verdict | null
  conversion: Verdict | null
  criteriaMethod: CriteriaMethod
  /** the rules the verdict was made with and the day they were decided: an old result shows its own thresholds */
  criteria?: Omit<AppliedCriteria, 'method'>
  /** outcome of the campaign's method; null when a scored answer (or, for points, the sex) is missing. Never an interview need (law N-5). */
  verdict: Verdict | null
  /** scored items without an answer; `sex` first where a point table needed it */
  missing: readonly string[]
}

export interface ResultToStore {
  companyId: string
  campaignId: string
  invitationId: string
  subjectId: string
  sex: Sex | null
  questionnaire: { slug: string; version: number }
  criteriaMethod: CriteriaMethod
  /** what was signed for the person's workplace; absent: the questionnaire's own numbers */
  criteria?: Omit<AppliedCriteria, 'method'> | undefined
  answers: Answers
}

// oxlint-disable-next-line typescript/no-explicit-any -- called inside the submit transaction of another capability
type Handle = Kysely<any>

/** The vault key of a person's results. */
export const resultKeyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'result' }) as const

/** A scored and sealed result that is not stored yet. */
export interface SealedResult {
  companyId: string
  campaignId: string
  invitationId: string
  subjectId: string
  sealed: Buffer
  at: Date
}

/**
 * Scores one person's answers with the questionnaire version they were given to, and seals the outcome under the person's
 * result key, which `keys` must hold.
 * @throws {AnswerError} for an answer the questionnaire does not allow; an Error for a version that is not shipped
 */
export async function sealResult(of: ResultToStore, at: Date, keys: ReadyKeys): Promise<SealedResult> {
  const version = findVersion(await shippedQuestionnaires(), `${of.questionnaire.slug}@${of.questionnaire.version}`)
  if (!version) throw new Error(`questionnaire ${of.questionnaire.slug}@${of.questionnaire.version} is not shipped`)
  const score = version.score(of.answers, of.sex)
  const { verdict, criteria } = judgeScore(version.definition, score, of)
  const value: StoredResult = {
    questionnaire: { slug: version.slug, version: version.version },
    sex: of.sex,
    scales: score.pointScales,
    ...(version.definition.point_scales && furtherFigures(score)),
    simpleSum: score.simpleSum,
    conversion: score.conversion,
    [of.criteriaMethod]: verdict,
    criteriaMethod: of.criteriaMethod,
    ...(criteria && { criteria }),
    verdict,
    missing: score.missing,
  }
  const { companyId, campaignId, invitationId, subjectId } = of
  const sealed = keys.seal(resultKeyOf(subjectId), { table: 'result', rowId: invitationId }, value)
  return { companyId, campaignId, invitationId, subjectId, sealed, at }
}

/** The verdict by the rules in force, and these rules: the totals are the form's, only the numbers they are compared with differ. */
function judgeScore(
  definition: Questionnaire,
  score: Score,
  { criteriaMethod, criteria }: Pick<ResultToStore, 'criteriaMethod' | 'criteria'>,
): { verdict: Verdict | null; criteria: StoredResult['criteria'] } {
  const totals = score[criteriaMethod]?.totals
  if (criteria) return { verdict: totals ? judge(criteria.rules, totals) : null, criteria }
  const own = definition.criteria.find(({ method }) => method === methodNames[criteriaMethod])
  return { verdict: score[criteriaMethod], criteria: own && { rules: standardRules(own), decidedOn: null } }
}

const furtherFigures = ({ scales, composites }: Score) => ({
  means: Object.fromEntries(Object.entries(scales).map(([id, score]) => [id, score?.raw ?? null])),
  composites,
})

/**
 * Stores a result, as part of the one statement a submission is (role employee, or clerk for paper). One row per
 * invitation: a second one is refused by the key.
 */
export const storingResult = (db: QueryCreator<StoreTables>, result: SealedResult) =>
  db.insertInto('result').values({
    company_id: result.companyId,
    id: result.invitationId,
    campaign_id: result.campaignId,
    subject_id: result.subjectId,
    sealed: result.sealed,
    scored_at: result.at,
  })

/** One opened result of a campaign; `scored` never leaves the server except as its own person's page or inside a group. */
export interface ResultForAnalysis {
  invitationId: string
  subjectId: string
  scored: StoredResult
}

const batch = 2_000

/** Every result of a campaign, opened in batches (role analysis, or implementer). A record whose key was destroyed is left out. */
export async function* resultsForAnalysis(
  db: Handle,
  vault: Vault,
  companyId: string,
  campaignId: string,
): AsyncGenerator<ResultForAnalysis, void, undefined> {
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const rows = await (db as Kysely<StoreTables>)
      .selectFrom('result')
      .select(['id', 'subject_id', 'sealed'])
      .where('company_id', '=', companyId)
      .where('campaign_id', '=', campaignId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(batch)
      .execute()
    const opened = await vault.openMany<StoredResult>(
      db,
      companyId,
      rows.map((row) => ({ table: 'result', rowId: row.id, sealed: row.sealed })),
    )
    for (const [index, row] of rows.entries()) {
      const scored = opened[index]
      if (scored) yield { invitationId: row.id, subjectId: row.subject_id, scored }
    }
    if (rows.length < batch) return
    after = rows.at(-1)!.id
  }
}

/** Whether a person's result was released to them (role employee: the own one). */
export async function isResultReleased(db: Handle, companyId: string, invitationId: string): Promise<boolean> {
  const row = await (db as Kysely<StoreTables>)
    .selectFrom('notice')
    .select('id')
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
  return row !== undefined
}
