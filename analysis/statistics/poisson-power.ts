import { poissonUpperP } from './poisson-upper-p.ts'

/**
 * Probability that an exact one-sided Poisson test notices a unit whose true rate is `ratio` times the expected one.
 *
 * `critical` is the smallest count whose upper probability under `expected` is at most `alpha`.
 * Variant: exact, non-randomised, alpha 2.5 % one-sided.
 * Source: definition of the power of a test; figures checked against R's ppois.
 * Example: poissonPower(1, 2) = { critical: 4, power: 0.1428765395 }: a doubling is missed six times of seven.
 * With nothing expected: power 0.
 */
export function poissonPower(expected: number, ratio: number, alpha = 0.025): { critical: number; power: number } {
  if (expected <= 0) return { critical: 1, power: 0 }
  let critical = 0
  while (poissonUpperP(critical, expected).exact > alpha) critical += 1
  return { critical, power: poissonUpperP(critical, expected * ratio).exact }
}
