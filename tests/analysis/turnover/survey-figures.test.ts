import { describe, expect, test } from 'vitest'
import { releaseSurveyFigures, turnoverParameters } from '../../../analysis/turnover/index.ts'
import { expectedStress, stressKappa, stressSignal } from '../../../analysis/turnover/stress-signal.ts'
import type { ReportGroup, RespondentSex } from '../../../analysis/groups/index.ts'

type Row = { atom: string; sex: RespondentSex; ageBand: string; highStress: boolean | null }
const people = (atom: string, n: number, high: number, sex: RespondentSex = 'female', ageBand = '30-39'): Row[] =>
  Array.from({ length: n }, (_, index) => ({ atom, sex, ageBand, highStress: index < high }))
const group = (id: string, parent: string | null, atoms: string[], invited: number): ReportGroup => ({
  id,
  parent,
  atoms,
  invited,
})

const atoms = ['a', 'b', 'c', 'd', 'e', 'f']
const groups = [group('all', null, atoms, 240), ...atoms.map((atom) => group(`dept-${atom}`, 'all', [atom], 40))]
const leavingRates = { male: 0.08, female: 0.12, unanswered: 0.1 }
const release = (respondents: Row[], change: Partial<Parameters<typeof releaseSurveyFigures>[0]> = {}) =>
  releaseSurveyFigures({ round: 'spring', inForceFrom: '2026-04', respondents, groups, leavingRates, ...change })
const of = (survey: ReturnType<typeof release>, id: string) =>
  survey.departments.find((department) => department.id === id)!

describe('stress signal', () => {
  test('expected probabilities: one stratum has the company’s rate, and the sum is the observed number', () => {
    const rows = people('a', 100, 12).map((row) => ({ ...row, highStress: row.highStress === true }))
    const probabilityOf = expectedStress(rows, 20)
    expect(probabilityOf(rows[0]!)).toBeCloseTo(0.12, 12)
    const mixed = [...people('a', 60, 15, 'female'), ...people('b', 90, 4, 'male')].map((row) => ({
      ...row,
      highStress: row.highStress === true,
    }))
    const of = expectedStress(mixed, 20)
    expect(mixed.reduce((sum, row) => sum + of(row), 0)).toBeCloseTo(19, 10)
    expect(of(mixed[0]!)).toBeGreaterThan(of(mixed[100]!))
    expect(
      expectedStress(
        people('a', 5, 0).map((row) => ({ ...row, highStress: false })),
        20,
      )(mixed[0]!),
    ).toBe(0)
  })

  test('worked example: 6 observed, 3 expected, κ 10', () => {
    const signal = stressSignal({ n: 20, observed: 6, expected: 3 }, 10, 0.15, turnoverParameters)
    expect(signal).toMatchObject({ n: 20, model: 'gammaPoisson' })
    expect(signal.ratio).toBeCloseTo(16 / 13, 12)
    expect(signal.sd).toBeCloseTo(4 / 13, 12)
    expect(stressKappa([], turnoverParameters)).toBeCloseTo(10, 10)
  })

  test('above a quarter the count is binomial, and tighter for the same data', () => {
    const count = { n: 40, observed: 24, expected: 16 }
    const poisson = stressSignal(count, 10, 0.2, turnoverParameters)
    const binomial = stressSignal(count, 10, 0.4, turnoverParameters)
    expect(binomial.model).toBe('betaBinomial')
    expect(binomial.interval90.hi - binomial.interval90.lo).toBeLessThan(poisson.interval90.hi - poisson.interval90.lo)
    expect(binomial.probabilityAbove1).toBeGreaterThan(poisson.probabilityAbove1)
    expect(binomial.ratio).toBeGreaterThan(1)
    expect(binomial.ratio).toBeLessThan(1.5)
  })
})

