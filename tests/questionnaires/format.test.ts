import { describe, expect, test } from 'vitest'
import { parseDefinition } from '../../server/questionnaires/index.ts'

/** A definition with these sections (and what else is given), whole otherwise. */
function definition(sections: string, rest = '', kind = 'own'): string {
  return `format: 1
slug: trial
version: 1
kind: ${kind}
title: { ja: 試し }
languages: { ja: { validated: false, sources: [own] } }
sections:
${sections}
${rest}
sources: { own: { title: own } }
licence: { name: MIT, attribution: { ja: 試し } }
`
}

const item = (id: string, more = '') =>
  `      - { id: ${id}, type: single, text: { ja: ${id} }, options: [{ value: 1, text: { ja: はい } }, { value: 2, text: { ja: いいえ } }]${more} }\n`
const section = (items: string, more = '') => `  - id: S\n    title: { ja: S }\n${more}    items:\n${items}`

/** `code line` of every fault. */
const faults = (text: string) =>
  (parseDefinition(text, 'trial.yaml').faults ?? []).map(({ code, path }) => `${code} ${path}`)

const one = 'sections.0.items.'

test.each([
  ['a condition on an item before it', section(item('a') + item('b', ', visible_if: { item: a, one_of: [1] }')), []],
  [
    'a condition on an item after it',
    section(item('a', ', visible_if: { item: b, one_of: [1] }') + item('b')),
    [`condition-order ${one}0.visible_if.item`],
  ],
  [
    'two items that wait for each other',
    section(item('a', ', visible_if: { item: b, one_of: [1] }') + item('b', ', visible_if: { item: a, one_of: [1] }')),
    [`condition-cycle ${one}0.visible_if.item`, `condition-cycle ${one}1.visible_if.item`],
  ],
  [
    'an item that waits for itself',
    section(item('a', ', visible_if: { item: a, answered: true }')),
    [`condition-cycle ${one}0.visible_if.item`],
  ],
  [
    'a circle of three, through a section',
    `  - id: S\n    title: { ja: S }\n    visible_if: { item: c, answered: true }\n    items:\n${item('a')}` +
      `  - id: T\n    title: { ja: T }\n    items:\n${item('b', ', visible_if: { item: a, answered: true }')}${item('c', ', visible_if: { item: b, answered: true }')}`,
    [
      'condition-cycle sections.0.visible_if.item',
      `condition-cycle sections.1.items.0.visible_if.item`,
      `condition-cycle sections.1.items.1.visible_if.item`,
    ],
  ],
  [
    'a condition on nothing that exists, deep inside',
    section(item('a') + item('b', ', visible_if: { all: [{ not: { item: zz, answered: true } }] }')),
    [`item-unknown ${one}1.visible_if.all.0.not.item`],
  ],
  [
    'a value that is no option, and nothing to compare with',
    section(item('a') + item('b', ', visible_if: { any: [{ item: a, one_of: [7] }, { item: a }] }')),
    [`condition-value ${one}1.visible_if.any.0.one_of.0`, `condition-empty ${one}1.visible_if.any.1`],
  ],
  ['pages that hold every item', section(item('a') + item('b'), '    pages: [[a], [b]]\n'), []],
  ['pages that leave one out', section(item('a') + item('b'), '    pages: [[a]]\n'), ['page-order sections.0.pages']],
])('%s', (_what, sections, expected) => {
  expect(faults(definition(sections))).toEqual(expected)
})

const scale = (formula: string, range: string, more = '') =>
  `scales:\n  - { id: s, title: { ja: s }, formula: ${formula}, range: ${range}, polarity: positive, sources: [own]${more} }`

