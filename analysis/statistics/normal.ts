import { jStat } from './distributions.ts'

/**
 * Standard normal distribution function Φ(z).
 *
 * Variant: jstat's erf. Not simple-statistics' table, which gives Φ(−4) = 0.001 instead of 0.0000317.
 * Example: normalCdf(1.959963984540054) = 0.975.
 * normalCdf(NaN) is NaN: nothing in, nothing out.
 */
export function normalCdf(z: number): number {
  return jStat.normal.cdf(z, 0, 1)
}

/**
 * Standard normal quantile Φ⁻¹(p), for 0 < p < 1.
 *
 * Variant: jstat's inverse erf (agrees with R's qnorm to 1e-12).
 * Example: normalQuantile(0.95) = 1.6448536269514722.
 * p = 0 gives −Infinity, p = 1 gives Infinity, outside that NaN.
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0) return Number.NEGATIVE_INFINITY
  if (p === 1) return Number.POSITIVE_INFINITY
  return jStat.normal.inv(p, 0, 1)
}
