import type { Numbers } from './scales.ts'

/** One part of a sum: the number at `slot`, or what is left of `mirror` (lowest + highest answer) without it. */
export type Term = { readonly slot: number; readonly mirror: number | undefined }

/** (constant + Σ terms) / divisor: what sums, means and totals all come down to. */
export type TermSum = { readonly constant: number; readonly terms: readonly Term[]; readonly divisor: number }

/** Works out sums of a row of numbers, each into its position of `into`; NaN for a sum of which a number is missing. */
export type SumUp = (numbers: Numbers, into: Float64Array) => void

/** The plain sum of the numbers at these slots. */
export const plainSum = (slots: readonly number[]): TermSum => ({
  constant: 0,
  terms: slots.map((slot) => ({ slot, mirror: undefined })),
  divisor: 1,
})

/**
 * Prepares many sums at once, laid out in flat arrays: one pass over a row works them all out. Terms are added in the order
 * given, so that fractions come out the same every time.
 *
 * Example: constant 0, divisor 1, slot 0 and slot 1 with mirror 5: the row `[2, 4]` gives 2 + (5 − 4) = 3. A sum without
 * terms is its constant.
 */
export function compileTermSums(sums: readonly TermSum[]): SumUp {
  const terms = sums.flatMap((sum) => sum.terms)
  const slots = Int32Array.from(terms, ({ slot }) => slot)
  const offsets = Float64Array.from(terms, ({ mirror = 0 }) => mirror)
  const signs = Float64Array.from(terms, ({ mirror }) => (mirror === undefined ? 1 : -1))
  const constants = Float64Array.from(sums, ({ constant }) => constant)
  const divisors = Float64Array.from(sums, ({ divisor }) => divisor)
  let end = 0
  const ends = Int32Array.from(sums, (sum) => (end += sum.terms.length))
  return (numbers, into) => {
    let term = 0
    for (let position = 0; position < ends.length; position++) {
      let sum = constants[position]!
      for (; term < ends[position]!; term++) sum += offsets[term]! + signs[term]! * numbers[slots[term]!]!
      into[position] = sum / divisors[position]!
    }
  }
}
