import { compileComposite } from './composites.ts'
import { planPointSums } from './conversion.ts'
import { compileVerdict } from './criteria.ts'
import { listItems, numericRange } from './items.ts'
import { ownWordsOf } from './own-words.ts'
import { compileRow } from './row.ts'
import { compileScaleScores } from './scale-scores.ts'
import { itemsOfFormula, needsSex } from './scales.ts'
import { planSimpleSums } from './simple-sum.ts'
import type { Answers } from './answers.ts'
import type { CompositeScores } from './composites.ts'
import type { Verdict } from './criteria.ts'
import type { Sex } from './points.ts'
import type { ScaleScores } from './scale-scores.ts'
import type { Numbers } from './scales.ts'
import type { TermSum } from './term-sum.ts'
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
 * `AnswerError` for an answer outside the options and for an answer to an item the questionnaire does not have.
 *
 * The definition must have passed the parser. Example: the official worked example, scored as a man, gives
 * `simpleSum.totals` A 51, B 92, C 31 and `conversion.totals` A 21, B 7, C 4, both high stress
 * (https://wic-net.com/material/document/17187/267). No answers at all: every scale null, both verdicts null.
 */
export function compileScorer(questionnaire: Questionnaire): Scorer {
  const items = listItems(questionnaire)
  // own words beside an option are answers too; nothing counts them
  const known = items.flatMap((asked) => [asked, ...ownWordsOf(asked).map((words) => words.asked)])
  const row = compileRow(known, new Set(countedItems(questionnaire)), new Set(scoredItems(questionnaire)))
  const ranges = new Map(items.map((asked) => [asked.id, numericRange(asked)]))
  const rangeOf = (id: string): readonly [number, number] => ranges.get(id) ?? [Number.NaN, Number.NaN]

  const scales = compileScaleScores(questionnaire.scales, row.slotOf, rangeOf)
  const pointScales = questionnaire.point_scales
    ? compileScaleScores(questionnaire.point_scales, row.slotOf, rangeOf)
    : scales
  const composites = questionnaire.composites.map((composite) => ({
    id: composite.id,
    valueOf: compileComposite(composite, row.slotOf, rangeOf, scales.positionOf),
  }))
  const sexMatters = needsSex(questionnaire)
  const judgeSums = compileMethod(questionnaire.criteria, 'simple-sum', (criterion) =>
    planSimpleSums(criterion, questionnaire, row.slotOf),
  )
  const judgePoints = compileMethod(questionnaire.criteria, 'conversion', (criterion) =>
    planPointSums(criterion, pointScales.positionOf),
  )

  return (answers, sex) => {
    const missing = row.read(answers)
    if (sexMatters && sex === null) missing.unshift('sex')
    const { numbers } = row
    const scored = scales.score(numbers, sex)
    const pointScored = pointScales === scales ? scored : pointScales.score(numbers, sex)
    const composed: Record<string, number | null> = {}
    for (const { id, valueOf } of composites) {
      const value = valueOf(numbers, scales.raws)
      composed[id] = Number.isNaN(value) ? null : value
    }
    return {
      missing,
      scales: scored,
      pointScales: pointScored,
      composites: composed,
      simpleSum: judgeSums(numbers),
      conversion: judgePoints(pointScales.points),
    }
  }
}

/** The verdict by one method; null from a questionnaire that does not have it. */
function compileMethod<Method extends Criterion['method']>(
  criteria: readonly Criterion[],
  method: Method,
  totalsOf: (criterion: Extract<Criterion, { method: Method }>) => TermSum[],
): (numbers: Numbers) => Verdict | null {
  const isMethod = (one: Criterion): one is Extract<Criterion, { method: Method }> => one.method === method
  const criterion = criteria.find(isMethod)
  return criterion ? compileVerdict(criterion, totalsOf(criterion)) : () => null
}
