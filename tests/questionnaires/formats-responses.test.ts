import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { listItems, type Answer } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import { loadShippedQuestionnaires, parseDefinition } from '../../server/questionnaires/index.ts'
import { exportFhirBundle, importFhirBundle } from '../../server/questionnaires/formats/fhir-bundle.ts'
import {
  exportFhirResponse,
  importFhirResponse,
  type Responder,
} from '../../server/questionnaires/formats/fhir-response.ts'
import { readAnswersCsv, writeAnswersCsv } from '../../server/questionnaires/formats/responses-csv.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'
import { fhirValidator } from './fhir-validator.ts'

let validate: (resource: unknown) => string[]
beforeAll(() => {
  validate = fhirValidator()
})

const kinds = parseDefinition(
  `format: 1
slug: kinds
version: 1
kind: own
title: { ja: 種類 }
languages: { ja: { validated: false, sources: [own] } }
sections:
  - id: s
    title: { ja: 節 }
    items:
      - { id: one, type: single, text: { ja: 一 }, options: [{ value: 1, text: { ja: あ } }, { value: other, text: { ja: ほか }, free_text: { id: oneOther, max_length: 20 } }] }
      - { id: many, type: multiple, text: { ja: 二 }, required: false, options: [{ value: a, text: { ja: あ } }, { value: b, text: { ja: い } }, { value: 3, text: { ja: う } }] }
      - { id: amount, type: number, text: { ja: 三 }, min: 0, max: 10, integer: false, visible_if: { item: one, one_of: [1] } }
      - { id: day, type: date, text: { ja: 四 }, required: false }
      - { id: words, type: text, text: { ja: 五 }, required: false, max_length: 200 }
sources: { own: { title: own } }
licence: { name: MIT, attribution: { ja: 私たち } }
`,
  'kinds.yaml',
).definition!

/** Any answers that a questionnaire allows. */
function answersOf(definition: Questionnaire): fc.Arbitrary<Record<string, Answer>> {
  const words = fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' })
    .filter((text) => text.trim() === text)
  const entries = listItems(definition).map(({ id, item, options }): [string, fc.Arbitrary<Answer>] => {
    const values = options.map(({ value }) => value)
    if (item.type === 'single') return [id, fc.constantFrom(...values)]
    if (item.type === 'multiple') return [id, fc.subarray(values, { minLength: 1 })]
    if (item.type === 'text') return [id, words]
    if (item.type === 'date') return [id, fc.constantFrom('2024-02-29', '1999-12-31')]
    if (item.type === 'number' && !item.integer)
      return [id, fc.integer({ min: item.min * 4, max: item.max * 4 }).map((n) => n / 4)]
    return [id, fc.integer({ min: item.min, max: item.max })]
  })
  return fc.record(Object.fromEntries(entries), { requiredKeys: [] }) as fc.Arbitrary<Record<string, Answer>>
}

const person = (definition: Questionnaire): fc.Arbitrary<Responder> =>
  fc.record({
    id: fc.uuid(),
    sex: fc.constantFrom('male' as const, 'female' as const, null),
    answers: answersOf(definition),
  })

test('answers to any questionnaire are valid FHIR R4, and come back as they were', async () => {
  for (const { definition } of await loadShippedQuestionnaires()) {
    fc.assert(
      fc.property(person(definition), (one) => {
        const resource = exportFhirResponse(definition, one)
        expect(validate(resource)).toEqual([])
        expect(importFhirResponse(definition, JSON.parse(JSON.stringify(resource))).responder).toEqual(one)
      }),
      { numRuns: 4 },
    )
  }
})

test('own words stand below the answer they belong to', () => {
  const answers = { one: 'other', oneOther: '犬と猫', many: ['a', 3], day: '2024-02-29' }
  const resource = exportFhirResponse(kinds, { id: 'p', sex: 'female', answers })
  expect(validate(resource)).toEqual([])
  expect(resource.item![0]!.item![0]).toEqual({
    linkId: 'one',
    text: '一',
    answer: [
      {
        valueCoding: { system: 'urn:hanamichi:questionnaire:kinds:one', code: 'other', display: 'ほか' },
        item: [{ linkId: 'one.oneOther', answer: [{ valueString: '犬と猫' }] }],
      },
    ],
  })
  expect(resource.contained).toEqual([
    { resourceType: 'Person', id: 'person', identifier: [{ value: 'p' }], gender: 'female' },
  ])
  expect(importFhirResponse(kinds, resource).responder).toEqual({ id: 'p', sex: 'female', answers })
})

test('complete is who has answered all that is asked of them', () => {
  const status = (answers: Record<string, Answer>): string =>
    exportFhirResponse(kinds, { id: 'p', sex: null, answers }).status
  expect(status({ one: 'other' })).toBe('completed')
  // "amount" is asked of those who chose 1
  expect(status({ one: 1 })).toBe('in-progress')
  expect(status({ one: 1, amount: 0.5 })).toBe('completed')
  expect(status({})).toBe('in-progress')
})