test.each([
  ['a mean, one item turned', scale('{ method: mean, items: [a], reverse: [b] }', '[1, 2]'), []],
  ['a mean with the wrong range', scale('{ method: mean, items: [a, b] }', '[1, 4]'), ['range-wrong scales.0.range']],
  ['a mean of nothing', scale('{ method: mean }', '[1, 2]'), ['formula-empty scales.0.formula']],
  [
    'an item counted both ways',
    scale('{ method: mean, items: [a], reverse: [a] }', '[1, 2]'),
    ['item-repeated scales.0.formula.reverse.0'],
  ],
  [
    'quantity and quality of an item that does not exist',
    scale('{ method: quantity-quality, quantity: a, quality: z }', '[0, 1]'),
    ['item-unknown scales.0.formula.quality'],
  ],
  [
    'bands that overlap and leave the scale',
    scale(
      '{ method: sum, plus: [a, b] }',
      '[2, 4]',
      ', bands: [{ id: low, title: { ja: 低 }, from: 2, to: 3 }, { id: high, title: { ja: 高 }, from: 3, to: 5 }]',
    ),
    ['band-outside scales.0.bands.1', 'band-order scales.0.bands.1.from'],
  ],
  [
    'a composite of scales that are not there',
    'composites:\n  - { id: c, title: { ja: c }, formula: { method: mean, scales: [s, t] }, polarity: positive, sources: [own] }',
    ['scale-unknown composites.0.formula.scales.0', 'scale-unknown composites.0.formula.scales.1'],
  ],
  ['a rotation that forgets an item', 'rotation: [[a], [a]]', ['rotation-unknown rotation']],
  ['a rotation of items that are not there', 'rotation: [[a], [b, z]]', ['rotation-unknown rotation.1.1']],
  [
    'an item said to be the same as another, that is not there',
    'same_items: [{ item: z, of: stress-check-57@1, their_item: q1 }]',
    ['item-unknown same_items.0.item'],
  ],
])('%s', (_what, rest, expected) => {
  expect(faults(definition(section(item('a') + item('b')), rest))).toEqual(expected)
})

test('a stress check may not ask what the law keeps out; an own questionnaire is judged elsewhere', () => {
  const asks = section(item('a', ', tags: [workload, personality]'))
  expect(faults(definition(asks, '', 'statutory'))).toEqual([`tag-forbidden ${one}0.tags.1`])
  expect(faults(definition(asks))).toEqual([])
})

test('own words beside an option take an id of their own', () => {
  const other =
    '[{ value: 1, text: { ja: はい } }, { value: 2, text: { ja: ほか }, free_text: { id: a, max_length: 100 } }]'
  const text = section(`      - { id: a, type: single, text: { ja: a }, options: ${other} }\n`)
  expect(faults(definition(text))).toEqual([`duplicate-id ${one}0.options.1.free_text.id`])
})

describe('own words beside an option', () => {
  const other = (id: string) =>
    `[{ value: 1, text: { ja: はい } }, { value: 2, text: { ja: ほか }, free_text: { id: ${id}, max_length: 100 } }]`
  const choice = (id: string, options = '') =>
    `      - { id: ${id}, type: single, text: { ja: ${id} }${options && `, options: ${options}`} }\n`

  test.each([
    [
      'in the options of a section',
      `    options: ${other('a')}\n`,
      '',
      choice('a'),
      'sections.0.options.1.free_text.id',
    ],
    [
      'in a list of options',
      '',
      `option_sets: { yes_no: ${other('a')} }`,
      choice('a', 'yes_no'),
      'option_sets.yes_no.1.free_text.id',
    ],
    [
      'in a list that nobody uses',
      '',
      `option_sets: { yes_no: ${other('a')} }`,
      item('a'),
      'option_sets.yes_no.1.free_text.id',
    ],
  ])('take an id of their own %s', (_what, more, rest, items, path) => {
    expect(faults(definition(section(items, more), rest))).toEqual([`duplicate-id ${path}`])
  })

  test.each([
    ['of a section', `    options: ${other('words')}\n`, '', ''],
    ['of a list', '', `option_sets: { yes_no: ${other('words')} }`, 'yes_no'],
  ])(
    'stand beside one item: options %s that two items share would store both under one id',
    (_what, more, rest, name) => {
      const shared = definition(section(choice('a', name) + choice('b', name), more), rest)
      const { faults: found } = parseDefinition(shared, 'trial.yaml')
      expect(found?.map(({ code }) => code)).toEqual(['duplicate-id'])
      expect(found?.[0]?.message).toContain('for a and b')
      expect(faults(definition(section(choice('a', name), more), rest))).toEqual([])
    },
  )
})
