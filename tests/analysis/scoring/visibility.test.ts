import { describe, expect, test } from 'vitest'
import { holds, listItems, visibleItems } from '../../../analysis/scoring/index.ts'
import { shippedForm } from './forms.ts'
import type { Answers } from '../../../analysis/scoring/index.ts'
import type { Visibility } from '../../../survey-definitions/schema.ts'

const answers: Answers = { pets: ['cat', 'dog'], age: 40, job: 'nurse', blank: null, none: [] }

test.each<[Visibility, boolean]>([
  [{ item: 'job', one_of: ['nurse', 'clerk'] }, true],
  [{ item: 'job', one_of: ['clerk'] }, false],
  [{ item: 'pets', one_of: ['dog'] }, true],
  [{ item: 'pets', one_of: ['bird'] }, false],
  [{ item: 'age', at_least: 40 }, true],
  [{ item: 'age', at_least: 41 }, false],
  [{ item: 'age', at_least: 20, at_most: 39 }, false],
  [{ item: 'blank', answered: false }, true],
  [{ item: 'none', answered: true }, false],
  [{ item: 'blank', at_least: 0 }, false],
  [{ item: 'never', one_of: [1] }, false],
  [{ not: { item: 'never', one_of: [1] } }, true],
  [{ all: [{ item: 'age', at_least: 1 }, { not: { item: 'job', answered: true } }] }, false],
  [
    {
      any: [
        { item: 'age', at_most: 1 },
        { item: 'job', answered: true },
      ],
    },
    true,
  ],
])('%j is %j', (condition, expected) => {
  expect(holds(condition, answers)).toBe(expected)
})

describe('what is asked', () => {
  const items = listItems(shippedForm('presenteeism-qq'))
  const asked = (given: Answers) => visibleItems(items, given).map(({ id }) => id)

  test('nobody who was well is asked how much they got done', () => {
    expect(asked({})).toEqual(['days'])
    expect(asked({ days: 0 })).toEqual(['days'])
    expect(asked({ days: 1 })).toEqual(['days', 'quantity', 'quality'])
  })

  test('an answer to something that is not asked any more counts for nothing', () => {
    const chain = items.map((item) =>
      item.id === 'quality' ? { ...item, conditions: [{ item: 'quantity', at_least: 5 }] } : item,
    )
    expect(visibleItems(chain, { days: 3, quantity: 6 }).map(({ id }) => id)).toEqual(['days', 'quantity', 'quality'])
    expect(visibleItems(chain, { days: 0, quantity: 6 }).map(({ id }) => id)).toEqual(['days'])
  })
})
