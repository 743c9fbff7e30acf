import { describe, expect, test } from 'vitest'
import {
  AnswerError,
  compileScorer,
  listItems,
  recommendationScore,
  scoredItems,
} from '../../../analysis/scoring/index.ts'
import { answersInOrder, shippedForm } from './forms.ts'
import cases from './cases.json' with { type: 'json' }
import table from './conversion-table.json' with { type: 'json' }
import type { Score, Sex } from '../../../analysis/scoring/index.ts'

const form57 = shippedForm('stress-check-57')
const score57 = compileScorer(form57)

const rulesOf = (expected: { ruleA: boolean; ruleB: boolean }): string[] => [
  ...(expected.ruleA ? ['ア'] : []),
  ...(expected.ruleB ? ['イ'] : []),
]

describe('worked examples of the 57-item form', () => {
  test.each(cases.stressCheck57)('$id', (example) => {
    const answers = answersInOrder(example.answers)
    for (const sex of ['male', 'female'] as const) {
      const score: Score = score57(answers, sex)
      const expected = sex === 'male' ? example.conversionMale : example.conversionFemale
      const { A, B, C, high } = example.simpleSum
      expect(score.missing).toEqual([])
      expect(score.simpleSum).toEqual({ totals: { A, B, C }, highStress: high, rulesMet: rulesOf(example.simpleSum) })
      expect(score.conversion).toEqual({
        totals: { A: expected.A, B: expected.B, C: expected.C },
        highStress: expected.high,
        rulesMet: rulesOf(expected),
      })
      const raws = Object.entries(score.scales).map(([id, scale]) => [id, scale?.raw])
      const points = Object.entries(score.scales).map(([id, scale]) => [id, scale?.point])
      expect(Object.fromEntries(raws)).toEqual(expected.raw)
      expect(Object.fromEntries(points)).toEqual(expected.points)
    }
  })

  test('the official example gives the figures the ministry printed', () => {
    const example = cases.stressCheck57.find(({ id }) => id === 'mhlw-golden')!
    const score = score57(answersInOrder(example.answers), 'male')
    expect(score.simpleSum?.totals).toEqual({ A: 51, B: 92, C: 31 })
    expect(score.conversion?.totals).toEqual({ A: 21, B: 7, C: 4 })
    expect([score.simpleSum?.highStress, score.conversion?.highStress]).toEqual([true, true])
  })
})

describe('boundary rows (stresscheck-sentinel, MIT)', () => {
  const FIRST_RULE: Record<string, string | undefined> = { none: undefined, B_only: 'ア', AC_and_B: 'イ' }

  test.each(cases.boundary)('$id $category', ({ variant, answers: row, expect: expected }) => {
    const form = shippedForm(`stress-check-${variant}`)
    const ids = listItems(form).map((asked) => asked.id)
    const answers = answersInOrder(row, ids)
    const score = compileScorer(form)
    if ('error' in expected) {
      expect(() => score(answers, 'male')).toThrow(AnswerError)
      return
    }
    const { simpleSum, missing } = score(answers, 'male')
    expect(missing).toEqual(expected.missing.map((position) => ids[position - 1]))
    if (!expected.valid) {
      expect(simpleSum).toBeNull()
      return
    }
    expect(simpleSum?.totals).toEqual({ A: expected.A, B: expected.B, C: expected.C })
    expect(simpleSum?.highStress).toBe(expected.high)
    expect(simpleSum?.rulesMet[0]).toBe(FIRST_RULE[expected.rule])
  })
})

describe('conversion table', () => {
  const points = table.points as Record<string, Record<Sex, Record<string, number>>>

  test.each(Object.entries(table.items))('%s: every cell, both sexes', (id, items) => {
    const scale = form57.scales.find((candidate) => candidate.id === id)!
    const seen = { male: {} as Record<string, number>, female: {} as Record<string, number> }
    // Walks the raw value from one end to the other, moving one answer by one step at a time.
    const row: number[] = Array.from({ length: 57 }, () => 1)
    for (const { sign, number } of items.map((number) => ({ number, sign: isSubtracted(id, number) }))) {
      row[number - 1] = sign ? 4 : 1
    }
    const record = (): void => {
      for (const sex of ['male', 'female'] as const) {
        const { raw, point } = score57(answersInOrder(row), sex).scales[id]!
        seen[sex][String(raw)] = point!
      }
    }
    record()
    for (const number of items) {
      for (let step = 0; step < 3; step++) {
        row[number - 1]! += isSubtracted(id, number) ? -1 : 1
        record()
      }
    }
    expect(Object.keys(seen.male)).toHaveLength(scale.range[1] - scale.range[0] + 1)
    expect(seen).toEqual(points[id])
  })

  function isSubtracted(id: string, number: number): boolean {
    const { formula } = form57.scales.find((scale) => scale.id === id)!
    return formula.method === 'sum' && formula.minus.includes(`q${number}`)
  }
})

describe('other instruments', () => {
  test.each(cases.presenteeism)('presenteeism loss: $id', ({ answer, presenteeism }) => {
    const score = compileScorer(shippedForm('presenteeism-spq'))({ performance: answer }, null)
    expect(score).toEqual({
      missing: [],
      scales: { presenteeismLoss: { raw: presenteeism, point: null } },
      pointScales: { presenteeismLoss: { raw: presenteeism, point: null } },
      composites: {},
      simpleSum: null,
      conversion: null,
    })
  })

  test('presenteeism without an answer names the item and gives no scale', () => {
    const score = compileScorer(shippedForm('presenteeism-spq'))({}, null)
    expect(score.missing).toEqual(['performance'])
    expect(score.scales).toEqual({ presenteeismLoss: null })
  })

  test.each(cases.recommendationScore)('recommendation score', (example) => {
    const [measure] = shippedForm('exit-interview').group_measures
    expect(recommendationScore(example.answers, measure!)).toEqual({
      n: example.answers.length,
      promoters: example.promoters,
      passives: example.passives,
      detractors: example.detractors,
      score: example.enps,
    })
    expect(recommendationScore([], measure!)).toBeNull()
    expect(recommendationScore([10, 9, 8], measure!)?.score).toBeCloseTo(66.6667, 4)
    expect(recommendationScore([0, 6, 7], measure!)?.score).toBeCloseTo(-66.6667, 4)
  })

  test('scored items are 1 to 55 of the 57, the one item of SPQ, none of the exit interview', () => {
    expect(scoredItems(form57)).toEqual(Array.from({ length: 55 }, (_, index) => `q${index + 1}`))
    expect(scoredItems(shippedForm('presenteeism-spq'))).toEqual(['performance'])
    expect(scoredItems(shippedForm('exit-interview'))).toEqual([])
  })
})
