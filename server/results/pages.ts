import {
  itemsOfFormula,
  listItems,
  numericRange,
  pointScalesOf,
  sameRules,
  standardRules,
  type CriteriaRule,
} from '../../analysis/scoring/index.ts'
import type { Criterion, Questionnaire, Scale } from '../../survey-definitions/schema.ts'
import { methodNames, ruleWords } from '../campaigns/index.ts'
import { findVersion, shippedQuestionnaires } from '../questionnaires/index.ts'
import { formatNumber } from '../web/formats.ts'
import { profileChart } from '../web/charts/index.ts'
import { onlyReadings } from '../web/readings.ts'
import type { Texts } from '../web/texts.ts'
import { furtherOf, type FurtherScales } from './further-scales.ts'
import { verdictClassOf, type VerdictClass } from './rules.ts'
import type { StoredResult } from './store.ts'

/** One field of the profile (causes, reactions, support …) with its scales and sums, in words and figures ready to print. */
export interface ProfileGroup {
  id: string
  label: string
  /** simple sum and sum of points of the field; undefined where the questionnaire has none, "–" where answers are missing */
  sum: string | undefined
  sumRange: string | undefined
  points: string | undefined
  scales: {
    label: string
    /** what a high raw score means; said only where there is no point that tells it */
    reading: string | undefined
    raw: string
    range: string
    point: string
    pointLabel: string
    heavy: boolean
  }[]
}

/** One person's result as every page shows it: the person, the implementer, the physician who was asked. */
export interface ResultView {
  verdict: VerdictClass
  /** the sentence of the verdict: which method, which totals, which rule */
  methodLabel: string
  /** the rules the verdict was made with, as they were in force then; `own`: the questionnaire's, where they differ from these */
  criteria: { rules: string[]; own: string[]; decidedOn: string | null }
  /** false for a form without point tables (the 23 items): raw scores in words and no chart */
  hasPoints: boolean
  groups: ProfileGroup[]
  /** empty without points */
  chart: string
  /** what a form asks beyond the scales of its points (the 80 items) */
  further: FurtherScales | undefined
  /** scales on the two heaviest steps, at most four, heaviest first */
  heavy: string[]
  /** scales on the two lightest steps, at most three */
  light: string[]
  /** numbers of scored items without an answer, in printed order, or empty */
  missingCount: number
  sexMissing: boolean
}

/**
 * Turns a stored result into words and figures. Groups are the totals of the conversion criterion (A, B, C); scales outside them
 * (satisfaction) stand in a group of their own section.
 */
export async function resultView(stored: StoredResult, texts: Texts, locale: string): Promise<ResultView> {
  const version = findVersion(
    await shippedQuestionnaires(),
    `${stored.questionnaire.slug}@${stored.questionnaire.version}`,
  )
  if (!version)
    throw new Error(`questionnaire ${stored.questionnaire.slug}@${stored.questionnaire.version} is not shipped`)
  const text = (key: string, params?: Record<string, string | number>) =>
    texts.text(locale, `results.profile.${key}`, params)
  const hasPoints = pointScalesOf(version.definition).some((scale) => scale.point_table)
  const groups = groupsOf(version.definition, stored, { texts, locale }, hasPoints)
  const drawChart = () =>
    profileChart({
      id: 'profile',
      title: onlyReadings(text('chartTitle')),
      description: onlyReadings(text('chartDescription')),
      worstLabel: onlyReadings(text('worst')),
      bestLabel: onlyReadings(text('best')),
      missingLabel: onlyReadings(text('missing')),
      groups: groups.map((group) => ({
        label: onlyReadings(group.label),
        scales: group.scales.map((scale) => ({
          label: onlyReadings(scale.label),
          point: scale.point === dash ? null : Number(scale.point),
        })),
      })),
    })
  const heavy = inTurn(
    groups,
    (point) => point <= 2,
    (a, b) => a - b,
  )
  const light = inTurn(
    groups,
    (point) => point >= 4,
    (a, b) => b - a,
  )
  const criterion = criterionOf(version.definition, stored.criteriaMethod)
  return {
    verdict: verdictClassOf(stored),
    methodLabel: criterion ? texts.wording(locale, criterion.title) : '',
    criteria: criteriaOf(version.definition, criterion, stored, texts, locale),
    hasPoints,
    groups,
    chart: hasPoints ? drawChart() : '',
    further: furtherOf(version.definition, stored, texts, locale),
    heavy: heavy.slice(0, 4),
    light: light.slice(0, 3),
    missingCount: stored.missing.filter((id) => id !== 'sex').length,
    sexMissing: stored.missing.includes('sex'),
  }
}

const dash = '–'

