import { appendFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  ShippedDefinitionsError,
  findVersion,
  hashDefinition,
  loadShippedQuestionnaires,
} from '../../server/questionnaires/index.ts'

const SHIPPED = join(import.meta.dirname, '..', '..', 'survey-definitions')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'definitions-'))
  await cp(SHIPPED, folder, { recursive: true })
})

afterEach(() => rm(folder, { recursive: true }))

async function problems(): Promise<readonly string[]> {
  const error: unknown = await loadShippedQuestionnaires(folder).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ShippedDefinitionsError)
  return (error as ShippedDefinitionsError).problems
}

test('an untouched copy loads; versions are found by slug, and by slug and version', async () => {
  const versions = await loadShippedQuestionnaires(folder)
  expect(versions.map(({ slug, version }) => `${slug}@${version}`)).toEqual(
    expect.arrayContaining(['exit-interview@1', 'presenteeism-spq@1', 'stress-check-57@1']),
  )
  const found = findVersion(versions, 'stress-check-57@1')
  expect(found?.hash).toBe(hashDefinition(await readFile(join(SHIPPED, 'stress-check-57', '1.yaml'))))
  expect(findVersion(versions, 'stress-check-57')?.slug).toBe('stress-check-57')
  expect(findVersion(versions, 'stress-check-57@99')).toBeUndefined()
  expect(findVersion(versions, 'stress-check')).toBeUndefined()
})

test('one changed byte is noticed, and the file named', async () => {
  await appendFile(join(folder, 'stress-check-57', '1.yaml'), '\n')
  expect(await problems()).toEqual([expect.stringMatching(/^stress-check-57\/1\.yaml: changed after it was published/)])
})

test('several faults are named together', async () => {
  await rm(join(folder, 'exit-interview', '1.yaml'))
  await appendFile(join(folder, 'presenteeism-spq', '1.yaml'), '#')
  await cp(join(folder, 'stress-check-57', '1.yaml'), join(folder, 'stress-check-57', '77.yaml'))
  const named = await problems()
  expect(named).toHaveLength(3)
  expect(named.join('\n')).toMatch(/exit-interview\/1\.yaml: published, but the file is missing/)
  expect(named.join('\n')).toMatch(/presenteeism-spq\/1\.yaml: changed/)
  expect(named.join('\n')).toMatch(
    /stress-check-57\/77\.yaml: not published yet; add "stress-check-57@77": "[0-9a-f]{64}"/,
  )
})

test('a published file with a fault is named with line and column', async () => {
  const file = join(folder, 'presenteeism-spq', '1.yaml')
  const text = (await readFile(file, 'utf8')).replace('minus: [performance]', 'minus: [perfomance]')
  await publish('presenteeism-spq@1', text, file)
  expect(await problems()).toEqual([expect.stringMatching(/^presenteeism-spq\/1\.yaml:\d+:\d+: .*"perfomance"/)])
})

test('a file that says it is another version is refused', async () => {
  const file = join(folder, 'presenteeism-spq', '1.yaml')
  await publish('presenteeism-spq@1', (await readFile(file, 'utf8')).replace('version: 1', 'version: 2'), file)
  expect(await problems()).toEqual([expect.stringContaining('says presenteeism-spq@2')])
})

test('a list of hashes that cannot be read is refused', async () => {
  await writeFile(join(folder, 'frozen.json'), '{ "stress-check-57": 1 }')
  expect(await problems()).toEqual([expect.stringContaining('frozen.json')])
})

async function publish(name: string, text: string, file: string): Promise<void> {
  await writeFile(file, text)
  const list = join(folder, 'frozen.json')
  const frozen = JSON.parse(await readFile(list, 'utf8')) as Record<string, string>
  await writeFile(list, JSON.stringify({ ...frozen, [name]: hashDefinition(text) }))
}
