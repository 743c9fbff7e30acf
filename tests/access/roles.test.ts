import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  createStaffUser,
  grantRole,
  recheckPersonnelAuthority,
  setPersonnelAuthority,
  type NewGrant,
} from '../../server/access/index.ts'
import type { Problem } from '../../server/web/problems.ts'
import { createStaff, openBrowser, signIn, signInAs } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany

beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => world.close())
beforeEach(async () => {
  company = await world.company()
})

async function createUser(employeeCode?: string): Promise<string> {
  const at = world.clock.now()
  const { companyId } = company
  return world.services.database.as({ role: 'setup', companyId }, at, async (db) =>
    createStaffUser(
      db,
      { companyId, email: `${randomUUID().slice(0, 8)}@example.jp`, displayName: '試験 次郎', employeeCode },
      at,
    ),
  )
}

async function grant(userId: string, values: Omit<NewGrant, 'companyId' | 'userId'>): Promise<string> {
  const at = world.clock.now()
  const { companyId } = company
  return world.services.database.as({ role: 'admin', companyId }, at, async (db) =>
    grantRole(db, { companyId, userId, ...values }, at),
  )
}

async function problemOf(work: Promise<unknown>): Promise<{ code: string; fields: string[] }> {
  const problem = await work.then(
    () => undefined,
    (error: unknown) => error as Problem,
  )
  return { code: problem?.code ?? 'none', fields: problem?.fields.map((one) => one.field) ?? [] }
}

/** A head office with sales below it, one person in sales at the Osaka workplace; plus a lonely department in Nagoya. */
async function roster(): Promise<{
  head: string
  sales: string
  nagoyaDepartment: string
  osaka: string
  nagoya: string
}> {
  const { companyId } = company
  const ids = {
    head: randomUUID(),
    sales: randomUUID(),
    nagoyaDepartment: randomUUID(),
    osaka: randomUUID(),
    nagoya: randomUUID(),
  }
  const query = async (sql: string, values: unknown[]) => world.superuser.query(sql, [companyId, ...values])
  for (const [id, name] of [
    [ids.osaka, '大阪'],
    [ids.nagoya, '名古屋'],
  ])
    await query(`INSERT INTO workplace (company_id, id, code, name, from_on) VALUES ($1, $2, $3, $3, '2020-04-01')`, [
      id,
      name,
    ])
  for (const [id, code, parent] of [
    [ids.head, 'H', null],
    [ids.sales, 'S', ids.head],
    [ids.nagoyaDepartment, 'N', null],
  ]) {
    await query(`INSERT INTO department (company_id, id, code) VALUES ($1, $2, $3)`, [id, code])
    await query(
      `INSERT INTO department_version (company_id, id, department_id, name, parent_id, from_on) VALUES ($1, $2, $3, $4, $5, '2020-04-01')`,
      [randomUUID(), id, code, parent],
    )
  }
  for (const [code, email, department, workplace] of [
    ['E1', 'e1@example.jp', ids.sales, ids.osaka],
    ['E2', 'e2@example.jp', ids.nagoyaDepartment, ids.nagoya],
  ]) {
    const employee = randomUUID()
    const employment = randomUUID()
    await query(
      `INSERT INTO employee (company_id, id, employee_code, family_name, given_name, email) VALUES ($1, $2, $3, '試験', '一', $4)`,
      [employee, code, email],
    )
    await query(
      `INSERT INTO employment (company_id, id, employee_id, kind, from_on, takes_stress_check) VALUES ($1, $2, $3, 'regular', '2020-04-01', true)`,
      [employment, employee],
    )
    await query(
      `INSERT INTO assignment (company_id, id, employment_id, department_id, workplace_id, from_on) VALUES ($1, $2, $3, $4, $5, '2020-04-01')`,
      [randomUUID(), employment, department, workplace],
    )
  }
  return ids
}

