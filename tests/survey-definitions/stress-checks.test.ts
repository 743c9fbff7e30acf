import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { listItems } from '../../analysis/scoring/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'
import wording from './stress-check-80.wording.json' with { type: 'json' }

const form57 = new Map(listItems(shippedForm('stress-check-57')).map((asked) => [asked.id, asked]))

describe.each([
  ['stress-check-23', 23],
  ['stress-check-80', 57],
] as const)('%s', (slug, shared) => {
  const form = shippedForm(slug)
  const items = listItems(form).filter((asked) => form57.has(asked.id))

  test('asks what the 57-item form asks, in its words, order and coding', () => {
    expect(items).toHaveLength(shared)
    const order = [...form57.keys()].filter((id) => items.some((asked) => asked.id === id))
    expect(items.map((asked) => asked.id)).toEqual(order)
    for (const asked of items) expect(asked).toEqual(form57.get(asked.id))
  })

  test('says of every one of these that it is the same question', () => {
    expect(form.same_items).toEqual(items.map(({ id }) => ({ item: id, of: 'stress-check-57@1', their_item: id })))
  })
})

describe('stress-check-80@1', () => {
  const form = shippedForm('stress-check-80')

  test('keeps the published Japanese wording of items 58 to 80 to the letter', () => {
    const own = listItems(form).filter((asked) => !form57.has(asked.id))
    const hashes = own.map(({ id, item }) => [id, createHash('sha256').update(item.text['ja']!).digest('hex')])
    expect(Object.fromEntries(hashes)).toEqual(wording.items)
    for (const { options } of own) expect(options).toEqual(form57.get('q1')!.options)
  })

  test('means the published items, each turned as published', () => {
    expect(form.scales.map(({ id }) => id)).toEqual(Object.keys(wording.scales))
    for (const { id, formula } of form.scales) {
      const numbers = wording.scales[id as keyof typeof wording.scales]
      expect(formula).toEqual({
        method: 'mean',
        items: numbers.filter((number) => wording.direct.includes(number)).map((number) => `q${number}`),
        reverse: numbers.filter((number) => !wording.direct.includes(number)).map((number) => `q${number}`),
      })
    }
    const { outcome: _outcomes, psychologicalStress: _items, ...ofScales } = wording.composites
    for (const [id, scales] of Object.entries(ofScales)) {
      const composite = form.composites.find((candidate) => candidate.id === id)!
      expect([...(composite.formula as { scales: string[] }).scales].sort()).toEqual([...scales].sort())
    }
  })

  test('counts criteria and chart exactly as the 57-item form does', () => {
    const other = shippedForm('stress-check-57')
    expect(form.point_scales).toEqual(other.scales)
    expect(form.criteria).toEqual(other.criteria)
    expect(form.judgement_chart).toEqual(other.judgement_chart)
    expect(form.point_columns).toEqual(other.point_columns)
  })
})
