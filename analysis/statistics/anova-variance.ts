/** A group as its size, mean and sample variance (n − 1; any number when n is 1). */
export type GroupMoments = { readonly n: number; readonly mean: number; readonly variance: number }

/** One-way analysis of variance: variances within and between groups, in squared units of the scale. */
export type AnovaVariance = {
  readonly within: number
  readonly between: number
  readonly averageSize: number
  readonly tau2: number
  readonly icc1: number
  readonly groups: number
}

/**
 * Between-group variance τ² by ANOVA moments for groups of unequal size: (MSB − MSW)/n0, n0 = (N − Σn²/N)/(k − 1).
 *
 * `within` is MSW (σ²), `between` MSB, `icc1` = τ²/(τ² + σ²). τ² is not floored here: a negative value means "no more
 * difference than chance", and what to do about it is the caller's rule.
 * Source: Searle, Casella & McCulloch 1992, Variance Components, section 3.6, https://doi.org/10.1002/9780470316856
 * Example: six groups of the tests give MSW 0.2424, MSB 1.4531232787, n0 19.3278688525, τ² 0.0626413232.
 * With fewer than two groups, or nobody beyond one a group: τ² and icc1 0, and whatever else is undefined 0.
 */
export function anovaVariance(groups: readonly GroupMoments[]): AnovaVariance {
  const used = groups.filter((group) => group.n > 0)
  const total = used.reduce((sum, group) => sum + group.n, 0)
  const k = used.length
  const withinSquares = used.reduce((sum, group) => sum + (group.n > 1 ? (group.n - 1) * group.variance : 0), 0)
  const within = total > k ? withinSquares / (total - k) : 0
  if (k < 2) return { within, between: 0, averageSize: total, tau2: 0, icc1: 0, groups: k }
  const grandMean = used.reduce((sum, group) => sum + group.n * group.mean, 0) / total
  const between = used.reduce((sum, group) => sum + group.n * (group.mean - grandMean) ** 2, 0) / (k - 1)
  const averageSize = (total - used.reduce((sum, group) => sum + group.n ** 2, 0) / total) / (k - 1)
  const tau2 = total > k ? (between - within) / averageSize : 0
  const icc1 = tau2 + within > 0 ? tau2 / (tau2 + within) : 0
  return { within, between, averageSize, tau2, icc1, groups: k }
}
