import iconv from 'iconv-lite'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { membersOn, paperPinFits } from '../../server/roster/index.ts'
import type { AnyHandle } from '../../server/roster/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person, rosterOfCompany } from './files.ts'

let world: World
let companyId: string
let roster: ReturnType<typeof rosterOfCompany>

beforeAll(async () => {
  world = await createWorld()
})
beforeEach(async () => {
  companyId = (await world.company()).companyId
  roster = rosterOfCompany(world, companyId)
  await roster.take('departments', departmentsCsv, '2024-11-01')
})
afterAll(() => world.close())

test('first file: people, employments, assignments, workplaces with the number that decides about 50', async () => {
  const file = employees(
    person('E1', { authority: 'D1' }),
    person('E2', { kind: 'パート', department: 'D21', workplace: 'W2', workplaceName: '工場', assigned: '2022/4/1' }),
    person('E3', { kind: '役員', email: '', sex: '', birth: '' }),
    person('E4', { left: '2024-09-30' }),
  )
  expect(await roster.take('employees', file, '2024-11-01')).toEqual(['added', 'added', 'added', 'added'])
  expect(await roster.employments()).toEqual([
    'E1 regular 2020-04-01/ D1 W1 2020-04-01/',
    'E2 part_time 2020-04-01/ D21 W2 2022-04-01/',
    'E3 officer 2020-04-01/ D1 W1 2020-04-01/',
    'E4 regular 2020-04-01/2024-09-30 D1 W1 2020-04-01/2024-09-30',
  ])
  const { rows } = await world.superuser.query(
    'SELECT code, name, headcount_for_50 FROM workplace WHERE company_id = $1 ORDER BY code',
    [companyId],
  )
  expect(rows).toEqual([
    { code: 'W1', name: '本社', headcount_for_50: 1 },
    { code: 'W2', name: '工場', headcount_for_50: 1 },
  ])
  const people = await world.superuser.query(
    'SELECT employee_code, sex, birth_on, email FROM employee WHERE company_id = $1 ORDER BY 1',
    [companyId],
  )
  expect(people.rows[2]).toEqual({ employee_code: 'E3', sex: null, birth_on: null, email: null })
  const takers = await world.superuser.query(
    'SELECT takes_stress_check AS t FROM employment e JOIN employee p ON p.id = e.employee_id WHERE e.company_id = $1 ORDER BY employee_code',
    [companyId],
  )
  expect(takers.rows.map((row) => row.t)).toEqual([true, false, false, true])
  const authority = await world.superuser.query(
    'SELECT employee_code, from_on, until_on FROM personnel_authority WHERE company_id = $1',
    [companyId],
  )
  expect(authority.rows).toEqual([{ employee_code: 'E1', from_on: '2024-11-01', until_on: null }])
})

test('the same file again: all unchanged, nothing written', async () => {
  const file = employees(
    person('E1', { authority: 'D1;D2', pin: '12345' }),
    person('E2', { left: '2025-03-31' }),
    person('E3', { takes: '×' }),
  )
  await roster.take('employees', file, '2024-11-01')
  const before = await roster.everything()
  const again = await roster.bring('employees', file, '2024-11-01')
  expect(again.counts).toEqual({ added: 0, changed: 0, moved: 0, ended: 0, unchanged: 3, wrong: 0, absent: 0 })
  const { rows } = await world.superuser.query(
    "SELECT plan FROM roster_import_line WHERE import_id = $1 AND plan <> '{}'",
    [again.importId],
  )
  expect(rows).toEqual([])
  expect(await roster.everything()).toBe(before)
  await roster.apply(again.importId)
  // only the ledger and the outbox know that somebody pressed the button
  const without = (text: string) =>
    JSON.stringify(
      (JSON.parse(text) as [string, string[]][]).filter(
        ([table]) => table !== 'audit_entry' && table !== 'job_request',
      ),
    )
  expect(without(await roster.everything())).toBe(without(before))
  expect(await roster.apply(again.importId)).toEqual({ already: true, revoked: [] })
})

