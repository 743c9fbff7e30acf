import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStaffUser, grantRole, type StaffRole } from '../../server/access/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { asRole, browserOf } from '../campaigns/company.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOfPerson, signAll, surveyed, type Surveyed } from '../results/people.ts'

/** Roles that hold at one workplace only, and the person's receipts of what everybody did. */
let world: World
let company: Surveyed
const desk = new Map<StaffRole, Browser>()

// everybody who answered works at W1; these are limited to W2
beforeAll(async () => {
  world = await createWorld()
  company = await surveyed(world, ['high', 'ordinary', 'high'], {
    employerReceivesIndividualResults: true,
    othersMayRequestInterview: true,
  })
  const place = await world.superuser.query('SELECT DISTINCT workplace_id AS id FROM invitation WHERE id = ANY ($1)', [
    company.people.map((person) => person.invitationId),
  ])
  const limit = Object.values(company.workplaces).find((id) => id !== place.rows[0].id)!
  // the order of invitations is one of chance: everybody is put at one workplace
  await world.superuser.query('UPDATE invitation SET workplace_id = $2 WHERE id = ANY ($1)', [
    company.people.map((person) => person.invitationId),
    Object.values(company.workplaces).find((id) => id !== limit),
  ])
  for (const role of ['hr', 'implementer', 'clerk', 'physician'] as const)
    desk.set(role, await browserOf(world, company, await hire(role, limit)))
})
afterAll(() => world.close())

async function hire(role: StaffRole, workplaceId?: string, email = `${randomUUID()}@example.org`): Promise<string> {
  const { companyId } = company
  const at = world.clock.now()
  const userId = await world.services.database.as({ role: 'setup', companyId }, at, async (db) => {
    const id = await createStaffUser(db as AnyHandle, { companyId, email, displayName: '支店の担当' }, at)
    const more = {
      ...(role === 'implementer' && { profession: 'physician' as const }),
      ...(role === 'clerk' && { directedBy: company.implementerId }),
    }
    await grantRole(db as AnyHandle, { companyId, userId: id, role, workplaceId, ...more }, at)
    return id
  })
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE user_id = $1', [userId, at])
  return userId
}

