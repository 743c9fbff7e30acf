import { afterAll, beforeAll, expect, test } from 'vitest'
import { signInAs } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'
import { departmentsCsv, employees, person, rosterOfCompany } from './files.ts'

let world: World
let company: TestCompany
let roster: ReturnType<typeof rosterOfCompany>

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  roster = rosterOfCompany(world, company.companyId)
  await roster.take('departments', departmentsCsv, '2025-11-01')
  await roster.take(
    'employees',
    employees(person('E1'), person('E2', { department: 'D21' }), person('E3')),
    '2025-11-01',
  )
})
afterAll(() => world.close())

const authority = async () => {
  const { rows } = await world.superuser.query(
    `SELECT a.employee_code || ' ' || coalesce(d.code, '*') || ' ' || a.from_on || '/' || coalesce(a.until_on::text, '') AS row
     FROM personnel_authority a LEFT JOIN department d ON d.id = a.department_id WHERE a.company_id = $1 ORDER BY 1`,
    [company.companyId],
  )
  return rows.map((row) => row.row as string)
}

test('an import that makes a clerk head of a department takes the role away before the next request (law R-2)', async () => {
  const { browser, userId } = await signInAs(world, company, 'clerk', { employeeCode: 'E1' })
  const other = await signInAs(world, company, 'clerk', { employeeCode: 'E3' })
  await browser.get('/clerk')
  expect(browser.status).toBe(200)

  const file = employees(person('E1', { authority: 'D2' }), person('E3'))
  const { importId } = await roster.bring('employees', file, '2026-11-01')
  await browser.get('/clerk')
  expect(browser.status, 'a preview takes nothing away').toBe(200)
  expect(await roster.apply(importId)).toEqual({ already: false, revoked: [{ userId, role: 'clerk' }] })

  await browser.get('/clerk')
  expect(browser.status).toBe(401)
  await other.browser.get('/clerk')
  expect(other.browser.status).toBe(200)
  expect(await authority()).toEqual(['E1 D2 2026-11-01/'])
  const { rows } = await world.superuser.query(
    "SELECT action FROM audit_entry WHERE subject_id = $1 AND action = 'role.revoked'",
    [userId],
  )
  expect(rows).toHaveLength(1)
})

test('authority changes, ends with the cell, and ends for those who left', async () => {
  await roster.take(
    'employees',
    employees(person('E1', { authority: 'D21；D1' }), person('E2', { authority: '全社', department: 'D21' })),
    '2026-11-05',
  )
  expect(await authority()).toEqual([
    'E1 D1 2026-11-05/',
    'E1 D2 2026-11-01/2026-11-04',
    'E1 D21 2026-11-05/',
    'E2 * 2026-11-05/',
  ])
  await roster.take(
    'employees',
    employees(person('E1'), person('E2', { authority: '*', department: 'D21', left: '2026-11-30' })),
    '2026-12-10',
  )
  expect(await authority()).toEqual([
    'E1 D1 2026-11-05/2026-12-09',
    'E1 D2 2026-11-01/2026-11-04',
    'E1 D21 2026-11-05/2026-12-09',
    'E2 * 2026-11-05/2026-12-09',
  ])
  const again = await roster.bring(
    'employees',
    employees(person('E1'), person('E2', { authority: '*', department: 'D21', left: '2026-11-30' })),
    '2026-12-10',
  )
  expect(again.counts).toMatchObject({ unchanged: 2, changed: 0 })
})

test('HR limited to one workplace sees that workplace only and may not import', async () => {
  await roster.take('employees', employees(person('E4', { workplace: 'W2', workplaceName: '工場' })), '2026-12-10')
  const { rows } = await world.superuser.query("SELECT id FROM workplace WHERE company_id = $1 AND code = 'W2'", [
    company.companyId,
  ])
  const { browser } = await signInAs(world, company, 'hr', { workplaceId: (rows[0] as { id: string }).id })
  await browser.get('/hr/roster')
  expect(browser.text).toContain('の名簿には1人います')
  expect(browser.text).not.toContain('W1')
  await browser.get('/hr/roster/people')
  expect(browser.text).toContain('E4')
  expect(browser.text).not.toContain('E1')
  for (const path of ['/hr/roster/import', '/hr/roster/imports', '/hr/roster/headings/employees.csv']) {
    await browser.get(path)
    expect(browser.status, path).toBe(403)
  }
  await browser.get('/hr/roster')
  await browser.postBare('/hr/roster/imports')
  expect([401, 403]).toContain(browser.status)
})
