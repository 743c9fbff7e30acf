import { gammaPoissonNegativeLogLikelihood } from '../statistics/index.ts'

/** One department's year: leavers, the expectation without and the multiplier with which it was frozen. */
export type CalibrationUnit = { readonly observed: number; readonly expected: number; readonly multiplier: number }

type Prior = { readonly mean: number; readonly sd: number }
/** Priors of the company's level α, the survey's exponent γ and the likeness κ of departments. */
export type CalibrationPriors = { readonly alpha: Prior; readonly gamma: Prior; readonly logKappa: Prior }

export const calibrationRules = {
  priors: {
    alpha: { mean: 0, sd: 1 },
    gamma: { mean: 1, sd: 0.5 },
    logKappa: { mean: Math.log(8), sd: 0.7 },
  } satisfies CalibrationPriors,
  /** Fewer units or leavers: the new values are shown, the old ones stay in use. */
  minimum: { units: 20, leavers: 50 },
  since: '2026-01-01',
  status: 'judgement',
} as const

export type Calibration = {
  readonly alpha: number
  readonly gamma: number
  readonly kappa: number
  /** Standard errors of α, γ and ln κ. */
  readonly se: readonly [alpha: number, gamma: number, logKappa: number]
  readonly negativeLogPosterior: number
  readonly units: number
  readonly leavers: number
  /** Whether γ and κ may replace those in use. */
  readonly usable: boolean
}

/**
 * Learns from a company's own departures how strongly its survey speaks: O ~ NegBin(κ, E·exp(α)·m^γ), by maximum a posteriori.
 *
 * Uses department counts alone: no person is linked to an answer. Variant: damped Newton with central differences in
 * (α, γ, ln κ); standard errors from the Hessian at the maximum.
 * Source: negative binomial regression (Hilbe 2011, https://doi.org/10.1017/CBO9780511973420) with normal priors.
 * Example: twelve units of the tests → α .1157095, γ 1.3474595, κ 10.729475, −log posterior 23.5233670.
 * With no units: the priors' means, not usable.
 */
export function recalibrate(
  units: readonly CalibrationUnit[],
  priors: CalibrationPriors = calibrationRules.priors,
): Calibration {
  const used = units.filter((unit) => unit.expected > 0)
  const list = [priors.alpha, priors.gamma, priors.logKappa]
  const loss = (theta: readonly number[]) => {
    const [alpha = 0, gamma = 0, logKappa = 0] = theta
    let sum = gammaPoissonNegativeLogLikelihood(
      used.map(({ observed, expected, multiplier }) => ({
        observed,
        expected: expected * Math.exp(alpha) * multiplier ** gamma,
      })),
      Math.exp(logKappa),
    )
    for (const [index, { mean, sd }] of list.entries()) {
      sum += ((theta[index]! - mean) / sd) ** 2 / 2 + Math.log(sd) + Math.log(2 * Math.PI) / 2
    }
    return sum
  }
  let theta = list.map(({ mean }) => mean)
  let value = loss(theta)
  for (let round = 0; round < 100; round += 1) {
    const { gradient, hessian } = derivatives(loss, theta)
    const direction = apply(inverse(hessian), gradient)
    let next = theta
    let nextValue = Number.POSITIVE_INFINITY
    for (let length = 1; length > 1e-6 && !(nextValue < value); length /= 2) {
      next = theta.map((old, index) => old - length * direction[index]!)
      nextValue = loss(next)
    }
    if (!(nextValue < value - 1e-13)) break
    ;[theta, value] = [next, nextValue]
  }
  const covariance = inverse(derivatives(loss, theta).hessian)
  const [alpha = 0, gamma = 1, logKappa = 0] = theta
  const leavers = used.reduce((sum, { observed }) => sum + observed, 0)
  const { minimum } = calibrationRules
  return {
    alpha,
    gamma,
    kappa: Math.exp(logKappa),
    se: [Math.sqrt(covariance[0]![0]!), Math.sqrt(covariance[1]![1]!), Math.sqrt(covariance[2]![2]!)],
    negativeLogPosterior: value,
    units: used.length,
    leavers,
    usable: used.length >= minimum.units && leavers >= minimum.leavers,
  }
}

/**
 * Updates a published ln hazard ratio by a company's own lawful aggregate: precision-weighted mean of both.
 *
 * Source: normal–normal conjugacy (Gelman et al., Bayesian Data Analysis 3rd ed., 2.5).
 * Example: prior 1.0508216 (variance .15370874), own .55 (.04) → .65341745, SD .17815773.
 */
export function updateLogHazardRatio(
  prior: { readonly b: number; readonly variance: number },
  own: { readonly b: number; readonly variance: number },
): { b: number; sd: number } {
  const precision = 1 / prior.variance + 1 / own.variance
  return { b: (prior.b / prior.variance + own.b / own.variance) / precision, sd: Math.sqrt(1 / precision) }
}

function derivatives(loss: (theta: readonly number[]) => number, theta: readonly number[]) {
  const step = 1e-4
  const at = (...moves: readonly [number, number][]) =>
    loss(theta.map((value, index) => moves.reduce((sum, [i, by]) => (i === index ? sum + by : sum), value)))
  const gradient = theta.map((_, i) => (at([i, step]) - at([i, -step])) / (2 * step))
  const hessian = theta.map((_, i) =>
    theta.map(
      (_, j) =>
        (at([i, step], [j, step]) -
          at([i, step], [j, -step]) -
          at([i, -step], [j, step]) +
          at([i, -step], [j, -step])) /
        (4 * step * step),
    ),
  )
  return { gradient, hessian }
}

/** Inverse of a small regular matrix by Gauss–Jordan with row pivots. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))])
  for (let pivot = 0; pivot < n; pivot += 1) {
    let best = pivot
    for (let i = pivot + 1; i < n; i += 1) if (Math.abs(rows[i]![pivot]!) > Math.abs(rows[best]![pivot]!)) best = i
    ;[rows[pivot], rows[best]] = [rows[best]!, rows[pivot]!]
    const row = rows[pivot]!
    const head = row[pivot]!
    for (const [j, value] of row.entries()) row[j] = value / head
    for (const [i, other] of rows.entries()) {
      const factor = other[pivot]!
      if (i !== pivot) for (const [j, value] of other.entries()) other[j] = value - factor * row[j]!
    }
  }
  return rows.map((row) => row.slice(n))
}

function apply(matrix: readonly (readonly number[])[], vector: readonly number[]): number[] {
  return matrix.map((row) => row.reduce((sum, value, index) => sum + value * vector[index]!, 0))
}
