import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DatabaseRole } from '../../server/database/connection.ts'
import {
  departmentTreeOn,
  findMember,
  findMembers,
  membersOn,
  movements,
  successions,
  workplacesOn,
} from '../../server/roster/index.ts'
import type { AnyHandle } from '../../server/roster/tables.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World
let companyId: string
let otherId: string
const id = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`

async function fill(company: string): Promise<void> {
  const put = async (table: string, columns: string, ...rows: unknown[][]): Promise<void> => {
    for (const row of rows) {
      const marks = row.map((_, place) => `$${place + 2}`).join(', ')
      await world.superuser.query(`INSERT INTO ${table} (company_id, ${columns}) VALUES ($1, ${marks})`, [
        company,
        ...row,
      ])
    }
  }
  await put(
    'workplace',
    'id, code, name, headcount_for_50, from_on, until_on',
    [id(1), 'W1', '本社', 53, '2020-04-01', null],
    [id(2), 'W2', '支店', null, '2020-04-01', '2025-03-31'],
  )
  await put('department', 'id, code', [id(10), 'D1'], [id(11), 'D2'], [id(12), 'D3'])
  await put(
    'department_version',
    'id, department_id, name, parent_id, from_on, until_on',
    [id(20), id(10), '本部', null, '2020-04-01', null],
    [id(21), id(11), '一課', id(10), '2020-04-01', '2025-03-31'],
    [id(22), id(12), '二課', id(11), '2020-04-01', '2025-03-31'],
    [id(23), id(12), '新二課', id(10), '2025-04-01', null],
  )
  await put('department_succession', 'id, predecessor_id, successor_id, on_date', [
    id(30),
    id(11),
    id(12),
    '2025-04-01',
  ])
  await put(
    'employee',
    'id, employee_code, family_name, given_name, sex, birth_on, email, paper_pin_hash',
    [id(40), 'E1', '架空', '一郎', 'male', '1980-01-01', 'e1@example.jp', null],
    [id(41), 'E2', '架空', '二美', null, null, null, 'x'],
  )
  await put(
    'employment',
    'id, employee_id, kind, from_on, until_on, takes_stress_check',
    [id(50), id(40), 'regular', '2020-04-01', null, true],
    [id(51), id(41), 'part_time', '2021-04-01', '2025-06-30', false],
  )
  await put(
    'assignment',
    'id, employment_id, department_id, workplace_id, from_on, until_on',
    [id(60), id(50), id(11), id(2), '2020-04-01', '2025-03-31'],
    [id(61), id(50), id(12), id(1), '2025-04-01', null],
    [id(62), id(51), id(12), id(1), '2021-04-01', '2025-06-30'],
  )
}

const as = <T>(role: DatabaseRole, work: (db: AnyHandle) => Promise<T>, company = companyId) =>
  world.services.database.as({ role, companyId: company }, world.clock.now(), (db) => work(db as AnyHandle))

beforeAll(async () => {
  world = await createWorld()
  companyId = (await world.company()).companyId
  otherId = (await world.company()).companyId
  await fill(companyId)
})
afterAll(() => world.close())

test.each(['hr', 'scheduler', 'implementer', 'clerk', 'mailer', 'physician'] as const)(
  '%s sees the members of a day',
  async (role) => {
    const [early, late, after] = await as(role, async (db) => [
      await membersOn(db, companyId, '2021-03-31'),
      await membersOn(db, companyId, '2025-06-30'),
      await membersOn(db, companyId, '2025-07-01'),
    ])
    expect(early).toEqual([
      {
        employmentId: id(50),
        employeeId: id(40),
        employeeCode: 'E1',
        familyName: '架空',
        givenName: '一郎',
        email: 'e1@example.jp',
        sex: 'male',
        birthOn: '1980-01-01',
        employmentKind: 'regular',
        takesStressCheck: true,
        employedFromOn: '2020-04-01',
        employedUntilOn: null,
        departmentId: id(11),
        workplaceId: id(2),
        hasPaperPin: false,
      },
    ])
    expect(late.map((member) => [member.employeeCode, member.departmentId, member.hasPaperPin])).toEqual([
      ['E1', id(12), false],
      ['E2', id(12), true],
    ])
    expect(after.map((member) => member.employeeCode)).toEqual(['E1'])
  },
)

test('members of some workplaces, of named employments, of nobody', async () => {
  await as('hr', async (db) => {
    expect((await membersOn(db, companyId, '2022-01-01', [id(2)])).map((member) => member.employeeCode)).toEqual(['E1'])
    expect(await membersOn(db, companyId, '2022-01-01', [])).toEqual([])
    expect((await findMember(db, companyId, id(51), '2022-01-01'))?.employeeCode).toBe('E2')
    expect(await findMember(db, companyId, id(51), '2026-01-01')).toBeUndefined()
    expect([...(await findMembers(db, companyId, [id(50), id(51)], '2026-01-01')).keys()]).toEqual([id(50)])
    expect(await findMembers(db, companyId, [], '2026-01-01')).toEqual(new Map())
  })
})

test('the tree of a day: parents first, depth, renamed and moved units as they then were', async () => {
  await as('employee', async (db) => {
    expect(await departmentTreeOn(db, companyId, '2024-01-01')).toEqual([
      { id: id(10), code: 'D1', name: '本部', parentId: null, depth: 0 },
      { id: id(11), code: 'D2', name: '一課', parentId: id(10), depth: 1 },
      { id: id(12), code: 'D3', name: '二課', parentId: id(11), depth: 2 },
    ])
    expect((await departmentTreeOn(db, companyId, '2025-04-01')).map((one) => [one.code, one.name, one.depth])).toEqual(
      [
        ['D1', '本部', 0],
        ['D3', '新二課', 1],
      ],
    )
    expect(await workplacesOn(db, companyId, '2025-04-01')).toEqual([
      { id: id(1), code: 'W1', name: '本社', headcountFor50: 53 },
    ])
  })
})

test('movements and successions for turnover, without names', async () => {
  await as('turnover', async (db) => {
    const found = await movements(db, companyId)
    expect(found).toHaveLength(3)
    expect(found[0]).toEqual({
      employmentId: id(50),
      sex: 'male',
      birthOn: '1980-01-01',
      employmentKind: 'regular',
      employedFromOn: '2020-04-01',
      employedUntilOn: null,
      departmentId: id(11),
      workplaceId: id(2),
      assignedFromOn: '2020-04-01',
      assignedUntilOn: '2025-03-31',
    })
    expect(await successions(db, companyId)).toEqual([
      { predecessorId: id(11), successorId: id(12), onDate: '2025-04-01' },
    ])
  })
})

test('another company sees nothing, and roles without the grant are refused by the database', async () => {
  await as('hr', async (db) => expect(await membersOn(db, companyId, '2022-01-01')).toEqual([]), otherId)
  await as('turnover', async (db) => expect(await movements(db, companyId)).toEqual([]), otherId)
  for (const role of ['employee', 'turnover', 'analysis', 'alumni'] as const)
    await expect(as(role, (db) => membersOn(db, companyId, '2022-01-01'))).rejects.toThrow(/permission denied/)
})