/** What an import does: authority as the file tells it, then the check, in one transaction as HR. */
async function importAuthority(
  codes: string[],
  wanted: { employeeCode: string; departmentId?: string }[],
  on = '2026-11-01',
): Promise<{ userId: string; role: string }[]> {
  const at = world.clock.now()
  const { companyId } = company
  return world.services.database.as({ role: 'hr', companyId }, at, async (db) => {
    await setPersonnelAuthority(db, companyId, codes, wanted, on, at)
    return (await recheckPersonnelAuthority(db, companyId, at)).revoked
  })
}

describe('who may be an implementer (law R-1)', () => {
  test('a psychologist without the course is rejected, with it accepted', async () => {
    const userId = await createUser()
    expect(await problemOf(grant(userId, { role: 'implementer', profession: 'certified_psychologist' }))).toEqual({
      code: 'invalid_input',
      fields: ['courseCompletedOn'],
    })
    await grant(userId, { role: 'implementer', profession: 'certified_psychologist', courseCompletedOn: '2019-06-30' })
  })

  test('the database refuses an unqualified implementer too', async () => {
    const userId = await createUser()
    const insert = world.superuser.query(
      `INSERT INTO role_grant (company_id, id, user_id, role, profession, granted_at) VALUES ($1, $2, $3, 'implementer', 'nurse', $4)`,
      [company.companyId, randomUUID(), userId, world.clock.now()],
    )
    await expect(insert).rejects.toThrow(/check constraint/)
  })

  test('a workplace has one representative; other workplaces have their own', async () => {
    const { osaka, nagoya } = await roster()
    const terms = { role: 'implementer', profession: 'physician', isRepresentative: true } as const
    await grant(await createUser(), { ...terms, workplaceId: osaka })
    expect(await problemOf(grant(await createUser(), { ...terms, workplaceId: osaka }))).toEqual({
      code: 'conflict',
      fields: ['isRepresentative'],
    })
    expect(await problemOf(grant(await createUser(), terms))).toEqual({
      code: 'conflict',
      fields: ['isRepresentative'],
    })
    await grant(await createUser(), { ...terms, workplaceId: nagoya })
    await grant(await createUser(), { ...terms, workplaceId: osaka, isRepresentative: false })
  })

  test('the same role twice is refused; for another workplace it is another role', async () => {
    const { osaka } = await roster()
    const userId = await createUser()
    await grant(userId, { role: 'hr' })
    expect(await problemOf(grant(userId, { role: 'hr' }))).toEqual({ code: 'conflict', fields: ['role'] })
    await grant(userId, { role: 'hr', workplaceId: osaka })
  })

  test('a manager needs a department', async () => {
    expect(await problemOf(grant(await createUser(), { role: 'manager' }))).toEqual({
      code: 'invalid_input',
      fields: ['departmentId'],
    })
  })
})

