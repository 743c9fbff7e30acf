import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import {
  assessTurnover,
  companyHistory,
  monthsUntil,
  releaseSurveyFigures,
  turnoverParameters,
} from '../../../analysis/turnover/index.ts'
import { seeded } from '../groups/people.ts'
import type { MovementCell, ReleasedDepartment, ReleasedSurvey } from '../../../analysis/turnover/index.ts'

const lastMonth = '2026-03'
const cell = (unit: string, month: string, personMonths: number, voluntaryLeavers: number): MovementCell => ({
  unit,
  month,
  sex: 'female',
  ageBand: '30-39',
  tenureBand: '3-9',
  employmentType: 'regular',
  personMonths,
  voluntaryLeavers,
})
const survey = (
  inForceFrom: string,
  departments: Partial<ReleasedDepartment>[],
  round = inForceFrom,
): ReleasedSurvey => ({
  round,
  inForceFrom,
  kappa: 10,
  parameters: turnoverParameters.version,
  departments: departments.map((department) => ({
    id: 'a',
    respondents: 30,
    responseRate: 0.8,
    use: 'used',
    multiplier: 1,
    logVariance: 0.02,
    stress: null,
    tipOver: [],
    ...department,
  })),
})
const departments = [
  { id: 'a', level: 1, units: ['a'] },
  { id: 'b', level: 1, units: ['b'] },
]
/** Two units of 40 over the whole window; unit a loses `left` people, evenly spread, unit b the others of 24. */
function twoUnits(left: number) {
  const months = monthsUntil(lastMonth, 36)
  const cells = months.flatMap((month, index) => [
    cell('a', month, 40, index % 3 === 0 && index / 3 < left ? 1 : 0),
    cell('b', month, 40, index % 3 === 1 && (index - 1) / 3 < 12 ? 1 : 0),
  ])
  return companyHistory(cells, lastMonth)
}

