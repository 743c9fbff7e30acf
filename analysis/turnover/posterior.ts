import {
  digamma,
  gammaPosterior,
  negativeBinomialQuantile,
  normalCdf,
  normalQuantile,
  trigamma,
} from '../statistics/index.ts'
import type { Interval } from '../statistics/index.ts'

/** A risk relative to what is expected of such people; 1 = as expected. */
export type RelativeRisk = {
  /** exp(ln R): a median-type point estimate. */
  readonly estimate: number
  readonly interval90: Interval
  /** P(R > 1), shown as 確からしさ. */
  readonly probabilityAbove1: number
  /** Posterior mean, and the share of it that comes from the multiplier rather than the history: mean = w·m + (1 − w)·m·O/M. */
  readonly mean: number
  readonly weightOfPrior: number
  /** ln estimate = survey + history, exactly. */
  readonly logParts: { readonly survey: number; readonly history: number }
  readonly sd: number
  /** Gamma posterior of the department effect. */
  readonly shape: number
  readonly rate: number
}

/**
 * Risk = survey multiplier × learned department effect: u ~ Gamma(κ, κ), O | u ~ Poisson(u·M), R = m·u.
 *
 * `observed` O and `expected` M (with the multipliers that were in force) may be discounted. ln R = ln m + ψ(κ+O) − ln(κ+M),
 * sd = √(ψ′(κ+O) + Var ln m), interval and probability on the log scale.
 * Source: Christiansen & Morris 1997, https://doi.org/10.1080/01621459.1997.10474013 ; Hauer 1997, Observational
 * Before–After Studies, chapter 11 (the same model for road sites).
 * Example: m 1.2, Var .02, O 6, M 2.88, κ 8 → 1.4893107151 [0.89933725, 2.46631217], P 0.90300691, mean 1.5441176471.
 * With no history: mean m, estimate m·exp(ψ(κ))/κ (0.938 m at κ = 8: the median of a skewed prior; show the mean then).
 */
export function relativeRisk(input: {
  readonly multiplier: number
  readonly logVariance: number
  readonly observed: number
  readonly expected: number
  readonly kappa: number
}): RelativeRisk {
  const { shape, rate, mean } = gammaPosterior(input, input.kappa)
  const survey = Math.log(input.multiplier)
  const history = digamma(shape) - Math.log(rate)
  const log = survey + history
  const sd = Math.sqrt(trigamma(shape) + input.logVariance)
  const half = normalQuantile(0.95) * sd
  return {
    estimate: Math.exp(log),
    interval90: { lo: Math.exp(log - half), hi: Math.exp(log + half) },
    probabilityAbove1: normalCdf(log / sd),
    mean: input.multiplier * mean,
    weightOfPrior: input.kappa / rate,
    logParts: { survey, history },
    sd,
    shape,
    rate,
  }
}

/** P(R > threshold). Example: the worked example above 1.25 → 0.71607430776. */
export function probabilityAbove(risk: RelativeRisk, threshold: number): number {
  return normalCdf((Math.log(risk.estimate) - Math.log(threshold)) / risk.sd)
}

/**
 * Leavers to expect in the next twelve months, with a 90 % prediction interval.
 *
 * `yearlyExpected` = people × their leaving rates; mean = that × the risk's mean; negative binomial of size κ + O.
 * Source: posterior predictive of gamma–Poisson (Gelman et al., Bayesian Data Analysis 3rd ed., 2.7).
 * Example: 3 expected, risk mean 1, shape 14 → mean 3, [0, 6].
 * With nobody there: 0 [0, 0].
 */
export function nextYearLeavers(
  yearlyExpected: number,
  risk: Pick<RelativeRisk, 'mean' | 'shape'>,
): { mean: number } & Interval {
  const mean = yearlyExpected * risk.mean
  return {
    mean,
    lo: negativeBinomialQuantile(0.05, risk.shape, mean),
    hi: negativeBinomialQuantile(0.95, risk.shape, mean),
  }
}