describe('personnel authority (law R-2)', () => {
  test('over everyone it bars from implementer and clerk, from nothing else', async () => {
    await importAuthority(['X9'], [{ employeeCode: 'X9' }])
    const userId = await createUser('X9')
    expect((await problemOf(grant(userId, { role: 'clerk' }))).code).toBe('personnel_authority')
    expect((await problemOf(grant(userId, { role: 'implementer', profession: 'physician' }))).code).toBe(
      'personnel_authority',
    )
    await grant(userId, { role: 'hr' })
    await grant(userId, { role: 'admin' })
  })

  test('HR staff without authority may be clerks', async () => {
    const userId = await createUser('HR1')
    await grant(userId, { role: 'hr' })
    await grant(userId, { role: 'clerk' })
  })

  test('over a department it reaches everybody below it, and only where they work', async () => {
    const { head, osaka, nagoya } = await roster()
    await importAuthority(['B1'], [{ employeeCode: 'B1', departmentId: head }])
    const userId = await createUser('B1')
    expect((await problemOf(grant(userId, { role: 'clerk' }))).code).toBe('personnel_authority')
    expect((await problemOf(grant(userId, { role: 'clerk', workplaceId: osaka }))).code).toBe('personnel_authority')
    await grant(userId, { role: 'clerk', workplaceId: nagoya })
  })

  test('authority that has ended or not begun does not bar', async () => {
    const { head } = await roster()
    await importAuthority(['B1'], [{ employeeCode: 'B1', departmentId: head }], '2026-01-01')
    await importAuthority(['B1'], [], '2026-11-01')
    await importAuthority(['B2'], [{ employeeCode: 'B2', departmentId: head }], '2027-04-01')
    await grant(await createUser('B1'), { role: 'clerk' })
    await grant(await createUser('B2'), { role: 'clerk' })
  })

  test('an import that makes a clerk a head revokes the role before the next request, ends the session, writes an audit row', async () => {
    const { sales } = await roster()
    const { browser, userId, ...person } = await signInAs(world, company, 'clerk', { employeeCode: 'E1' })
    expect(browser.url.startsWith('/clerk')).toBe(true)
    expect(await importAuthority(['E1'], [{ employeeCode: 'E1', departmentId: sales }])).toEqual([
      { userId, role: 'clerk' },
    ])
    expect((await browser.get('/staff')).status).toBe(401)
    const { rows } = await world.superuser.query(
      `SELECT action, actor_kind, reason FROM audit_entry WHERE company_id = $1 AND subject_id = $2 AND action = 'role.revoked'`,
      [company.companyId, userId],
    )
    expect(rows).toEqual([{ action: 'role.revoked', actor_kind: 'system', reason: 'access.audit.personnelAuthority' }])
    // signing in again leads to no desk
    world.clock.advance(60_000)
    const again = openBrowser(await world.app())
    await signIn(again, world, company, { ...person })
    expect(again.url).toBe('/staff')
    expect(again.text).toContain('今、付いている役割はありません')
    expect((await again.get('/clerk')).status).not.toBe(200)
    expect(await importAuthority(['E1'], [{ employeeCode: 'E1', departmentId: sales }])).toEqual([])
  })

  test('a missing employee number does not help: the address on the roster tells', async () => {
    const { sales } = await roster()
    const { userId } = await createStaff(world, company, 'implementer', { email: 'e1@example.jp' })
    const other = await createStaff(world, company, 'implementer')
    expect(await importAuthority(['E1'], [{ employeeCode: 'E1', departmentId: sales }])).toEqual([
      { userId, role: 'implementer' },
    ])
    expect(other.userId).not.toBe(userId)
  })

  test('setting the same authority again changes nothing', async () => {
    const { sales } = await roster()
    const wanted = [{ employeeCode: 'E1', departmentId: sales }, { employeeCode: 'E1' }]
    await importAuthority(['E1'], wanted)
    await importAuthority(['E1'], wanted)
    await importAuthority(['E2'], [{ employeeCode: 'E2' }])
    const { rows } = await world.superuser.query<{ live: number; all: number }>(
      'SELECT count(*) FILTER (WHERE until_on IS NULL)::int AS live, count(*)::int AS all FROM personnel_authority WHERE company_id = $1',
      [company.companyId],
    )
    expect(rows).toEqual([{ live: 3, all: 3 }])
  })
})

