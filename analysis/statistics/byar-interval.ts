import type { Interval } from './interval.ts'
import { normalQuantile } from './normal.ts'

/**
 * Byar's approximate interval of a Poisson mean given one count (closed form, for checking the exact one by hand).
 *
 * Source: Breslow & Day 1987, Statistical Methods in Cancer Research II (IARC Scientific Publications 82), equation 2.13.
 * Example: byarInterval(8) = [3.4446906497, 15.7640004939].
 * With a count of 0 the lower formula has no value; the lower end is then 0.
 */
export function byarInterval(count: number, level = 0.95): Interval {
  const z = normalQuantile(0.5 + level / 2)
  const next = count + 1
  return {
    lo: count <= 0 ? 0 : Math.max(0, count * (1 - 1 / (9 * count) - z / (3 * Math.sqrt(count))) ** 3),
    hi: next * (1 - 1 / (9 * next) + z / (3 * Math.sqrt(next))) ** 3,
  }
}
