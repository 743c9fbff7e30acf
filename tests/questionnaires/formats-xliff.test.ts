import { DOMParser } from '@xmldom/xmldom'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { loadShippedQuestionnaires, parseDefinition } from '../../server/questionnaires/index.ts'
import { exportXliff, importXliff, isXml } from '../../server/questionnaires/formats/xliff.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'

const form = shippedForm('stress-check-57')
let source: string
beforeAll(async () => {
  source = await readFile(join(import.meta.dirname, '../../survey-definitions/stress-check-57/1.yaml'), 'utf8')
})

/** The exported file as a translator hands it back: every target filled from its note. */
const translated = (xml: string): string =>
  xml.replaceAll(
    /<target state="needs-translation"><\/target>(\s*<note from="en">)([^<]*)/g,
    (_, between: string, words: string) => `<target state="translated">pt ${words}</target>${between}${words}`,
  )

test('a unit for each text, with what it means in the other languages', () => {
  const xml = exportXliff(form, 'pt')
  expect(isXml(xml)).toBe(true)
  const file = new DOMParser().parseFromString(xml, 'text/xml').getElementsByTagName('file')[0]!
  expect(['original', 'source-language', 'target-language'].map((name) => file.getAttribute(name))).toEqual([
    'stress-check-57@1',
    'ja',
    'pt',
  ])
  const units = [...file.getElementsByTagName('trans-unit')]
  expect(new Set(units.map((unit) => unit.getAttribute('id'))).size).toBe(units.length)
  const q1 = units.find((unit) => unit.getAttribute('id') === 'sections.A.items.q1.text')!
  expect(q1.getElementsByTagName('source')[0]!.textContent).toBe('非常にたくさんの仕事をしなければならない')
  expect(q1.getElementsByTagName('note')[0]!.textContent).toBe('I have an extremely large amount of work to do')
})

test('there and back: the next version has the language, unvalidated, and nothing else is different', () => {
  const { yaml, faults } = importXliff(source, translated(exportXliff(form, 'pt')), 'pt')
  expect(faults).toBeUndefined()
  const { definition } = parseDefinition(yaml!, 'new.yaml')
  expect(definition!.version).toBe(2)
  expect(definition!.languages['pt']).toEqual({ validated: false, sources: ['translation'] })
  expect(definition!.sections[0]!.items[0]!.text['pt']).toBe('pt I have an extremely large amount of work to do')
  const stripped = JSON.parse(JSON.stringify(definition), (key, value: unknown) =>
    key === 'pt' || key === 'translation' ? undefined : value,
  ) as object
  expect({ ...stripped, version: 1 }).toEqual(form)
})

test('a language that is there already comes back as it is, for every questionnaire', async () => {
  for (const { definition, file } of await loadShippedQuestionnaires()) {
    const text = await readFile(join(import.meta.dirname, '../../survey-definitions', file), 'utf8')
    const { yaml } = importXliff(text, exportXliff(definition, 'en'), 'en')
    const again = parseDefinition(yaml!, 'again').definition!
    expect(again.sections).toEqual(definition.sections)
  }
})

test('words with what XML sets apart', () => {
  const odd = structuredClone(form)
  odd.title = { ja: 'a < b & "c" > d\n二行', en: 'x' }
  const yaml = source.replace('ja: "職業性ストレス簡易調査票（57項目）"', `ja: ${JSON.stringify(odd.title['ja'])}`)
  const back = importXliff(yaml, translated(exportXliff(parseDefinition(yaml, 'odd').definition!, 'pt')), 'pt')
  expect(back.faults).toBeUndefined()
  expect(parseDefinition(back.yaml!, 'x').definition!.title['ja']).toBe(odd.title['ja'])
})

describe('what is wrong is named with line and column, and nothing is made', () => {
  test.each<[string, (xml: string) => string, RegExp]>([
    ['a text left out', (xml) => xml.replace(/<trans-unit id="title"[\s\S]*?<\/trans-unit>/, ''), /"title" is missing/],
    [
      'a text not translated',
      (xml) => xml.replace(/<target state="translated">[^<]*<\/target>/, '<target/>'),
      /^7:\d+ "title" is not translated yet/,
    ],
    [
      'a text marked as unfinished',
      (xml) => xml.replace('state="translated"', 'state="needs-review-translation"'),
      /^7:\d+ "title" is marked "needs-review-translation"/,
    ],
    ['a place invented', (xml) => xml.replace('id="title"', 'id="titel"'), /^5:\d+ there is no text "titel"/],
    [
      'a unit twice',
      (xml) => xml.replace(/(<trans-unit id="title"[\s\S]*?<\/trans-unit>)/, '$1$1'),
      /"title" stands twice/,
    ],
    [
      'words of another version',
      (xml) => xml.replace('<source>職業性', '<source>別の'),
      /^6:\d+ "title" reads otherwise in "ja" now/,
    ],
    [
      'another questionnaire',
      (xml) => xml.replace('stress-check-57@1', 'pulse@1'),
      /^3:\d+ was exported from "pulse@1"/,
    ],
    [
      'another language',
      (xml) => xml.replace('target-language="pt"', 'target-language="fr"'),
      /is a translation into "fr"/,
    ],
    ['XLIFF 2', (xml) => xml.replace('version="1.2"', 'version="2.0"'), /is not XLIFF 1.2/],
    ['other XML', () => '<html/>', /is not XLIFF 1.2/],
    ['torn XML', (xml) => xml.slice(0, 900), /no readable XML/],
    ['an entity that was not declared', (xml) => xml.replace('pt ', '&pt; '), /no readable XML|entity/],
    [
      'declared entities',
      (xml) => xml.replace('<xliff', '<!DOCTYPE x [<!ENTITY a "b">]>\n<xliff'),
      /^2:1 declares a document type/,
    ],
    ['inline codes', (xml) => xml.replace('pt ', 'pt <x id="1"/>'), /holds <x>; plain words only/],
    ['a tag in the words', (xml) => xml.replace('pt ', '&lt;b&gt;'), /plain words only/],
  ])('%s', (_what, change, expected) => {
    const { yaml, faults } = importXliff(source, change(translated(exportXliff(form, 'pt'))), 'pt')
    expect(yaml).toBeUndefined()
    expect(faults!.map(({ line, column, message }) => `${line}:${column} ${message}`)).toContainEqual(
      expect.stringMatching(expected),
    )
  })
})
