import { planMean } from './mean.ts'
import { compileTermSums, plainSum } from './term-sum.ts'
import type { Composite } from '../../survey-definitions/schema.ts'
import type { Numbers, RangeOf, SlotOf } from './scales.ts'

/** A composite from a row of numbers and the raw values of the scales, by position; NaN when a part is missing. */
export type CompositeOf = (numbers: Numbers, raws: Numbers) => number

/** Composites by id, in the order of the definition; null where a part has no answer. */
export type CompositeScores = Readonly<Record<string, number | null>>

/**
 * Prepares a composite: the mean of scales, each with the same weight whatever its number of items, or the mean of items.
 * The two differ: the psychological stress response of the 80-item form is the mean of its 18 items (as its published
 * norm 2.8841 has it), not of its five scales.
 *
 * Example: scales 2, 3 and 4 give 3.
 */
export function compileComposite(
  composite: Pick<Composite, 'formula'>,
  slotOf: SlotOf,
  rangeOf: RangeOf,
  positionOf: (scaleId: string) => number,
): CompositeOf {
  const { formula } = composite
  const isOfScales = 'scales' in formula
  const plan = isOfScales
    ? { ...plainSum(formula.scales.map(positionOf)), divisor: formula.scales.length }
    : planMean(formula, slotOf, rangeOf)
  const work = compileTermSums([plan])
  const value = new Float64Array(1)
  return (numbers, raws) => {
    work(isOfScales ? raws : numbers, value)
    return value[0]!
  }
}
