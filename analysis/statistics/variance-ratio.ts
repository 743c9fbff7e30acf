import { jStat } from './distributions.ts'

/**
 * One-sided p-value that a group's spread is larger than a reference spread: P(F ≥ s²/σ²) with (n − 1, m) degrees of freedom.
 *
 * Variant: the classical F test. It assumes normal scores; answer scales are bounded and flatter than normal, which makes it
 * conservative. Source: Snedecor & Cochran, Statistical Methods, 8th ed., 5.9.
 * Example: varianceRatioP({ n: 10, variance: 2 }, { degreesOfFreedom: 100, variance: 1 }) = 0.0469055.
 * With fewer than two people or no reference variance: 1, nothing shown.
 */
export function varianceRatioP(
  group: { readonly n: number; readonly variance: number },
  reference: { readonly degreesOfFreedom: number; readonly variance: number },
): number {
  if (group.n < 2 || reference.degreesOfFreedom < 1 || !(reference.variance > 0)) return 1
  return 1 - jStat.centralF.cdf(group.variance / reference.variance, group.n - 1, reference.degreesOfFreedom)
}
