import { afterAll, beforeAll, expect, test } from 'vitest'
import { inviteNewcomers, jobHandlers, openCampaign, sendReminders } from '../../server/campaigns/index.ts'
import { newId } from '../../server/ids.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOf, fillCompany, signedCampaign, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let id: string
let next: string
let implementer: Browser
let hr: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  id = await signedCampaign(world, company)
  next = await signedCampaign(world, company, { name: '次の回', opensOn: '2026-12-01', closesOn: '2026-12-18' })
  await openCampaign(world.services, company.companyId, id, world.clock.now())
  implementer = await browserOf(world, company, company.implementerId)
  hr = await browserOf(world, company, company.hrId)
})
afterAll(() => world.close())

const put = (table: string, row: Record<string, unknown>) =>
  world.superuser.query(
    `INSERT INTO ${table} (company_id, ${Object.keys(row).join(', ')}) VALUES ($1, ${Object.keys(row)
      .map((_, index) => `$${index + 2}`)
      .join(', ')})`,
    [company.companyId, ...Object.values(row)],
  )

/** Somebody the roster gets to know later. @returns employment id */
async function hire(code: string, over: { from?: string; takes?: boolean; employeeId?: string } = {}): Promise<string> {
  const at = world.clock.now()
  const from = over.from ?? '2026-11-02'
  const employeeId = over.employeeId ?? newId(at)
  const employmentId = newId(at)
  if (!over.employeeId)
    await put('employee', {
      id: employeeId,
      employee_code: code,
      family_name: '架空',
      given_name: code,
      sex: 'female',
      birth_on: '1990-01-01',
      email: `${code.toLowerCase()}@example.jp`,
    })
  await put('employment', {
    id: employmentId,
    employee_id: employeeId,
    kind: 'regular',
    from_on: from,
    takes_stress_check: over.takes ?? true,
  })
  const assignment = { id: newId(at), employment_id: employmentId, from_on: from, workplace_id: company.workplaces.W1 }
  await put('assignment', { ...assignment, department_id: company.department('D6') })
  return employmentId
}

const count = async (what: string) =>
  Number((await world.superuser.query(`SELECT count(*) FROM ${what}`)).rows[0].count)

/** Runs what the button left behind. */
async function runJobs(): Promise<void> {
  const { rows } = await world.superuser.query<{ name: string; object_id: string }>(
    'DELETE FROM job_request WHERE company_id = $1 RETURNING name, object_id',
    [company.companyId],
  )
  for (const { name, object_id: objectId } of rows)
    await jobHandlers
      .find((one) => one.name === name)!
      .run({ services: world.services, companyId: company.companyId, objectId, at: world.clock.now() })
}

test('right after opening nobody is missing; those who are not to be asked are never counted', async () => {
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).not.toContain('まだご案内していない方')
  await hire('S1', { takes: false })
  await hire('F1', { from: '2027-04-01' })
  // renewed: asked under the employment before
  const { rows } = await world.superuser.query<{ employee_id: string }>(
    'SELECT employee_id FROM employment WHERE id = $1',
    [company.employment('E001')],
  )
  await world.superuser.query("UPDATE employment SET until_on = '2026-11-01' WHERE id = $1", [
    company.employment('E001'),
  ])
  await world.superuser.query("UPDATE assignment SET until_on = '2026-11-01' WHERE employment_id = $1", [
    company.employment('E001'),
  ])
  await hire('E001', { employeeId: rows[0]!.employee_id })
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).not.toContain('まだご案内していない方')
})

