import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Questionnaire, Visibility } from '../../survey-definitions/schema.ts'
import { loadShippedQuestionnaires, parseDefinition } from '../../server/questionnaires/index.ts'
import { exportFhirQuestionnaire } from '../../server/questionnaires/formats/fhir-export.ts'
import { importFhirQuestionnaire } from '../../server/questionnaires/formats/fhir-import.ts'
import type { QuestionnaireItem } from '../../server/questionnaires/formats/fhir-resources.ts'
import { importQuestionnaire } from '../../server/questionnaires/formats/import.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'
import { fhirValidator } from './fhir-validator.ts'

let validate: (resource: unknown) => string[]
beforeAll(() => {
  validate = fhirValidator()
})

const bytes = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))

/** Out and in again, as bytes. */
async function back(definition: Questionnaire): Promise<Questionnaire | undefined> {
  const read = await importQuestionnaire(bytes(exportFhirQuestionnaire(definition)), 'back.json')
  expect(read.faults).toBeUndefined()
  return read.definition
}

/** Every kind of item, option, condition and arrangement that the format has. */
const everything = `format: 1
slug: everything
version: 3
kind: own
title: { en: Everything, ja: すべて }
introduction: { ja: はじめに, en: Before you begin }
minutes: 4
developer: { ja: 作成者, en: Made by us }
languages:
  ja: { validated: false, sources: [own] }
  en: { validated: false, note: Not compared with anything., sources: [own] }
option_sets:
  often:
    - { value: 1, text: { ja: いつも, en: Always } }
    - { value: 2, text: { ja: ときどき, en: Sometimes } }
  once:
    - { value: home, text: { ja: 家, en: Home } }
    - { value: else, text: { ja: ほか, en: Elsewhere }, free_text: { id: whereElse, max_length: 80 } }
  unused:
    - { value: a, text: { ja: あ, en: A } }
    - { value: b, text: { ja: い, en: B } }
sections:
  - id: first
    title: { ja: 一, en: One }
    instruction: { ja: えらんでください, en: Please choose }
    options:
      - { value: 0, text: { ja: いいえ, en: 'No' } }
      - { value: 1, text: { ja: はい, en: 'Yes' } }
    pages: [[smokes, sports], [drinks, listed]]
    items:
      - { id: smokes, type: single, stem: { ja: あなたは, en: Do you }, text: { ja: 吸う, en: smoke }, tags: [workload, recovery] }
      - { id: sports, type: multiple, stem: { ja: あなたは, en: Do you }, text: { ja: 運動, en: exercise }, required: false }
      - id: drinks
        type: single
        stem: { ja: そして, en: And }
        text: { ja: 飲む, en: drink }
        skippable: false
        options:
          - { value: yes_often, text: { ja: よく, en: Often } }
          - { value: other, text: { ja: ほか, en: Otherwise }, free_text: { id: drinksOther, max_length: 100 } }
          - { value: never, text: { ja: いいえ, en: Never } }
      - { id: listed, type: single, text: { ja: 回数, en: How often }, options: often }
  - id: second
    title: { ja: 二, en: Two }
    options: often
    visible_if: { item: smokes, one_of: [1] }
    items:
      - { id: age, type: number, text: { ja: 歳, en: Age }, help: { ja: 満年齢, en: In years }, min: -1, max: 120, unit: { ja: 歳, en: years } }
      - { id: hours, type: number, text: { ja: 時間, en: Hours }, min: 0.5, max: 24, integer: false, visible_if: { item: age, at_least: 18, at_most: 65 } }
      - { id: mood, type: rating, text: { ja: 気分, en: Mood }, min: 0, max: 10, low: { ja: わるい, en: Bad }, high: { ja: よい, en: Good }, visible_if: { all: [{ item: drinks, one_of: [other, never] }, { not: { item: age, answered: false } }] } }
      - { id: why, type: text, text: { ja: なぜ, en: Why }, max_length: 300, visible_if: { any: [{ item: mood, at_most: 3 }, { item: sports, one_of: [0, 1] }] } }
      - { id: since, type: date, text: { ja: いつから, en: Since when }, visible_if: { item: hours, at_least: 0.5 } }
      - { id: again, type: single, text: { ja: また, en: Again } }
  - id: third
    title: { ja: 三, en: Three }
    options:
      - { value: 7, text: { ja: 七, en: Seven } }
      - { value: 8, text: { ja: 八, en: Eight } }
    items:
      - { id: place, type: multiple, text: { ja: どこ, en: Where }, options: once }
      - { id: words, type: text, text: { ja: 自由に, en: Anything else }, required: false, max_length: 10 }
scales:
  - { id: yesses, title: { ja: はい, en: Yes }, formula: { method: sum, plus: [smokes] }, range: [0, 1], polarity: negative, sources: [own] }
notes: [ "Nothing else." ]
sources: { own: { title: Own wording, url: 'https://example.org/x', licence: MIT } }
licence: { name: MIT, holder: Us, attribution: { ja: 私たち, en: Us }, note: Ask us. }
`
const read = parseDefinition(everything, 'everything.yaml')
if (read.faults) throw new Error(JSON.stringify(read.faults))
const rich = read.definition

