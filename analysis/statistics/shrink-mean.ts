/** A mean pulled towards its parent's: `weight` is the share kept of the group's own mean, `se` the posterior SD. */
export type ShrunkMean = { readonly shrunk: number; readonly se: number; readonly weight: number }

/**
 * Normal–normal empirical Bayes estimate of one group's mean.
 *
 * B = τ²/(τ² + σ²/n); shrunk = B·mean + (1 − B)·parent; se = √(τ²·(σ²/n)/(τ² + σ²/n)). The plug-in se leaves out that τ² and
 * the parent are estimated. All in the units of the scale.
 * Source: Efron & Morris 1975, https://doi.org/10.1080/01621459.1975.10479864
 * Example: mean 2.1 of 12, parent 2.388192928, τ² 0.035373991, σ² 0.36 → 2.232251185, se 0.127409015.
 * With nobody (n = 0): the parent's mean with se √τ². With neither within- nor between-variance: the mean itself, se 0.
 */
export function shrinkMean(
  group: { readonly n: number; readonly mean: number },
  parentMean: number,
  variance: { readonly tau2: number; readonly sigma2: number },
): ShrunkMean {
  if (group.n <= 0) return { shrunk: parentMean, se: Math.sqrt(variance.tau2), weight: 0 }
  const sampling = variance.sigma2 / group.n
  const total = variance.tau2 + sampling
  if (total <= 0) return { shrunk: group.mean, se: 0, weight: 1 }
  const weight = variance.tau2 / total
  return {
    shrunk: weight * group.mean + (1 - weight) * parentMean,
    se: Math.sqrt((variance.tau2 * sampling) / total),
    weight,
  }
}
