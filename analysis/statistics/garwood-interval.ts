import { jStat } from './distributions.ts'
import type { Interval } from './interval.ts'

/**
 * Garwood's exact interval of a Poisson mean given one count; divide both ends by the expected count for a ratio O/E.
 *
 * `count` may be a non-whole number (discounted counts); then it is the gamma-quantile continuation of the same formula.
 * Source: Garwood 1936, https://doi.org/10.1093/biomet/28.3-4.437
 * Example: garwoodInterval(8) = [3.4538321767, 15.7631892202]; garwoodInterval(0) = [0, 3.6888794541].
 */
export function garwoodInterval(count: number, level = 0.95): Interval {
  const tail = (1 - level) / 2
  return {
    lo: count <= 0 ? 0 : jStat.gamma.inv(tail, count, 1),
    hi: jStat.gamma.inv(1 - tail, count + 1, 1),
  }
}