describe('a role at one workplace', () => {
  test('opens and signs nobody of another one, and releases nothing as a whole', async () => {
    const { campaignId } = company
    const { invitationId, name } = company.of('high')
    const implementer = desk.get('implementer')!
    const clerk = desk.get('clerk')!
    for (const [browser, room] of [
      [implementer, '/implementer'],
      [clerk, '/clerk'],
    ] as const) {
      await browser.get(`${room}/campaigns/${campaignId}/needs?show=all`)
      expect(browser.status).toBe(200)
      expect(browser.text).not.toContain(name)
      await browser.get(`${room}/campaigns/${campaignId}/needs/${invitationId}`)
      expect(browser.status).toBe(404)
    }
    await implementer.get(`/implementer/campaigns/${campaignId}`)
    const form = { form_id: randomUUID(), needed: 'no', signed: 'yes', person: invitationId }
    await implementer.get('/implementer/reports')
    await implementer.get(`/implementer/campaigns/${campaignId}/needs/sign`)
    await implementer.post(`/implementer/campaigns/${campaignId}/needs/sign`, form)
    expect(implementer.status).toBe(404)
    await implementer.get(`/implementer/campaigns/${campaignId}/needs/sign`)
    await implementer.post(`/implementer/campaigns/${campaignId}/needs/${invitationId}`, {
      ...form,
      form_id: randomUUID(),
    })
    expect(implementer.status).toBe(404)
    expect((await world.superuser.query('SELECT 1 FROM interview_need')).rowCount).toBe(0)
    await signAll(world, company, (person) => person.kind === 'high')
    await implementer.get(`/implementer/campaigns/${campaignId}/release`)
    await implementer.submit(`/implementer/campaigns/${campaignId}/release`)
    expect(implementer.status).toBe(403)
    expect((await world.superuser.query('SELECT 1 FROM notice')).rowCount).toBe(0)
  })

  test('sees no hand-over, no request and no campaign plan of another one; whoever does see a hand-over is in the ledger', async () => {
    const { campaignId, implementerId } = company
    await world.superuser.query("UPDATE campaign SET state = 'need_confirmed' WHERE id = $1", [campaignId])
    const { releaseResults } = await import('../../server/results/index.ts')
    const { asImplementer, signingOf } = await import('../results/people.ts')
    await asImplementer(world, company, (db) => releaseResults(db, signingOf(company), world.clock.now()))
    world.clock.advance(60_000)
    const person = company.of('high')
    const own = await browserOfPerson(world, company, person)
    await own.get('/result/consent')
    await own.submit('/result/consent', { answer: 'need_only' })
    await own.get('/result/request')
    await own.submit('/result/request', { acknowledged: 'yes' })

    for (const [role, path] of [
      ['implementer', `/implementer/campaigns/${campaignId}/handovers`],
      ['physician', '/physician'],
      ['hr', '/hr/requests'],
    ] as const) {
      const browser = desk.get(role)!
      await browser.get(path)
      expect(browser.status, path).toBe(200)
      expect(browser.text, path).not.toContain(person.name)
    }
    const { rows } = await world.superuser.query('SELECT id FROM interview_request')
    const physician = desk.get('physician')!
    await physician.get(`/physician/requests/${rows[0].id}`)
    expect(physician.status).toBe(404)
    const hr = desk.get('hr')!
    for (const path of ['edit', 'prepare']) {
      await hr.get(`/hr/campaigns/${campaignId}/${path}`)
      expect(hr.status, path).toBe(403)
    }

    const listed = async () =>
      (await world.superuser.query("SELECT actor_id, subject_id FROM audit_entry WHERE action = 'handover.listed'"))
        .rows
    expect(await listed()).toEqual([])
    const whole = await browserOf(world, company, implementerId)
    await whole.get(`/implementer/campaigns/${campaignId}/handovers`)
    expect(whole.text).toContain(person.name)
    expect(await listed()).toEqual([{ actor_id: implementerId, subject_id: person.subjectId }])
  })
})

test('receipts: the person reads what HR did to the own request and opinion, though HR never learns whose record it is; nobody else does', async () => {
  const person = company.of('high')
  const physician = await browserOf(world, company, company.physicianId)
  const { rows } = await world.superuser.query<{ id: string }>('SELECT id FROM interview_request')
  const request = rows[0]!.id
  await physician.get(`/physician/requests/${request}`)
  await physician.submit(`/physician/requests/${request}/interview`, { held_on: '2026-11-21', mode: 'online' })
  await physician.get(`/physician/requests/${request}/opinion`)
  await physician.submit(`/physician/requests/${request}/opinion`, {
    go: 'preview',
    work_hours: '月20時間',
    mind_body: 'none',
    guidance: 'none',
    work_category: 'ordinary',
    hours: 'none',
    affiliation: '試験診療所',
  })
  await physician.submit(`/physician/requests/${request}/opinion/release`, { explained: 'yes' })
  // until HR has opened the request, the opinion and its key are not there for its role
  const opinions = () =>
    asRole(
      world,
      'hr',
      company.companyId,
      async (db) => [
        (await db.selectFrom('released_opinion').selectAll().execute()).length,
        (await db.selectFrom('data_key').selectAll().where('area', '=', 'employer').execute()).length,
      ],
      company.hrId,
    )
  expect(await opinions()).toEqual([0, 0])
  const hr = await browserOf(world, company, company.hrId)
  await hr.get('/hr/requests')
  await hr.submit('/hr/requests/open')
  expect(await opinions()).toEqual([1, 2])
  const { rows: sides } = await world.superuser.query<{ id: string }>('SELECT id FROM employer_request')
  await hr.get(`/hr/requests/${sides[0]!.id}`)
  expect(hr.status).toBe(200)

  const own = await browserOfPerson(world, company, person)
  await own.get('/result/receipts')
  expect(own.text).toContain('人事 試験 hr')
  expect(own.text).toContain('医師の意見書を読みました')
  expect(own.text).toContain('あなたが申し出たことを確認しました')
  expect(own.text).toContain('会社に渡してよい結果の一覧で')
  const other = await browserOfPerson(world, company, company.of('ordinary'))
  await other.get('/result/receipts')
  expect(other.text).not.toContain('意見書')
  const hrRows = await world.superuser.query(
    "SELECT 1 FROM audit_entry WHERE actor_role = 'hr' AND subject_area = 'stress' OR (actor_role = 'hr' AND subject_id = $1)",
    [person.subjectId],
  )
  expect(hrRows.rowCount).toBe(0)
})