test('changed, moved, ended, absent; a move is dated by the line or by the file', async () => {
  await roster.take(
    'employees',
    employees(person('E1'), person('E2'), person('E3'), person('E4'), person('E5')),
    '2024-11-01',
  )
  const next = employees(
    person('E1', { family: '改姓', email: 'E1.new@Example.JP' }),
    person('E2', { department: 'D2', assigned: '2025-04-01' }),
    person('E3', { department: 'D21', workplace: 'W2', workplaceName: '工場' }),
    person('E4', { left: '2025-06-30' }),
  )
  const { importId, counts } = await roster.bring('employees', next, '2025-11-01')
  expect(counts).toEqual({ added: 0, changed: 1, moved: 2, ended: 1, unchanged: 0, wrong: 0, absent: 1 })
  const [changed, moved] = await roster.lines(importId)
  expect(changed!.remarks).toEqual([
    { code: 'changed', field: 'family_name', params: { before: '架空', after: '改姓' } },
    { code: 'address_changed', field: 'email', params: { before: 'e1@example.jp', after: 'e1.new@example.jp' } },
  ])
  expect(moved!.remarks).toEqual([
    {
      code: 'moved',
      params: { before: 'D1', after: 'D2', workplaceBefore: 'W1', workplaceAfter: 'W1', from: '2025-04-01' },
    },
  ])
  await roster.apply(importId)
  expect(await roster.employments()).toEqual([
    'E1 regular 2020-04-01/ D1 W1 2020-04-01/',
    'E2 regular 2020-04-01/ D1 W1 2020-04-01/2025-03-31',
    'E2 regular 2020-04-01/ D2 W1 2025-04-01/',
    'E3 regular 2020-04-01/ D1 W1 2020-04-01/2025-10-31',
    'E3 regular 2020-04-01/ D21 W2 2025-11-01/',
    'E4 regular 2020-04-01/2025-06-30 D1 W1 2020-04-01/2025-06-30',
    'E5 regular 2020-04-01/ D1 W1 2020-04-01/',
  ])
  // the day the file tells about, again, with another place: a correction, not a second move
  await roster.take(
    'employees',
    employees(person('E3', { department: 'D2', workplace: 'W2', workplaceName: '工場' })),
    '2025-11-01',
  )
  expect((await roster.employments()).filter((row) => row.startsWith('E3'))).toEqual([
    'E3 regular 2020-04-01/ D1 W1 2020-04-01/2025-10-31',
    'E3 regular 2020-04-01/ D2 W2 2025-11-01/',
  ])
  // an end withdrawn
  expect(await roster.take('employees', employees(person('E4')), '2025-11-01')).toEqual(['changed'])
  expect((await roster.employments()).filter((row) => row.startsWith('E4'))).toEqual([
    'E4 regular 2020-04-01/ D1 W1 2020-04-01/',
  ])
})

test('rehired and renewed: new employments of the same person', async () => {
  await roster.take(
    'employees',
    employees(
      person('E1', { left: '2024-03-31' }),
      person('E2', { kind: '契約社員', left: '2025-03-31' }),
      person('E3', { kind: '契約社員' }),
      person('E4'),
    ),
    '2024-11-01',
  )
  const next = employees(
    person('E1', { joined: '2025-10-01', department: 'D2' }),
    person('E2', { kind: '契約社員', joined: '2025-04-01', left: '2026-03-31' }),
    person('E3', { kind: '正社員', joined: '2025-07-01' }),
    person('E4', { joined: '2019-10-01' }),
  )
  expect(await roster.look('employees', next, '2025-11-01')).toEqual([
    'added rehired:joined_on',
    'added renewed:joined_on ends:left_on',
    'changed renewed:joined_on',
    'changed changed:joined_on',
  ])
  await roster.take('employees', next, '2025-11-01')
  expect(await roster.employments()).toEqual([
    'E1 regular 2020-04-01/2024-03-31 D1 W1 2020-04-01/2024-03-31',
    'E1 regular 2025-10-01/ D2 W1 2025-10-01/',
    'E2 fixed_term 2020-04-01/2025-03-31 D1 W1 2020-04-01/2025-03-31',
    'E2 fixed_term 2025-04-01/2026-03-31 D1 W1 2025-04-01/2026-03-31',
    'E3 fixed_term 2020-04-01/2025-06-30 D1 W1 2020-04-01/2025-06-30',
    'E3 regular 2025-07-01/ D1 W1 2025-07-01/',
    'E4 regular 2019-10-01/ D1 W1 2019-10-01/',
  ])
  expect(await roster.take('employees', next, '2025-11-01')).toEqual([
    'unchanged',
    'unchanged',
    'unchanged',
    'unchanged',
  ])
})

