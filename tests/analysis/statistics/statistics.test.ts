import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import cases from './cases.json' with { type: 'json' }
import {
  anovaVariance,
  bayesianFdr,
  benjaminiHochberg,
  betaPosterior,
  betaPosteriorQuantile,
  betaProbabilityAbove,
  binomialMidPInterval,
  byarInterval,
  clopperPearsonInterval,
  dersimonianLaird,
  digamma,
  estimateKappa,
  gammaPoissonNegativeLogLikelihood,
  gammaPosterior,
  gammaPosteriorQuantile,
  gammaProbabilityAbove,
  garwoodInterval,
  kappaByMoments,
  meanInterval,
  monotoneRoot,
  negativeBinomialQuantile,
  normalCdf,
  normalQuantile,
  poissonCusum,
  poissonFunnelLimits,
  poissonMidPInterval,
  poissonPower,
  poissonUpperP,
  shrinkMean,
  trigamma,
  varianceRatioP,
  wilsonInterval,
} from '../../../analysis/statistics/index.ts'

const reference = cases.statistics
const engine = cases.engine

/** Within 1e-8, relative to the larger of 1 and the reference figure: the figures are printed with 10–12 digits. */
function near(actual: number | undefined, wanted: number | string | undefined, tolerance = 1e-8) {
  if (typeof wanted !== 'number') throw new Error(`no reference figure: ${wanted}`)
  expect(actual).toBeTypeOf('number')
  expect(Math.abs((actual ?? Number.NaN) - wanted)).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted)))
}

describe('special functions', () => {
  test('digamma and trigamma meet their reference values and recurrences', () => {
    near(digamma(10), 2.2517525890667, 1e-13)
    near(trigamma(10), 0.1051663356816857, 1e-14)
    near(digamma(1), -0.5772156649015329, 1e-14)
    near(trigamma(1), Math.PI ** 2 / 6, 1e-14)
    near(trigamma(0.5), Math.PI ** 2 / 2, 1e-13)
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 500, noNaN: true }), (x) => {
        near(digamma(x + 1) - digamma(x), 1 / x, 1e-11)
        near(trigamma(x) - trigamma(x + 1), 1 / x ** 2, 1e-10)
      }),
    )
    expect(digamma(0)).toBeNaN()
    expect(trigamma(-1)).toBeNaN()
  })

  test('the normal distribution is exact where tables are not', () => {
    near(normalCdf(-4), 3.167124183311986e-5, 1e-14)
    near(normalCdf(1.96), 0.9750021048517795, 1e-13)
    near(normalQuantile(0.95), 1.6448536269514722, 1e-12)
    near(normalQuantile(0.975), 1.959963984540054, 1e-12)
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY)
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
    expect(normalQuantile(1.2)).toBeNaN()
  })

  test('a bisected root stays in its bracket', () => {
    near(
      monotoneRoot((x) => x * x - 2, 1, 2),
      Math.SQRT2,
      1e-15,
    )
    expect(monotoneRoot((x) => x + 5, 0, 1)).toBe(0)
    expect(monotoneRoot((x) => x - 5, 0, 1)).toBe(1)
  })
})

