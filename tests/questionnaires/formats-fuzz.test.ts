import { zipSync } from 'fflate'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportFhirQuestionnaire } from '../../server/questionnaires/formats/fhir-export.ts'
import { importFhirResponse } from '../../server/questionnaires/formats/fhir-response.ts'
import { importFhirBundle } from '../../server/questionnaires/formats/fhir-bundle.ts'
import { importQuestionnaire } from '../../server/questionnaires/formats/import.ts'
import { readAnswersCsv } from '../../server/questionnaires/formats/responses-csv.ts'
import { exportXliff, importXliff } from '../../server/questionnaires/formats/xliff.ts'
import { parseDefinition } from '../../server/questionnaires/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'
import { workbook, workbookParts } from './workbook.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Whatever a file holds: a definition that the program can read, or faults in words. Never anything else. */
async function expectAnswer(file: Uint8Array): Promise<void> {
  const made = await importQuestionnaire(file, 'junk')
  if (made.faults) {
    expect(made.faults.length).toBeGreaterThan(0)
    for (const { where, what } of made.faults) expect(where.length > 0 && what.length > 0).toBe(true)
  } else {
    expect(parseDefinition(made.yaml, 'made').faults).toBeUndefined()
    for (const { where, what } of made.notCarried) expect(where.length > 0 && what.length > 0).toBe(true)
  }
}

/** Puts any value in some place of a JSON value. */
function mutated(json: unknown, picks: readonly number[], value: unknown): unknown {
  if (typeof json !== 'object' || json === null) return value
  const keys = Object.keys(json)
  const [pick = 0, ...rest] = picks
  const key = keys[pick % Math.max(keys.length, 1)]
  if (key === undefined || picks.length === 0) return value
  const copy = (Array.isArray(json) ? [...json] : { ...json }) as Record<string, unknown>
  copy[key] = mutated(copy[key], rest, value)
  return copy
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', '__proto__', 'constructor', -1, 1e300, true, [], {}, [[]], [null], {
    linkId: 'a',
    type: 'choice',
  }),
  fc.jsonValue({ maxDepth: 3 }),
)
const places = fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 9 })

const survey = {
  title: 'T',
  pages: [
    {
      name: 'p',
      elements: [
        {
          type: 'radiogroup',
          name: 'a',
          title: 'A',
          choices: ['x', { value: 2, text: { default: 'two', ja: '二' } }],
          showOtherItem: true,
        },
        { type: 'matrix', name: 'm', columns: [1, 2], rows: ['r', 's'], visibleIf: '{a} = 2 and {a} notempty' },
        { type: 'rating', name: 'r', rateMax: 10 },
        { type: 'text', inputType: 'number', name: 'n', min: 1, max: 3, visibleIf: '{m.r} > 1' },
        { type: 'panel', elements: [{ type: 'boolean', name: 'b', visibleIf: '{n} >= 2' }] },
        { type: 'multipletext', name: 't', items: [{ name: 'i' }] },
      ],
    },
  ],
}
const foreign = {
  resourceType: 'Questionnaire',
  status: 'active',
  title: 'T',
  contained: [
    {
      resourceType: 'ValueSet',
      id: 'v',
      compose: { include: [{ concept: [{ code: 'p', display: 'P' }, { code: 'q' }] }] },
    },
  ],
  item: [
    {
      linkId: 'g',
      type: 'group',
      text: 'G',
      item: [
        {
          linkId: 'a',
          type: 'open-choice',
          text: 'A',
          answerOption: [{ valueCoding: { code: '1', display: 'x' } }, { valueString: 'y' }],
        },
        { linkId: 'd', type: 'choice', text: 'D', answerValueSet: '#v' },
        {
          linkId: 'b',
          type: 'integer',
          text: 'B',
          enableWhen: [{ question: 'a', operator: '=', answerCoding: { code: '1' } }],
          item: [{ linkId: 'c', type: 'text', text: 'C' }],
        },
      ],
    },
  ],
}
const form = {
  survey: [
    ['type', 'name', 'label', 'relevant', 'constraint', 'required'],
    ['begin group', 'g', 'G'],
    ['select_one l or_other', 'a', 'A', '', '', 'yes'],
    ['integer', 'n', 'N', "${a} = 'x'", '. > 1 and . < 9'],
    ['end group'],
  ],
  choices: [
    ['list_name', 'name', 'label'],
    ['l', 'x', 'X'],
    ['l', 'y', 'Y'],
  ],
}