test('each bad line is named with its field, all faults at once', async () => {
  await roster.take('employees', employees(person('E9', { email: 'taken@example.jp' }), person('E8')), '2024-11-01')
  const file = employees(
    person('B1', { department: 'D99' }),
    person('B2'),
    person('B2', { email: 'b2b@example.jp' }),
    person('B3', { birth: '2026-02-30', joined: '2023-13-01' }),
    person('B4', { email: 'not an address' }),
    person('B5', { email: 'same@example.jp' }),
    person('B6', { email: 'SAME@example.jp' }),
    person('B7', { email: 'taken@example.jp' }),
    person('B8', { family: '=1+1' }),
    person('B9', { given: '@SUM(A1)' }),
    person('B10', { kind: '神', sex: '?', takes: '多分' }),
    person('B11', { left: '2019-01-01' }),
    person('B12', { workplace: 'W9', workplaceName: '' }),
    person('B13', { family: '', joined: '' }),
    person('B14', { authority: 'D1;D77' }),
    person('E8', { joined: '2024-01-01', left: '2023-01-01' }),
    'B15,架空',
    person('B16', { pin: '12' }),
    person('B17', { workplaceName: '別名' }),
    person('B18', { birth: '2021-01-01' }),
    person('B 19', { email: '' }),
  )
  const seen = await roster.look('employees', file, '2024-11-01')
  expect(seen).toEqual([
    'wrong unknown_department:department_code new_person',
    'added new_person',
    'wrong duplicate_code:employee_code new_person',
    'wrong impossible_date:birth_on impossible_date:joined_on new_person',
    'wrong bad_address:email new_person',
    'wrong shared_address:email new_person',
    'wrong shared_address:email new_person',
    'wrong shared_address:email new_person',
    'wrong formula:family_name new_person',
    'wrong formula:given_name new_person',
    'wrong unknown_word:sex unknown_word:employment_kind unknown_word:takes_stress_check new_person',
    'wrong before_joining:left_on new_person ends:left_on',
    'wrong unknown_workplace:workplace_code new_person',
    'wrong required:family_name required:joined_on new_person',
    'wrong unknown_department:authority_over new_person authority_changed:authority_over',
    'wrong before_joining:left_on renewed:joined_on ends:left_on',
    'wrong cells required:given_name required:department_code required:workplace_code required:employment_kind required:joined_on new_person',
    'wrong bad_pin:paper_pin new_person',
    'wrong workplace_name_differs:workplace_name new_person',
    'wrong birth_after_joining:birth_on new_person',
    'wrong bad_code:employee_code new_person',
  ])
})

test('one wrong line and nothing is applied: the database stays as it was', async () => {
  await roster.take('employees', employees(person('E1'), person('E2')), '2024-11-01')
  const before = await roster.everything()
  const { importId, wrong } = await roster.bring(
    'employees',
    employees(person('E1', { department: 'D2' }), person('E3'), person('E4', { department: 'D99' })),
    '2025-11-01',
  )
  expect(wrong).toBe(1)
  await expect(roster.apply(importId)).rejects.toMatchObject({ code: 'invalid_input' })
  expect(await roster.everything()).toBe(before)
})

test('a failure in the middle of applying leaves the database as it was', async () => {
  await roster.take('employees', employees(person('E1'), person('E2')), '2024-11-01')
  const { importId } = await roster.bring(
    'employees',
    employees(person('E1', { department: 'D2' }), person('E3'), person('E4')),
    '2025-11-01',
  )
  const before = await roster.everything()
  // somebody else's row takes the place of the last one to be written: its key is refused
  const { rows } = await world.superuser.query(
    'SELECT ids[3] AS id FROM roster_import_line WHERE import_id = $1 AND line = 4',
    [importId],
  )
  const taken = (rows[0] as { id: string }).id
  await world.superuser.query(
    `INSERT INTO assignment SELECT company_id, $2, employment_id, department_id, workplace_id, '1999-01-01', '1999-01-02' FROM assignment WHERE company_id = $1 LIMIT 1`,
    [companyId, taken],
  )
  const disturbed = await roster.everything()
  await expect(roster.apply(importId)).rejects.toMatchObject({ code: '23505' })
  expect(await roster.everything()).toBe(disturbed)
  await world.superuser.query('DELETE FROM assignment WHERE company_id = $1 AND id = $2', [companyId, taken])
  expect(await roster.everything()).toBe(before)
  await roster.apply(importId)
  expect(await roster.employments()).toHaveLength(5)
})

test('one address for several people only when each has a PIN; what is stored is not the PIN', async () => {
  const shared = { email: 'line@example.jp' }
  expect(
    await roster.look(
      'employees',
      employees(person('E1', { ...shared, pin: '4711' }), person('E2', shared)),
      '2024-11-01',
    ),
  ).toEqual(['added new_person', 'wrong shared_address:email new_person'])
  const file = employees(person('E1', { ...shared, pin: '4711' }), person('E2', { ...shared, pin: '４７１１' }))
  await roster.take('employees', file, '2024-11-01')
  const { rows } = await world.superuser.query(
    'SELECT paper_pin_hash AS h FROM employee WHERE company_id = $1 ORDER BY employee_code',
    [companyId],
  )
  const [one, two] = rows.map((row) => row.h as string)
  expect(one).toMatch(/^[0-9a-f]{64}$/)
  expect(two).not.toBe(one)
  const lines = await world.superuser.query(
    'SELECT fields::text || plan::text AS t FROM roster_import_line WHERE company_id = $1',
    [companyId],
  )
  expect(lines.rows.filter((row) => (row.t as string).includes('"4711"'))).toEqual([])
  const fits = (code: string, pin: string, on = '2026-11-02') =>
    world.services.database.as({ role: 'mailer', companyId }, world.clock.now(), async (db: AnyHandle) => {
      const member = (await membersOn(db, companyId, '2026-11-02')).find((each) => each.employeeCode === code)!
      expect(member.hasPaperPin).toBe(true)
      return paperPinFits(world.services, db, companyId, member.employmentId, on, pin)
    })
  expect(await fits('E1', '4711')).toBe(true)
  expect(await fits('E2', ' ４７１１ ')).toBe(true)
  expect(await fits('E1', '4712')).toBe(false)
  expect(await fits('E1', '4711', '2019-01-01')).toBe(false)
  // a file that does not repeat the PINs leaves them
  expect(await roster.take('employees', employees(person('E1', shared), person('E2', shared)), '2024-11-01')).toEqual([
    'unchanged',
    'unchanged',
  ])
  // a third person without one is refused, and so is somebody who left no longer in the way
  expect(await roster.look('employees', employees(person('E3', shared)), '2024-11-01')).toEqual([
    'wrong shared_address:email new_person',
  ])
})

