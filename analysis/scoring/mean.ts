import type { Formula } from '../../survey-definitions/schema.ts'
import type { RangeOf, SlotOf } from './scales.ts'
import type { TermSum } from './term-sum.ts'

/** What is averaged: the answers to `items` as they are, those to `reverse` as lowest + highest − answer. */
export type MeanFormula = Pick<Extract<Formula, { method: 'mean' }>, 'items' | 'reverse'>

/**
 * A mean over items, each once, with some turned round so that all point the same way. One missing item leaves it empty:
 * nothing is averaged over those that happen to be there.
 *
 * Example: `fatigue` of the 80-item form, the mean of 5 − q24, 5 − q25 and 5 − q26, is 2.3333 with answers 2, 3, 3.
 */
export function planMean(formula: MeanFormula, slotOf: SlotOf, rangeOf: RangeOf): TermSum {
  const terms = [
    ...formula.items.map((id) => ({ slot: slotOf(id), mirror: undefined })),
    ...formula.reverse.map((id) => ({ slot: slotOf(id), mirror: rangeOf(id)[0] + rangeOf(id)[1] })),
  ]
  return { constant: 0, terms, divisor: terms.length }
}

/** Lowest and highest value of a mean. Example: four-point items give `[1, 4]`, turned round or not. */
export function rangeOfMean(formula: MeanFormula, rangeOf: RangeOf): [number, number] {
  const ids = [...formula.items, ...formula.reverse]
  const sum = (end: 0 | 1): number => ids.reduce((all, id) => all + rangeOf(id)[end], 0)
  return [sum(0) / ids.length, sum(1) / ids.length]
}
