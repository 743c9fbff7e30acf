import { jStat } from './distributions.ts'
import type { Interval } from './interval.ts'

/**
 * Clopper–Pearson exact interval of a proportion, by beta quantiles.
 *
 * `successes` of `trials`; result in 0..1; never covers less than `level`, so it is wide for small groups.
 * Source: Clopper & Pearson 1934, https://doi.org/10.1093/biomet/26.4.404
 * Example: clopperPearsonInterval(0, 10) = [0, 0.30849710782].
 * With no trials: [0, 1].
 */
export function clopperPearsonInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { lo: 0, hi: 1 }
  const tail = (1 - level) / 2
  return {
    lo: successes <= 0 ? 0 : jStat.beta.inv(tail, successes, trials - successes + 1),
    hi: successes >= trials ? 1 : jStat.beta.inv(1 - tail, successes + 1, trials - successes),
  }
}
