import { describe, expect, test } from 'vitest'
import { compileScorer, checkAnswer, listItems } from '../../analysis/scoring/index.ts'
import { findVersion, parseDefinition, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import type { DraftFault } from '../../server/questionnaires/draft-check.ts'
import { faultWords, type Say } from '../../server/questionnaires/editor-fields.ts'
import { sampleFigures } from '../../server/questionnaires/sample-report.ts'
import { runTest } from '../../server/questionnaires/test-run.ts'
import { createTexts } from '../../server/web/texts.ts'
import { ownFile } from './own-file.ts'

const texts = createTexts('templates/locales')

/** Every code of a fault with what its words may name; a code without a line here does not compile. */
const params: Record<DraftFault['code'], Record<string, string | number>> = {
  yaml: { reason: 'x' },
  'too-large': { count: 2, most: 1 },
  alias: { name: 'a' },
  shape: {},
  'language-missing': { language: 'en' },
  'language-undeclared': { language: 'pt' },
  'duplicate-id': { id: 'q1' },
  'reserved-id': { id: 'id' },
  'duplicate-option': { value: 1 },
  'options-missing': {},
  'option-set-unknown': { name: 'x' },
  'range-reversed': {},
  'required-meaningless': {},
  'item-unknown': { id: 'q1' },
  'item-without-number': { id: 'q1' },
  'item-repeated': { id: 'q1' },
  'formula-empty': {},
  'range-wrong': { low: 1, high: 2 },
  'point-columns': { cells: 1, columns: 2 },
  'point-hole': {},
  'section-unknown': { id: 'A' },
  'reverse-unknown': { id: 'q1' },
  'scale-unknown': { id: 's' },
  'scale-without-points': { id: 's' },
  'method-repeated': {},
  'total-unknown': { id: 'A' },
  'threshold-missing': {},
  'threshold-unreachable': { low: 1, high: 2 },
  'source-unknown': { id: 'own' },
  'band-order': { id: 'b' },
  'band-outside': { low: 1, high: 2 },
  'condition-empty': {},
  'condition-order': { id: 'q1' },
  'condition-cycle': { id: 'q1' },
  'condition-value': { value: 1 },
  'page-order': {},
  'tag-forbidden': { tag: 'consent' },
  'rotation-unknown': { ids: 'q1' },
  'no-questions': {},
  'section-empty': {},
  'kind-not-own': { kind: 'statutory' },
  'criteria-not-own': { name: 'criteria' },
  'slug-shipped': { slug: 'pulse' },
  'version-taken': { slug: 'own-1', next: 2 },
  'draft-waiting': { name: 'own-1@1' },
  'other-draft': { name: 'own-1@1' },
  'other-format': { what: 'x' },
  'not-utf8': {},
  'too-big': { most: 5 },
}

describe.each(['ja', 'en'])('faults in words (%s)', (locale) => {
  const say: Say = (key, values) => texts.text(locale, key, values)
  test('every code has words, and none names what it was not given', () => {
    for (const [code, named] of Object.entries(params)) {
      const words = faultWords({ path: '', code: code as DraftFault['code'], params: named }, say)
      expect(words, code).not.toBe('')
      if (locale === 'ja') expect(words, code).toMatch(/[ぁ-ん]/)
    }
  })

  test('what a file can do wrong is said with all it names', () => {
    const spoiled: [string, string][] = [
      ['version: 1', 'version: 0'],
      ['kind: own', 'kind: ours'],
      ['ja: 満足度', 'ja: ""'],
      ['max_length: 200', 'max_length: 99999'],
      ['max_length: 200', 'max_length: many'],
      ['type: single', 'type: slider'],
      ['max: 10', 'max: 0'],
      ['range: [1, 12]', 'range: [0, 12]'],
      ['plus: [q1, q2]', 'plus: []'],
      ['one_of: [1]', 'one_of: [7]'],
      ['polarity: positive\n    sources: [own]', 'polarity: positive\n    sources: [nobody]'],
      ['licence:', 'license:'],
      ['en: High }', 'fr: Haut }'],
      ['value: 2,', 'value: 1,'],
      ['slug: shokuba', 'slug: 職場'],
    ]
    for (const [from, to] of spoiled) {
      const changed = ownFile.replace(from, to)
      expect(changed, from).not.toBe(ownFile)
      const { faults } = parseDefinition(changed, 'x.yaml')
      expect(faults, to).toBeDefined()
      for (const fault of faults!) expect(faultWords(fault, say), to).not.toMatch(/undefined|\{|NaN/)
    }
  })
})

describe('made-up people', () => {
  const words = { sentence: '(試しの文章です)', day: '2026-11-02' }

  test('answer what each questionnaire that ships allows, as it asks; the same seed gives the same people', async () => {
    for (const { definition, slug } of await shippedQuestionnaires()) {
      const people = runTest(definition, 1, words)
      expect(people).toHaveLength(40)
      const items = listItems(definition)
      for (const { answers, asked } of people) {
        for (const item of items)
          expect(checkAnswer(item, answers[item.id] ?? null), `${slug} ${item.id}`).toBeUndefined()
        for (const id of Object.keys(answers)) expect(asked.has(id), `${slug} ${id}`).toBe(true)
      }
      expect(runTest(definition, 1, words)).toEqual(people)
      expect(runTest(definition, 2, words)).not.toEqual(people)
      const scales = definition.scales.map(({ id }) => id)
      for (const { score } of people) expect(Object.keys(score.scales)).toEqual(scales)
    }
  })

  test('the sample report counts them: a worked example by hand', () => {
    const { definition } = parseDefinition(ownFile, 'x')
    const people = runTest(definition!, 1, words, 3)
    people[0]!.answers = { q1: 1, q2: 0, idea: 'x' }
    people[1]!.answers = { q1: 2, q2: 10 }
    people[2]!.answers = { q1: 2 }
    const score = compileScorer(definition!)
    const told = people.map((person, index) => ({
      ...person,
      asked: new Set(index === 0 ? ['q1', 'q2', 'idea'] : ['q1', 'q2']),
      score: score(person.answers, null),
    }))
    const figures = sampleFigures(definition!, told)
    // 1 + 0 and 2 + 10; the third one left a question out
    expect(figures.scales).toEqual([{ id: 'ease', respondents: 2, mean: 6.5, lowest: 1, highest: 12, bands: [] }])
    expect(figures.items[0]).toEqual({
      id: 'q1',
      kind: 'options',
      asked: 3,
      answered: 3,
      mean: 5 / 3,
      counts: [
        { value: '1', count: 1 },
        { value: '2', count: 2 },
      ],
    })
    expect(figures.items[1]).toMatchObject({ kind: 'numbers', asked: 3, answered: 2, mean: 5 })
    expect(figures.items[2]).toEqual({ id: 'idea', kind: 'words', asked: 1, answered: 1, mean: undefined, counts: [] })
    const nobody = sampleFigures(definition!, [])
    expect(nobody.scales[0]).toMatchObject({ respondents: 0, mean: undefined })
  })

  test('recommendation is counted as its definition says', async () => {
    const { definition } = findVersion(await shippedQuestionnaires(), 'recommendation@1')!
    const figures = sampleFigures(definition, runTest(definition, 1, words))
    const { n, promoters, passives, detractors } = figures.measures[0]!.score!
    expect(promoters + passives + detractors).toBe(n)
  })
})