describe('assessment', () => {
  test('worked example: history, decay and the survey in force each month', () => {
    const history = twoUnits(12)
    const surveys = [survey('2025-04', [{ id: 'a', multiplier: 1.2 }])]
    const [a] = assessTurnover({ history, departments, surveys })
    // 24 leavers over two equal units: 12 expected in each, 1/3 a month.
    expect(a?.leavers).toMatchObject({ observed: 12, personYears: 120 })
    expect(a?.leavers.expected).toBeCloseTo(12, 10)
    let [observed, expected] = [0, 0]
    for (let at = 0; at < 36; at += 1) {
      const weight = 0.8 ** ((35 - at) / 12)
      if (at % 3 === 0) observed += weight
      expected += (weight * (at >= 24 ? 1.2 : 1)) / 3
    }
    expect(a?.discounted.observed).toBeCloseTo(observed, 10)
    expect(a?.discounted.expected).toBeCloseTo(expected, 10)
    expect(a?.risk.mean).toBeCloseTo((1.2 * (8 + observed)) / (8 + expected), 10)
    expect(a?.nextYear.mean).toBeCloseTo(4 * a!.risk.mean, 10)
    expect(a?.unvalidated).toBe(false)
    expect(a?.missedDoubling).toBeNull()
  })

  test('surveys not yet in force are not used', () => {
    const [a] = assessTurnover({
      history: twoUnits(12),
      departments,
      surveys: [survey('2026-04', [{ id: 'a', multiplier: 3 }])],
    })
    expect(a?.survey).toBeNull()
    expect(a?.risk.logParts.survey).toBe(0)
  })

  test('a leaver more raises the risk of the unit left', () => {
    let last = 0
    for (const left of [2, 6, 12]) {
      const [a] = assessTurnover({ history: twoUnits(left), departments, surveys: [] })
      expect(a!.risk.estimate).toBeGreaterThan(last)
      last = a!.risk.estimate
    }
  })

  test('before any history: no high, unvalidated, mean 1 without a survey', () => {
    const history = companyHistory([cell('a', lastMonth, 40, 0), cell('b', lastMonth, 40, 0)], lastMonth)
    const strong = survey('2026-01', [
      {
        id: 'a',
        multiplier: 2.4,
        logVariance: 0.001,
        stress: {
          n: 30,
          ratio: 2,
          sd: 0.2,
          interval90: { lo: 1.5, hi: 2.6 },
          probabilityAbove1: 0.999,
          model: 'gammaPoisson',
        },
      },
    ])
    const [a, b] = assessTurnover({ history, departments, surveys: [strong] })
    expect(a).toMatchObject({ status: 'watch', unvalidated: true, reasons: ['riskRaised', 'stressSignal'] })
    expect(b).toMatchObject({ status: 'insufficient', reasons: ['neitherSurveyNorHistory'] })
    expect(b?.risk.mean).toBe(1)
    expect(b?.leavers.ratio).toBeNull()
    expect(b?.missedDoubling).toBe(1)
  })

  test('a short history prints how often a doubling is missed', () => {
    const history = companyHistory(
      monthsUntil(lastMonth, 12).flatMap((month, at) => [
        cell('a', month, 10, 0),
        cell('b', month, 90, at < 10 ? 1 : 0),
      ]),
      lastMonth,
    )
    const [a] = assessTurnover({ history, departments, surveys: [] })
    expect(a!.discounted.expected).toBeLessThan(3)
    expect(a!.missedDoubling).toBeGreaterThan(0.8)
  })

  test('a burst of leavers alarms, and the alarm is forgotten after three months', () => {
    const months = monthsUntil(lastMonth, 36)
    const burst = (at: number) =>
      companyHistory(
        months.flatMap((month, index) => [
          cell('a', month, 60, index === at ? 6 : 0),
          cell('b', month, 60, index % 3 === 0 ? 2 : 0),
        ]),
        lastMonth,
      )
    const trend = (at: number) => assessTurnover({ history: burst(at), departments, surveys: [] })[0]!
    expect(trend(35)).toMatchObject({ trend: { watched: true, alarm: true } })
    expect(trend(35).reasons).toContain('trendAlarm')
    expect(trend(30).trend.alarm).toBe(false)
    const small = companyHistory(
      months.flatMap((month) => [cell('a', month, 2, 0), cell('b', month, 60, 1)]),
      lastMonth,
    )
    expect(assessTurnover({ history: small, departments, surveys: [] })[0]?.trend.watched).toBe(false)
  })

  test('every status and reason has its text in both languages', () => {
    const reasons = [
      'riskHigh',
      'keptHigh',
      'riskRaised',
      'stressSignal',
      'trendAlarm',
      'nothingStandsOut',
      'neitherSurveyNorHistory',
    ]
    for (const locale of ['ja', 'en']) {
      const texts = JSON.parse(readFileSync(`templates/locales/${locale}/turnover.json`, 'utf8')) as Record<
        string,
        Record<string, string>
      >
      for (const status of ['high', 'watch', 'ordinary', 'insufficient'])
        expect(texts['status']?.[status], status).toBeTypeOf('string')
      for (const reason of reasons) expect(texts['reasons']?.[reason], reason).toBeTypeOf('string')
    }
  })

  test('a department that appears twice is refused', () => {
    expect(() =>
      assessTurnover({ history: twoUnits(3), departments: [departments[0]!, departments[0]!], surveys: [] }),
    ).toThrow(/twice/)
  })

  test('the assessment file imports nothing that reads a survey row', () => {
    const source = readFileSync('analysis/turnover/assessment.ts', 'utf8')
    expect(source).not.toMatch(/ScoredRespondent|stress-signal|survey-multiplier|\.\.\/groups/)
    // Of the survey room it knows the released types alone.
    expect(source.match(/.*survey-figures.*/g)).toEqual([
      "import type { ReleasedDepartment, ReleasedSurvey } from './survey-figures.ts'",
    ])
  })
})

