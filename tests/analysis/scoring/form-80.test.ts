import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileScorer } from '../../../analysis/scoring/index.ts'
import cases from './cases.json' with { type: 'json' }
import { answersInOrder, shippedForm } from './forms.ts'

const score = compileScorer(shippedForm('stress-check-80'))
const score57 = compileScorer(shippedForm('stress-check-57'))
const golden = cases.stressCheck57.find((one) => one.id === 'mhlw-golden')!.answers

describe('the 80-item form', () => {
  // items 58 to 80 answered 1, 2, 3, 4, 1, 2, …
  const answers = [...golden, ...Array.from({ length: 23 }, (_, index) => 1 + (index % 4))]
  const result = score(answersInOrder(answers), 'male')
  const mean = (id: string) => result.scales[id]!.raw

  test('the official worked example, and the rest counted by hand', () => {
    expect(result.missing).toEqual([])
    expect(mean('quantitativeLoad')).toBeCloseTo(4 / 3, 12) // 1, 1, 2 as they are
    expect(mean('control')).toBeCloseTo(5 / 3, 12) // 4, 3, 3 turned: 1, 2, 2
    expect(mean('interpersonalStress')).toBeCloseTo(2, 12) // 3, 2 as they are, 4 turned to 1
    expect(mean('emotionalDemands')).toBe(1) // q58 = 1
    expect(mean('roleConflict')).toBe(2) // q59 = 2
    expect(mean('roleClarity')).toBe(2) // q60 = 3, turned
    expect(mean('workEngagement')).toBe(2.5) // q79 = 2 and q80 = 3, turned: 3 and 2
    // eight scales: 4/3, 2 (4..6: 3, 3, 1 → 7/3), …; the composite is the mean of the scales, whatever their items
    const demands = [
      'quantitativeLoad',
      'qualitativeLoad',
      'physicalLoad',
      'interpersonalStress',
      'physicalEnvironment',
    ]
    const eight = [...demands, 'emotionalDemands', 'roleConflict', 'workSelfBalanceNegative'].map(mean)
    expect(result.composites['jobDemands']).toBeCloseTo(eight.reduce((a, b) => a + b) / 8, 12)
  })

  test('psychological stress is the mean of its 18 items, not of its five scales', () => {
    const turned = golden.slice(17, 35).map((answer, index) => (index < 3 ? answer : 5 - answer))
    expect(result.composites['psychologicalStress']).toBeCloseTo(turned.reduce((a, b) => a + b) / 18, 12)
  })

  test('points and both verdicts are those of the 57-item form, whatever is answered to 58 to 80', () => {
    const row = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 80, maxLength: 80 })
    fc.assert(
      fc.property(row, fc.constantFrom('male', 'female'), (given, sex) => {
        const whole = score(answersInOrder(given), sex)
        const part = score57(answersInOrder(given.slice(0, 57)), sex)
        expect(whole.pointScales).toEqual(part.scales)
        expect(whole.simpleSum).toEqual(part.simpleSum)
        expect(whole.conversion).toEqual(part.conversion)
        for (const scale of Object.values(whole.scales)) {
          expect(scale!.raw).toBeGreaterThanOrEqual(1)
          expect(scale!.raw).toBeLessThanOrEqual(4)
        }
      }),
      { numRuns: 200 },
    )
  })

  test('one missing item of 58 to 80 empties its scale and its composite, and no verdict', () => {
    const holed = score(answersInOrder(answers.map((answer, index) => (index === 57 ? null : answer))), 'male')
    expect(holed.missing).toEqual([])
    expect(holed.scales['emotionalDemands']).toBeNull()
    expect(holed.composites['jobDemands']).toBeNull()
    expect(holed.composites['taskResources']).toBe(result.composites['taskResources'])
    expect(holed.conversion).toEqual(result.conversion)
  })
})

describe('quantity and quality', () => {
  const qq = compileScorer(shippedForm('presenteeism-qq'))

  test('6 and 5 of 10 on 18 days: a decline of 0.7, 12.6 days', () => {
    const { scales } = qq({ days: 18, quantity: 6, quality: 5 }, null)
    expect(scales['declineRate']!.raw).toBe(0.7)
    expect(scales['lostDays']!.raw).toBe(12.6)
  })

  test('as usual loses nothing, nothing at all loses every day', () => {
    expect(qq({ days: 30, quantity: 10, quality: 10 }, null).scales['lostDays']!.raw).toBe(0)
    expect(qq({ days: 30, quantity: 0, quality: 10 }, null).scales['lostDays']!.raw).toBe(30)
  })
})