describe('a definition as a FHIR Questionnaire', () => {
  test('every one that ships is valid FHIR R4, and comes back as it was', async () => {
    const shipped = await loadShippedQuestionnaires()
    expect(shipped.length).toBeGreaterThan(8)
    for (const { definition } of shipped) {
      expect(validate(exportFhirQuestionnaire(definition))).toEqual([])
      expect(await back(definition)).toEqual(definition)
    }
  })

  test('everything the format has is valid FHIR R4, and comes back as it was', async () => {
    expect(rich).toBeDefined()
    expect(validate(exportFhirQuestionnaire(rich))).toEqual([])
    expect(await back(rich)).toEqual(rich)
  })

  test('the validator knows wrong from right', () => {
    const right = exportFhirQuestionnaire(shippedForm('recommendation'))
    expect(validate({ ...right, status: 'published' })).not.toEqual([])
    expect(validate({ ...right, surprise: 1 })).not.toEqual([])
    expect(validate({ ...right, item: [...right.item!, ...right.item!] })).not.toEqual([])
    const display = { linkId: 'd', type: 'display', text: 'x', required: true }
    expect(validate({ ...right, item: [display] }).join()).toContain('que-6')
  })

  test('the first item of the stress check reads as FHIR has it', () => {
    const resource = exportFhirQuestionnaire(shippedForm('stress-check-57'))
    expect(resource).toMatchObject({
      url: 'urn:hanamichi:questionnaire:stress-check-57',
      version: '1',
      name: 'StressCheck57',
      language: 'ja',
      status: 'active',
      title: '職業性ストレス簡易調査票（57項目）',
    })
    const q1 = resource.item![0]!.item!.find(({ linkId }) => linkId === 'q1')
    expect(q1).toMatchObject({
      type: 'choice',
      required: true,
      text: '非常にたくさんの仕事をしなければならない',
      _text: {
        extension: [
          {
            url: 'http://hl7.org/fhir/StructureDefinition/translation',
            extension: [
              { url: 'lang', valueCode: 'en' },
              { url: 'content', valueString: 'I have an extremely large amount of work to do' },
            ],
          },
        ],
      },
    })
    expect(q1!.answerOption!.map(({ valueCoding }) => [valueCoding!.code, valueCoding!.display])).toEqual([
      ['1', 'そうだ'],
      ['2', 'まあそうだ'],
      ['3', 'ややちがう'],
      ['4', 'ちがう'],
    ])
    expect(q1!.answerOption![3]!.valueCoding!.extension).toEqual([
      { url: 'http://hl7.org/fhir/StructureDefinition/ordinalValue', valueDecimal: 4 },
    ])
  })

  test('conditions stand in FHIR where it can say them', () => {
    const item = (id: string): QuestionnaireItem =>
      exportFhirQuestionnaire(rich)
        .item!.flatMap((group) => group.item!)
        .find(({ linkId }) => linkId === id)!
    expect(item('hours')).toMatchObject({
      enableWhen: [
        { question: 'age', operator: '>=', answerInteger: 18 },
        { question: 'age', operator: '<=', answerInteger: 65 },
      ],
      enableBehavior: 'all',
    })
    expect(item('since').enableWhen).toEqual([{ question: 'hours', operator: '>=', answerDecimal: 0.5 }])
    expect(item('why').enableBehavior).toBe('any')
    expect(item('why').enableWhen).toHaveLength(3)
    // "not" has no place in FHIR: ours alone says it
    expect(item('mood').enableWhen).toBeUndefined()
    expect(item('mood').extension!.map(({ url }) => url)).toContain('urn:hanamichi:fhir:condition')
  })

  test('what was changed in the file is changed in the definition', async () => {
    const resource = exportFhirQuestionnaire(rich)
    const asked = resource.item![0]!.item!.find(({ linkId }) => linkId === 'smokes')!
    asked.text = '煙草を吸う'
    asked.answerOption![1]!.valueCoding!.display = 'そうです'
    const { definition } = await importQuestionnaire(bytes(resource), 'changed.json')
    const [smokes, sports] = definition!.sections[0]!.items
    expect(smokes!.text['ja']).toBe('煙草を吸う')
    expect(definition!.sections[0]!.options).toEqual([
      { value: 0, text: { ja: 'いいえ', en: 'No' } },
      { value: 1, text: { ja: 'そうです', en: 'Yes' } },
    ])
    // the other choices of the section keep what they had
    expect(sports).toMatchObject({ options: [{ value: 0 }, { value: 1, text: { ja: 'はい' } }] })
  })

  test('a file of ours that no longer hangs together is refused with its place', async () => {
    const resource = exportFhirQuestionnaire(rich)
    resource.item![1]!.item![0]!.type = 'attachment'
    expect((await importQuestionnaire(bytes(resource), 'x.json')).faults).toMatchObject([
      { where: 'Questionnaire.item[1].item[0]', what: expect.stringContaining('"attachment"') },
    ])
    const torn = exportFhirQuestionnaire(rich)
    torn.extension![0]!.valueString = '{'
    expect((await importQuestionnaire(bytes(torn), 'x.json')).faults![0]!.what).toContain('no JSON object')
  })

  test('any condition comes back as it was', async () => {
    const values = { smokes: [0, 1], drinks: ['yes_often', 'other', 'never'], sports: [0, 1] }
    const simple = fc.oneof(
      fc.constantFrom(...(Object.keys(values) as (keyof typeof values)[])).chain((item) =>
        fc.record(
          {
            item: fc.constant<string>(item),
            one_of: fc.uniqueArray(fc.constantFrom<string | number>(...values[item]), { minLength: 1 }),
            answered: fc.boolean(),
          },
          { requiredKeys: ['item', 'one_of'] },
        ),
      ),
      fc.record(
        {
          item: fc.constant('age'),
          at_least: fc.integer({ min: -1, max: 120 }),
          at_most: fc.integer({ min: -1, max: 120 }),
        },
        { requiredKeys: ['item', 'at_least'] },
      ),
    ) as fc.Arbitrary<Visibility>
    const condition = fc.letrec<{ node: Visibility }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3 },
        simple,
        fc.record({ all: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ not: tie('node') }),
      ),
    })).node
    await fc.assert(
      fc.asyncProperty(condition, async (visible) => {
        const changed = structuredClone(rich)
        changed.sections[1]!.items[3]!.visible_if = visible
        expect(await back(changed)).toEqual(changed)
      }),
      { numRuns: 60 },
    )
  })
})