describe('released survey figures', () => {
  test('departments alike have a multiplier of 1', () => {
    const survey = release(atoms.flatMap((atom) => people(atom, 36, 4)))
    for (const { multiplier, stress, use } of survey.departments) {
      expect(use).toBe('used')
      expect(multiplier).toBeCloseTo(1, 10)
      expect(stress?.ratio).toBeCloseTo(1, 10)
    }
  })

  test('more stress, larger multiplier, and the average stays 1 by weight', () => {
    const rows = atoms.flatMap((atom, index) => people(atom, 36, index === 0 ? 14 : 4))
    const survey = release(rows)
    expect(of(survey, 'dept-a').multiplier).toBeGreaterThan(1.03)
    expect(of(survey, 'dept-b').multiplier).toBeLessThan(1)
    expect(of(survey, 'dept-a').stress!.probabilityAbove1).toBeGreaterThan(0.9)
    const finest = survey.departments.filter(({ id }) => id !== 'all')
    expect(finest.reduce((sum, { multiplier }) => sum + multiplier, 0) / 6).toBeCloseTo(1, 12)
    const weights = new Map(finest.map(({ id }, index) => [id, index + 1]))
    const weighted = release(rows, { weights }).departments.filter(({ id }) => id !== 'all')
    expect(weighted.reduce((sum, { id, multiplier }) => sum + weights.get(id)! * multiplier, 0) / 21).toBeCloseTo(1, 12)
  })

  test('a person more who is high stress never lowers the department’s multiplier', () => {
    let last = 0
    for (let high = 0; high <= 36; high += 4) {
      const { multiplier, logVariance } = of(
        release(atoms.flatMap((atom, index) => people(atom, 36, index === 0 ? high : 5))),
        'dept-a',
      )
      expect(multiplier).toBeGreaterThan(last)
      expect(logVariance).toBeGreaterThan(0)
      last = multiplier
    }
  })

  test('too few, too low a response: not used, and said so', () => {
    const rows = [...people('a', 9, 8), ...people('b', 19, 10), ...people('c', 20, 3), ...people('d', 36, 4)]
    const survey = release(rows)
    expect(of(survey, 'dept-a')).toMatchObject({ use: 'tooFew', multiplier: 1, stress: null, tipOver: [] })
    expect(of(survey, 'dept-a').logVariance).toBeCloseTo(0.01, 12)
    expect(of(survey, 'dept-b')).toMatchObject({ use: 'lowResponse', responseRate: 19 / 40, multiplier: 1 })
    expect(of(survey, 'dept-c').use).toBe('used')
    expect(of(survey, 'dept-f')).toMatchObject({ use: 'tooFew', respondents: 0 })
  })

  test('no verdict is no respondent', () => {
    const rows = people('a', 30, 3).map((row, index) => (index < 5 ? { ...row, highStress: null } : row))
    expect(of(release(rows), 'dept-a').respondents).toBe(25)
  })

  test('the tip-over: worse-off silence raises the signal', () => {
    const survey = release(atoms.flatMap((atom, index) => people(atom, 24, index === 0 ? 8 : 3)))
    const { tipOver, stress } = of(survey, 'dept-a')
    expect(tipOver.map(({ factor }) => factor)).toEqual([0.5, 1, 1.5, 2])
    for (const [index, step] of tipOver.slice(1).entries()) expect(step.ratio).toBeGreaterThan(tipOver[index]!.ratio)
    expect(tipOver[0]!.ratio).toBeLessThan(stress!.ratio * 1.05)
  })

  test('everybody high stress, nobody high stress, one sex only: finite figures', () => {
    for (const high of [0, 36]) {
      for (const sex of ['male', 'unanswered'] as const) {
        for (const department of release(atoms.flatMap((atom) => people(atom, 36, high, sex))).departments) {
          expect(Number.isFinite(department.multiplier)).toBe(true)
          expect(department.multiplier).toBeCloseTo(1, 6)
          expect(Number.isFinite(department.logVariance)).toBe(true)
          expect(Number.isFinite(department.stress!.ratio)).toBe(true)
        }
      }
    }
    expect(release([]).departments.every(({ use }) => use === 'tooFew')).toBe(true)
  })

  test('what is released holds no row: ids, counts and figures only', () => {
    const survey = release(atoms.flatMap((atom) => people(atom, 36, 4)))
    expect(Object.keys(survey.departments[0]!).sort()).toEqual(
      ['id', 'logVariance', 'multiplier', 'respondents', 'responseRate', 'stress', 'tipOver', 'use'].sort(),
    )
  })
})
