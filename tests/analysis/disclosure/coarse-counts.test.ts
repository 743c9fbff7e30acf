import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideFloor, discloseCoarseCounts } from '../../../analysis/disclosure/index.ts'
import { bandOf } from '../../../analysis/disclosure/coarse-counts.ts'
import type { CoarseCounts, CountedPart } from '../../../analysis/disclosure/index.ts'

const floor = decideFloor()
const part = (id: string, respondents: number, people: number, published = true): CountedPart => ({
  id,
  respondents,
  people,
  published,
})
const shownBand = (counts: CoarseCounts, id?: string) => {
  const figure = id === undefined ? counts.whole : counts.parts.get(id)!
  return figure.kind === 'withheld' ? figure.reason : [figure.value.atLeast, figure.value.atMost]
}

test('bands are as wide as the floor; what does not fill one belongs to the last', () => {
  expect([0, 9, 10, 29, 30, 35].map((count) => bandOf(count, 35, 10))).toEqual([
    [0, 9],
    [0, 9],
    [10, 19],
    [20, 35],
    [20, 35],
    [20, 35],
  ])
  expect(bandOf(3, 18, 10)).toEqual([0, 18])
  expect([bandOf(9, 19, 10), bandOf(10, 19, 10)]).toEqual([
    [0, 9],
    [10, 19],
  ])
})

test('none is never told from nine, nor all from all but nine', () => {
  for (const few of [0, 1, 2, 9])
    expect(shownBand(discloseCoarseCounts([part('a', 60, few)], floor), 'a')).toEqual([0, 9])
  for (const many of [51, 58, 60])
    expect(shownBand(discloseCoarseCounts([part('a', 60, many)], floor), 'a')).toEqual([50, null])
})

test('one part is the whole; of nineteen something can be said, of eighteen nothing', () => {
  const one = discloseCoarseCounts([part('a', 60, 14)], floor)
  expect([shownBand(one), shownBand(one, 'a')]).toEqual([
    [10, 19],
    [10, 19],
  ])
  expect(shownBand(discloseCoarseCounts([part('a', 19, 14)], floor))).toEqual([10, null])
  expect(shownBand(discloseCoarseCounts([part('a', 18, 14)], floor))).toBe('tooFew')
  expect(shownBand(discloseCoarseCounts([part('a', 9, 4)], floor))).toBe('tooFew')
})

test('the whole says only what the parts leave open', () => {
  const two = discloseCoarseCounts([part('a', 60, 19), part('b', 40, 9)], floor)
  expect([shownBand(two), shownBand(two, 'a'), shownBand(two, 'b')]).toEqual([
    [10, 28],
    [10, 19],
    [0, 9],
  ])
})

test('a rest under the floor beside published parts is a fault of ours', () => {
  expect(() => discloseCoarseCounts([part('a', 60, 19), part('b', 4, 3, false)], floor)).toThrow(RangeError)
  expect(() => discloseCoarseCounts([part('a', 60, 61)], floor)).toThrow(RangeError)
  expect(shownBand(discloseCoarseCounts([part('a', 60, 19, false), part('b', 4, 3, false)], floor))).toEqual([20, 29])
})

test('a floor that was raised makes wider bands', () => {
  expect(shownBand(discloseCoarseCounts([part('a', 60, 14)], decideFloor(20)), 'a')).toEqual([0, 19])
})

const randomParts = fc
  .array(fc.tuple(fc.integer({ min: 10, max: 45 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean()), {
    minLength: 1,
    maxLength: 3,
  })
  .map((rows) =>
    rows.map(([respondents, share, published], index) =>
      part(`p${index}`, respondents, Math.round(share * respondents), published),
    ),
  )

test('whoever knows all that is shown is left with at least ten possible counts of every part and of the whole', () => {
  fc.assert(
    fc.property(randomParts, (parts) => {
      const truth = discloseCoarseCounts(parts, floor)
      const seen = (counts: CoarseCounts) =>
        JSON.stringify([shownBand(counts), ...parts.map(({ id }) => shownBand(counts, id))])
      const wanted = seen(truth)
      const possible = parts.map(() => new Set<number>())
      const wholes = new Set<number>()
      const walk = (at: number, people: number[]): void => {
        if (at < parts.length) {
          for (let count = 0; count <= parts[at]!.respondents; count++) walk(at + 1, [...people, count])
          return
        }
        const other = parts.map((one, index) => ({ ...one, people: people[index]! }))
        if (seen(discloseCoarseCounts(other, floor)) !== wanted) return
        for (const [index, count] of people.entries()) possible[index]!.add(count)
        wholes.add(people.reduce((sum, count) => sum + count, 0))
      }
      walk(0, [])
      for (const counts of [...possible, wholes]) expect(counts.size).toBeGreaterThanOrEqual(floor)
    }),
    { numRuns: 25 },
  )
})

test('what is withheld follows from respondents alone, whatever is counted', () => {
  fc.assert(
    fc.property(randomParts, fc.double({ min: 0, max: 1, noNaN: true }), (parts, share) => {
      const withheld = (some: readonly CountedPart[]) => {
        const counts = discloseCoarseCounts(some, floor)
        return some.map(({ id }) => counts.parts.get(id)!.kind)
      }
      expect(withheld(parts.map((one) => ({ ...one, people: Math.round(share * one.respondents) })))).toEqual(
        withheld(parts),
      )
    }),
  )
})
