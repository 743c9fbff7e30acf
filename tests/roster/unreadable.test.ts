import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import iconv from 'iconv-lite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RosterFileFault } from '../../server/roster/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { employees, employeesHeader, person, rosterOfCompany } from './files.ts'

let world: World
let companyId: string
let roster: ReturnType<typeof rosterOfCompany>

// a folder of one's own: other tests spool at the same time
const before = process.env['TMPDIR']
const folder = mkdtempSync(join(tmpdir(), 'hanamichi-unreadable-'))

beforeAll(async () => {
  process.env['TMPDIR'] = folder
  world = await createWorld()
  companyId = (await world.company()).companyId
  roster = rosterOfCompany(world, companyId)
})
afterAll(async () => {
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  rmSync(folder, { recursive: true })
  await world.close()
})

const good = employees(person('E1'), person('E2'))
const bytes = (...parts: (string | Buffer)[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)))

test.each<[string, Buffer, string, Record<string, unknown>]>([
  ['nothing', bytes(''), 'empty', {}],
  ['a header only', bytes(`${employeesHeader}\n`), 'empty', {}],
  ['UTF-16', iconv.encode(`\ufeff${good}`, 'utf-16le'), 'utf16', {}],
  ['EUC-JP', iconv.encode(good, 'euc-jp'), 'euc_jp', {}],
  [
    'one line in another encoding',
    bytes(good, iconv.encode(`${person('E3')}\n`, 'shift_jis')),
    'encoding',
    { line: 4 },
  ],
  [
    'bytes of no encoding',
    bytes(iconv.encode(good, 'shift_jis'), Buffer.from([0x45, 0x34, 0x2c, 0xff, 0xfd, 0x0a])),
    'encoding',
    { line: 4 },
  ],
  ['a quotation mark that never closes', bytes(good, 'E3,"架空\n', 'E4,x\n'), 'quote', { line: 4 }],
  ['a quotation mark amid a cell', bytes(good, 'E3,架"空\n'), 'quote', { line: 4 }],
  [
    'missing columns',
    bytes('社員番号,姓\nE1,架空\n'),
    'columns_missing',
    { fields: 'given_name,department_code,workplace_code,employment_kind,joined_on' },
  ],
  ['a column twice', bytes(good.replace('事業場名', 'メール')), 'columns_twice', { fields: 'email' }],
])('%s is refused with what is wrong, and nothing is kept', async (_name, content, code, params) => {
  const before = await roster.everything()
  const fault = await roster.bring('employees', content, '2024-11-01').catch((error: unknown) => error)
  expect(fault).toBeInstanceOf(RosterFileFault)
  expect(fault).toMatchObject({ code, params })
  const { rows } = await world.superuser.query(
    'SELECT id, state, problem FROM roster_import WHERE company_id = $1 ORDER BY created_at DESC, id DESC',
    [companyId],
  )
  expect(rows.some((row) => row.state === 'failed' && (row.problem as { code: string }).code === code)).toBe(true)
  expect(
    (await world.superuser.query('SELECT FROM roster_import_line WHERE company_id = $1', [companyId])).rowCount,
  ).toBe(0)
  expect(await roster.everything()).toBe(before)
  expect(readdirSync(folder)).toEqual([])
})

test('a line of 50 MB is refused with its number, in bounded memory', async () => {
  const block = 'a'.repeat(1_000_000)
  function* long(): Generator<string> {
    yield good
    yield 'E3,'
    for (let megabyte = 0; megabyte < 50; megabyte++) yield block
    yield '\n'
  }
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5)
  await expect(roster.bring('employees', Readable.from(long()), '2024-11-01')).rejects.toMatchObject({
    code: 'line_too_long',
    params: { line: 4 },
  })
  clearInterval(watch)
  expect(most - before).toBeLessThan(150e6)
})

test('a stream that breaks leaves neither import nor file behind', async () => {
  const before = await world.superuser.query('SELECT count(*) AS n FROM roster_import')
  const broken = Readable.from(
    (function* () {
      yield good
      throw new Error('connection lost')
    })(),
  )
  await expect(roster.bring('employees', broken, '2024-11-01')).rejects.toThrow('connection lost')
  expect((await world.superuser.query('SELECT count(*) AS n FROM roster_import')).rows).toEqual(before.rows)
  expect(readdirSync(folder)).toEqual([])
})
