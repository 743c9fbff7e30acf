import { jStat } from './distributions.ts'
import { mean, sampleVariance } from 'simple-statistics'
import type { Interval } from './interval.ts'

/**
 * Mean of a sample with Student's t interval.
 *
 * Units as given. Variant: n − 1 degrees of freedom, no correction for a finite population.
 * Source: Student 1908, https://doi.org/10.1093/biomet/6.1.1
 * Example: meanInterval([1, 2, 3]) = { n: 3, mean: 2, sd: 1, lo: -0.484137712, hi: 4.484137712 }.
 * With one value: the interval is the whole line. With none: null.
 */
export function meanInterval(
  values: readonly number[],
  level = 0.95,
): ({ n: number; mean: number; sd: number } & Interval) | null {
  const n = values.length
  if (n === 0) return null
  const centre = mean([...values])
  if (n === 1) return { n, mean: centre, sd: 0, lo: Number.NEGATIVE_INFINITY, hi: Number.POSITIVE_INFINITY }
  const sd = Math.sqrt(sampleVariance([...values]))
  const half = (jStat.studentt.inv(0.5 + level / 2, n - 1) * sd) / Math.sqrt(n)
  return { n, mean: centre, sd, lo: centre - half, hi: centre + half }
}
