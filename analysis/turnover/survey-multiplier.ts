import type { RespondentSex } from '../groups/index.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** One sex in a department: respondents, their high-stress number, the company's high-stress and leaving rates, the hazard ratio. */
export type CompositionPart = {
  readonly n: number
  readonly highStress: number
  readonly companyRate: number
  readonly leavingRate: number
  readonly hazardRatio: number
}

/**
 * How much more (or less) leaving a department's high-stress people make one expect, compared with the company's mix.
 *
 * c = Σ λ·c_sex·[(n − h) + h·HR] / Σ λ·n with c_sex = 1/(1 + p·(HR − 1)): each sex is measured against its own company rate,
 * so that the company as a whole has 1. `highStress` may be fractional (shrunk).
 * Source: population attributable form of a hazard ratio (Breslow & Day 1987, chapter 2); ratios of Kachi et al. 2020,
 * https://link.springer.com/article/10.1186/s12889-020-8289-5
 * Example: men 4 of 16 (company .10, λ .08), women 5 of 14 (.15, .12) → 1.1584389879.
 * With nobody: 1. Nobody leaves in the company (all λ 0): the sexes count by head.
 */
export function compositionRatio(parts: readonly CompositionPart[]): number {
  const leaving = parts.some((part) => part.leavingRate > 0)
  let [weighted, total] = [0, 0]
  for (const { n, highStress, companyRate, leavingRate, hazardRatio } of parts) {
    const weight = leaving ? leavingRate : 1
    weighted += (weight * (n - highStress + highStress * hazardRatio)) / (1 + companyRate * (hazardRatio - 1))
    total += weight * n
  }
  return total > 0 ? weighted / total : 1
}

/** What is needed of one sex to shrink its high-stress number: respondents and the sum of their expected probabilities. */
export type ExpectedPart = {
  readonly sex: RespondentSex
  readonly n: number
  readonly expectedHighStress: number
  readonly companyRate: number
  readonly leavingRate: number
}

/**
 * Survey multiplier m = exp(γ·ln c) of a department and the variance of ln m.
 *
 * The high-stress number of each sex is shrunk: stress ratio S̃ × its expected number, at most everybody. Variance by the delta
 * method with numerical derivatives: of ln c by S̃ (its posterior variance; both sexes move together), by each ln HR (published
 * SE² + .3² for transport), and of γ.
 * Source: compositionRatio; delta method (Casella & Berger 2002, 5.5.4).
 * Example: S̃ such that h is 4 of 16 men and 5 of 14 women → ln m = ln 1.1584389879 before renormalising.
 * With nobody: multiplier 1.
 */
export function surveyMultiplier(
  parts: readonly ExpectedPart[],
  stress: { readonly ratio: number; readonly sd: number },
  parameters: TurnoverParameters,
): { multiplier: number; logVariance: number } {
  const sexes = parts.filter((part) => part.n > 0)
  const logC = (ratio: number, shift: Partial<Record<RespondentSex, number>> = {}) =>
    Math.log(
      compositionRatio(
        sexes.map(({ sex, n, expectedHighStress, companyRate, leavingRate }) => ({
          n,
          highStress: Math.min(n, ratio * expectedHighStress),
          companyRate,
          leavingRate,
          hazardRatio: Math.exp(parameters.logHazardRatio[sex].b + (shift[sex] ?? 0)),
        })),
      ),
    )
  const step = 1e-4
  const log = logC(stress.ratio)
  const slope = (logC(stress.ratio + step) - logC(stress.ratio - step)) / (2 * step)
  let variance = slope ** 2 * stress.sd ** 2
  for (const { sex } of sexes) {
    const byRatio = (logC(stress.ratio, { [sex]: step }) - logC(stress.ratio, { [sex]: -step })) / (2 * step)
    variance += byRatio ** 2 * (parameters.logHazardRatio[sex].se ** 2 + parameters.transportSd ** 2)
  }
  const { gamma } = parameters
  return {
    multiplier: Math.exp(gamma.mean * log),
    logVariance: gamma.mean ** 2 * variance + log ** 2 * gamma.variance,
  }
}
