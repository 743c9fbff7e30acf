import { AnswerError, compileNumberCheck } from './answers.ts'
import { compileComposite } from './composites.ts'
import { compilePointSums } from './conversion.ts'
import { compileVerdict } from './criteria.ts'
import { listItems, numericRange } from './items.ts'
import { compilePoints } from './points.ts'
import { compileRaw, itemsOfFormula, needsSex } from './scales.ts'
import { compileSums } from './simple-sum.ts'
import type { Answers } from './answers.ts'
import type { CompositeScores } from './composites.ts'
import type { Verdict } from './criteria.ts'
import type { Sex } from './points.ts'
import type { RangeOf, ScaleScore, ScaleScores, SlotOf } from './scales.ts'
import type { Criterion, Questionnaire, Scale } from '../../survey-definitions/schema.ts'

/** Everything a questionnaire says about one person's answers. */
export type Score = {
  /** Scored items without an answer, in printed order; `sex` first where a point table needs it and it is not known. */
  readonly missing: readonly string[]
  readonly scales: ScaleScores
  /** The scales that criteria and chart are counted with: `point_scales` where the questionnaire has them, else the same. */
  readonly pointScales: ScaleScores
  readonly composites: CompositeScores
  /** Null when the questionnaire has no such method, or when a scored answer (or, for points, the sex) is missing. */
  readonly simpleSum: Verdict | null
  readonly conversion: Verdict | null
}

export type Scorer = (answers: Answers, sex: Sex | null) => Score

/** The scales that criteria and the judgement chart name. Example: the 19 sums of the 80-item form, whose own scales are means. */
export const pointScalesOf = (questionnaire: Questionnaire): readonly Scale[] =>
  questionnaire.point_scales ?? questionnaire.scales

/**
 * Items without which there is no verdict; in a questionnaire without criteria, the items of its scales. In printed
 * order. Example: q1 to q55 of `stress-check-57@1`; the satisfaction items 56 and 57 leave only their own scale empty.
 */
export function scoredItems(questionnaire: Questionnaire): string[] {
  const wanted = new Set<string>()
  const addScales = (scales: readonly Scale[], wants: (scaleId: string) => boolean): void => {
    for (const scale of scales) {
      if (wants(scale.id)) for (const id of itemsOfFormula(scale.formula)) wanted.add(id)
    }
  }
  const items = listItems(questionnaire)
  for (const criterion of questionnaire.criteria) {
    if (criterion.method === 'conversion') {
      addScales(pointScalesOf(questionnaire), (scaleId) =>
        criterion.totals.some((total) => total.scales.includes(scaleId)),
      )
    } else {
      const sections = new Set(criterion.totals.map((total) => total.section))
      for (const asked of items) if (sections.has(asked.sectionId)) wanted.add(asked.id)
    }
  }
  if (questionnaire.criteria.length === 0) addScales(questionnaire.scales, () => true)
  return items.map((asked) => asked.id).filter((id) => wanted.has(id))
}

/** Items a score is calculated from at all, verdict or not, in printed order: q1 to q57 of `stress-check-57@1`. */
export function countedItems(questionnaire: Questionnaire): string[] {
  const wanted = new Set(scoredItems(questionnaire))
  for (const scale of [...questionnaire.scales, ...(questionnaire.point_scales ?? [])])
    for (const id of itemsOfFormula(scale.formula)) wanted.add(id)
  for (const { formula } of questionnaire.composites)
    if ('items' in formula) for (const id of [...formula.items, ...formula.reverse]) wanted.add(id)
  return listItems(questionnaire)
    .map((asked) => asked.id)
    .filter((id) => wanted.has(id))
}

/**
 * Prepares a questionnaire once, so that many people can be scored fast. The scorer is a pure function of answers and
 * sex. Answers to items that are not calculated with (free text, reasons) are left alone. It throws an
 * {@link AnswerError} for an answer outside the options and for an answer to an item the questionnaire does not have.
 *
 * The definition must have passed the parser. Example: the official worked example, scored as a man, gives
 * `simpleSum.totals` A 51, B 92, C 31 and `conversion.totals` A 21, B 7, C 4, both high stress
 * (https://wic-net.com/material/document/17187/267). No answers at all: every scale null, both verdicts null.
 */
