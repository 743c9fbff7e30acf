import type { Interval } from './interval.ts'
import { normalQuantile } from './normal.ts'

/**
 * Interval of a difference of two shares of the same people who can be in one of them only (promoters − detractors).
 *
 * Variant: "Wald+2" of Agresti and Min (half a person is added to each of the four cells of matched pairs), which keeps its level
 * in small samples, where the plain Wald interval is too short; cut to −1 and 1. Counts in; result in −1..1.
 * Source: Agresti & Min 2005, Statistics in Medicine 24, 729–740, as in their R code.
 * Example: pairedDifferenceInterval(4, 4, 10) = ∓0.4899910: standard error √9 / 12.
 * With no trials: [-1, 1], nothing is known.
 */
export function pairedDifferenceInterval(up: number, down: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { lo: -1, hi: 1 }
  const n = trials + 2
  const difference = (up - down) / n
  const error = Math.sqrt(up + down + 1 - (up - down) ** 2 / n) / n
  const half = normalQuantile(0.5 + level / 2) * error
  return { lo: Math.max(-1, difference - half), hi: Math.min(1, difference + half) }
}
