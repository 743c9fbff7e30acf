import { bayesianFdr, clopperPearsonInterval } from '../statistics/index.ts'
import { turnoverParameters } from './parameters.data.ts'
import { relativeRisk } from './posterior.ts'
import type { Interval } from '../statistics/index.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** One department frozen at a survey date, and what happened in the twelve months after. */
export type BackTestUnit = {
  readonly unit: string
  readonly expectedBefore: number
  readonly observedBefore: number
  readonly multiplier: number
  readonly expectedAfter: number
  readonly observedAfter: number
}

export const backTestRules = {
  /** Fewer units or later leavers: 検証不足. */
  minimum: { units: 20, leavers: 50 },
  /** Raw O/E treats no leaver as half a one, so that a lucky unit does not predict nobody for ever. */
  rawFloor: 0.5,
  /** Net benefit is read at this chance of excess. */
  netBenefitThreshold: 0.2,
  since: '2026-01-01',
  status: 'judgement; decision curve after Vickers & Elkin 2006 https://doi.org/10.1177/0272989X06295361',
} as const

export type Deviances = Readonly<Record<'null' | 'raw' | 'survey' | 'empiricalBayes' | 'engine', number>>

export type BackTest = {
  readonly units: number
  readonly kappa: number
  readonly leavers: number
  readonly observedOverExpected: number | null
  readonly deviance: Deviances
  /** 1 = differences come out as large as predicted; null where it cannot be fitted. */
  readonly calibrationSlope: number | null
  readonly aucTopQuintile: number | null
  readonly brier: number | null
  readonly netBenefit: number | null
  readonly flagged: readonly { readonly unit: string; readonly risk: number; readonly probabilityAbove1: number }[]
  /** (O/E of the flagged) / (O/E of the others) with exact 95 % interval; null without a flag or without others. */
  readonly flaggedObservedOverExpected: ({ readonly ratio: number } & Interval) | null
  readonly gate: 'pass' | 'shadow' | 'insufficient'
}

/**
 * How right the engine would have been: predictions frozen before, scored on the year after.
 *
 * Predictions: null E; raw E·max(O, ½)/E_before; survey E·m; empirical Bayes E·(κ+O)/(κ+E_before); engine
 * E·m(κ+O)/(κ+m·E_before); each rescaled to the observed total. Poisson deviance of each; slope of ln R in a Poisson
 * regression with offset ln E; AUC of R for the fifth of units with the highest O/E (ties at its edge count in); Brier of
 * P(R > 1) for any excess; net benefit at 20 %. Flagged as 高リスク is (Bayesian FDR q .05, P ≥ .90, R ≥ 1.25, history ≥ 1).
 * The gate passes only if the engine beats null and raw.
 * Source: Steyerberg 2019, Clinical Prediction Models, chapter 15, https://doi.org/10.1007/978-3-030-16399-0
 * Example: tests/analysis/turnover/back-test.test.ts.
 * With fewer than 20 units or 50 leavers: gate 'insufficient', the figures all the same.
 * @throws RangeError for a negative amount, naming the unit
 */