describe('live roles', () => {
  test('a role taken away is gone at the next request', async () => {
    const { browser, userId } = await signInAs(world, company, 'admin')
    expect((await browser.get('/admin')).status).toBe(200)
    await world.superuser.query('UPDATE role_grant SET revoked_at = $2 WHERE user_id = $1', [userId, world.clock.now()])
    expect((await browser.get('/admin')).status).toBe(403)
  })

  test("another company's session and ids open nothing here", async () => {
    const here = await signInAs(world, company, 'admin')
    const elsewhere = await world.company()
    const there = await signInAs(world, elsewhere, 'admin')
    expect((await there.browser.get(`/admin/users/${here.userId}`)).status).toBe(404)
    await there.browser.get('/admin')
    expect((await there.browser.post(`/admin/users/${here.userId}/disable`)).status).toBe(404)
    // the secret of one company's session under the other's key
    const [, secret] = here.browser.cookies.get('hanamichi_staff')!.split('.')
    const forged = openBrowser(await world.app())
    forged.cookies.set('hanamichi_staff', `${elsewhere.companyKey}.${secret}`)
    expect((await forged.get('/admin')).status).toBe(401)
    expect((await here.browser.get('/admin')).status).toBe(200)
  })

  test('implementer, clerk and physician come in only after acknowledging secrecy, which is written down', async () => {
    for (const role of ['implementer', 'clerk', 'physician'] as const) {
      const { browser, userId } = await signInAs(world, company, role, { acknowledge: false })
      expect(browser.url).toBe('/staff/secrecy')
      const { desk } = { desk: `/${role}` }
      await browser.get('/staff')
      await browser.submit('/access/role', { role })
      expect(browser.url).toBe('/staff/secrecy')
      await browser.submit('/staff/secrecy')
      expect(browser.status).toBe(400)
      await browser.submit('/staff/secrecy', { agreed: 'yes' })
      expect(browser.url.startsWith(desk)).toBe(true)
      const { rows } = await world.superuser.query(
        `SELECT actor_role FROM audit_entry WHERE actor_id = $1 AND action = 'secrecy.acknowledged'`,
        [userId],
      )
      expect(rows).toEqual([{ actor_role: role }])
    }
  })

  test('a role that is not held cannot be chosen', async () => {
    const { browser } = await signInAs(world, company, 'admin')
    await browser.get('/staff')
    expect((await browser.post('/access/role', { role: 'implementer' })).status).toBe(403)
    await browser.get('/staff')
    expect((await browser.post('/access/role', { role: 'superuser' })).status).toBe(400)
  })
})

describe('own sessions', () => {
  test('are listed, ended one by one and everywhere', async () => {
    const { browser, ...person } = await signInAs(world, company, 'admin')
    world.clock.advance(60_000)
    const phone = await signIn(openBrowser(await world.app()), world, company, person)
    await browser.get('/staff/sessions')
    const buttons = browser
      .forms()
      .filter((form) => form.action === '/staff/sessions/end')
      .flatMap((form) => form.buttons)
    expect(buttons).toHaveLength(2)
    const { rows } = await world.superuser.query<{ id: string }>(
      `SELECT id FROM session WHERE subject_id = $1 AND strength = 'full' ORDER BY created_at DESC`,
      [person.userId],
    )
    await browser.post('/staff/sessions/end', { session: rows[0]!.id })
    expect(browser.url).toBe('/staff/sessions')
    expect((await phone.get('/admin')).status).toBe(401)
    expect((await browser.get('/admin')).status).toBe(200)

    world.clock.advance(60_000)
    await signIn(phone, world, company, person)
    await phone.get('/staff/sessions')
    await phone.submit('/staff/sessions/end-all')
    expect(phone.url).toContain('/sign-in')
    expect((await browser.get('/admin')).status).toBe(401)
    expect((await phone.get('/admin')).status).toBe(401)
  })

  test("somebody else's session cannot be ended", async () => {
    const mine = await signInAs(world, company, 'admin')
    const theirs = await signInAs(world, company, 'admin')
    const { rows } = await world.superuser.query<{ id: string }>(
      `SELECT id FROM session WHERE subject_id = $1 AND strength = 'full'`,
      [theirs.userId],
    )
    await mine.browser.get('/staff/sessions')
    await mine.browser.post('/staff/sessions/end', { session: rows[0]!.id })
    expect((await theirs.browser.get('/admin')).status).toBe(200)
  })

  test('signing out ends the session, not only the cookie', async () => {
    const { browser } = await signInAs(world, company, 'admin')
    const cookie = browser.cookies.get('hanamichi_staff')!
    await browser.get('/admin')
    await browser.submit('/access/sign-out')
    expect(browser.url).toBe(`/c/${company.companyKey}/sign-in`)
    browser.cookies.set('hanamichi_staff', cookie)
    expect((await browser.get('/admin')).status).toBe(401)
  })
})