describe('a Questionnaire of somebody else', () => {
  const foreign = {
    resourceType: 'Questionnaire',
    url: 'http://example.org/Questionnaire/sleep-check',
    version: '2026.1',
    name: 'SleepCheck',
    title: 'Sleep',
    status: 'active',
    language: 'en-US',
    copyright: 'Somebody, CC-BY',
    effectivePeriod: { start: '2026-01-01' },
    contained: [
      {
        resourceType: 'ValueSet',
        id: 'how-often',
        compose: {
          include: [
            {
              concept: [
                { code: 'n', display: 'Never' },
                { code: 'a', display: 'Always' },
              ],
            },
          ],
        },
      },
    ],
    item: [
      {
        linkId: '1',
        type: 'group',
        text: 'Your nights',
        item: [
          { linkId: '1.0', type: 'display', text: 'Think of the last two weeks.' },
          {
            linkId: '1.1',
            type: 'choice',
            text: 'How well do you sleep?',
            _text: {
              extension: [
                {
                  url: 'http://hl7.org/fhir/StructureDefinition/translation',
                  extension: [
                    { url: 'lang', valueCode: 'ja-JP' },
                    { url: 'content', valueString: 'よく眠れますか' },
                  ],
                },
              ],
            },
            required: true,
            code: [{ system: 'http://loinc.org', code: '93159-2' }],
            answerOption: [0, 1, 2].map((value) => ({
              extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/ordinalValue', valueDecimal: value }],
              valueCoding: { code: `LA-${value}`, display: `Grade ${value}` },
            })),
          },
          {
            linkId: '1.2',
            type: 'boolean',
            text: 'Do you snore?',
            enableWhen: [
              { question: '1.1', operator: '=', answerCoding: { code: 'LA-1' } },
              { question: '1.1', operator: '=', answerCoding: { code: 'LA-2' } },
            ],
            enableBehavior: 'any',
            item: [{ linkId: '1.2.1', type: 'integer', text: 'How many nights?' }],
          },
          { linkId: '1.3', type: 'choice', repeats: true, text: 'When?', answerValueSet: '#how-often' },
          { linkId: '1.4', type: 'choice', text: 'Where?', answerValueSet: 'http://example.org/elsewhere' },
          { linkId: '1.5', type: 'attachment', text: 'A picture' },
          {
            linkId: '1.6',
            type: 'string',
            text: 'Anything else?',
            maxLength: 99,
            enableWhen: [{ question: '1.5', operator: 'exists', answerBoolean: true }],
          },
        ],
      },
      {
        linkId: 'x',
        type: 'open-choice',
        text: 'Colour',
        answerOption: [{ valueString: 'deep red' }, { valueString: 'blue' }],
      },
      {
        linkId: 'y',
        type: 'decimal',
        text: 'Hours',
        enableWhen: [{ question: '1.2', operator: '!=', answerBoolean: true }],
      },
    ],
  }

  test('is carried as far as our format goes', () => {
    const { definition } = importFhirQuestionnaire(foreign)
    expect(definition).toMatchObject({
      slug: 'sleep-check',
      version: 2026,
      kind: 'own',
      title: { en: 'Sleep' },
      licence: { attribution: { en: 'Somebody, CC-BY' } },
    })
    const [nights, main] = definition!.sections
    expect(nights).toMatchObject({ title: { en: 'Your nights' }, instruction: { en: 'Think of the last two weeks.' } })
    expect(nights!.items).toMatchObject([
      {
        id: 'q1_1',
        type: 'single',
        required: true,
        options: [{ value: 0, text: { en: 'Grade 0' } }, { value: 1 }, { value: 2 }],
      },
      {
        id: 'q1_2',
        type: 'single',
        options: [{ value: 'yes' }, { value: 'no' }],
        visible_if: { item: 'q1_1', one_of: [1, 2] },
      },
      { id: 'q1_2_1', type: 'number', integer: true },
      { id: 'q1_3', type: 'multiple', options: [{ value: 'n', text: { en: 'Never' } }, { value: 'a' }] },
      { id: 'q1_6', type: 'text', max_length: 99 },
    ])
    expect(nights!.items[2]!.visible_if).toEqual({
      all: [
        { item: 'q1_1', one_of: [1, 2] },
        { item: 'q1_2', answered: true },
      ],
    })
    expect(main!.items).toMatchObject([
      {
        id: 'x',
        options: [{ value: 'deep_red' }, { value: 'blue' }, { value: 'other', free_text: { id: 'x_other' } }],
      },
      { id: 'y', type: 'number', integer: false, visible_if: { not: { item: 'q1_2', one_of: ['yes'] } } },
    ])
  })

  test('what could not be carried is named by its path', () => {
    const { notCarried } = importFhirQuestionnaire(foreign)
    const at = (where: string): string[] => notCarried!.filter((one) => one.where === where).map(({ what }) => what)
    expect(at('Questionnaire.effectivePeriod')).toEqual(['is not carried'])
    expect(at('Questionnaire.item[0].item[1].code')[0]).toContain('93159-2')
    expect(at('Questionnaire.item[0].item[4]')[0]).toContain('left out')
    expect(at('Questionnaire.item[0].item[5]')[0]).toContain('attachment')
    expect(at('Questionnaire.item[0].item[6].enableWhen')[0]).toContain('always asked')
    expect(at('languages')[0]).toContain('"ja" is left out')
    expect(at('licence')[0]).toContain('fill it in')
  })

  test('nothing of a resource that is no Questionnaire is taken', async () => {
    const faultOf = async (json: unknown): Promise<string> => {
      const { faults } = await importQuestionnaire(bytes(json), 'x.json')
      return faults!.map(({ where, what }) => `${where}: ${what}`).join('\n')
    }
    expect(await faultOf({ resourceType: 'Patient' })).toContain('"Patient"')
    expect(await faultOf({ resourceType: 'Questionnaire', status: 'active', item: [{ linkId: 'a' }] })).toContain(
      'Questionnaire.item[0].type',
    )
    expect(await faultOf({ resourceType: 'Questionnaire', status: 'active', item: [] })).toContain('no question')
    expect(await faultOf([1, 2])).toContain('neither')
  })
})
