import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseDefinition } from '../../server/questionnaires/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'

const cli = join(import.meta.dirname, '../../server/cli.ts')
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-formats-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function questionnaire(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [cli, 'questionnaire', ...args], { maxBuffer: 20_000_000 }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    )
  })
}

const keep = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

test('export-fhir and import: the same definition', async () => {
  const out = await questionnaire('export-fhir', 'exit-interview@1')
  expect(out).toMatchObject({ code: 0, err: '' })
  const back = await questionnaire('import', await keep('exit.json', out.out))
  expect(back).toMatchObject({ code: 0, err: '' })
  expect(parseDefinition(back.out, 'back').definition).toEqual(shippedForm('exit-interview'))
})

test('import says on stderr what could not be carried, and with 2 what is wrong', async () => {
  const survey = {
    elements: [
      { type: 'text', name: 'a', title: 'A' },
      { type: 'file', name: 'f' },
    ],
  }
  const made = await questionnaire('import', await keep('survey.json', JSON.stringify(survey)))
  expect(made.code).toBe(0)
  expect(made.err).toContain(
    'survey.json: elements[1]: "f" is left out: questions of the type "file" are not carried\n',
  )
  expect(parseDefinition(made.out, 'made').definition!.sections[0]!.items[0]).toMatchObject({ id: 'a', type: 'text' })
  const wrong = await questionnaire('import', await keep('wrong.json', '{"a": 1,\n}'))
  expect(wrong).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringMatching(/^wrong\.json: line 2, column 1: is no JSON/),
  })
})

test('export-response and import-responses: the same CSV', async () => {
  const csv = 'id,days,quantity,quality\np1,18,6,5\np2,0,,\n'
  const out = await questionnaire('export-response', 'presenteeism-qq', await keep('a.csv', csv))
  expect(out).toMatchObject({ code: 0, err: '' })
  const back = await questionnaire('import-responses', 'presenteeism-qq', await keep('a.json', out.out))
  expect(back).toMatchObject({ code: 0, out: csv, err: '' })
  const wrong = await questionnaire('export-response', 'presenteeism-qq', await keep('b.csv', 'id,days\np1,40\n'))
  expect(wrong).toMatchObject({ code: 2, out: '', err: 'b.csv:2:2: days: not an answer this item allows\n' })
})

test('export-texts as XLIFF, import-texts sees what it is', async () => {
  const out = await questionnaire('export-texts', 'recommendation', '--language', 'en', '--format', 'xliff')
  expect(out.out).toMatch(/^<\?xml version="1\.0"/)
  const file = await keep('en.xlf', out.out.replace('Would you recommend', 'Do you recommend'))
  const { code, out: yaml } = await questionnaire('import-texts', 'recommendation', file, '--language', 'en')
  expect(code).toBe(0)
  expect(parseDefinition(yaml, 'new').definition).toMatchObject({
    version: 2,
    title: { en: 'Do you recommend this workplace?' },
  })
})

test('--help names every command, and the documentation too', async () => {
  const { out } = await questionnaire('--help')
  const docs = await readFile(join(import.meta.dirname, '../../docs/questionnaires.md'), 'utf8')
  for (const name of ['export-fhir', 'import', 'export-response', 'import-responses', 'export-texts', 'import-texts']) {
    expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'))
    expect(docs).toContain(`\`${name} `)
  }
})