describe('intervals', () => {
  test.each(reference.binomCI)('proportion $x of $n', ({ x, n, wilson, clopperPearson, midP }) => {
    for (const [interval, wanted] of [
      [wilsonInterval(x, n), wilson],
      [clopperPearsonInterval(x, n), clopperPearson],
      [binomialMidPInterval(x, n), midP],
    ] as const) {
      near(interval.lo, wanted[0])
      near(interval.hi, wanted[1])
    }
  })

  test.each(reference.poissonCI)('Poisson count $x', ({ x, garwood, midP, byar }) => {
    near(garwoodInterval(x).lo, garwood[0])
    near(garwoodInterval(x).hi, garwood[1])
    near(poissonMidPInterval(x).lo, midP[0])
    near(poissonMidPInterval(x).hi, midP[1])
    near(byarInterval(x).lo, byar[0] === 'NA' ? 0 : byar[0])
    near(byarInterval(x).hi, byar[1])
  })

  test('no trials says nothing', () => {
    for (const interval of [wilsonInterval, clopperPearsonInterval, binomialMidPInterval])
      expect(interval(0, 0)).toEqual({ lo: 0, hi: 1 })
  })

  test('exact intervals hold the narrower mid-P ones, and the estimate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), fc.nat(), (n, seed) => {
        const x = seed % (n + 1)
        const [exact, mid, wilson] = [clopperPearsonInterval(x, n), binomialMidPInterval(x, n), wilsonInterval(x, n)]
        expect(exact.lo).toBeLessThanOrEqual(mid.lo + 1e-12)
        expect(exact.hi).toBeGreaterThanOrEqual(mid.hi - 1e-12)
        for (const { lo, hi } of [exact, mid, wilson]) {
          expect(lo).toBeLessThanOrEqual(x / n + 1e-12)
          expect(hi).toBeGreaterThanOrEqual(x / n - 1e-12)
        }
      }),
    )
  })

  test('Student interval of a mean', () => {
    const three = meanInterval([1, 2, 3])
    near(three?.lo, 2 - 4.302652729911275 / Math.sqrt(3), 1e-9)
    near(three?.hi, 4.484137711719, 1e-9)
    expect(three?.sd).toBe(1)
    expect(meanInterval([7])).toEqual({
      n: 1,
      mean: 7,
      sd: 0,
      lo: Number.NEGATIVE_INFINITY,
      hi: Number.POSITIVE_INFINITY,
    })
    expect(meanInterval([])).toBeNull()
  })

  test.each(reference.funnelPoisson)('funnel limits at E = $E', ({ E, FunnelPlotR }) => {
    near(poissonFunnelLimits(E).lo, FunnelPlotR[0])
    near(poissonFunnelLimits(E).hi, FunnelPlotR[1])
    near(poissonFunnelLimits(E, 0.998).lo, FunnelPlotR[2])
    near(poissonFunnelLimits(E, 0.998).hi, FunnelPlotR[3])
  })
})

describe('counts against expectation', () => {
  test.each(reference.poissonUpperP)('upper probability of $O where $E is expected', ({ O, E, exact, midP }) => {
    near(poissonUpperP(O, E).exact, exact)
    near(poissonUpperP(O, E).midP, midP)
  })

  test('nothing expected', () => {
    expect(poissonUpperP(0, 0)).toEqual({ exact: 1, midP: 0.5 })
    expect(poissonUpperP(2, 0)).toEqual({ exact: 0, midP: 0 })
  })

  test.each(cases.engine.power)('power at E = $E, ratio $ratio', ({ E, ratio, crit, power }) => {
    expect(poissonPower(E, ratio).critical).toBe(crit)
    near(poissonPower(E, ratio).power, power)
  })

  test('CUSUM path and alarm', () => {
    const { path, alarms } = poissonCusum(engine.cusum.O, engine.cusum.E)
    for (const [month, level] of engine.cusum.path.entries()) near(path[month], level)
    expect(alarms).toEqual([])
    // 4·ln 2 − 0.5 = 2.27 is not yet an alarm; the second such month adds up to one.
    expect(poissonCusum([4, 4], [0.5, 0.5]).alarms).toEqual([1])
    expect(poissonCusum([5, 0, 5], [0.5, 0.5, 0.5]).alarms).toEqual([0, 2])
  })

  test.each(cases.engine.cusumARL)('CUSUM run lengths by a Markov chain, E = $E', (row) => {
    // In control and at a doubled rate; a step of 1/200 of the threshold leaves the chain about 1 % from the reference's finer one.
    expect(runLength(row.E, 1, 2.5) / row['h2.5_ARL0']).toBeGreaterThan(0.95)
    expect(runLength(row.E, 1, 2.5) / row['h2.5_ARL0']).toBeLessThan(1.05)
    expect(runLength(row.E, 2, 2.5) / row['h2.5_ARL1']).toBeGreaterThan(0.97)
    expect(runLength(row.E, 2, 2.5) / row['h2.5_ARL1']).toBeLessThan(1.03)
  })

  test('negative binomial quantiles', () => {
    const pmf = (k: number, size: number, mean: number) => {
      let value = (size / (size + mean)) ** size
      for (let j = 0; j < k; j += 1) value *= ((size + j) / (j + 1)) * (mean / (size + mean))
      return value
    }
    fc.assert(
      fc.property(
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        fc.double({ min: 2, max: 60, noNaN: true }),
        fc.double({ min: 0.05, max: 30, noNaN: true }),
        (p, size, mean) => {
          const k = negativeBinomialQuantile(p, size, mean)
          let below = 0
          for (let j = 0; j < k; j += 1) below += pmf(j, size, mean)
          expect(below).toBeLessThan(p + 1e-9)
          expect(below + pmf(k, size, mean)).toBeGreaterThan(p - 1e-9)
        },
      ),
    )
    expect(negativeBinomialQuantile(0.95, 8, 0)).toBe(0)
    expect(negativeBinomialQuantile(0.95, 14, 3)).toBe(6)
  })
})

