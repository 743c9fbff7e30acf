import type { Interval } from './interval.ts'
import { normalQuantile } from './normal.ts'

/**
 * Wilson score interval of a proportion, without continuity correction.
 *
 * `successes` of `trials`, both counts; result in 0..1. Source: Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953
 * Example: wilsonInterval(4, 12) = [0.13812009109, 0.60937791113].
 * With no trials: [0, 1], nothing is known.
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { lo: 0, hi: 1 }
  const z = normalQuantile(0.5 + level / 2)
  const share = successes / trials
  const scale = 1 + (z * z) / trials
  const centre = (share + (z * z) / (2 * trials)) / scale
  const half = (z * Math.sqrt((share * (1 - share)) / trials + (z * z) / (4 * trials * trials))) / scale
  return {
    lo: successes === 0 ? 0 : Math.max(0, centre - half),
    hi: successes === trials ? 1 : Math.min(1, centre + half),
  }
}
