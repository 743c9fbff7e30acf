import { jStat } from './distributions.ts'

/**
 * One-sided probability of a count at least as large as the one seen, if the Poisson mean were `expected`.
 *
 * `exact` = P(X ≥ observed); `midP` = P(X > observed) + ½P(X = observed). `observed` a whole number.
 * Variant: incomplete gamma identity P(X ≥ k) = P(k, mean), no summing.
 * Source: Breslow & Day 1987, Statistical Methods in Cancer Research II (IARC Scientific Publications 82), chapter 2.
 * Example: poissonUpperP(8, 3.2) = { exact: 0.016829841749, midP: 0.011271989908 }.
 * With nothing expected: 1 for a count of 0, and 0 for any other.
 */
export function poissonUpperP(observed: number, expected: number): { exact: number; midP: number } {
  const atLeast = (k: number) => {
    if (k <= 0) return 1
    return expected <= 0 ? 0 : jStat.lowRegGamma(k, expected)
  }
  const exact = atLeast(observed)
  return { exact, midP: (exact + atLeast(observed + 1)) / 2 }
}
