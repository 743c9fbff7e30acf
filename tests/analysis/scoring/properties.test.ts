import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnswerError, compileScorer, itemsOfFormula } from '../../../analysis/scoring/index.ts'
import { answersInOrder, shippedForm } from './forms.ts'
import type { Score, Sex } from '../../../analysis/scoring/index.ts'

const form = shippedForm('stress-check-57')
const score = compileScorer(form)
const row = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 57, maxLength: 57 })
const sex = fc.constantFrom<Sex>('male', 'female')
const at = fc.integer({ min: 0, max: 56 })

const REVERSED = new Set([1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 15, 18, 19, 20])

/** The simple sum written out by hand, from the ministry's text alone and not from the definition. */
function naiveSums(answers: readonly number[]): { A: number; B: number; C: number } {
  const sums = { A: 0, B: 0, C: 0 }
  for (let number = 1; number <= 55; number++) {
    const answer = answers[number - 1]!
    sums[number <= 17 ? 'A' : number <= 46 ? 'B' : 'C'] += REVERSED.has(number) ? 5 - answer : answer
  }
  return sums
}

describe('stress-check-57, any answers', () => {
  test('the simple sum is the one written out by hand, verdict included', () => {
    fc.assert(
      fc.property(row, sex, (answers, who) => {
        const sums = naiveSums(answers)
        const { simpleSum } = score(answersInOrder(answers), who)
        expect(simpleSum?.totals).toEqual(sums)
        expect(simpleSum?.highStress).toBe(sums.B >= 77 || (sums.A + sums.C >= 76 && sums.B >= 63))
      }),
    )
  })

  test('raw values, points and totals stay in their ranges', () => {
    fc.assert(
      fc.property(row, sex, (answers, who) => {
        const { scales, conversion } = score(answersInOrder(answers), who)
        for (const { id, range } of form.scales) {
          const { raw, point } = scales[id]!
          expect(raw >= range[0] && raw <= range[1] && point! >= 1 && point! <= 5).toBe(true)
        }
        const { A, B, C } = conversion!.totals
        expect(A! >= 9 && A! <= 45 && B! >= 6 && B! <= 30 && C! >= 3 && C! <= 15).toBe(true)
        expect(conversion!.highStress).toBe(B! <= 12 || (A! + C! <= 26 && B! <= 17))
      }),
    )
  })

  test('a more stressful answer never lowers the sum, raises a point or takes a verdict back', () => {
    fc.assert(
      fc.property(row, sex, at, (answers, who, index) => {
        const worse = index < 55 && REVERSED.has(index + 1) ? -1 : 1
        const moved = answers[index]! + worse
        fc.pre(moved >= 1 && moved <= 4)
        const before = score(answersInOrder(answers), who)
        const after = score(answersInOrder(answers.with(index, moved)), who)
        const sum = ({ simpleSum }: Score): number => Object.values(simpleSum!.totals).reduce((a, b) => a + b, 0)
        expect(sum(after) - sum(before)).toBe(index < 55 ? 1 : 0)
        for (const { id } of form.scales) {
          expect(after.scales[id]!.point).toBeLessThanOrEqual(before.scales[id]!.point!)
        }
        if (before.simpleSum!.highStress) expect(after.simpleSum!.highStress).toBe(true)
        if (before.conversion!.highStress) expect(after.conversion!.highStress).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('changing one answer moves only the scales that count it', () => {
    fc.assert(
      fc.property(row, sex, at, fc.integer({ min: 1, max: 4 }), (answers, who, index, changed) => {
        const before = score(answersInOrder(answers), who).scales
        const after = score(answersInOrder(answers.with(index, changed)), who).scales
        for (const { id, formula } of form.scales) {
          const counts = itemsOfFormula(formula).includes(`q${index + 1}`)
          if (!counts) expect(after[id]).toEqual(before[id])
          else expect(after[id]!.raw === before[id]!.raw).toBe(changed === answers[index])
        }
      }),
    )
  })

  test('a pure function of the answers: their order, and scoring others between, change nothing', () => {
    fc.assert(
      fc.property(row, row, sex, (answers, others, who) => {
        const given = answersInOrder(answers)
        const first = score(given, who)
        score(answersInOrder(others), who)
        const shuffled = Object.fromEntries(Object.entries(given).toReversed())
        expect(score(shuffled, who)).toEqual(first)
        expect(JSON.stringify(score(shuffled, who))).toBe(JSON.stringify(first))
      }),
    )
  })

  test('missing answers: no verdict and all named, unless only satisfaction is missing', () => {
    fc.assert(
      fc.property(row, sex, fc.uniqueArray(at, { minLength: 1, maxLength: 57 }), (answers, who, gaps) => {
        const holed = answers.map((answer, index) => (gaps.includes(index) ? null : answer))
        const result = score(answersInOrder(holed), who)
        const scored = gaps.filter((index) => index < 55).sort((a, b) => a - b)
        expect(result.missing).toEqual(scored.map((index) => `q${index + 1}`))
        expect(result.simpleSum === null).toBe(scored.length > 0)
        expect(result.conversion === null).toBe(scored.length > 0)
        for (const { id, formula } of form.scales) {
          const holes = itemsOfFormula(formula).some((item) => gaps.includes(Number(item.slice(1)) - 1))
          expect(result.scales[id] === null).toBe(holes)
        }
      }),
    )
  })

  test('sex not known: raw values and the simple sum, but no points and no conversion', () => {
    fc.assert(
      fc.property(row, (answers) => {
        const result = score(answersInOrder(answers), null)
        expect(result.missing).toEqual(['sex'])
        expect(result.simpleSum).toEqual(score(answersInOrder(answers), 'male').simpleSum)
        expect(result.conversion).toBeNull()
        for (const scale of Object.values(result.scales)) expect(scale!.point).toBeNull()
      }),
    )
  })

  test('an answer outside the options is refused by name, whatever it is', () => {
    const outside = fc.oneof(
      fc.integer().filter((value) => value < 1 || value > 4),
      fc.double({ noInteger: true }),
      fc.string(),
      fc.constant([1]),
    )
    fc.assert(
      fc.property(row, at, outside, (answers, index, wrong) => {
        const id = `q${index + 1}`
        const act = (): Score => score({ ...answersInOrder(answers), [id]: wrong }, 'male')
        expect(act).toThrow(AnswerError)
        expect(act).toThrow(expect.objectContaining({ itemId: id, fault: 'not-an-option' }))
      }),
    )
    expect(() => score({ q58: 1 }, 'male')).toThrow(expect.objectContaining({ itemId: 'q58', fault: 'unknown-item' }))
  })
})
