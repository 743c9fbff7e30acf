import { jStat } from './distributions.ts'
import type { Interval } from './interval.ts'
import { monotoneRoot } from './monotone-root.ts'
import { poissonUpperP } from './poisson-upper-p.ts'

/**
 * Mid-P interval of a proportion: the p for which P(X > x) + ½P(X = x), or the same from below, is half of 1 − level.
 *
 * Narrower than Clopper–Pearson, covers `level` on average rather than always. `successes` of `trials`, result in 0..1.
 * Source: Berry & Armitage 1995, https://doi.org/10.2307/2348891
 * Example: binomialMidPInterval(4, 12) = [0.11608924115, 0.62313282304].
 * With no trials: [0, 1].
 */
export function binomialMidPInterval(successes: number, trials: number, level = 0.95): Interval {
  if (trials <= 0) return { lo: 0, hi: 1 }
  const tail = (1 - level) / 2
  // P(X >= k) by the incomplete beta function; P(X >= 0) = 1 and P(X > n) = 0 have no beta form.
  const atLeast = (k: number, p: number) => (k <= 0 ? 1 : k > trials ? 0 : jStat.ibeta(p, k, trials - k + 1))
  const upper = (p: number) => (atLeast(successes, p) + atLeast(successes + 1, p)) / 2
  return {
    lo: successes <= 0 ? 0 : monotoneRoot((p) => upper(p) - tail, 0, 1),
    hi: successes >= trials ? 1 : monotoneRoot((p) => upper(p) - (1 - tail), 0, 1),
  }
}

/**
 * Mid-P interval of a Poisson mean given one count.
 *
 * Source: Berry & Armitage 1995, https://doi.org/10.2307/2348891
 * Example: poissonMidPInterval(8) = [3.7153957448, 15.1914953432]; poissonMidPInterval(0) = [0, 2.9957322736].
 */
export function poissonMidPInterval(count: number, level = 0.95): Interval {
  const tail = (1 - level) / 2
  const ceiling = count + 10 + 20 * Math.sqrt(count + 1)
  return {
    lo: count <= 0 ? 0 : monotoneRoot((mean) => poissonUpperP(count, mean).midP - tail, 0, count),
    hi: monotoneRoot((mean) => poissonUpperP(count, mean).midP - (1 - tail), count, ceiling),
  }
}
