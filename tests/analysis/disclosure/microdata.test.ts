import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideFloor, decideTold, type Recognisable } from '../../../analysis/disclosure/index.ts'

const floor = decideFloor(10)

const people = (group: string, counts: Record<string, number>): Recognisable[] =>
  Object.entries(counts).flatMap(([name, count]) => {
    const [sex, ageBand] = name.split(' ')
    return Array.from({ length: count }, () => ({ group, sex: sex!, ageBand: ageBand! }))
  })

const told = (rows: readonly Recognisable[]) => [
  ...new Set(decideTold(rows, floor).map(({ sex, ageBand }) => `${sex}/${ageBand}`)),
]

test.each([
  [
    'both, where every combination has ten',
    { 'male 30': 10, 'female 30': 12, 'male 40': 11 },
    ['male/30', 'female/30', 'male/40'],
  ],
  ['sex alone, where ages split too small', { 'male 30': 6, 'male 40': 6, 'female 30': 11 }, ['male/', 'female/']],
  [
    'age alone, where one sex is small',
    { 'male 30': 14, 'female 30': 3, 'male 40': 10, 'female 40': 2 },
    ['/30', '/40'],
  ],
  ['neither', { 'male 30': 9, 'female 40': 9 }, ['/']],
])('%s', (_what, counts, expected) => {
  expect(told(people('a', counts))).toEqual(expected)
})

test('one group says nothing about another', () => {
  const rows = [...people('a', { 'male 30': 10, 'female 30': 10 }), ...people('b', { 'male 30': 9, 'female 40': 9 })]
  expect(told(rows)).toEqual(['male/30', 'female/30', '/'])
})

test('a group below the floor is refused', () => {
  expect(() => decideTold(people('a', { 'male 30': 9 }), floor)).toThrow(RangeError)
})

test('whoever they are: nobody can be told apart from fewer than ten, and what is told is true', () => {
  const person = fc.record({
    group: fc.constantFrom('a', 'b', 'c'),
    sex: fc.constantFrom('male', 'female', 'unknown'),
    ageBand: fc.constantFrom('~29', '30-39', '40-49'),
  })
  fc.assert(
    fc.property(fc.array(person, { maxLength: 200 }), (rows) => {
      const sizes = Map.groupBy(rows, ({ group }) => group)
      fc.pre([...sizes.values()].every(({ length }) => length >= 10))
      const lines = decideTold(rows, floor)
      for (const same of Map.groupBy(lines, (line) => JSON.stringify(line)).values())
        expect(same.length).toBeGreaterThanOrEqual(10)
      for (const [index, line] of lines.entries()) {
        const row = rows[index]!
        expect(line.group).toBe(row.group)
        expect(['', row.sex]).toContain(line.sex)
        expect(['', row.ageBand]).toContain(line.ageBand)
      }
    }),
  )
})
