import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  exportTexts,
  importTexts,
  loadShippedQuestionnaires,
  parseDefinition,
} from '../../server/questionnaires/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'

const form = shippedForm('stress-check-57')
let source: string
beforeAll(async () => {
  source = await readFile(join(import.meta.dirname, '../../survey-definitions/stress-check-57/1.yaml'), 'utf8')
})

const rowsOf = (csv: string) => parse(csv, { bom: true })

/** The exported file with every text translated by the same rule. */
function translated(change: (rows: string[][]) => string[][] = (rows) => rows): string {
  const [header, ...rows] = rowsOf(exportTexts(form, 'pt'))
  const done = rows.map((row) => [...row.slice(0, -1), `pt ${row.at(-2)}`])
  return stringify(change([header!, ...done]), { bom: true })
}

test('every text of every questionnaire has a place of its own', async () => {
  for (const { definition } of await loadShippedQuestionnaires()) {
    const places = rowsOf(exportTexts(definition, 'pt')).map((row) => row[0])
    expect(new Set(places).size).toBe(places.length)
    expect(places.length).toBeGreaterThan(5)
  }
})

test('the file has a byte order mark, the words in every language, and room for the new one', () => {
  const csv = exportTexts(form, 'pt')
  expect(csv.startsWith('\uFEFFplace,ja,en,pt\r\n')).toBe(true)
  const rows = rowsOf(csv)
  expect(rows.find(([place]) => place === 'sections.A.items.q1.text')).toEqual([
    'sections.A.items.q1.text',
    '非常にたくさんの仕事をしなければならない',
    'I have an extremely large amount of work to do',
    '',
  ])
  expect(rows.map(([place]) => place)).toEqual(
    expect.arrayContaining([
      'sections.A.options.1.text',
      'scales.control.title',
      'criteria.conversion.title',
      'licence.attribution',
    ]),
  )
})

test('there and back: the next version has the language, unvalidated, and nothing else is different', () => {
  const { yaml } = importTexts(source, translated(), 'pt')
  const { definition, faults } = parseDefinition(yaml!, 'new.yaml')
  expect(faults).toBeUndefined()
  expect(definition!.version).toBe(2)
  expect(definition!.languages['pt']).toEqual({ validated: false, sources: ['translation'] })
  expect(definition!.sections[0]!.items[0]!.text['pt']).toBe('pt I have an extremely large amount of work to do')
  const stripped = JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    key === 'pt' || key === 'translation' ? undefined : value,
  ) as object
  expect({ ...stripped, version: 1 }).toEqual(form)
  // comments stay
  expect(yaml).toContain('# Satisfaction (D) is never counted.')
})

describe('what is wrong is named, and nothing is made', () => {
  test.each<[string, (rows: string[][]) => string[][], RegExp]>([
    ['a text left out', (rows) => rows.filter(([place]) => place !== 'title'), /"title" is missing/],
    [
      'a text not translated',
      (rows) => rows.map((row, index) => (index === 1 ? [...row.slice(0, -1), ' '] : row)),
      /^2:4 "title" is not translated yet/,
    ],
    ['a place invented', (rows) => [...rows, ['sections.Z.title', '', '', 'x']], /there is no text "sections.Z.title"/],
    ['a line twice', (rows) => [...rows, rows[1]!], /"title" stands twice/],
    [
      'words of another version',
      (rows) => rows.map((row, index) => (index === 1 ? [row[0]!, '別の題', ...row.slice(2)] : row)),
      /^2:2 "title" reads otherwise in "ja" now/,
    ],
    ['another language', (rows) => rows.map((row) => row.slice(0, -1)), /^1:4 the column "pt" is missing/],
    [
      'a tag',
      (rows) => rows.map((row, index) => (index === 1 ? [...row.slice(0, -1), '<b>x</b>'] : row)),
      /plain words only/,
    ],
    ['nothing at all', () => [], /^1:1 the file is empty/],
  ])('%s', (_what, change, expected) => {
    const { yaml, faults } = importTexts(source, translated(change), 'pt')
    expect(yaml).toBeUndefined()
    expect(faults!.map(({ line, column, message }) => `${line}:${column} ${message}`)).toContainEqual(
      expect.stringMatching(expected),
    )
  })

  test('a quotation mark that never closes', () => {
    const { faults } = importTexts(source, 'place,ja,en,pt\r\n"title,a', 'pt')
    expect(faults![0]!.message).toMatch(/no readable CSV/)
  })
})
