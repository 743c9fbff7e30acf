import type { Formula } from '../../survey-definitions/schema.ts'
import type { RangeOf, RawOf, SlotOf } from './scales.ts'

type QuantityQuality = Extract<Formula, { method: 'quantity-quality' }>

/** The items the method reads, in the order quantity, quality, days. */
export function itemsOfQuantityQuality({ quantity, quality, days }: QuantityQuality): string[] {
  return [quantity, quality, ...(days === undefined ? [] : [days])]
}

/**
 * Prepares the quantity and quality method of presenteeism: 1 − quantity × quality, each as a share of its highest answer;
 * with `days`, that share of the days with symptoms, in whole working days lost. What a day is worth is not asked here.
 *
 * Example: quantity 6 of 10 and quality 5 of 10 give a decline of 0.7; on 18 days it is 12.6 days
 * (Brouwer, Koopmanschap and Rutten 1999, Health Policy 48: the method; the wording of our items is our own).
 */
export function compileQuantityQuality(formula: QuantityQuality, slotOf: SlotOf, rangeOf: RangeOf): RawOf {
  const [quantity, quality] = [slotOf(formula.quantity), slotOf(formula.quality)]
  const whole = rangeOf(formula.quantity)[1] * rangeOf(formula.quality)[1]
  const days = formula.days === undefined ? undefined : slotOf(formula.days)
  return (numbers) => {
    // multiplied before it is divided: 0.6 × 0.5 is not 0.3 in binary fractions, 6 × 5 is 30
    const lost = whole - numbers[quantity]! * numbers[quality]!
    return (lost * (days === undefined ? 1 : numbers[days]!)) / whole
  }
}

/** Lowest and highest value. Example: both 0 to 10 give `[0, 1]`, with 0 to 30 days `[0, 30]`. */
export function rangeOfQuantityQuality(formula: QuantityQuality, rangeOf: RangeOf): [number, number] {
  const [quantity, quality] = [rangeOf(formula.quantity), rangeOf(formula.quality)]
  const share = (end: 0 | 1): number => 1 - (quantity[end] * quality[end]) / (quantity[1] * quality[1])
  const days = formula.days === undefined ? ([1, 1] as const) : rangeOf(formula.days)
  return [share(1) * days[0], share(0) * days[1]]
}
