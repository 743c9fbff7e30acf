import { planMean, rangeOfMean } from './mean.ts'
import { compileQuantityQuality, itemsOfQuantityQuality, rangeOfQuantityQuality } from './quantity-quality.ts'
import { compileTermSums, plainSum } from './term-sum.ts'
import type { Formula, Questionnaire } from '../../survey-definitions/schema.ts'
import type { SumUp, TermSum } from './term-sum.ts'

/** Position of an item's number in the row of numbers being scored. */
export type SlotOf = (itemId: string) => number

/** Lowest and highest number an item can be answered with. */
export type RangeOf = (itemId: string) => readonly [number, number]

/** Numbers by position: what is summed over. A typed array where speed matters. */
export type Numbers = { readonly [position: number]: number }

/** A raw score from a row of numbers; NaN when one of its items has no answer (NaN in the row). */
export type RawOf = (numbers: Numbers) => number

type Sum = Extract<Formula, { method: 'sum' }>

/** The items a formula reads, in the order written. Example: `{constant: 15, minus: [q1, q2, q3]}` gives q1, q2, q3. */
export function itemsOfFormula(formula: Formula): string[] {
  if (formula.method === 'sum') return [...formula.plus, ...formula.minus]
  if (formula.method === 'mean') return [...formula.items, ...formula.reverse]
  return itemsOfQuantityQuality(formula)
}

/** A method that is more than a sum. */
type OwnWay = { readonly position: number; readonly rawOf: RawOf }

/** Prepares formulas, each by its method: their raw scores in one go, by position. Nothing is imputed and nothing rounded. */
export function compileRaws(formulas: readonly Formula[], slotOf: SlotOf, rangeOf: RangeOf): SumUp {
  const ownWays: OwnWay[] = []
  const sums = formulas.map((formula, position): TermSum => {
    if (formula.method === 'sum') return planSum(formula, slotOf)
    if (formula.method === 'mean') return planMean(formula, slotOf, rangeOf)
    ownWays.push({ position, rawOf: compileQuantityQuality(formula, slotOf, rangeOf) })
    return plainSum([])
  })
  const sumUp = compileTermSums(sums)
  return (numbers, into) => {
    sumUp(numbers, into)
    for (const { position, rawOf } of ownWays) into[position] = rawOf(numbers)
  }
}

/** Prepares one formula; see {@link compileRaws}. */
export function compileRaw(formula: Formula, slotOf: SlotOf, rangeOf: RangeOf): RawOf {
  const raw = new Float64Array(1)
  const work = compileRaws([formula], slotOf, rangeOf)
  return (numbers) => {
    work(numbers, raw)
    return raw[0]!
  }
}

/**
 * Method `sum`: constant + Σ plus − Σ minus, no weighting: one missing item leaves the scale empty (as the Tokyo Medical
 * University program has done since its 2006-09-27 correction).
 *
 * Example: 15 − (q1 + q2 + q3) with answers 1, 1, 2 gives 11, the quantitative load of the official worked example
 * (https://wic-net.com/material/document/17187/267).
 */
function planSum(formula: Sum, slotOf: SlotOf): TermSum {
  const plus = formula.plus.map((id) => ({ slot: slotOf(id), mirror: undefined }))
  const minus = formula.minus.map((id) => ({ slot: slotOf(id), mirror: 0 }))
  return { constant: formula.constant, terms: [...plus, ...minus], divisor: 1 }
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

/** Whether any scale needs the person's sex. */
export function needsSex(questionnaire: Pick<Questionnaire, 'scales' | 'point_scales'>): boolean {
  const scales = [...questionnaire.scales, ...(questionnaire.point_scales ?? [])]
  return scales.some((scale) => scale.point_table !== undefined)
}