describe('who may be given a role', () => {
  test('personnel authority is found by the address too, when the role is given (law R-2)', async () => {
    const { companyId } = company
    await world.superuser.query(
      "INSERT INTO personnel_authority (company_id, id, employee_code, from_on) VALUES ($1, $2, 'E040', '2026-01-01')",
      [companyId, randomUUID()],
    )
    await expect(hire('implementer', undefined, 'e040@example.jp')).rejects.toMatchObject({
      code: 'personnel_authority',
    })
    await expect(hire('clerk', undefined, 'E040@example.jp')).rejects.toMatchObject({ code: 'personnel_authority' })
    await hire('clerk', undefined, 'e041@example.jp')
    await hire('physician', undefined, 'e040@example.jp')
  })

  test('a second workplace waits for the duty of secrecy like the first (law R-5)', async () => {
    const userId = await hire('physician', company.workplaces.W1)
    const browser = await browserOf(world, company, userId)
    await browser.get('/physician')
    expect(browser.url).toBe('/physician')
    await world.services.database.as({ role: 'setup', companyId: company.companyId }, world.clock.now(), (db) =>
      grantRole(
        db as AnyHandle,
        { companyId: company.companyId, userId, role: 'physician', workplaceId: company.workplaces.W2 },
        world.clock.now(),
      ),
    )
    await browser.get('/physician')
    expect(browser.url).toBe('/staff/secrecy')
    await browser.submit('/staff/secrecy', { agreed: 'yes' })
    expect(browser.url).toBe('/physician')
  })

  test('a clerk whose director was closed opens nothing (law R-4)', async () => {
    const browser = await browserOf(world, company, company.clerkId)
    const address = `/clerk/campaigns/${company.campaignId}/needs`
    await browser.get(address)
    expect(browser.status).toBe(200)
    await world.superuser.query('UPDATE staff_user SET disabled_at = $2 WHERE id = $1', [
      company.implementerId,
      world.clock.now(),
    ])
    await browser.get(address)
    expect(browser.status).toBe(403)
    await world.superuser.query('UPDATE staff_user SET disabled_at = NULL WHERE id = $1', [company.implementerId])
  })
})

test('asking for a way into the pool leaves nothing behind for a stranger', async () => {
  const browser = openBrowser(await world.app())
  const mails = async () =>
    (await world.superuser.query('SELECT count(*)::int AS n FROM mail_message')).rows[0].n as number
  const before = await mails()
  await browser.get(`/c/${company.companyKey}/alumni/enter`)
  await browser.submit(/\/alumni\/enter$/, { email: 'dareka@example.net' })
  expect(browser.url).toBe(`/c/${company.companyKey}/alumni/sent`)
  expect(await mails()).toBe(before)
})

test('behind a proxy only what the proxy itself added counts as the address', async () => {
  const { buildApp } = await import('../../server/app.ts')
  const { services } = world
  const app = await buildApp({ ...services, config: { ...services.config, trustProxy: true } })
  const seen: string[] = []
  app.addHook('onRequest', async (request) => void seen.push(request.ip))
  await app.inject({ url: '/health', headers: { 'x-forwarded-for': '203.0.113.9, 198.51.100.7' } })
  expect(seen).toEqual(['198.51.100.7'])
  await app.close()
})