/** Average run length of the CUSUM from 0, by a Markov chain on a grid of rounded levels: an independent check of the alarm. */
function runLength(expected: number, ratio: number, threshold: number): number {
  const states = 500
  const step = threshold / states
  const mean = expected * ratio
  const weights: number[] = [Math.exp(-mean)]
  while (weights.length < 60) weights.push(((weights.at(-1) ?? 0) * mean) / weights.length)
  const matrix = Array.from({ length: states }, () => Array.from({ length: states + 1 }, () => 0))
  for (const [from, row] of matrix.entries()) {
    row[from] = (row[from] ?? 0) + 1
    row[states] = 1
    for (const [count, weight] of weights.entries()) {
      const level = poissonCusum([count], [expected - from * step], { ratio: 2, threshold: Infinity }).path[0] ?? 0
      if (level >= threshold) continue
      const to = Math.min(states - 1, Math.round(level / step))
      row[to] = (row[to] ?? 0) - weight
    }
  }
  return solve(matrix)[0] ?? Number.NaN
}

function solve(matrix: number[][]): number[] {
  const n = matrix.length
  for (let pivot = 0; pivot < n; pivot += 1) {
    const row = matrix[pivot] ?? []
    const head = row[pivot] ?? 1
    for (let other = pivot + 1; other < n; other += 1) {
      const target = matrix[other] ?? []
      const factor = (target[pivot] ?? 0) / head
      if (factor === 0) continue
      for (let column = pivot; column <= n; column += 1)
        target[column] = (target[column] ?? 0) - factor * (row[column] ?? 0)
    }
  }
  const x: number[] = Array.from({ length: n }, () => 0)
  for (let pivot = n - 1; pivot >= 0; pivot -= 1) {
    const row = matrix[pivot] ?? []
    let value = row[n] ?? 0
    for (let column = pivot + 1; column < n; column += 1) value -= (row[column] ?? 0) * (x[column] ?? 0)
    x[pivot] = value / (row[pivot] ?? 1)
  }
  return x
}

