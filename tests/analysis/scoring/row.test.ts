import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDefinition } from '../../../server/questionnaires/index.ts'
import { AnswerError, compileScorer } from '../../../analysis/scoring/index.ts'
import type { Answers } from '../../../analysis/scoring/index.ts'

/** Options with a gap, a number with decimals, a whole number, and words that nobody counts. */
const { definition } = parseDefinition(
  `format: 1
slug: trial
version: 1
kind: own
title: { ja: 試し }
languages: { ja: { validated: false, sources: [own] } }
sections:
  - id: S
    title: { ja: S }
    items:
      - { id: gap, type: single, text: { ja: a }, options: [{ value: 0, text: { ja: a } }, { value: 1, text: { ja: b } }, { value: 5, text: { ja: c } }] }
      - { id: why, type: text, text: { ja: w }, max_length: 100 }
      - { id: hours, type: number, text: { ja: h }, min: 0, max: 24, integer: false }
      - { id: days, type: number, text: { ja: d }, min: 0, max: 31 }
scales:
  - { id: all, title: { ja: s }, formula: { method: sum, plus: [gap, hours, days] }, range: [0, 60], polarity: positive, sources: [own] }
sources: { own: { title: own } }
licence: { name: MIT, attribution: { ja: 試し } }
`,
  'trial.yaml',
)
const score = compileScorer(definition!)

const gap = fc.constantFrom(0, 1, 5)
const hours = fc.integer({ min: 0, max: 96 }).map((quarters) => quarters / 4)
const days = fc.integer({ min: 0, max: 31 })

test('in printed order or any other, with words between or without: the same sum', () => {
  fc.assert(
    fc.property(gap, hours, days, fc.boolean(), (a, b, c, withWords) => {
      const ordered: Answers = { gap: a, ...(withWords ? { why: 'x' } : {}), hours: b, days: c }
      const expected = { raw: a + b + c, point: null }
      expect(score(ordered, null).scales['all']).toEqual(expected)
      const turned = Object.fromEntries(Object.entries(ordered).toReversed())
      expect(score(turned, null).scales['all']).toEqual(expected)
    }),
  )
})

test.each([
  ['gap', 2],
  ['gap', 0.5],
  ['gap', '1'],
  ['hours', 24.5],
  ['hours', Number.NaN],
  ['days', 1.5],
  ['days', -1],
  ['days', [1]],
])('%s of %s is refused by name, wherever it stands', (id, wrong) => {
  const right: Answers = { gap: 1, hours: 7.5, days: 3 }
  for (const given of [{ ...right, [id]: wrong }, { [id]: wrong }, { why: 'x', ...right, [id]: wrong }]) {
    expect(() => score(given, null)).toThrow(AnswerError)
    expect(() => score(given, null)).toThrow(expect.objectContaining({ itemId: id, fault: 'not-an-option' }))
  }
  // what was refused leaves nothing behind for the next
  expect(score({ gap: 1, hours: 7.5 }, null)).toMatchObject({ missing: ['days'], scales: { all: null } })
})

test('a score that many share cannot be changed', () => {
  const one = score({ gap: 1, hours: 1, days: 1 }, null).scales['all']!
  expect(() => Object.assign(one, { raw: 9 })).toThrow(TypeError)
  expect(score({ gap: 1, hours: 1, days: 1 }, null).scales['all']).toEqual({ raw: 3, point: null })
})
