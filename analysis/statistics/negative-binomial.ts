import { jStat } from './distributions.ts'

/**
 * Smallest count k with P(X ≤ k) ≥ p for a negative binomial of real `size` and `mean` (variance mean + mean²/size).
 *
 * Variant: incomplete-beta distribution function, P(X ≤ k) = I_{size/(size+mean)}(size, k + 1); a doubling search, then halving.
 * Source: Johnson, Kemp & Kotz 2005, Univariate Discrete Distributions, 5.6, https://doi.org/10.1002/0471715816
 * Example: negativeBinomialQuantile(0.95, 14, 3) = 6 (R: qnbinom(.95, size = 14, mu = 3)).
 * With mean 0: 0.
 */
export function negativeBinomialQuantile(p: number, size: number, mean: number): number {
  if (!(mean > 0)) return 0
  const cdf = (k: number) => jStat.ibeta(size / (size + mean), size, k + 1)
  if (cdf(0) >= p) return 0
  let high = 1
  while (cdf(high) < p) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (cdf(middle) < p) low = middle
    else high = middle
  }
  return high
}
