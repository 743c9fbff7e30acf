/**
 * Between-study (between-unit) variance τ² of DerSimonian and Laird, with the weighted mean it implies.
 *
 * `estimates` with their sampling `variances`, same order. `q` is Cochran's statistic, `mean` the random-effects mean, `se`
 * its standard error. τ² is floored at 0.
 * Source: DerSimonian & Laird 1986, https://doi.org/10.1016/0197-2456(86)90046-2
 * Example: the eight departments of the tests give Q 28.12836700, τ² 0.035373991, mean 2.388192928.
 * With fewer than two estimates: τ² 0.
 */
export function dersimonianLaird(
  estimates: readonly number[],
  variances: readonly number[],
): { q: number; tau2: number; mean: number; se: number } {
  const weigh = (tau2: number) => {
    let [sum, weighted, squared] = [0, 0, 0]
    for (const [index, estimate] of estimates.entries()) {
      const weight = 1 / ((variances[index] ?? Number.NaN) + tau2)
      sum += weight
      weighted += weight * estimate
      squared += weight * weight
    }
    return { sum, mean: weighted / sum, squared }
  }
  const fixed = weigh(0)
  const q = estimates.reduce((sum, y, index) => sum + (y - fixed.mean) ** 2 / (variances[index] ?? Number.NaN), 0)
  const scale = fixed.sum - fixed.squared / fixed.sum
  const tau2 = estimates.length < 2 ? 0 : Math.max(0, (q - (estimates.length - 1)) / scale)
  const random = weigh(tau2)
  return { q, tau2, mean: random.mean, se: Math.sqrt(1 / random.sum) }
}