test('random bytes and random JSON', async () => {
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), expectAnswer), { numRuns: 60 })
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 6 }), (text) => expectAnswer(bytes(text))),
    { numRuns: 60 },
  )
  await expectAnswer(bytes('['.repeat(100_000)))
  await expectAnswer(bytes(`{"pages":${'[{"elements":'.repeat(10_000)}`))
  await expectAnswer(
    bytes('{"__proto__":{"pages":[]},"elements":[{"type":"text","name":"__proto__","title":{"__proto__":"x"}}]}'),
  )
})

test.each<[string, unknown]>([
  ['a survey', survey],
  ['a FHIR Questionnaire of somebody else', foreign],
  ['a FHIR Questionnaire of ours', exportFhirQuestionnaire(shippedForm('exit-interview'))],
])('%s with anything anywhere', async (_what, json) => {
  await fc.assert(
    fc.asyncProperty(places, odd, (picks, value) => expectAnswer(bytes(JSON.stringify(mutated(json, picks, value))))),
    { numRuns: 50 },
  )
})

test('a workbook with anything in any cell, and torn in any way', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      'select_one l',
      'begin repeat',
      'end group',
      'range',
      'note',
      '${a} = ',
      'not(',
      'label::xx yy (zz)',
      '__proto__',
      true,
      -3,
    ),
    fc.string({ maxLength: 12 }),
  )
  const at = fc.tuple(
    fc.constantFrom<'survey' | 'choices'>('survey', 'choices'),
    fc.nat({ max: 5 }),
    fc.nat({ max: 5 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(at, cell), { minLength: 1, maxLength: 4 }), async (changes) => {
      const sheets: { [name: string]: (string | number | boolean)[][] } = structuredClone(form)
      for (const [[sheet, row, column], value] of changes) {
        const cells = (sheets[sheet]![row] ??= [])
        while (cells.length <= column) cells.push('')
        cells[column] = value
      }
      // rows that were skipped over
      for (const name of Object.keys(sheets)) sheets[name] = Array.from(sheets[name]!, (row) => row ?? [])
      await expectAnswer(workbook(sheets))
    }),
    { numRuns: 40 },
  )
  const whole = workbook(form)
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), async (place, byte) => {
      const torn = whole.slice()
      torn[place] = byte
      await expectAnswer(torn)
    }),
    { numRuns: 60 },
  )
  const parts = workbookParts(form)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(parts)), fc.string(), async (name, xml) => {
      await expectAnswer(zipSync({ ...parts, [name]: bytes(xml) }))
    }),
    { numRuns: 60 },
  )
})

test('responses, answers and translations: faults, never an exception', () => {
  const interview = shippedForm('exit-interview')
  fc.assert(
    fc.property(fc.json(), (text) => {
      const { responder, faults } = importFhirResponse(interview, JSON.parse(text))
      expect(responder !== undefined || faults.length > 0).toBe(true)
      const bundle = importFhirBundle(interview, bytes(text))
      expect(bundle.responders !== undefined || bundle.faults.length > 0).toBe(true)
    }),
  )
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('id', ',', '\n', '"', 'manager', '1', 'sex', ' ', ';', '\uFEFF') }),
      (csv) => {
        const { responders, faults } = readAnswersCsv(interview, csv)
        expect(responders !== undefined || faults.length > 0).toBe(true)
      },
    ),
  )
  const form57 = shippedForm('recommendation')
  const yaml = JSON.stringify(form57)
  const xml = exportXliff(form57, 'pt')
  fc.assert(
    fc.property(fc.nat({ max: xml.length }), fc.nat({ max: 40 }), fc.string({ maxLength: 5 }), (place, cut, put) => {
      const { yaml: made, faults } = importXliff(yaml, xml.slice(0, place) + put + xml.slice(place + cut), 'pt')
      expect(made !== undefined || faults.length > 0).toBe(true)
    }),
    { numRuns: 60 },
  )
})
