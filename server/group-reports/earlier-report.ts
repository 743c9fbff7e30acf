import { comparableKeys, criteriaKey, nameQuestions, type QuestionOf } from '../../analysis/groups/index.ts'
import { findVersion, publishedVersions, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { methodNames } from '../campaigns/index.ts'
import type { ReportContent } from './content.ts'
import type { AnyHandle } from './tables.ts'
import { percentLossOf } from './percent-loss.ts'

/** The released report before another one, and which of its figures mean the same. */
export interface EarlierReport {
  content: ReportContent
  /** the four axes of the judgement chart are the same questions, and 100 is the same nation */
  chart: boolean
  /** verdicts are judged from the same questions by the same numbers at every workplace */
  highStress: boolean
  /** the loss is the same question, counted alike */
  presenteeism: boolean
}

/** What stands in the earlier report, where figures of this kind can be compared. */
export const comparableContent = (
  earlier: EarlierReport | undefined,
  what: 'chart' | 'highStress' | 'presenteeism',
): ReportContent | undefined => (earlier?.[what] ? earlier.content : undefined)

/**
 * Holds two reports together by the item maps of all definitions and by nothing else; forms that are one and the same need no
 * map. @throws when a form of theirs is not there
 */
export async function earlierReport(
  db: AnyHandle,
  companyId: string,
  now: ReportContent,
  before: ReportContent,
): Promise<EarlierReport> {
  const versions = await publishedVersions(db, companyId)
  const [form, formBefore] = [statutoryOf(now, versions), statutoryOf(before, versions)]
  let questionOf: QuestionOf | undefined
  const names = (): QuestionOf => (questionOf ??= nameQuestions(versions.map(({ definition }) => definition)))
  const alike = (
    one: QuestionnaireVersion | undefined,
    other: QuestionnaireVersion | undefined,
    keyOf: (version: QuestionnaireVersion, questionOf: QuestionOf) => string | undefined,
  ): boolean => {
    if (!one || !other) return false
    if (one.hash === other.hash) return true
    const [key, otherKey] = [keyOf(one, names()), keyOf(other, names())]
    return key !== undefined && key === otherKey
  }
  return {
    content: before,
    chart: now.chartNorms === before.chartNorms && alike(form, formBefore, chartKey),
    highStress:
      now.criteriaHash === before.criteriaHash &&
      alike(form, formBefore, ({ definition }, of) => criteriaKey(definition, of, methodNames[now.criteriaMethod])),
    presenteeism: alike(lossFormOf(now, versions), lossFormOf(before, versions), (version, of) =>
      comparableKeys(version.definition, of).scales.get(percentLossOf(version)!.id),
    ),
  }
}

const statutoryOf = (content: ReportContent, versions: readonly QuestionnaireVersion[]) =>
  formsOf(content, versions).find(({ definition }) => definition.kind === 'statutory')

const lossFormOf = (content: ReportContent, versions: readonly QuestionnaireVersion[]) =>
  content.presenteeismAsked
    ? formsOf(content, versions).find((one) => one.definition.kind === 'presenteeism' && percentLossOf(one))
    : undefined

const formsOf = ({ questionnaires }: ReportContent, versions: readonly QuestionnaireVersion[]) =>
  questionnaires.flatMap(({ slug, version }) => findVersion(versions, `${slug}@${version}`) ?? [])

function chartKey({ definition }: QuestionnaireVersion, questionOf: QuestionOf): string | undefined {
  const axes = definition.judgement_chart
  if (!axes) return undefined
  const { scales } = comparableKeys(definition, questionOf)
  return JSON.stringify([axes.load, axes.control, axes.supervisor, axes.coworker].map((id) => scales.get(id)))
}
