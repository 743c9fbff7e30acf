import {
  betaPosterior,
  betaPosteriorQuantile,
  betaProbabilityAbove,
  estimateKappa,
  gammaPosterior,
} from '../statistics/index.ts'
import { relativeRisk } from './posterior.ts'
import type { Interval } from '../statistics/index.ts'
import type { ScoredRespondent } from '../groups/index.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** What the stress signal reads of a person: where, in which stratum, and the verdict. */
export type StressRow = Pick<ScoredRespondent, 'atom' | 'sex' | 'ageBand'> & { readonly highStress: boolean }

/** High-stress people of a group against what its sexes and ages make one expect; 1 = as in the company. */
export type StressSignal = {
  readonly n: number
  /** Posterior mean of observed over expected, and its SD. */
  readonly ratio: number
  readonly sd: number
  readonly interval90: Interval
  readonly probabilityAbove1: number
  readonly model: 'gammaPoisson' | 'betaBinomial'
}

/** A count of high-stress people with what was expected of it. */
export type StressCount = { readonly n: number; readonly observed: number; readonly expected: number }

/**
 * Expected probability of high stress for each person from the company's rates by sex and age band.
 *
 * Rates are pulled to the overall rate with the weight of `stratumPrior` people, then rescaled so that ΣE = ΣO.
 * Example: one stratum of 100 people, 12 high stress → 0.12 for everybody.
 * Nobody is high stress: 0 for all.
 */
export function expectedStress(rows: readonly StressRow[], stratumPrior: number): (row: StressRow) => number {
  const strata = new Map<string, { high: number; people: number }>()
  const keyOf = ({ sex, ageBand }: StressRow) => `${sex}|${ageBand}`
  for (const row of rows) {
    const found = strata.get(keyOf(row)) ?? { high: 0, people: 0 }
    found.people += 1
    if (row.highStress) found.high += 1
    strata.set(keyOf(row), found)
  }
  const high = rows.filter((row) => row.highStress).length
  const overall = rows.length > 0 ? high / rows.length : 0
  const rates = new Map(
    [...strata].map(([key, part]) => [key, (part.high + stratumPrior * overall) / (part.people + stratumPrior)]),
  )
  let unscaled = 0
  for (const [key, { people }] of strata) unscaled += people * rates.get(key)!
  const scale = unscaled > 0 ? high / unscaled : 0
  return (row) => (rates.get(keyOf(row)) ?? overall) * scale
}

/**
 * κ of the stress signal: how alike the finest groups are, with the prior ln κ ~ N(ln 10, .7²).
 *
 * Example: no groups → 10, the prior's mode.
 */
export function stressKappa(finest: readonly StressCount[], parameters: TurnoverParameters): number {
  return estimateKappa(finest, {
    bounds: parameters.stress.kappaBounds,
    logPrior: parameters.stress.logKappaPrior,
  })
}

/**
 * Stress signal of one group.
 *
 * The same gamma–Poisson posterior as the turnover risk, with multiplier 1. Where the company's rate exceeds a quarter a
 * count is no longer near Poisson, and a Beta prior of the same mean and variance is used: mean p = E/n, size κ(1 − p)/p − 1.
 * Source: analysis/turnover/posterior.ts; Gelman et al., Bayesian Data Analysis 3rd ed., 2.4 (Beta).
 * Example: 6 observed, 3 expected, κ 10 → ratio 16/13 = 1.2308.
 * With nothing expected: ratio 1 and the prior's width.
 */
export function stressSignal(
  count: StressCount,
  kappa: number,
  companyRate: number,
  parameters: TurnoverParameters,
): StressSignal {
  const { n, observed, expected } = count
  if (companyRate <= parameters.stress.binomialAbove || expected <= 0) {
    const { interval90, probabilityAbove1 } = relativeRisk({ multiplier: 1, logVariance: 0, observed, expected, kappa })
    const { mean, shape, rate } = gammaPosterior({ observed, expected }, kappa)
    return { n, ratio: mean, sd: Math.sqrt(shape) / rate, interval90, probabilityAbove1, model: 'gammaPoisson' }
  }
  const p = Math.min(0.99, expected / n)
  const size = Math.max(1, (kappa * (1 - p)) / p - 1)
  const posterior = betaPosterior({ successes: observed, trials: n }, size * p, size * (1 - p))
  const { alpha, beta, mean } = posterior
  return {
    n,
    ratio: mean / p,
    sd: Math.sqrt((mean * (1 - mean)) / (alpha + beta + 1)) / p,
    interval90: { lo: betaPosteriorQuantile(posterior, 0.05) / p, hi: betaPosteriorQuantile(posterior, 0.95) / p },
    probabilityAbove1: betaProbabilityAbove(posterior, p),
    model: 'betaBinomial',
  }
}
