import { jStat } from './distributions.ts'
import type { Interval } from './interval.ts'

/**
 * Funnel-plot limits of O/E around 1 for a unit that expects `expected` events, by chi-square quantiles.
 *
 * Variant: the continuous limits of FunnelPlotR (MIT), which put the expected count in the place of the observed one.
 * Source: Spiegelhalter 2005, https://doi.org/10.1002/sim.1970 ; https://github.com/nhs-r-community/FunnelPlotR
 * Example: poissonFunnelLimits(15) = [0.5596924, 1.6493479]; at level 0.998 [0.3862650, 2.0829073].
 * With nothing expected: [0, Infinity].
 */
export function poissonFunnelLimits(expected: number, level = 0.95): Interval {
  if (expected <= 0) return { lo: 0, hi: Number.POSITIVE_INFINITY }
  const tail = (1 - level) / 2
  return {
    lo: jStat.chisquare.inv(tail, 2 * expected) / (2 * expected),
    hi: jStat.chisquare.inv(1 - tail, 2 * (expected + 1)) / (2 * expected),
  }
}