test('a file of people there and back: the same CSV', () => {
  const csv = 'id,sex,one,oneOther,many,amount,day,words\np1,male,1,,a;3,2.5,2024-02-29,"a, ""b"""\np2,,other,犬,,,,\n'
  const { responders } = readAnswersCsv(kinds, csv)
  const bundle = [...exportFhirBundle(kinds, responders!)].join('')
  const json = JSON.parse(bundle) as { entry: unknown[] }
  expect(validate(json)).toEqual([])
  expect(json.entry).toHaveLength(2)
  const back = importFhirBundle(kinds, new TextEncoder().encode(bundle))
  expect(writeAnswersCsv(kinds, back.responders!)).toBe(csv)
  expect(validate(JSON.parse([...exportFhirBundle(kinds, [])].join('')))).toEqual([])
})

test('words that a spreadsheet would take for a formula are set apart', () => {
  const responder = { id: '=1+1', sex: null, answers: { words: '=cmd', amount: 1 } }
  expect(writeAnswersCsv(kinds, [responder])).toBe("id,one,oneOther,many,amount,day,words\n'=1+1,,,,1,,'=cmd\n")
})

describe('what is wrong is named by its place, never by the answer', () => {
  const right = exportFhirResponse(kinds, { id: 'p', sex: null, answers: { one: 1, amount: 3 } })
  const changed = (change: (resource: typeof right) => void): string => {
    const resource = structuredClone(right)
    change(resource)
    return (importFhirResponse(kinds, resource).faults ?? []).map(({ where, what }) => `${where}: ${what}`).join('\n')
  }
  const items = (resource: typeof right) => resource.item![0]!.item!

  test.each<[string, (resource: typeof right) => void, RegExp]>([
    [
      'another questionnaire',
      (one) => (one.questionnaire = 'urn:hanamichi:questionnaire:pulse|1'),
      /\.questionnaire: is not urn:.*kinds\|1/,
    ],
    ['another version', (one) => (one.questionnaire = `${one.questionnaire}1`), /\.questionnaire: /],
    ['nobody', (one) => delete one.subject, /\.subject: says not whose/],
    ['an unknown item', (one) => (items(one)[0]!.linkId = 'zz'), /item\[0\]\.item\[0\]\.linkId: there is no item "zz"/],
    [
      'an unknown option',
      (one) => (items(one)[0]!.answer![0]!.valueCoding!.code = '77'),
      /item\[0\]\.answer: is no answer that "one"/,
    ],
    ['out of range', (one) => (items(one)[1]!.answer![0]!.valueDecimal = 4711), /item\[1\]\.answer: is no answer/],
    ['another type', (one) => (items(one)[1]!.answer = [{ valueString: '3' }]), /item\[1\]\.answer: is no answer/],
    ['two answers', (one) => items(one)[1]!.answer!.push({ valueDecimal: 2 }), /item\[1\]\.answer: is no answer/],
    ['an item twice', (one) => items(one).push(items(one)[0]!), /item\[2\]: "one" stands twice/],
    [
      'words that belong nowhere',
      (one) => (items(one)[0]!.answer![0]!.item = [{ linkId: 'one.oneOther', answer: [{ valueString: 'secret' }] }]),
      /does not belong to this answer/,
    ],
    ['entered in error', (one) => (one.status = 'entered-in-error'), /entered in error/],
  ])('%s', (_what, change, expected) => {
    const said = changed(change)
    expect(said).toMatch(expected)
    expect(said).not.toMatch(/77|4711|secret/)
  })

  test('files of people', () => {
    const faultsOf = (csv: string) =>
      readAnswersCsv(kinds, csv).faults!.map(({ line, column, message }) => `${line}:${column} ${message}`)
    expect(faultsOf('')).toEqual(['1:1 the file is empty; it begins with a header line'])
    expect(faultsOf('one\n1')).toEqual(['1:2 the column "id" is missing'])
    expect(faultsOf('id,one,one\n')).toEqual(['1:3 the column "one" stands twice'])
    expect(faultsOf('id,zz\n')).toEqual(['1:1 no column has the name of an item of this questionnaire'])
    expect(faultsOf('id,sex,one,oneOther\n,x,9\np,male,1,\np,male,1,' + 'x'.repeat(21))).toEqual([
      '2:1 id: the line has 3 fields where the header has 4 columns',
      '2:1 id: blank; every line needs an id',
      '2:2 sex: neither male nor female nor blank',
      '2:3 one: not an answer this item allows',
      '4:1 id: this id stood in an earlier line already',
      '4:4 oneOther: more than 20 characters',
    ])
    expect(faultsOf('id,one\n"p,1')[0]).toContain('no readable CSV')
    expect(readAnswersCsv(shippedForm('recommendation'), 'id,recommend,place\na,9,x\n').ignored).toEqual(['place'])
  })

  test('bundles', () => {
    const faultsOf = (json: unknown) => importFhirBundle(kinds, new TextEncoder().encode(JSON.stringify(json))).faults!
    expect(faultsOf({ resourceType: 'Patient' })[0]!.what).toContain('neither a FHIR Bundle')
    expect(faultsOf({ resourceType: 'Bundle', entry: [{ resource: right }, { resource: right }] })).toEqual([
      { where: 'Bundle.entry[1].resource', what: 'a second response of the same person' },
    ])
    expect(faultsOf({ resourceType: 'Bundle', entry: [{ resource: { ...right, status: 'odd' } }] })[0]!.where).toBe(
      'Bundle.entry[0].resource.status',
    )
  })
})
