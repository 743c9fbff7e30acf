import { digamma } from './digamma.ts'
import { monotoneRoot } from './monotone-root.ts'
import { jStat } from './distributions.ts'

/** A count and what was expected of it, in the same units; `observed` may be discounted and so not whole. */
export type ObservedExpected = { readonly observed: number; readonly expected: number }

/** Posterior of a unit's rate ratio u: Gamma with this shape and rate (mean shape / rate). */
export type GammaPosterior = { readonly shape: number; readonly rate: number; readonly mean: number }

/**
 * Posterior of a unit's rate ratio u under u ~ Gamma(κ, κ) and observed ~ Poisson(u × expected).
 *
 * The mean is κ/(κ+E) × 1 + E/(κ+E) × O/E: a raw ratio pulled towards 1, more so where little was expected.
 * Source: Christiansen & Morris 1997, https://doi.org/10.1080/01621459.1997.10474013
 * Example: gammaPosterior({ observed: 3, expected: 2.1 }, 4).mean = 1.1475409836.
 * With nothing expected: the prior, mean 1.
 */
export function gammaPosterior(unit: ObservedExpected, kappa: number): GammaPosterior {
  const shape = kappa + unit.observed
  const rate = kappa + unit.expected
  return { shape, rate, mean: shape / rate }
}

/** P(u > threshold) for a gamma posterior. Example: shape 7, rate 6.1, threshold 1 → 0.59024489215. */
export function gammaProbabilityAbove(posterior: GammaPosterior, threshold: number): number {
  return 1 - jStat.lowRegGamma(posterior.shape, posterior.rate * threshold)
}

/** Quantile of a gamma posterior. Example: shape 7, rate 6.1, p 0.05 → 0.53857634293. */
export function gammaPosteriorQuantile(posterior: GammaPosterior, p: number): number {
  return jStat.gamma.inv(p, posterior.shape, 1 / posterior.rate)
}

/**
 * Negative log-likelihood of κ for counts that are negative binomial with size κ and mean `expected`.
 *
 * Units with nothing expected carry no information and are skipped. Example: the twelve units of the tests at
 * κ = 6.5095964 give 24.2891820727.
 */
export function gammaPoissonNegativeLogLikelihood(units: readonly ObservedExpected[], kappa: number): number {
  let sum = 0
  for (const { observed, expected } of units) {
    if (expected <= 0) continue
    sum -=
      jStat.gammaln(kappa + observed) -
      jStat.gammaln(kappa) -
      jStat.gammaln(observed + 1) +
      kappa * Math.log(kappa / (kappa + expected)) +
      observed * Math.log(expected / (kappa + expected))
  }
  return sum
}

/**
 * How alike the units are: κ by maximum likelihood, or by maximum a posteriori when ln κ has a normal prior.
 *
 * Large κ = hardly any difference between units (SD of u is 1/√κ). The likelihood may be flat towards κ = ∞, so the answer
 * is kept within `bounds`. Variant: best point of a grid in ln κ, then the root of the score there (no line search, so the
 * same bits everywhere).
 * Source: Christiansen & Morris 1997 (address above).
 * Example: the twelve units of the tests give 6.5095964.
 * With no units that expect anything: the prior's mode, or the upper bound if there is no prior.
 */
export function estimateKappa(
  units: readonly ObservedExpected[],
  options: {
    readonly bounds: readonly [number, number]
    readonly logPrior?: { readonly mean: number; readonly sd: number } | undefined
  },
): number {
  const [low, high] = options.bounds
  const prior = options.logPrior
  const used = units.filter((unit) => unit.expected > 0)
  const clamp = (kappa: number) => Math.min(high, Math.max(low, kappa))
  if (used.length === 0) return prior === undefined ? high : clamp(Math.exp(prior.mean))

  const loss = (t: number) =>
    gammaPoissonNegativeLogLikelihood(used, Math.exp(t)) + (prior ? (t - prior.mean) ** 2 / (2 * prior.sd ** 2) : 0)
  const score = (t: number) => {
    const kappa = Math.exp(t)
    const atKappa = digamma(kappa)
    let sum = 0
    for (const { observed, expected } of used)
      sum +=
        digamma(kappa + observed) -
        atKappa +
        Math.log(kappa / (kappa + expected)) +
        1 -
        (kappa + observed) / (kappa + expected)
    return kappa * sum - (prior ? (t - prior.mean) / prior.sd ** 2 : 0)
  }

  const steps = 60
  const width = Math.log(high / low) / steps
  const grid = Array.from({ length: steps + 1 }, (_, step) => Math.log(low) + step * width)
  const losses = grid.map(loss)
  const best = losses.indexOf(Math.min(...losses))
  const left = grid[Math.max(0, best - 1)] ?? Math.log(low)
  const right = grid[Math.min(steps, best + 1)] ?? Math.log(high)
  // The score falls through zero at a maximum; without a sign change the best point lies on a bound.
  if (score(left) <= 0) return clamp(Math.exp(left))
  if (score(right) >= 0) return clamp(Math.exp(right))
  return clamp(Math.exp(monotoneRoot(score, left, right)))
}

/**
 * κ by moments: ΣE² / Σ((O − E)² − O); when the counts vary no more than chance the denominator is ≤ 0 and κ is `cap`.
 *
 * Source: method of moments for the same model (Marshall 1991, https://doi.org/10.2307/2347593).
 * Example: the twelve units of the tests give 3.7622377622.
 * With no units: `cap`.
 */
export function kappaByMoments(units: readonly ObservedExpected[], cap = 200): number {
  let squares = 0
  let excess = 0
  for (const { observed, expected } of units) {
    squares += expected * expected
    excess += (observed - expected) ** 2 - observed
  }
  return excess > 0 ? Math.min(cap, squares / excess) : cap
}
