import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compileScorer,
  isPossible,
  judge,
  listThresholds,
  rangedThresholds,
  sameRules,
  shapeOf,
  standardRules,
  withThresholds,
} from '../../../analysis/scoring/index.ts'
import type { CriteriaRule, Sex } from '../../../analysis/scoring/index.ts'
import type { Criterion, Questionnaire } from '../../../survey-definitions/schema.ts'
import cases from './cases.json' with { type: 'json' }
import { answersInOrder, shippedForm } from './forms.ts'

const criterionOf = (form: Questionnaire, method: Criterion['method']): Criterion =>
  form.criteria.find((one) => one.method === method)!
const form57 = shippedForm('stress-check-57')
const score57 = compileScorer(form57)
const rules = {
  simpleSum: standardRules(criterionOf(form57, 'simple-sum')),
  conversion: standardRules(criterionOf(form57, 'conversion')),
}
const methods = ['simpleSum', 'conversion'] as const

const shown = (form: Questionnaire, method: Criterion['method']) =>
  rangedThresholds(form, criterionOf(form, method)).map(
    ({ key, ruleId, totals, bound, value, range }) =>
      `${key} ${ruleId} ${totals.join('+')} ${bound === 'at_least' ? '>=' : '<='} ${value} of ${range.join('..')}`,
  )

describe('the numbers of a criterion', () => {
  test('each with what its sum can reach', () => {
    expect(shown(form57, 'simple-sum')).toEqual([
      '1-1 ア B >= 77 of 29..116',
      '2-1 イ A+C >= 76 of 26..104',
      '2-2 イ B >= 63 of 29..116',
    ])
    expect(shown(form57, 'conversion')).toEqual([
      '1-1 ア B <= 12 of 6..30',
      '2-1 イ A+C <= 26 of 12..58',
      '2-2 イ B <= 17 of 6..30',
    ])
    expect(shown(shippedForm('stress-check-23'), 'simple-sum')).toEqual([
      '1-1 ア B >= 31 of 11..44',
      '2-1 イ A+C >= 39 of 12..48',
      '2-2 イ B >= 23 of 11..44',
    ])
  })

  test('may be any whole number within, but for the one that everybody reaches', () => {
    const [atLeast] = rangedThresholds(form57, criterionOf(form57, 'simple-sum'))
    const possible = (value: number) => isPossible(atLeast!, value)
    expect([29, 30, 77, 116, 117, 77.5, Number.NaN].map(possible)).toEqual([
      false,
      true,
      true,
      true,
      false,
      false,
      false,
    ])
    const [atMost] = rangedThresholds(form57, criterionOf(form57, 'conversion'))
    expect([5, 6, 29, 30].map((value) => isPossible(atMost!, value))).toEqual([false, true, true, false])
  })

  test('are replaced by key; a key not given keeps its number', () => {
    const raised = withThresholds(
      rules.simpleSum,
      new Map([
        ['1-1', 80],
        ['2-2', 60],
      ]),
    )
    expect(listThresholds(raised).map(({ value }) => value)).toEqual([80, 76, 60])
    expect(shapeOf(raised)).toBe(shapeOf(rules.simpleSum))
    expect(sameRules(raised, rules.simpleSum)).toBe(false)
    expect(
      sameRules(
        withThresholds(
          raised,
          new Map([
            ['1-1', 77],
            ['2-2', 63],
          ]),
        ),
        rules.simpleSum,
      ),
    ).toBe(true)
    expect(shapeOf(rules.simpleSum)).toBe('ア:B>=|イ:(A+C>=&B>=)')
    expect(shapeOf(rules.conversion)).not.toBe(shapeOf(rules.simpleSum))
  })

  test('are the same whatever the order of keys that a database gives back', () => {
    const stored = JSON.parse(
      '[{"when":{"at_least":77,"sum":["B"]},"id":"ア"},{"id":"イ","when":{"all":[{"at_least":76,"sum":["A","C"]},{"sum":["B"],"at_least":63}]}}]',
    ) as CriteriaRule[]
    expect(sameRules(stored, rules.simpleSum)).toBe(true)
  })
})

describe('verdicts', () => {
  test('with the questionnaire’s own numbers are those of the worked examples', () => {
    for (const example of cases.stressCheck57)
      for (const sex of ['male', 'female'] as const) {
        const score = score57(answersInOrder(example.answers), sex)
        for (const method of methods) expect(judge(rules[method], score[method]!.totals)).toEqual(score[method])
        expect(judge(rules.simpleSum, score.simpleSum!.totals).highStress).toBe(example.simpleSum.high)
        const points = sex === 'male' ? example.conversionMale : example.conversionFemale
        expect(judge(rules.conversion, score.conversion!.totals).highStress).toBe(points.high)
      }
  })

  const row = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 57, maxLength: 57 })
  const sexes = fc.constantFrom<Sex>('male', 'female')

  test('with the questionnaire’s own numbers are those of the scorer, for any answers', () => {
    fc.assert(
      fc.property(row, sexes, (answers, sex) => {
        const score = score57(answersInOrder(answers), sex)
        for (const method of methods) expect(judge(rules[method], score[method]!.totals)).toEqual(score[method])
      }),
    )
  })

  test('a stricter number only takes people out, a milder one only brings people in', () => {
    fc.assert(
      fc.property(
        row,
        sexes,
        fc.integer({ min: 0, max: 2 }),
        fc.integer({ min: 1, max: 12 }),
        (answers, sex, at, by) => {
          const score = score57(answersInOrder(answers), sex)
          for (const method of methods) {
            const threshold = listThresholds(rules[method])[at]!
            const totals = score[method]!.totals
            const way = threshold.bound === 'at_least' ? by : -by
            const moved = (value: number) =>
              judge(withThresholds(rules[method], new Map([[threshold.key, value]])), totals).highStress
            const own = score[method]!.highStress
            expect(moved(threshold.value + way) && !own).toBe(false)
            expect(own && !moved(threshold.value - way)).toBe(false)
          }
        },
      ),
    )
  })

  test('sums are compared, never rounded means: 17 of six scales is within 17, and 18 is not', () => {
    // 17 / 6 = 2.8333… is more than the 2.83 that a rounded mean would be compared with
    expect(judge(rules.conversion, { A: 20, B: 17, C: 6 }).rulesMet).toEqual(['イ'])
    expect(judge(rules.conversion, { A: 20, B: 18, C: 6 }).rulesMet).toEqual([])
    expect(judge(rules.simpleSum, { A: 50, B: 63, C: 26 }).rulesMet).toEqual(['イ'])
    expect(judge(rules.simpleSum, { A: 50, B: 62, C: 26 }).rulesMet).toEqual([])
  })

  test('a rule about a total that is not there is a fault of ours, not a verdict', () => {
    expect(() => judge(rules.simpleSum, { B: 50 })).toThrow(RangeError)
  })
})