test('who came later is counted for HR and implementer, and invited once by one button', async () => {
  world.clock.advance(26 * 3600_000)
  implementer = await browserOf(world, company, company.implementerId)
  hr = await browserOf(world, company, company.hrId)
  await hire('N1')
  await hire('N2')
  await hr.get(`/hr/campaigns/${id}`)
  expect(hr.text).toContain('始まった後に対象になり、まだご案内していない方が2人います。案内は実施者が送ります')
  expect(hr.forms().some((form) => form.action.endsWith('/newcomers'))).toBe(false)
  expect((await hr.post(`/implementer/campaigns/${id}/newcomers`)).status).toBe(403)
  const before = {
    mails: await count("mail_message WHERE template = 'campaigns.invitation'"),
    invitations: await count('invitation'),
  }
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).toContain('まだご案内していない方が2人います')
  const values = Object.fromEntries(implementer.form(/\/newcomers$/).fields)
  await implementer.submit(/\/newcomers$/)
  expect(implementer.text).toContain('案内を送ります')
  // pressed twice: one piece of work
  await implementer.postBare(`/implementer/campaigns/${id}/newcomers`, values)
  expect(await count("job_request WHERE name = 'campaigns.invite-newcomers'")).toBe(1)
  await runJobs()
  await Promise.all([1, 2].map(() => inviteNewcomers(world.services, company.companyId, id, world.clock.now())))
  expect(await count('invitation')).toBe(before.invitations + 2)
  expect(await count('participation')).toBe(before.invitations + 2)
  expect(await count("mail_message WHERE template = 'campaigns.invitation'")).toBe(before.mails + 2)
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).not.toContain('まだご案内していない方')
  expect(implementer.text).toContain('81人中')
  const { rows } = await world.superuser.query(
    "SELECT actor_kind, actor_role, action FROM audit_entry WHERE company_id = $1 AND action LIKE 'campaign.newcomers%' ORDER BY at, action",
    [company.companyId],
  )
  expect(rows).toEqual([
    { actor_kind: 'staff', actor_role: 'implementer', action: 'campaign.newcomers_asked' },
    { actor_kind: 'system', actor_role: 'scheduler', action: 'campaign.newcomers_invited' },
  ])
})

test('what stays does not tell who came later: rows bear the moment of the opening and the same reminders', async () => {
  const { rows } = await world.superuser.query(
    `SELECT DISTINCT created_at, reminders_sent, last_reminded_at FROM invitation WHERE company_id = $1`,
    [company.companyId],
  )
  expect(rows).toHaveLength(1)
  const instants = await world.superuser.query('SELECT DISTINCT created_at FROM stress_subject WHERE company_id = $1', [
    company.companyId,
  ])
  expect(instants.rows).toHaveLength(1)
  expect(
    (
      await world.superuser.query('SELECT DISTINCT as_of_on FROM participation WHERE company_id = $1', [
        company.companyId,
      ])
    ).rows,
  ).toHaveLength(1)
  // the next ones join those who were reminded
  world.clock.set('2026-11-09T01:00:00Z')
  expect(await sendReminders(world.services, company.companyId, id, world.clock.now(), 'interval')).toBe(81)
  world.clock.advance(3600_000)
  await hire('N3', { from: '2026-11-09' })
  expect(await inviteNewcomers(world.services, company.companyId, id, world.clock.now())).toBe(1)
  expect(await sendReminders(world.services, company.companyId, id, world.clock.now(), 'interval')).toBe(0)
  const reminded = await world.superuser.query(
    'SELECT DISTINCT reminders_sent, last_reminded_at FROM invitation WHERE company_id = $1',
    [company.companyId],
  )
  expect(reminded.rows).toEqual([{ reminders_sent: 1, last_reminded_at: new Date('2026-11-09T01:00:00Z') }])
})

test('not before opening, not after closing, and only by somebody who answers for every workplace', async () => {
  await hire('N4', { from: '2026-11-09' })
  implementer = await browserOf(world, company, company.implementerId)
  await implementer.get('/implementer')
  expect((await implementer.post(`/implementer/campaigns/${next}/newcomers`)).status).toBe(409)
  expect(await inviteNewcomers(world.services, company.companyId, next, world.clock.now())).toBe(0)
  await world.superuser.query('UPDATE role_grant SET workplace_id = $3 WHERE company_id = $1 AND user_id = $2', [
    company.companyId,
    company.implementerId,
    company.workplaces.W2,
  ])
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).not.toContain('まだご案内していない方')
  expect((await implementer.post(`/implementer/campaigns/${id}/newcomers`)).status).toBe(403)
  await world.superuser.query('UPDATE role_grant SET workplace_id = NULL WHERE company_id = $1 AND user_id = $2', [
    company.companyId,
    company.implementerId,
  ])
  world.clock.set('2027-01-31T01:00:00Z')
  expect(await inviteNewcomers(world.services, company.companyId, id, world.clock.now())).toBe(0)
  implementer = await browserOf(world, company, company.implementerId)
  await implementer.get('/implementer')
  expect((await implementer.post(`/implementer/campaigns/${id}/newcomers`)).status).toBe(409)
})
