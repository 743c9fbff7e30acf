import { readFile, readdir } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compileRaw, itemsOfFormula, numericRange, readAnswer } from '../../analysis/scoring/index.ts'
import { loadShippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { questionnaireJsonSchema } from '../../survey-definitions/schema.ts'
import wording from './stress-check-57.wording.json' with { type: 'json' }
import type { QuestionnaireVersion } from '../../server/questionnaires/index.ts'
import type { Text } from '../../survey-definitions/schema.ts'

const FOLDER = new URL('../../survey-definitions/', import.meta.url)
const versions = await loadShippedQuestionnaires()
const name = ({ slug, version }: QuestionnaireVersion): string => `${slug}@${version}`
const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')

test('every file in the folder is published under its hash, and nothing else is', async () => {
  const frozen = JSON.parse(await readFile(new URL('frozen.json', FOLDER), 'utf8')) as Record<string, string>
  const hashes: Record<string, string> = {}
  for (const folder of await readdir(FOLDER, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue
    for (const file of await readdir(new URL(`${folder.name}/`, FOLDER))) {
      const bytes = await readFile(new URL(`${folder.name}/${file}`, FOLDER))
      hashes[`${folder.name}@${file.replace('.yaml', '')}`] = sha256(bytes)
    }
  }
  expect(hashes).toEqual(frozen)
  expect(Object.fromEntries(versions.map((version) => [name(version), version.hash]))).toEqual(frozen)
  expect(Object.keys(frozen)).toEqual(
    expect.arrayContaining(['stress-check-57@1', 'presenteeism-spq@1', 'exit-interview@1']),
  )
})

test('the JSON Schema for editors is the one the schema gives', async () => {
  const written = await readFile(new URL('questionnaire.schema.json', FOLDER), 'utf8')
  expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(questionnaireJsonSchema())))
})

describe.each(versions.map((version) => [name(version), version] as const))('%s', (_name, { definition, items }) => {
  test('is whole in Japanese and English', () => {
    expect(Object.keys(definition.languages)).toEqual(expect.arrayContaining(['ja', 'en']))
  })

  test('gives every item an id of its own and something to answer', () => {
    expect(new Set(items.map((asked) => asked.id)).size).toBe(items.length)
    for (const asked of items) {
      if (asked.item.type === 'single' || asked.item.type === 'multiple') {
        expect(asked.options.length).toBeGreaterThan(1)
        for (const { value } of asked.options) {
          const expected = asked.item.type === 'multiple' ? [value] : value
          expect(readAnswer(asked, String(value))).toEqual({ answer: expected })
        }
      }
    }
  })

  test('reaches the lowest and highest raw value it declares, and no other', () => {
    const ranges = new Map(items.map((asked) => [asked.id, numericRange(asked)]))
    for (const { formula, range, sources } of [...definition.scales, ...(definition.point_scales ?? [])]) {
      expect(sources.length).toBeGreaterThan(0)
      const answered = (choose: (id: string, ends: readonly [number, number]) => number) => {
        const slots = itemsOfFormula(formula)
        return compileRaw(
          formula,
          (id) => slots.indexOf(id),
          (id) => ranges.get(id)!,
        )(slots.map((id) => choose(id, ranges.get(id)!)))
      }
      // each formula goes one way with each item: lowest and highest stand at corners
      const falls = new Set(
        itemsOfFormula(formula).filter((id) => {
          const middle = answered((other, ends) => (other === id ? ends[0] : (ends[0] + ends[1]) / 2))
          return middle > answered((other, ends) => (other === id ? ends[1] : (ends[0] + ends[1]) / 2))
        }),
      )
      const low = answered((id, ends) => ends[falls.has(id) ? 1 : 0])
      const high = answered((id, ends) => ends[falls.has(id) ? 0 : 1])
      expect(low).toBeCloseTo(range[0], 9)
      expect(high).toBeCloseTo(range[1], 9)
    }
  })

  test('asks nothing about suicide, diagnosis, personality or consent', () => {
    const japanese = JSON.stringify(definition.sections)
    expect(japanese).not.toMatch(/死にたい|自殺|消えたい|性格|適性検査|同意します/)
  })
})

describe('stress-check-57@1 keeps the published Japanese wording to the letter', () => {
  const { definition, items } = versions.find((version) => name(version) === 'stress-check-57@1')!
  const hashes = (texts: (Text | undefined)[]): (string | undefined)[] =>
    texts.map((text) => text && sha256(text['ja']!))

  test('items 1 to 57 in order', () => {
    const ids = Array.from({ length: 57 }, (_, index) => `q${index + 1}`)
    expect(items.map((asked) => asked.id)).toEqual(ids)
    const found = Object.fromEntries(items.map(({ id, item }) => [id, sha256(item.text['ja']!)]))
    expect(found).toEqual(wording.items)
  })

  test('the three lead sentences of section C', () => {
    const stems = items.filter(({ item }) => item.stem).map(({ id, item }) => [id, sha256(item.stem!['ja']!)])
    expect(Object.fromEntries(stems)).toEqual(wording.stems)
    expect(new Set(Object.values(wording.stems)).size).toBe(3)
  })

  test('options, coded 1 to 4 in printed order', () => {
    for (const section of definition.sections) {
      const asked = items.find((candidate) => candidate.sectionId === section.id)!
      expect(asked.options.map((option) => option.value)).toEqual([1, 2, 3, 4])
      expect(hashes(asked.options.map((option) => option.text))).toEqual(
        wording.options[section.id as keyof typeof wording.options],
      )
    }
  })

  test('Japanese counts as validated, our English does not', () => {
    expect(definition.languages['ja']?.validated).toBe(true)
    expect(definition.languages['en']?.validated).toBe(false)
  })
})