export function compileScorer(questionnaire: Questionnaire): Scorer {
  const items = listItems(questionnaire)
  const known = new Set(items.map((asked) => asked.id))
  const counted = new Set(countedItems(questionnaire))
  const inVerdict = new Set(scoredItems(questionnaire))
  const columns = items
    .filter((asked) => counted.has(asked.id))
    .map((asked) => ({ id: asked.id, allows: compileNumberCheck(asked), needed: inVerdict.has(asked.id) }))
  const slots = new Map(columns.map((column, slot) => [column.id, slot]))
  const slotOf = (id: string): number => slots.get(id) ?? -1

  const ranges = new Map(items.map((asked) => [asked.id, numericRange(asked)]))
  const rangeOf = (id: string): readonly [number, number] => ranges.get(id) ?? [Number.NaN, Number.NaN]

  const scoreScales = compileScales(questionnaire.scales, slotOf, rangeOf)
  const scorePoints = questionnaire.point_scales && compileScales(questionnaire.point_scales, slotOf, rangeOf)
  const composites = questionnaire.composites.map((composite) => ({
    id: composite.id,
    valueOf: compileComposite(composite, slotOf, rangeOf),
  }))
  const sexMatters = needsSex(questionnaire)
  const judgeSums = compileSimpleSum(questionnaire, slotOf)
  const judgePoints = compileConversion(questionnaire.criteria)

  return (answers, sex) => {
    for (const id in answers) if (!known.has(id)) throw new AnswerError(id, 'unknown-item')
    const missing: string[] = sexMatters && sex === null ? ['sex'] : []
    const numbers = columns.map(({ id, allows, needed }) => {
      const answer = answers[id] ?? null
      if (answer === null) {
        if (needed) missing.push(id)
        return Number.NaN
      }
      if (typeof answer !== 'number' || !allows(answer)) throw new AnswerError(id, 'not-an-option')
      return answer
    })
    const scales = scoreScales(numbers, sex)
    const pointScales = scorePoints ? scorePoints(numbers, sex) : scales
    const rawOf = (id: string): number => scales[id]?.raw ?? Number.NaN
    const composed: Record<string, number | null> = {}
    for (const { id, valueOf } of composites) {
      const value = valueOf(numbers, rawOf)
      composed[id] = Number.isNaN(value) ? null : value
    }
    return {
      missing,
      scales,
      pointScales,
      composites: composed,
      simpleSum: judgeSums(numbers),
      conversion: judgePoints(pointScales),
    }
  }
}

function compileScales(
  scales: readonly Scale[],
  slotOf: SlotOf,
  rangeOf: RangeOf,
): (numbers: readonly number[], sex: Sex | null) => ScaleScores {
  const compiled = scales.map((scale) => ({
    id: scale.id,
    rawOf: compileRaw(scale.formula, slotOf, rangeOf),
    pointOf: compilePoints(scale),
  }))
  return (numbers, sex) => {
    const scores: Record<string, ScaleScore | null> = {}
    for (const { id, rawOf, pointOf } of compiled) {
      const raw = rawOf(numbers)
      scores[id] = Number.isNaN(raw) ? null : { raw, point: sex && pointOf ? pointOf(raw, sex) : null }
    }
    return scores
  }
}

function compileSimpleSum(
  questionnaire: Questionnaire,
  slotOf: (id: string) => number,
): (numbers: readonly number[]) => Verdict | null {
  const criterion = questionnaire.criteria.find((candidate) => candidate.method === 'simple-sum')
  if (!criterion) return () => null
  const sums = compileSums(criterion, questionnaire, slotOf)
  const judge = compileVerdict(criterion)
  return (numbers) => judge(sums.map((sum) => sum(numbers)))
}

function compileConversion(criteria: readonly Criterion[]): (scores: ScaleScores) => Verdict | null {
  const criterion = criteria.find((candidate) => candidate.method === 'conversion')
  if (!criterion) return () => null
  const sums = compilePointSums(criterion)
  const judge = compileVerdict(criterion)
  return (scores) => judge(sums.map((sum) => sum((id) => scores[id]?.point ?? null)))
}