/** Scales on these points, the most telling first, taken from each field in turn so that no field crowds the others out. */
function inTurn(
  groups: readonly ProfileGroup[],
  wanted: (point: number) => boolean,
  order: (a: number, b: number) => number,
): string[] {
  const turns = groups.flatMap((group) =>
    group.scales
      .filter((scale) => scale.point !== dash && wanted(Number(scale.point)))
      .sort((a, b) => order(Number(a.point), Number(b.point)))
      .map((scale, turn) => ({ label: scale.label, point: Number(scale.point), turn })),
  )
  return turns.sort((a, b) => order(a.point, b.point) || a.turn - b.turn).map((one) => one.label)
}

function criterionOf(definition: Questionnaire, method: StoredResult['criteriaMethod']): Criterion | undefined {
  return definition.criteria.find((one) => one.method === methodNames[method])
}

/** The rules in words, totals by the names of their sections: nobody has to know which letter is what. */
function criteriaOf(
  definition: Questionnaire,
  criterion: Criterion | undefined,
  { criteria }: StoredResult,
  texts: Texts,
  locale: string,
): ResultView['criteria'] {
  const standard = criterion ? standardRules(criterion) : []
  const rules = criteria?.rules ?? standard
  const nameOf = (id: string) => {
    const section = definition.sections.find((one) => one.id === id)
    return texts.text(locale, 'results.degree.total', { name: section ? texts.wording(locale, section.title) : id })
  }
  const words = (of: readonly CriteriaRule[]) => ruleWords(of, texts, locale, nameOf)
  return {
    rules: words(rules),
    own: sameRules(rules, standard) ? [] : words(standard),
    decidedOn: criteria?.decidedOn ?? null,
  }
}

type Words = (key: string, params?: Record<string, string | number>) => string

function groupsOf(
  definition: Questionnaire,
  stored: StoredResult,
  { texts, locale }: { texts: Texts; locale: string },
  hasPoints: boolean,
): ProfileGroup[] {
  const text: Words = (key, params) => texts.text(locale, `results.profile.${key}`, params)
  const read = (words: Readonly<Record<string, string>>) => texts.wording(locale, words)
  const groupOfScale = new Map<string, string>()
  for (const criterion of definition.criteria)
    if (criterion.method === 'conversion')
      for (const total of criterion.totals) for (const scale of total.scales) groupOfScale.set(scale, total.id)
  const sectionOf = new Map(listItems(definition).map((asked) => [asked.id, asked.sectionId]))
  const ids: string[] = []
  const scalesOf = new Map<string, Scale[]>()
  for (const scale of pointScalesOf(definition)) {
    const id = groupOfScale.get(scale.id) ?? sectionOf.get(itemsOfFormula(scale.formula)[0] ?? '') ?? ''
    if (!scalesOf.has(id)) ids.push(id)
    scalesOf.set(id, [...(scalesOf.get(id) ?? []), scale])
  }
  return ids.map((id) => {
    const section = definition.sections.find((one) => one.id === id)
    const range = sumRange(definition, id)
    const total = (verdict: StoredResult['simpleSum']) =>
      verdict?.totals[id] === undefined ? dash : formatNumber(verdict.totals[id], locale)
    const inVerdict = range !== undefined
    return {
      id,
      label: section ? read(section.title) : id,
      sum: inVerdict ? total(stored.simpleSum) : undefined,
      sumRange: range && text('range', { low: range[0], high: range[1] }),
      points: [...groupOfScale.values()].includes(id) ? total(stored.conversion) : undefined,
      scales: scalesOf.get(id)!.map((scale) => {
        const score = stored.scales[scale.id]
        const point = score?.point ?? null
        return {
          label: read(scale.title),
          reading: hasPoints ? undefined : text(`reading.${scale.polarity}`),
          raw: score ? formatNumber(score.raw, locale) : dash,
          range: text('range', { low: scale.range[0], high: scale.range[1] }),
          point: point === null ? dash : String(point),
          pointLabel: point === null ? text('missing') : text(`point.${point}`),
          heavy: point !== null && point <= 2,
        }
      }),
    }
  })
}

/** Lowest and highest simple sum of a field; undefined where the simple-sum method does not add it up. */
function sumRange(definition: Questionnaire, totalId: string): [number, number] | undefined {
  const criterion = definition.criteria.find((one) => one.method === 'simple-sum')
  const total = criterion?.method === 'simple-sum' ? criterion.totals.find((one) => one.id === totalId) : undefined
  if (!total) return undefined
  let low = 0
  let high = 0
  for (const asked of listItems(definition)) {
    if (asked.sectionId !== total.section) continue
    const [lowest, highest] = numericRange(asked) ?? [0, 0]
    low += lowest
    high += highest
  }
  return [low, high]
}
