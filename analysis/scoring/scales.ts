import { compileMean, rangeOfMean } from './mean.ts'
import { compileQuantityQuality, itemsOfQuantityQuality, rangeOfQuantityQuality } from './quantity-quality.ts'
import type { Formula, Questionnaire } from '../../survey-definitions/schema.ts'

/** Position of an item's number in the row of numbers being scored. */
export type SlotOf = (itemId: string) => number

/** Lowest and highest number an item can be answered with. */
export type RangeOf = (itemId: string) => readonly [number, number]

/** A raw score from a row of numbers; NaN when one of its items has no answer (NaN in the row). */
export type RawOf = (numbers: readonly number[]) => number

type Sum = Extract<Formula, { method: 'sum' }>

/** The items a formula reads, in the order written. Example: `{constant: 15, minus: [q1, q2, q3]}` gives q1, q2, q3. */
export function itemsOfFormula(formula: Formula): string[] {
  if (formula.method === 'sum') return [...formula.plus, ...formula.minus]
  if (formula.method === 'mean') return [...formula.items, ...formula.reverse]
  return itemsOfQuantityQuality(formula)
}

/** Prepares a scale's formula, by its method. Nothing is imputed and nothing rounded. */
export function compileRaw(formula: Formula, slotOf: SlotOf, rangeOf: RangeOf): RawOf {
  if (formula.method === 'sum') return compileSum(formula, slotOf)
  if (formula.method === 'mean') return compileMean(formula, slotOf, rangeOf)
  return compileQuantityQuality(formula, slotOf, rangeOf)
}

/**
 * Method `sum`: constant + Σ plus − Σ minus, no weighting: one missing item leaves the scale empty (as the Tokyo Medical
 * University program has done since its 2006-09-27 correction).
 *
 * Example: 15 − (q1 + q2 + q3) with answers 1, 1, 2 gives 11, the quantitative load of the official worked example
 * (https://wic-net.com/material/document/17187/267).
 */
function compileSum(formula: Sum, slotOf: SlotOf): RawOf {
  const plus = formula.plus.map(slotOf)
  const minus = formula.minus.map(slotOf)
  return (numbers) => {
    let raw = formula.constant
    for (const slot of plus) raw += numbers[slot] ?? Number.NaN
    for (const slot of minus) raw -= numbers[slot] ?? Number.NaN
    return raw
  }
}

/**
 * Lowest and highest raw value a formula can give, from the lowest and highest number of each item.
 *
 * Example: 10 − (q12 + q13) + q14 with items of 1 to 4 gives `[3, 12]`. A sum without items gives its constant twice.
 */
export function reachableRange(formula: Formula, rangeOf: RangeOf): [number, number] {
  if (formula.method === 'mean') return rangeOfMean(formula, rangeOf)
  if (formula.method === 'quantity-quality') return rangeOfQuantityQuality(formula, rangeOf)
  let [low, high] = [formula.constant, formula.constant]
  for (const id of formula.plus) {
    low += rangeOf(id)[0]
    high += rangeOf(id)[1]
  }
  for (const id of formula.minus) {
    low -= rangeOf(id)[1]
    high -= rangeOf(id)[0]
  }
  return [low, high]
}

/** What one scale says about a person. `point` is null where the scale has no point table or the sex is not known. */
export type ScaleScore = { readonly raw: number; readonly point: number | null }

/** Scores by scale id, in the order of the definition; null where an item of the scale has no answer. */
export type ScaleScores = Readonly<Record<string, ScaleScore | null>>

/** Whether any scale needs the person's sex. */
export function needsSex(questionnaire: Pick<Questionnaire, 'scales' | 'point_scales'>): boolean {
  const scales = [...questionnaire.scales, ...(questionnaire.point_scales ?? [])]
  return scales.some((scale) => scale.point_table !== undefined)
}
