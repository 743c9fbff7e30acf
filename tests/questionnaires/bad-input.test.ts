import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placed, readDefinitionFile } from '../../server/commands/definition-file.ts'
import { scoreCsv } from '../../server/questionnaires/index.ts'
import { shippedForm } from '../analysis/scoring/forms.ts'

const root = join(import.meta.dirname, '../..')
const recommendation = join(root, 'survey-definitions/recommendation/1.yaml')
/** 「時し」 in Shift_JIS */
const shiftJis = Buffer.from([0x8e, 0x9e, 0x82, 0xb5])
let folder: string
let whole: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-bad-'))
  whole = await readFile(recommendation, 'utf8')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Every fault of a definition, as the commands print it. */
async function faultsOf(content: string | Buffer): Promise<string[]> {
  const path = join(folder, 'own.yaml')
  await writeFile(path, content)
  return ((await readDefinitionFile(path)).faults ?? []).map(placed)
}

/** Nine times nine times … nine, nine times over: 3.5 GB once written out. */
const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
for (let at = 1; at < 10; at++) {
  const [before, name] = ['abcdefghij'[at - 1], 'abcdefghij'[at]]
  bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
}

describe('a definition', () => {
  test.each([
    [
      'of aliases in aliases',
      () => bomb.join('\n'),
      'own.yaml:2:8: aliases (*a) are not allowed; write it out, or use option_sets',
    ],
    [
      'of five megabytes',
      () => `${whole}# ${'x'.repeat(5_000_000)}`,
      /^own\.yaml:1:1: the file has 5\d{6} bytes, more than a questionnaire ever has; split or shorten it$/,
    ],
    [
      'of half a megabyte',
      () => `${whole}# ${'x'.repeat(500_000)}`,
      /^own\.yaml:1:1: the file has 50\d{4} characters, more than 300000; split or shorten it$/,
    ],
    ['that is a packed file', () => Buffer.from([0x50, 0x4b, 0x03, 0x04, 0x14, 0x00]), /^own\.yaml:1:\d: /],
    [
      'that is a picture',
      () => Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      'own.yaml:1:1: not UTF-8 from here on; save the whole file as UTF-8',
    ],
    [
      'that is a page',
      () => '<!doctype html><p>x</p>',
      'own.yaml:1:1: this is no questionnaire; a definition is made of keys and begins with "format: 1"',
    ],
    [
      'that is empty',
      () => '',
      'own.yaml:1:1: this is no questionnaire; a definition is made of keys and begins with "format: 1"',
    ],
    [
      'nested a hundred thousand deep',
      () => '['.repeat(100_000),
      'own.yaml:1:1: nested more than 50 deep, no questionnaire is; start anew',
    ],
  ])('%s is refused at once, with its place and what to do', async (_what, content, expected) => {
    const [first] = await faultsOf(content())
    if (typeof expected === 'string') expect(first).toBe(expected)
    else expect(first).toMatch(expected)
  })

  test('in two encodings is refused where the other one begins', async () => {
    const lines = whole.split('\n').length
    expect(await faultsOf(Buffer.concat([Buffer.from(`${whole}# 注: `), shiftJis]))).toEqual([
      `own.yaml:${lines}:6: not UTF-8 from here on; save the whole file as UTF-8`,
    ])
  })

  test.each(['<script>alert(1)</script>', '<img src=x onerror=alert(1)>', '</p>', '<!-- x -->'])(
    'with %s in a text is refused, in whatever language and place',
    async (html) => {
      const line = whole.split('\n').findIndex((one) => /^\s+en: /.test(one)) + 1
      const column = whole.split('\n')[line - 1]!.indexOf('en: ') + 5
      const spoiled = whole.split('\n').with(line - 1, `${' '.repeat(column - 5)}en: "${html} words"`)
      expect(await faultsOf(spoiled.join('\n'))).toEqual([
        `own.yaml:${line}:${column}: "en": plain words only: no HTML tag`,
      ])
    },
  )
})

describe('answers to be scored', () => {
  const spq = shippedForm('presenteeism-spq')
  async function score(csv: string | Buffer): Promise<{ out: string; error: string }> {
    let out = ''
    const output = new Writable({
      write(part: Buffer, _encoding, done) {
        out += part.toString()
        done()
      },
    })
    const error = await scoreCsv({ input: Readable.from([Buffer.from(csv)]), output, questionnaire: spq }).then(
      () => '',
      (thrown: Error) => thrown.message,
    )
    return { out, error }
  }
  const inJis = (before: string, after: string) => Buffer.concat([Buffer.from(before), shiftJis, Buffer.from(after)])
  const encoding = 'not readable as UTF-8; save the whole file as UTF-8'

  test.each([
    ['a column missing', 'id,score\na,1\n', 'line 1, column 3: the column "performance" is missing'],
    [
      'a column twice',
      'id,performance,performance\na,1,2\n',
      'line 1, column 3: the column "performance" stands twice',
    ],
    [
      'semicolons',
      'id;performance\na;70\n',
      'line 1, column 1: the columns are separated by semicolons; save the file with commas',
    ],
    [
      'tabs',
      'id\tperformance\na\t70\n',
      'line 1, column 1: the columns are separated by tabs; save the file with commas',
    ],
    ['another encoding in the header', inJis('id,performance,', '\na,70,x\n'), `line 1, column 3: ${encoding}`],
    ['another encoding in an answer', inJis('id,performance\na,', '\n'), `line 2, column 2: performance: ${encoding}`],
    ['another encoding in an id', inJis('id,performance\n', ',70\n'), `line 2, column 1: id: ${encoding}`],
    [
      'a script for an answer',
      'id,performance\na,<script>\n',
      'line 2, column 2: performance: not an answer this item allows',
    ],
  ])('with %s are refused with line and column, and nothing of them is repeated', async (_what, csv, expected) => {
    expect(await score(csv)).toEqual({ out: '', error: expected })
  })

  test('in two encodings: what stands before the other one is scored, nothing after', async () => {
    const { out, error } = await score(inJis('id,performance\na,70\n', ',70\nc,80\n'))
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(error).toBe(`line 3, column 1: id: ${encoding}`)
  })
})

describe('the command line', () => {
  const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
    new Promise((done) => {
      const child = execFile(process.execPath, [join(root, 'server/cli.ts'), ...args], (error, out, err) =>
        done({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      )
      child.stdin!.end()
    })

  test.each([
    [
      'a slug that is not there',
      ['score', '--questionnaire', 'nope'],
      /^hanamichi: there is no questionnaire "nope"\. There are: .*stress-check-57@1/,
    ],
    [
      'a version that is not there',
      ['score', '--questionnaire', 'stress-check-57@9'],
      /^hanamichi: there is no questionnaire "stress-check-57@9"\. There are: /,
    ],
    [
      'a file that is not there',
      ['questionnaire', 'preview', '/nowhere/own.yaml'],
      /^hanamichi: \/nowhere\/own\.yaml cannot be read \(ENOENT\); mend the path\n$/,
    ],
    [
      'what is no language',
      ['questionnaire', 'export-texts', 'pulse', '--language', '__proto__'],
      /^hanamichi: "__proto__" is no language code; one looks like en or pt-BR\n$/,
    ],
  ])('%s: said in a line, exit 2, nothing on stdout', async (_what, args, expected) => {
    const { code, out, err } = await run(...args)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(expected)
  })
})
