import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const cli = join(import.meta.dirname, '../../server/cli.ts')
const definitions = join(import.meta.dirname, '../../survey-definitions')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-definitions-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function questionnaire(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [cli, 'questionnaire', ...args], (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

test('list names each that is frozen, with its items, languages and hash', async () => {
  const { out, code } = await questionnaire('list')
  expect(code).toBe(0)
  const [header, ...rows] = out.trim().split('\n')
  expect(header).toBe('slug\tversion\titems\tlanguages\thash')
  const frozen = JSON.parse(await readFile(join(definitions, 'frozen.json'), 'utf8')) as Record<string, string>
  expect(Object.fromEntries(rows.map((row) => row.split('\t')).map((row) => [`${row[0]}@${row[1]}`, row[4]]))).toEqual(
    frozen,
  )
  expect(rows).toContainEqual(expect.stringMatching(/^stress-check-80\t1\t80\tja,en\t/))
})

test('check names line and column of each fault, and ends with 2', async () => {
  const file = join(folder, 'wrong.yaml')
  const text = await readFile(join(definitions, 'presenteeism-qq/1.yaml'), 'utf8')
  await writeFile(file, text.replace('item: days, at_least: 1', 'item: dayz, at_least: 1'))
  const { code, out, err } = await questionnaire('check', file)
  const line = text.split('\n').findIndex((one) => one.includes('item: days, at_least: 1')) + 1
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).toBe(`wrong.yaml:${line}:29: there is no item "dayz"; name one of this questionnaire\n`)
})

test.each([
  ['a file that is not there', undefined, /cannot be read \(ENOENT\)/],
  ['a file in another encoding', Buffer.from([0x8e, 0x8e, 0x82, 0xb5]), /1:1: not UTF-8/],
  ['something that is no YAML', Buffer.from('a: [1, 2'), /1:\d+: /],
])('check of %s says so', async (_what, bytes, expected) => {
  const file = join(folder, 'odd.yaml')
  await rm(file, { force: true })
  if (bytes) await writeFile(file, bytes)
  const { code, err } = await questionnaire('check', file)
  expect(code).toBe(2)
  expect(err).toMatch(expected)
})

test('publish freezes once; what was published with another content stays', async () => {
  await cp(join(definitions, 'recommendation'), join(folder, 'recommendation'), { recursive: true })
  const file = join(folder, 'recommendation/1.yaml')
  const list = join(folder, 'frozen.json')
  expect(await questionnaire('publish', file)).toMatchObject({ code: 0, out: expect.stringContaining('is published') })
  const frozen = await readFile(list, 'utf8')
  expect(Object.keys(JSON.parse(frozen) as object)).toEqual(['recommendation@1'])
  expect(await questionnaire('publish', file)).toMatchObject({ code: 0, out: expect.stringContaining('already') })
  await writeFile(file, `${await readFile(file, 'utf8')}# a word\n`)
  expect(await questionnaire('publish', file)).toMatchObject({ code: 2, err: expect.stringContaining('version 2') })
  expect(await readFile(list, 'utf8')).toBe(frozen)
  const elsewhere = join(folder, 'loose.yaml')
  await cp(file, elsewhere)
  expect(await questionnaire('publish', elsewhere)).toMatchObject({
    code: 2,
    err: expect.stringContaining('move it to recommendation/1.yaml'),
  })
})

test('diff says what is new and how much may be compared', async () => {
  const { out, code } = await questionnaire('diff', 'stress-check-57', 'stress-check-23@1')
  expect(code).toBe(0)
  expect(out).toContain('item "q4" is not asked any more')
  expect(out.trim().split('\n').at(-1)).toBe(
    '23 of 23 items are the same question as before; answers to them may be compared.',
  )
  expect(await questionnaire('diff', 'stress-check-57', 'stress-check-999')).toMatchObject({ code: 2, out: '' })
})
