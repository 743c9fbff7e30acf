import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importRosterCommand } from '../../server/roster/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person } from './files.ts'

let world: World
const folder = mkdtempSync(join(tmpdir(), 'hanamichi-command-'))
const put = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}
const run = (kind: 'departments' | 'employees', file: string, apply = true, companyKey?: string) =>
  importRosterCommand({ services: world.services, kind, file, effectiveOn: '2026-11-01', apply, companyKey })

beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => {
  rmSync(folder, { recursive: true })
  await world.close()
})

test('without a company, with one, with two', async () => {
  const file = put('departments.csv', departmentsCsv)
  expect(await run('departments', file)).toEqual({
    exitCode: 2,
    lines: ['No such company. Name its key with --company.'],
  })
  const { companyKey } = await world.company()
  expect((await run('departments', file)).exitCode).toBe(0)
  await world.company()
  expect((await run('departments', file)).exitCode).toBe(2)
  const again = await run('departments', file, true, companyKey)
  expect(again.lines).toContain('       4  Unchanged')
  expect(again.lines.at(-1)).toBe('Applied.')
  const progress: number[] = []
  const seen = await importRosterCommand({
    services: world.services,
    kind: 'employees',
    file: put('employees.csv', employees(person('E1'), person('E2'))),
    effectiveOn: '2026-11-01',
    apply: false,
    companyKey,
    onProgress: (done, total) => progress.push(done / total),
  })
  expect(seen.lines.at(-1)).toBe('This was a preview only. Add --apply to apply it.')
  expect(progress.at(-1)).toBe(1)
  const { rows } = await world.superuser.query('SELECT count(*)::int AS n FROM employee')
  expect(rows[0].n).toBe(0)
})

test('wrong lines and unreadable files: exit 2, the place named, nothing applied', async () => {
  const { companyKey } = await world.company()
  await run('departments', put('departments.csv', departmentsCsv), true, companyKey)
  const wrong = await run(
    'employees',
    put('wrong.csv', employees(person('E1'), person('E2', { department: 'D9', birth: '1999-02-30' }))),
    true,
    companyKey,
  )
  expect(wrong.exitCode).toBe(2)
  expect(wrong.lines).toContain(
    'line 3: Department code: there is no department “D9”. Import the departments file first.',
  )
  expect(wrong.lines).toContain('line 3: Date of birth: there is no day “1999-02-30”. Write 2026-04-01 or 2026/4/1.')
  expect(wrong.lines.at(-1)).toBe('Something is wrong; nothing was applied.')
  expect((await world.superuser.query('SELECT count(*)::int AS n FROM employee')).rows[0].n).toBe(0)
  expect(await run('employees', put('bad.csv', 'x,"\n'), true, companyKey)).toEqual({
    exitCode: 2,
    lines: ['A quotation mark (") is out of place on line 1.'],
  })
  expect((await run('employees', join(folder, 'no-such.csv'), true, companyKey)).lines[0]).toContain('cannot be read')
})
