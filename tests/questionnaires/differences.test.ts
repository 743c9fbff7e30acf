import { expect, test } from 'vitest'
import { differencesOf } from '../../server/questionnaires/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

const form57 = shippedForm('stress-check-57')
const form80 = shippedForm('stress-check-80')

const said = (before: Questionnaire, after: Questionnaire) => {
  const { differences } = differencesOf(before, after)
  return differences.map(({ what, comparable }) => `${comparable ? '=' : '≠'} ${what}`)
}

/** The same form with something changed. */
function changed(change: (form: Questionnaire) => void): Questionnaire {
  const copy = structuredClone(form57)
  change(copy)
  return copy
}

test('a form and itself: no difference, every item shared', () => {
  const { shared, differences } = differencesOf(form57, form57)
  expect(differences).toEqual([])
  expect(shared).toHaveLength(57)
})

test('57 to 80: the 57 items and their scales go on, 23 items are new, and so are all means', () => {
  const { shared, differences } = differencesOf(form57, form80)
  expect(shared).toHaveLength(57)
  const words = differences.map(({ what }) => what)
  expect(words.filter((what) => what.includes('for the first time'))).toHaveLength(23)
  expect(words.filter((what) => what.startsWith('mean of scale'))).toHaveLength(42)
  expect(words.filter((what) => what.startsWith('composite'))).toHaveLength(5)
  expect(words).toHaveLength(23 + 42 + 5)
  // the map is read from either side
  expect(differencesOf(form80, form57).shared).toHaveLength(57)
})

test('without a map nothing is the same question, whatever it is called', () => {
  const { shared } = differencesOf({ ...form57, slug: 'other' }, { ...form80, same_items: [] })
  expect(shared).toEqual([])
})

test.each<[string, (form: Questionnaire) => void, string[], number]>([
  [
    'a word',
    (form) => (form.sections[0]!.items[0]!.text['ja'] = '仕事が多い'),
    ['≠ item "q1" reads otherwise in "ja": “非常にたくさんの仕事をしなければならない” is now “仕事が多い”'],
    56,
  ],
  [
    'an option’s value',
    (form) => {
      const options = form.sections[0]!.options
      if (Array.isArray(options)) form.sections[0]!.options = [...options.slice(0, 3), { ...options[3]!, value: 5 }]
    },
    Array.from({ length: 17 }, (_, index) => `≠ item "q${index + 1}" has other options: 1, 2, 3, 4 is now 1, 2, 3, 5`),
    40,
  ],
  [
    'a formula',
    (form) => Object.assign(form.scales[0]!.formula, { constant: 16 }),
    ['≠ scale "quantitativeLoad" is counted otherwise'],
    57,
  ],
  [
    'a threshold',
    (form) => (form.criteria[0]!.rules[0]!.when = { sum: ['B'], at_least: 78 }),
    ['≠ criteria by simple-sum are decided otherwise'],
    57,
  ],
  [
    'a language added: what was answered before stays comparable',
    (form) => {
      form.languages['pt'] = { validated: false, sources: ['own_wording'] }
      for (const { items } of form.sections) for (const item of items) item.text['pt'] = `em português: ${item.id}`
    },
    ['= the language "pt" is new'],
    57,
  ],
  [
    'a condition',
    (form) => (form.sections[3]!.items[0]!.visible_if = { item: 'q1', one_of: [1] }),
    ['≠ item "q56" is asked of other people'],
    56,
  ],
  ['an item taken away', (form) => form.sections[3]!.items.pop(), ['≠ item "q57" is not asked any more'], 56],
])('%s', (_what, change, expected, shared) => {
  const other = changed(change)
  expect(said(form57, other)).toEqual(expected)
  expect(differencesOf(form57, other).shared).toHaveLength(shared)
})