export function backTest(
  units: readonly BackTestUnit[],
  kappa: number = turnoverParameters.kappa,
  parameters: TurnoverParameters = turnoverParameters,
): BackTest {
  for (const one of units) {
    const amounts = [one.expectedBefore, one.observedBefore, one.expectedAfter, one.observedAfter]
    if (!amounts.every((value) => value >= 0) || !(one.multiplier > 0))
      throw new RangeError(`Impossible amounts of ${one.unit}`)
  }
  const scored = units.map((one) => ({
    ...one,
    risk: relativeRisk({
      multiplier: one.multiplier,
      logVariance: parameters.unusedSurveySd ** 2,
      observed: one.observedBefore,
      expected: one.multiplier * one.expectedBefore,
      kappa,
    }),
  }))
  const observed = units.map((one) => one.observedAfter)
  const expected = units.map((one) => one.expectedAfter)
  const [leavers, total] = [sum(observed), sum(expected)]
  const score = (predict: (one: (typeof scored)[number]) => number) => {
    const predicted = scored.map((one) => one.expectedAfter * predict(one))
    const scale = sum(predicted) > 0 ? leavers / sum(predicted) : 0
    return poissonDeviance(
      observed,
      predicted.map((value) => value * scale),
    )
  }
  const deviance: Deviances = {
    null: score(() => 1),
    raw: score((one) =>
      one.expectedBefore > 0 ? Math.max(one.observedBefore, backTestRules.rawFloor) / one.expectedBefore : 1,
    ),
    survey: score((one) => one.multiplier),
    empiricalBayes: score((one) => (kappa + one.observedBefore) / (kappa + one.expectedBefore)),
    engine: score((one) => one.risk.mean),
  }
  const { selected } = bayesianFdr(
    scored.map((one) => one.risk.probabilityAbove1),
    parameters.high.q,
  )
  const isFlagged = (one: (typeof scored)[number], index: number) =>
    selected[index]! &&
    one.risk.probabilityAbove1 >= parameters.high.probability &&
    one.risk.estimate >= parameters.high.risk &&
    one.multiplier * one.expectedBefore >= parameters.high.history
  const flags = scored.map(isFlagged)
  const { minimum } = backTestRules
  const enough = units.length >= minimum.units && leavers >= minimum.leavers
  const beats = deviance.engine < deviance.null && deviance.engine < deviance.raw
  return {
    units: units.length,
    kappa,
    leavers,
    observedOverExpected: total > 0 ? leavers / total : null,
    deviance,
    calibrationSlope: poissonSlope(
      observed,
      expected,
      scored.map((one) => Math.log(one.risk.estimate)),
    ),
    aucTopQuintile: aucOfTopFifth(
      scored.map((one) => one.risk.estimate),
      ratios(observed, expected),
    ),
    ...decisionFigures(
      scored.map((one) => one.risk.probabilityAbove1),
      observed,
      expected,
      flags,
    ),
    flagged: scored
      .filter((_, index) => flags[index])
      .map(({ unit, risk }) => ({ unit, risk: risk.estimate, probabilityAbove1: risk.probabilityAbove1 })),
    flaggedObservedOverExpected: rateRatio(observed, expected, flags),
    gate: enough ? (beats ? 'pass' : 'shadow') : 'insufficient',
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function ratios(observed: readonly number[], expected: readonly number[]): (number | null)[] {
  return observed.map((count, index) => (expected[index]! > 0 ? count / expected[index]! : null))
}

/** 2·Σ[O ln(O/μ) − (O − μ)]; a unit that leaves although nobody was predicted makes it infinite. */
function poissonDeviance(observed: readonly number[], predicted: readonly number[]): number {
  return 2 * sum(observed.map((o, i) => (o > 0 ? o * Math.log(o / predicted[i]!) : 0) - (o - predicted[i]!)))
}

/** Coefficient of x in a Poisson regression with offset ln E, by Newton; null without spread in x, leavers or two units. */
function poissonSlope(observed: readonly number[], expected: readonly number[], x: readonly number[]): number | null {
  const rows = x.flatMap((value, i) => (expected[i]! > 0 ? [{ x: value, e: expected[i]!, o: observed[i]! }] : []))
  const leavers = sum(rows.map(({ o }) => o))
  if (rows.length < 2 || leavers === 0 || rows.every((row) => row.x === rows[0]!.x)) return null
  let [a, b] = [Math.log(leavers / sum(rows.map(({ e }) => e))), 0]
  for (let round = 0; round < 100; round += 1) {
    let [s0, s1, h00, h01, h11] = [0, 0, 0, 0, 0]
    for (const row of rows) {
      const mu = row.e * Math.exp(a + b * row.x)
      s0 += row.o - mu
      s1 += (row.o - mu) * row.x
      h00 += mu
      h01 += mu * row.x
      h11 += mu * row.x * row.x
    }
    const determinant = h00 * h11 - h01 * h01
    if (!(determinant > 0)) return null
    const [da, db] = [(h11 * s0 - h01 * s1) / determinant, (h00 * s1 - h01 * s0) / determinant]
    a += da
    b += db
    if (Math.abs(da) + Math.abs(db) < 1e-12) break
  }
  return Number.isFinite(b) ? b : null
}

/** Probability that a unit of the top fifth ranks above another; ties count half. */
function aucOfTopFifth(scores: readonly number[], outcome: readonly (number | null)[]): number | null {
  const known = scores.flatMap((score, i) => (outcome[i] === null ? [] : [{ score, outcome: outcome[i]! }]))
  const size = Math.max(1, Math.round(known.length / 5))
  const edge = known.map((one) => one.outcome).sort((a, b) => b - a)[size - 1]
  if (edge === undefined) return null
  const [top, rest] = [known.filter((one) => one.outcome >= edge), known.filter((one) => one.outcome < edge)]
  if (rest.length === 0) return null
  let wins = 0
  for (const a of top) for (const b of rest) wins += a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0
  return wins / (top.length * rest.length)
}

function decisionFigures(
  probabilities: readonly number[],
  observed: readonly number[],
  expected: readonly number[],
  flags: readonly boolean[],
): { brier: number | null; netBenefit: number | null } {
  const n = probabilities.length
  if (n === 0) return { brier: null, netBenefit: null }
  const excess = observed.map((count, index) => count > expected[index]!)
  const brier = sum(probabilities.map((p, index) => (p - (excess[index] ? 1 : 0)) ** 2)) / n
  const right = flags.filter((flag, index) => flag && excess[index]).length
  const wrong = flags.filter((flag, index) => flag && !excess[index]).length
  const t = backTestRules.netBenefitThreshold
  return { brier, netBenefit: right / n - (wrong / n) * (t / (1 - t)) }
}

/** Ratio of two Poisson rates with the exact conditional interval (Clopper–Pearson of the flagged share of all leavers). */
function rateRatio(
  observed: readonly number[],
  expected: readonly number[],
  flags: readonly boolean[],
): BackTest['flaggedObservedOverExpected'] {
  const part = (values: readonly number[], wanted: boolean) => sum(values.filter((_, index) => flags[index] === wanted))
  const [o1, o0, e1, e0] = [part(observed, true), part(observed, false), part(expected, true), part(expected, false)]
  if (e1 <= 0 || e0 <= 0 || o0 <= 0) return null
  const { lo, hi } = clopperPearsonInterval(o1, o1 + o0)
  const odds = (share: number) => ((share / (1 - share)) * e0) / e1
  return { ratio: o1 / e1 / (o0 / e0), lo: odds(lo), hi: odds(hi) }
}