describe('simulated companies', () => {
  /** 40 departments of 15–60 people, true department SD 0.35 on the log scale; leaving 12 % a year; survey shifts with the truth. */
  function simulate(seed: number, years: number) {
    const random = seeded(seed)
    const normal = () => Math.sqrt(-2 * Math.log(random() || 1e-12)) * Math.cos(2 * Math.PI * random())
    const poisson = (mean: number) => {
      let [count, product] = [0, random()]
      for (const limit = Math.exp(-mean); product > limit; count += 1) product *= random()
      return count
    }
    const months = monthsUntil(lastMonth, 12 * years)
    const units = Array.from({ length: 40 }, (_, index) => {
      const stress = normal() * 0.4
      const risk = Math.exp(0.35 * normal() + 0.08 * stress - 0.35 ** 2 / 2)
      return { id: `u${index}`, people: 15 + Math.floor(random() * 46), stress, risk }
    })
    const cells = units.flatMap(({ id, people, risk }) =>
      months.map((month) => cell(id, month, people, poisson((people * 0.12 * risk) / 12))),
    )
    const rows = units.flatMap(({ id, people, stress }) =>
      Array.from({ length: Math.round(people * 0.85) }, () => ({
        atom: id,
        sex: random() < 0.5 ? ('male' as const) : ('female' as const),
        ageBand: '30-39',
        highStress: random() < Math.min(0.6, 0.12 * Math.exp(stress)),
      })),
    )
    const history = companyHistory(cells, lastMonth)
    const released = releaseSurveyFigures({
      round: 'now',
      inForceFrom: lastMonth,
      respondents: rows,
      leavingRates: history.ratesBySex,
      groups: [
        {
          id: 'all',
          parent: null,
          atoms: units.map(({ id }) => id),
          invited: units.reduce((sum, { people }) => sum + people, 0),
        },
        ...units.map(({ id, people }) => ({ id, parent: 'all', atoms: [id], invited: people })),
      ],
    })
    const assessed = assessTurnover({
      history,
      surveys: [released],
      departments: units.map(({ id }) => ({ id, level: 1, units: [id] })),
    })
    // Relative to the company's own average, as the expectation is.
    const average =
      units.reduce((sum, { people, risk }) => sum + people * risk, 0) /
      units.reduce((sum, { people }) => sum + people, 0)
    return assessed.map((one, index) => ({ ...one, truth: units[index]!.risk / average }))
  }

  test('高リスク is right nine times of ten, 90 % intervals hold the truth, nothing is flagged high without history', () => {
    const all = Array.from({ length: 30 }, (_, seed) => simulate(seed + 1, 3)).flat()
    const high = all.filter(({ status }) => status === 'high')
    expect(high.length).toBeGreaterThan(30)
    expect(high.filter(({ truth }) => truth > 1).length / high.length).toBeGreaterThanOrEqual(0.9)
    const covered =
      all.filter(({ truth, risk }) => risk.interval90.lo <= truth && truth <= risk.interval90.hi).length / all.length
    expect(covered).toBeGreaterThan(0.85)
    expect(covered).toBeLessThan(0.98)
    const oneMonth = Array.from({ length: 10 }, (_, seed) => simulate(seed + 1, 1 / 12)).flat()
    expect(oneMonth.filter(({ status }) => status === 'high')).toEqual([])
  })

  test('relabelling departments changes nothing', () => {
    const history = twoUnits(5)
    const [a, b] = assessTurnover({ history, departments, surveys: [] })
    const [second, first] = assessTurnover({
      history,
      departments: [
        { id: 'y', level: 1, units: ['b'] },
        { id: 'x', level: 1, units: ['a'] },
      ],
      surveys: [],
    })
    expect({ ...first, id: 'a' }).toEqual(a)
    expect({ ...second, id: 'b' }).toEqual(b)
  })
})
