import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import cases from '../statistics/cases.json' with { type: 'json' }
import {
  compositionRatio,
  nextYearLeavers,
  probabilityAbove,
  relativeRisk,
  surveyMultiplier,
  turnoverParameterOrigins,
  turnoverParameters,
} from '../../../analysis/turnover/index.ts'

const engine = cases.engine
const { male, female, unanswered } = turnoverParameters.logHazardRatio

describe('risk of a department', () => {
  const reference = [
    ...engine.posterior,
    {
      m: 1.1,
      varLogM: 0.02,
      O: 20,
      E: 10,
      kappa: 8,
      Rhat: 1.5921929646,
      pGt1: 0.97495399,
      lo90: null,
      hi90: null,
      pGt125: null,
      meanGamma: null,
    },
  ]
  test.each(reference)('m $m, O $O, E $E', (row) => {
    const risk = relativeRisk({
      multiplier: row.m,
      logVariance: row.varLogM,
      observed: row.O,
      expected: row.m * row.E,
      kappa: row.kappa,
    })
    expect(risk.estimate).toBeCloseTo(row.Rhat, 8)
    expect(risk.probabilityAbove1).toBeCloseTo(row.pGt1, 8)
    if (row.lo90 !== null) expect(risk.interval90.lo).toBeCloseTo(row.lo90, 8)
    if (row.hi90 !== null) expect(risk.interval90.hi).toBeCloseTo(row.hi90, 8)
    if (row.meanGamma !== null) expect(risk.mean).toBeCloseTo(row.meanGamma, 8)
    if (row.pGt125 !== null) expect(probabilityAbove(risk, 1.25)).toBeCloseTo(row.pGt125, 8)
    // The number is its two parts, exactly; and the mean is the shrunken ratio.
    expect(Math.exp(risk.logParts.survey + risk.logParts.history)).toBeCloseTo(risk.estimate, 12)
    const ratio = row.E > 0 ? row.O / (row.m * row.E) : 0
    const w = risk.weightOfPrior
    expect(w * row.m + (1 - w) * row.m * ratio).toBeCloseTo(risk.mean, 12)
  })

  test('one leaver more raises the risk, more expected leavers lower it', () => {
    const amount = fc.double({ min: 0, max: 50, noNaN: true })
    fc.assert(
      fc.property(amount, amount, fc.double({ min: 0.5, max: 2, noNaN: true }), (observed, expected, multiplier) => {
        const at = (o: number, e: number) =>
          relativeRisk({ multiplier, logVariance: 0.02, observed: o, expected: e, kappa: 8 })
        expect(at(observed + 1, expected).estimate).toBeGreaterThan(at(observed, expected).estimate)
        // Far below 1 a leaver also makes the low estimate surer, so the probability is claimed from 1 upwards only.
        if (at(observed + 1, expected).estimate >= 1)
          expect(at(observed + 1, expected).probabilityAbove1).toBeGreaterThanOrEqual(
            at(observed, expected).probabilityAbove1,
          )
        expect(at(observed, expected + 1).estimate).toBeLessThan(at(observed, expected).estimate)
        const { estimate, interval90 } = at(observed, expected)
        expect(interval90.lo).toBeLessThan(estimate)
        expect(interval90.hi).toBeGreaterThan(estimate)
      }),
    )
  })

  test('leavers of the next year', () => {
    expect(nextYearLeavers(3, { mean: 1, shape: 14 })).toEqual({ mean: 3, lo: 0, hi: 6 })
    expect(nextYearLeavers(0, { mean: 1.3, shape: 9 })).toEqual({ mean: 0, lo: 0, hi: 0 })
  })
})

describe('survey multiplier', () => {
  test('published hazard ratios', () => {
    expect(male.b).toBeCloseTo(cases.statistics.logHR.men.b, 8)
    expect(male.se).toBeCloseTo(cases.statistics.logHR.men.se, 10)
    expect(female.b).toBeCloseTo(cases.statistics.logHR.women.b, 8)
    expect(female.se).toBeCloseTo(cases.statistics.logHR.women.se, 10)
    expect(Math.exp(unanswered.b)).toBeCloseTo(2.085, 3)
  })

  test.each(engine.composition)('composition: men $hsM of $nM, women $hsW of $nW', (row) => {
    const ratio = compositionRatio([
      { n: row.nM, highStress: row.hsM, companyRate: row.pM, leavingRate: row.lambdaM, hazardRatio: 2.86 },
      { n: row.nW, highStress: row.hsW, companyRate: row.pW, leavingRate: row.lambdaW, hazardRatio: 1.52 },
    ])
    expect(ratio).toBeCloseTo(row.m, 9)
  })

  test('ten men, all high stress; nobody; nobody leaves', () => {
    const men = { n: 10, highStress: 10, companyRate: 0.1, leavingRate: 0.08, hazardRatio: 2.86 }
    expect(compositionRatio([men])).toBeCloseTo(2.4114671164, 9)
    expect(compositionRatio([])).toBe(1)
    expect(compositionRatio([{ ...men, leavingRate: 0 }])).toBeCloseTo(2.4114671164, 9)
  })

  test('a department like its company has 1; more stress, more leaving', () => {
    const parts = [{ sex: 'female' as const, n: 40, expectedHighStress: 6, companyRate: 0.15, leavingRate: 0.1 }]
    const at = (ratio: number, sd = 0.2) => surveyMultiplier(parts, { ratio, sd }, turnoverParameters)
    expect(at(1).multiplier).toBeCloseTo(1, 12)
    expect(at(2).multiplier).toBeCloseTo((34 - 6 + 12 * 1.52) / (40 * 1.078), 9)
    expect(at(2).multiplier).toBeGreaterThan(at(1.5).multiplier)
    expect(at(2, 0.4).logVariance).toBeGreaterThan(at(2).logVariance)
    // Not more people than there are.
    expect(at(50).multiplier).toBeCloseTo((40 * 1.52) / (40 * 1.078), 9)
  })

  test('variance by the delta method', () => {
    const part = { sex: 'male' as const, n: 20, expectedHighStress: 2, companyRate: 0.1, leavingRate: 0.1 }
    const [ratio, sd] = [2, 0.3]
    const { logVariance } = surveyMultiplier([part], { ratio, sd }, turnoverParameters)
    // By hand: c = (16 + 4·HR) / (20·(1 + .1(HR − 1))).
    const hr = 2.86
    const c = (16 + 4 * hr) / (20 * (1 + 0.1 * (hr - 1)))
    const byRatio = (2 * (hr - 1)) / (16 + 4 * hr)
    const byLogHr = hr * (4 / (16 + 4 * hr) - 0.1 / (1 + 0.1 * (hr - 1)))
    const wanted = byRatio ** 2 * sd ** 2 + byLogHr ** 2 * (male.se ** 2 + 0.3 ** 2) + Math.log(c) ** 2 * 0.25
    expect(logVariance).toBeCloseTo(wanted, 6)
  })
})

test('every parameter says where it comes from', () => {
  for (const name of Object.keys(turnoverParameters).filter((key) => key !== 'version')) {
    const origin = turnoverParameterOrigins[name as keyof typeof turnoverParameterOrigins]
    expect(origin?.source.length, name).toBeGreaterThan(10)
    expect(origin?.since).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  }
})
