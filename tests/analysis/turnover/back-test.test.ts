import { describe, expect, test } from 'vitest'
import cases from '../statistics/cases.json' with { type: 'json' }
import { backTest, recalibrate, relativeRisk, updateLogHazardRatio } from '../../../analysis/turnover/index.ts'
import { seeded } from '../groups/people.ts'
import type { BackTestUnit } from '../../../analysis/turnover/index.ts'

describe('recalibration', () => {
  const { O, E, m0, alpha, gamma, kappa, negLogPost, se } = cases.engine.recalibration
  const units = O.map((observed, index) => ({ observed, expected: E[index]!, multiplier: m0[index]! }))

  test('twelve units meet the reference maximum', () => {
    const result = recalibrate(units)
    expect(Math.abs(result.alpha - alpha)).toBeLessThan(1e-4)
    expect(Math.abs(result.gamma - gamma)).toBeLessThan(1e-4)
    expect(Math.abs(result.kappa - kappa) / kappa).toBeLessThan(1e-4)
    expect(Math.abs(result.negativeLogPosterior - negLogPost)).toBeLessThan(1e-6)
    for (const [index, wanted] of se.entries()) expect(Math.abs(result.se[index]! - wanted)).toBeLessThan(1e-3)
    expect(result).toMatchObject({ units: 12, leavers: 45, usable: false })
  })

  test('enough units and leavers make it usable; none leave the priors', () => {
    expect(recalibrate([...units, ...units]).usable).toBe(true)
    const none = recalibrate([])
    expect(none.alpha).toBeCloseTo(0, 8)
    expect(none.gamma).toBeCloseTo(1, 8)
    expect(none.kappa).toBeCloseTo(8, 6)
    expect(none.usable).toBe(false)
  })

  test('hazard ratio update', () => {
    const { b0, v0, bhat, vhat, post, sd } = cases.engine.hrUpdate
    const updated = updateLogHazardRatio({ b: b0, variance: v0 }, { b: bhat, variance: vhat })
    expect(updated.b).toBeCloseTo(post, 9)
    expect(updated.sd).toBeCloseTo(sd, 9)
  })
})

const unit = (name: string, before: [number, number], multiplier: number, after: [number, number]): BackTestUnit => ({
  unit: name,
  expectedBefore: before[0],
  observedBefore: before[1],
  multiplier,
  expectedAfter: after[0],
  observedAfter: after[1],
})

/** Departments with a lasting effect of SD `spread` on the log scale; the multiplier follows a part of it. */
function company(spread: number, seed: number, count = 60) {
  const random = seeded(seed)
  const normal = () => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random())
  const poisson = (mean: number) => {
    let [k, product] = [0, random()]
    for (const limit = Math.exp(-mean); product > limit; k += 1) product *= random()
    return k
  }
  return Array.from({ length: count }, (_, index) => {
    const effect = Math.exp(spread * normal())
    const [before, after] = [3 + random() * 6, 1 + random() * 2]
    return unit(`u${index}`, [before, poisson(before * effect)], Math.exp(0.15 * Math.log(effect)), [
      after,
      poisson(after * effect),
    ])
  })
}

describe('back-test', () => {
  test('worked example of two units', () => {
    const result = backTest([unit('a', [4, 8], 1, [2, 4]), unit('b', [4, 2], 1, [2, 1])])
    // Null: 2.5 each. Raw: 2 and ½ → 4 and 1, exactly what came.
    const deviance = (o: number[], mu: number[]) =>
      2 * o.reduce((sum, x, i) => sum + x * Math.log(x / mu[i]!) - (x - mu[i]!), 0)
    expect(result.deviance.null).toBeCloseTo(deviance([4, 1], [2.5, 2.5]), 12)
    expect(result.deviance.raw).toBeCloseTo(0, 12)
    expect(result.deviance.survey).toBeCloseTo(result.deviance.null, 12)
    const eb = [16 / 12, 10 / 12].map((value) => (5 * value) / (26 / 12))
    expect(result.deviance.empiricalBayes).toBeCloseTo(deviance([4, 1], eb), 12)
    expect(result.deviance.engine).toBeCloseTo(result.deviance.empiricalBayes, 12)
    expect(result).toMatchObject({
      units: 2,
      leavers: 5,
      observedOverExpected: 1.25,
      aucTopQuintile: 1,
      gate: 'insufficient',
    })
    // Two units, two coefficients: the slope is the exact ratio of logs.
    const log = (observed: number) =>
      Math.log(relativeRisk({ multiplier: 1, logVariance: 0.01, observed, expected: 4, kappa: 8 }).estimate)
    expect(result.calibrationSlope).toBeCloseTo(Math.log(4) / (log(8) - log(2)), 8)
  })

  test('where departments truly differ the engine passes, is calibrated and its flags hold', () => {
    const result = backTest(company(0.5, 3, 400))
    expect(result.gate).toBe('pass')
    expect(result.deviance.engine).toBeLessThan(result.deviance.raw)
    expect(result.deviance.engine).toBeLessThan(result.deviance.survey)
    expect(result.calibrationSlope).toBeGreaterThan(0.7)
    expect(result.calibrationSlope).toBeLessThan(1.6)
    expect(result.aucTopQuintile).toBeGreaterThan(0.65)
    expect(result.flagged.length).toBeGreaterThan(5)
    expect(result.flaggedObservedOverExpected!.lo).toBeGreaterThan(1)
    expect(result.brier).toBeLessThan(0.25)
  })

  test('where history says the opposite of what follows, statuses stay in shadow', () => {
    const turned = Array.from({ length: 40 }, (_, index) =>
      unit(`u${index}`, [4, index % 2 === 0 ? 9 : 1], 1, [3, index % 2 === 0 ? 1 : 5]),
    )
    const result = backTest(turned)
    expect(result.gate).toBe('shadow')
    expect(result.calibrationSlope).toBeLessThan(0)
    expect(result.aucTopQuintile).toBe(0)
  })

  test('too little to say', () => {
    expect(backTest(company(0.5, 3, 19)).gate).toBe('insufficient')
    expect(backTest([])).toMatchObject({
      units: 0,
      calibrationSlope: null,
      aucTopQuintile: null,
      gate: 'insufficient',
      brier: null,
    })
    const nobody = Array.from({ length: 30 }, (_, index) => unit(`u${index}`, [1, 0], 1, [1, 0]))
    expect(backTest(nobody)).toMatchObject({ gate: 'insufficient', flagged: [], flaggedObservedOverExpected: null })
  })

  test('negative amounts are refused', () => {
    expect(() => backTest([unit('x', [-1, 0], 1, [1, 0])])).toThrow(/x/)
    expect(() => backTest([unit('y', [1, 0], 0, [1, 0])])).toThrow(/y/)
  })
})
