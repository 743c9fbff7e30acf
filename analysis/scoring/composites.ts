import { compileMean } from './mean.ts'
import type { Composite } from '../../survey-definitions/schema.ts'
import type { RangeOf, SlotOf } from './scales.ts'

/** A composite from a row of numbers and the raw values of the scales by id; NaN when a part is missing. */
export type CompositeOf = (numbers: readonly number[], rawOf: (scaleId: string) => number) => number

/** Composites by id, in the order of the definition; null where a part has no answer. */
export type CompositeScores = Readonly<Record<string, number | null>>

/**
 * Prepares a composite: the mean of scales, each with the same weight whatever its number of items, or the mean of items.
 * The two differ: the psychological stress response of the 80-item form is the mean of its 18 items (as its published
 * norm 2.8841 has it), not of its five scales.
 *
 * Example: scales 2, 3 and 4 give 3.
 */
export function compileComposite(composite: Pick<Composite, 'formula'>, slotOf: SlotOf, rangeOf: RangeOf): CompositeOf {
  const { formula } = composite
  if (!('scales' in formula)) {
    const mean = compileMean(formula, slotOf, rangeOf)
    return (numbers) => mean(numbers)
  }
  return (_numbers, rawOf) => formula.scales.reduce((sum, id) => sum + rawOf(id), 0) / formula.scales.length
}
