import type { Interval } from './interval.ts'
import { normalQuantile } from './normal.ts'

/**
 * Interval of a difference of two shares of the same people who can be in one of them only (promoters − detractors).
 *
 * Variant: adjusted Wald of Bonett and Price 2012 (one is added to each of the two counts, two to the number of people), which
 * keeps its level from about ten people on, where the plain Wald interval is too short. Counts in; result in −1..1.
 * Source: Bonett & Price 2012, Journal of Educational and Behavioral Statistics 37(4).
 * Example: pairedDifferenceInterval(4, 4, 10) = ∓0.5164959: shares 5/12 each, variance (10/12)/12.
 * With no trials: [-1, 1], nothing is known.
 */
export function pairedDifferenceInterval(up: number, down: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { lo: -1, hi: 1 }
  const n = trials + 2
  const [more, less] = [(up + 1) / n, (down + 1) / n]
  const difference = more - less
  const half = normalQuantile(0.5 + level / 2) * Math.sqrt((more + less - difference ** 2) / n)
  return { lo: Math.max(-1, difference - half), hi: Math.min(1, difference + half) }
}