test('the address of somebody who has left may be given to another', async () => {
  await roster.take(
    'employees',
    employees(person('E1', { email: 'desk@example.jp', left: '2024-08-31' })),
    '2024-11-01',
  )
  expect(await roster.look('employees', employees(person('E2', { email: 'desk@example.jp' })), '2024-11-01')).toEqual([
    'added new_person',
  ])
})

test('a column that is absent changes nothing, a blank cell clears', async () => {
  await roster.take('employees', employees(person('E1', { left: '2030-03-31', authority: '*' })), '2024-11-01')
  const small =
    'employee_code,family_name,given_name,department_code,workplace_code,employment_kind,joined_on\nE1,架空,E1,D1,W1,regular,2020/4/1\n'
  expect(await roster.look('employees', small, '2024-11-01')).toEqual(['unchanged'])
  expect(await roster.look('employees', employees(person('E1', { email: '', sex: '' })), '2024-11-01')).toEqual([
    'changed end_withdrawn:left_on changed:sex address_changed:email authority_changed:authority_over',
  ])
})

test('Shift_JIS, byte order mark, English header in another order: the same roster', async () => {
  const japanese = employees(person('E1', { family: '髙橋', given: '①' }), person('E2'))
  await roster.take('employees', iconv.encode(japanese, 'shift_jis'), '2024-11-01')
  expect(await roster.take('employees', Buffer.from(`\ufeff${japanese}`), '2024-11-01')).toEqual([
    'unchanged',
    'unchanged',
  ])
  const { rows } = await world.superuser.query(
    "SELECT family_name, given_name FROM employee WHERE company_id = $1 AND employee_code = 'E1'",
    [companyId],
  )
  expect(rows).toEqual([{ family_name: '髙橋', given_name: '①' }])
  const english =
    'Joined On,mail,department code,GIVEN_NAME,family_name,employee_code,workplace_code,employment_kind,sex,birth_on,remarks\r\n2020/04/01,e1@example.jp,D1,①,髙橋,E1,W1,regular,F,1985/5/5,hello\r\n'
  const { importId } = await roster.bring('employees', english, '2024-11-01')
  expect((await roster.lines(importId)).map((one) => one.outcome)).toEqual(['unchanged'])
  const stored = await world.superuser.query(
    "SELECT encoding, ignored_columns FROM roster_import WHERE company_id = $1 AND kind = 'employees' ORDER BY encoding, ignored_columns",
    [companyId],
  )
  expect(stored.rows.map((row) => row.encoding)).toEqual(['shift_jis', 'utf-8', 'utf-8'])
  expect(stored.rows.at(-1)!.ignored_columns).toEqual(['remarks'])
})

test('a stale preview, an older file, a discarded one are refused', async () => {
  const first = await roster.bring('employees', employees(person('E1')), '2024-11-01')
  const second = await roster.bring('employees', employees(person('E1'), person('E2')), '2024-11-01')
  await roster.apply(second.importId)
  await expect(roster.apply(first.importId)).rejects.toMatchObject({ code: 'conflict' })
  await expect(roster.bring('employees', employees(person('E1')), '2024-10-31')).rejects.toMatchObject({
    code: 'older_than_applied',
    params: { applied: '2024-11-01' },
  })
  await expect(roster.apply('00000000-0000-7000-8000-000000000009')).rejects.toMatchObject({ code: 'not_found' })
})

test('another company’s import is not found', async () => {
  const { importId } = await roster.bring('employees', employees(person('E1')), '2024-11-01')
  const other = rosterOfCompany(world, (await world.company()).companyId)
  await expect(other.apply(importId)).rejects.toMatchObject({ code: 'not_found' })
})
