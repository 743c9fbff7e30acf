import { jStat } from './distributions.ts'

/** Posterior of a proportion: Beta(alpha, beta). */
export type BetaPosterior = { readonly alpha: number; readonly beta: number; readonly mean: number }

/**
 * Posterior of a proportion under a Beta(alpha, beta) prior after `successes` of `trials`.
 *
 * Used in place of gamma–Poisson when rates exceed a quarter, where a Poisson count would be too spread.
 * Source: Gelman et al., Bayesian Data Analysis 3rd ed., 2.1, https://sites.stat.columbia.edu/gelman/book/
 * Example: betaPosterior({ successes: 2, trials: 12 }, 2, 10).mean = 0.16666666667.
 * With no trials: the prior.
 */
export function betaPosterior(
  count: { readonly successes: number; readonly trials: number },
  alpha: number,
  beta: number,
): BetaPosterior {
  const [a, b] = [alpha + count.successes, beta + count.trials - count.successes]
  return { alpha: a, beta: b, mean: a / (a + b) }
}

/** Quantile of a beta posterior. Example: Beta(4, 20), p 0.05 → 0.061675517421. */
export function betaPosteriorQuantile(posterior: BetaPosterior, p: number): number {
  return jStat.beta.inv(p, posterior.alpha, posterior.beta)
}

/** P(proportion > threshold). Example: Beta(4, 20) above 0.15 → 0.545. Threshold at or beyond 1: 0; at or below 0: 1. */
export function betaProbabilityAbove(posterior: BetaPosterior, threshold: number): number {
  if (threshold <= 0) return 1
  return threshold >= 1 ? 0 : 1 - jStat.ibeta(threshold, posterior.alpha, posterior.beta)
}