describe('many units at once', () => {
  test('Benjamini–Hochberg', () => {
    for (const [index, adjusted] of benjaminiHochberg(reference.BH.p).entries()) near(adjusted, reference.BH.adj[index])
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (ps) => {
        const adjusted = benjaminiHochberg(ps)
        const flipped = benjaminiHochberg([...ps].reverse()).reverse()
        for (const [index, p] of ps.entries()) {
          expect(adjusted[index]).toBeGreaterThanOrEqual(p)
          expect(adjusted[index]).toBeLessThanOrEqual(1)
          near(flipped[index], adjusted[index], 1e-15)
        }
      }),
    )
  })

  test('Bayesian FDR', () => {
    const { pGt1, cumFDR, q, nSelected } = engine.bayesFDR
    const { selected, cumulative } = bayesianFdr(pGt1, q)
    for (const [index, rate] of cumFDR.entries()) near(cumulative[index], rate)
    expect(selected.filter(Boolean)).toHaveLength(nSelected)
    expect(bayesianFdr([], 0.05)).toEqual({ selected: [], cumulative: [], threshold: null })
    // A tie that does not fit as a whole stays out as a whole, whatever the order.
    expect(bayesianFdr([0.9, 0.99, 0.9], 0.06).selected).toEqual([false, true, false])
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (ps) => {
        const { selected } = bayesianFdr(ps, 0.1)
        const wrong = ps.filter((_, index) => selected[index]).map((p) => 1 - p)
        if (wrong.length > 0) expect(wrong.reduce((a, b) => a + b, 0) / wrong.length).toBeLessThanOrEqual(0.1 + 1e-9)
        expect(bayesianFdr([...ps].reverse(), 0.1).selected.reverse()).toEqual(selected)
      }),
    )
  })

  test('gamma–Poisson: κ and posterior of twelve units', () => {
    const twelve = reference.gammaPoisson
    const units = twelve.O.map((observed, index) => ({ observed, expected: twelve.E[index] ?? Number.NaN }))
    // The reference κ comes from R's optimize(), good to about 1e-5 on the flat top; its likelihood is met to all printed digits.
    near(estimateKappa(units, { bounds: [0.1, 200] }), twelve.kML, 2e-6)
    near(gammaPoissonNegativeLogLikelihood(units, estimateKappa(units, { bounds: [0.1, 200] })), twelve.nll, 1e-11)
    near(kappaByMoments(units), twelve.kMoM)
    for (const [index, unit] of units.entries()) {
      const posterior = gammaPosterior(unit, twelve.kFixed)
      near(posterior.mean, twelve.postMean[index])
      near(gammaPosteriorQuantile(posterior, 0.05), twelve.post05[index])
      near(gammaPosteriorQuantile(posterior, 0.95), twelve.post95[index])
      near(gammaProbabilityAbove(posterior, 1), twelve.PrGt1[index])
      near(gammaProbabilityAbove(posterior, 1.25), twelve['PrGt1.25'][index])
    }
  })

  test('κ keeps within its bounds and follows its prior when the data are silent', () => {
    const logPrior = { mean: Math.log(10), sd: 0.7 }
    near(estimateKappa([], { bounds: [2, 200], logPrior }), 10, 1e-12)
    expect(estimateKappa([], { bounds: [2, 200] })).toBe(200)
    const equal = Array.from({ length: 10 }, () => ({ observed: 5, expected: 5 }))
    expect(estimateKappa(equal, { bounds: [2, 200] })).toBe(200)
    expect(kappaByMoments(equal)).toBe(200)
    const wild = [0, 60, 0, 80, 1, 0].map((observed) => ({ observed, expected: 20 }))
    expect(estimateKappa(wild, { bounds: [2, 200] })).toBe(2)
    expect(estimateKappa(wild, { bounds: [0.05, 200], logPrior })).toBeGreaterThan(
      estimateKappa(wild, { bounds: [0.05, 200] }),
    )
  })

  test('beta posteriors of proportions', () => {
    const rows = reference.betaBinomial
    for (const [index, successes] of rows.x.entries()) {
      const posterior = betaPosterior({ successes, trials: rows.n[index] ?? 0 }, 2, 10)
      near(posterior.mean, rows.shrunk_with_a2_b10[index])
      near(betaPosteriorQuantile(posterior, 0.05), rows.q05[index])
      near(betaPosteriorQuantile(posterior, 0.95), rows.q95[index])
      near(betaProbabilityAbove(posterior, rows.q95[index] ?? 0), 0.05)
    }
    expect(betaProbabilityAbove(betaPosterior({ successes: 1, trials: 2 }, 1, 1), 0)).toBe(1)
    expect(betaProbabilityAbove(betaPosterior({ successes: 1, trials: 2 }, 1, 1), 1)).toBe(0)
  })

  test('ANOVA variance of six groups', () => {
    const { groupSizes, groupMeans, sumsq, ...wanted } = engine.anova
    const groups = groupSizes.map((n, index) => ({
      n,
      mean: groupMeans[index] ?? Number.NaN,
      variance: (sumsq[index] ?? Number.NaN) / (n - 1),
    }))
    const anova = anovaVariance(groups)
    near(anova.within, wanted.MSW)
    near(anova.between, wanted.MSB)
    near(anova.averageSize, wanted.n0)
    near(anova.tau2, wanted.tau2)
    near(anova.icc1, wanted.ICC1)
    expect(anovaVariance([])).toMatchObject({ within: 0, tau2: 0, icc1: 0, groups: 0 })
    expect(anovaVariance([{ n: 5, mean: 2, variance: 1 }])).toMatchObject({ within: 1, tau2: 0, groups: 1 })
  })

  test('DerSimonian–Laird and the shrunken means it leads to', () => {
    const eight = reference.normalEB_DL
    const { q, tau2, mean, se } = dersimonianLaird(eight.ybar, eight.vi)
    near(q, eight.Q)
    near(tau2, eight.tau2)
    near(mean, eight.mu)
    near(se, eight.se_mu)
    for (const [index, wanted] of eight.shrunk.entries()) {
      const group = { n: eight.n[index] ?? 0, mean: eight.ybar[index] ?? 0 }
      const { shrunk, se, weight } = shrinkMean(group, mean, { tau2, sigma2: eight.sigma2 })
      near(shrunk, wanted)
      near(se, eight.plugin_se[index])
      near(weight, eight.B[index])
    }
  })

  test('Efron and Morris: equal variances shrink by one factor', () => {
    const { x, xbar, V, shrinkFactor_1minusB, shrunk_x } = reference.efronMorris
    near((x.length - 3) / V, 1 - shrinkFactor_1minusB)
    // With sampling variance 1 the factor B corresponds to τ² = B/(1 − B).
    const tau2 = shrinkFactor_1minusB / (1 - shrinkFactor_1minusB)
    for (const [index, value] of x.entries())
      near(shrinkMean({ n: 1, mean: value }, xbar, { tau2, sigma2: 1 }).shrunk, shrunk_x[index])
  })

  test('a shrunken mean lies between the group and its parent, nearer the group when it is larger', () => {
    const positive = fc.double({ min: 0.01, max: 10, noNaN: true })
    fc.assert(
      fc.property(
        positive,
        positive,
        positive,
        positive,
        fc.integer({ min: 1, max: 500 }),
        (mean, parent, tau2, sigma2, n) => {
          const { shrunk, se } = shrinkMean({ n, mean }, parent, { tau2, sigma2 })
          expect(shrunk).toBeGreaterThanOrEqual(Math.min(mean, parent) - 1e-12)
          expect(shrunk).toBeLessThanOrEqual(Math.max(mean, parent) + 1e-12)
          expect(se).toBeLessThanOrEqual(Math.min(Math.sqrt(tau2), Math.sqrt(sigma2 / n)) + 1e-12)
          const larger = shrinkMean({ n: n * 2, mean }, parent, { tau2, sigma2 })
          expect(Math.abs(larger.shrunk - mean)).toBeLessThanOrEqual(Math.abs(shrunk - mean) + 1e-12)
        },
      ),
    )
    expect(shrinkMean({ n: 0, mean: Number.NaN }, 3, { tau2: 4, sigma2: 1 })).toEqual({ shrunk: 3, se: 2, weight: 0 })
    expect(shrinkMean({ n: 5, mean: 2 }, 3, { tau2: 0, sigma2: 0 })).toEqual({ shrunk: 2, se: 0, weight: 1 })
  })

  test('spread of a group against the rest', () => {
    // F(9, 100) = 2: upper tail 0.0469055 (R: pf(2, 9, 100, lower.tail = FALSE)).
    near(varianceRatioP({ n: 10, variance: 2 }, { degreesOfFreedom: 100, variance: 1 }), 0.0469055338, 1e-6)
    expect(varianceRatioP({ n: 1, variance: 9 }, { degreesOfFreedom: 100, variance: 1 })).toBe(1)
    expect(varianceRatioP({ n: 9, variance: 9 }, { degreesOfFreedom: 100, variance: 0 })).toBe(1)
  })
})
