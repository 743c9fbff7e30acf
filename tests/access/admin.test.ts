import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mailTemplates } from '../../server/access/index.ts'
import { getCompanyDetails } from '../../server/database/companies.ts'
import type { PreparedMail } from '../../server/mail/index.ts'
import { codeAt, createStaff, openBrowser, signIn, signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany
let admin: Browser
let adminId: string

beforeAll(async () => {
  world = await createWorld()
})
afterAll(async () => world.close())
beforeEach(async () => {
  company = await world.company()
  const signedIn = await signInAs(world, company, 'admin')
  admin = signedIn.browser
  adminId = signedIn.userId
})

/** What the worker does with the queued invitation of this person. */
async function prepareInvitation(userId: string): Promise<PreparedMail | undefined> {
  const { companyId } = company
  const at = world.clock.now()
  return world.services.database.as({ role: 'mailer', companyId }, at, async (db) => {
    const details = await getCompanyDetails(db, companyId)
    const mailCompany = { ...details, companyId, senderName: details.mailSenderName }
    return mailTemplates[0]!.prepare({
      services: world.services,
      db,
      company: mailCompany,
      subjectId: userId,
      contextId: userId,
      at,
    })
  })
}

async function queuedFor(userId: string): Promise<number> {
  const { rows } = await world.superuser.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM mail_message WHERE subject_id = $1 AND template = 'access.staff-invitation' AND mail_class = 'account' AND state = 'queued'`,
    [userId],
  )
  return rows[0]!.n
}

async function actionsOn(userId: string): Promise<string[]> {
  const { rows } = await world.superuser.query<{ action: string }>(
    `SELECT action FROM audit_entry WHERE subject_id = $1 AND actor_id = $2 ORDER BY at, id`,
    [userId, adminId],
  )
  return rows.map((row) => row.action).sort()
}

const pathOf = (mail: PreparedMail) => new URL(mail.data['link'] as string).pathname
const secretOf = (browser: Browser) => /id="secret">([A-Z2-7 ]+)</.exec(browser.html)![1]!.replaceAll(' ', '')

async function invite(values: Record<string, string>, role = 'implementer'): Promise<string> {
  await admin.get('/admin')
  await admin.follow('新しい利用者を招く')
  await admin.get(`/admin/users/new?role=${role}`)
  await admin.submit('/admin/users', values)
  return /^\/admin\/users\/([0-9a-f-]{36})$/.exec(admin.url)?.[1] ?? ''
}

test('an external implementer comes in by one mail', async () => {
  const userId = await invite({
    displayName: '実施 太郎',
    email: 'Jisshi@clinic.example',
    profession: 'physician',
    isRepresentative: 'yes',
  })
  expect(admin.text).toContain('医師')
  expect(await queuedFor(userId)).toBe(1)
  expect(await actionsOn(userId)).toEqual(['role.granted', 'staff.invited'])
  const mail = (await prepareInvitation(userId))!
  expect(mail).toMatchObject({ to: 'jisshi@clinic.example', toName: '実施 太郎', locale: 'ja' })

  const guest = openBrowser(await world.app())
  await guest.get(pathOf(mail))
  expect(guest.text).toContain('実施 太郎さん')
  // opening the link changes nothing, however often a mail scanner does it
  await guest.get(pathOf(mail))
  const { rows } = await world.superuser.query('SELECT password_hash, totp_sealed FROM staff_user WHERE id = $1', [
    userId,
  ])
  expect(rows).toEqual([{ password_hash: null, totp_sealed: null }])

  await guest.submit(pathOf(mail), { password: 'short', passwordAgain: 'short' })
  expect(guest.errors()).toEqual(['パスワードは12文字以上にしてください'])
  await guest.submit(pathOf(mail), { password: 'zwei lange Tage 88', passwordAgain: 'zwei lange Tage 88' })
  expect(guest.url).toBe('/sign-in/authenticator')
  const totpSecret = secretOf(guest)
  await guest.submit('/sign-in/authenticator', { code: codeAt(totpSecret, world.clock.now()) })
  expect(guest.url).toBe('/staff/secrecy')

  // the link has done its work, and no further mail is sent
  expect((await guest.get(pathOf(mail))).status).toBe(404)
  expect(await prepareInvitation(userId)).toBeUndefined()
  world.clock.advance(60_000)
  const later = await signIn(openBrowser(await world.app()), world, company, {
    email: 'jisshi@clinic.example',
    password: 'zwei lange Tage 88',
    totpSecret,
  })
  expect(later.url).toBe('/staff/secrecy')
})

test('an invitation runs out after seven days, can be sent again, and the earlier link is then worth nothing', async () => {
  const userId = await invite({ displayName: '人事 一郎', email: 'hr@example.jp' }, 'hr')
  const first = (await prepareInvitation(userId))!
  await admin.submit(`/admin/users/${userId}/invite`)
  expect(await queuedFor(userId)).toBe(2)
  const second = (await prepareInvitation(userId))!
  const guest = openBrowser(await world.app())
  expect((await guest.get(pathOf(first))).status).toBe(404)
  expect((await guest.get(pathOf(second))).status).toBe(200)
  world.clock.advance(7 * 24 * 3600_000)
  expect((await guest.get(pathOf(second))).status).toBe(410)
  const guessed = pathOf(second).replace(/.$/, (last) => (last === '0' ? '1' : '0'))
  expect((await guest.get(guessed)).status).toBe(404)
})

test('inviting again takes password, second factor and open sessions away', async () => {
  const person = await createStaff(world, company, 'hr')
  const theirs = await signIn(openBrowser(await world.app()), world, company, person)
  await admin.get(`/admin/users/${person.userId}`)
  await admin.submit(`/admin/users/${person.userId}/invite`)
  expect((await theirs.get('/staff')).status).toBe(401)
  const door = `/c/${company.companyKey}/sign-in`
  await theirs.get(door)
  await theirs.submit(door, { email: person.email, password: person.password })
  expect(theirs.errors()).toEqual(['メールアドレスまたはパスワードが違います'])
  const mail = (await prepareInvitation(person.userId))!
  await theirs.get(pathOf(mail))
  await theirs.submit(pathOf(mail), { password: 'drei lange Jahre 99', passwordAgain: 'drei lange Jahre 99' })
  expect(secretOf(theirs)).not.toBe(person.totpSecret)
})

test('sending a form twice invites once', async () => {
  await admin.get('/admin/users/new?role=hr')
  const form = Object.fromEntries(admin.form('/admin/users').fields)
  const values = { ...form, displayName: '人事 二郎', email: 'twice@example.jp' }
  await admin.postBare('/admin/users', values)
  const { url } = admin
  await admin.postBare('/admin/users', values)
  expect(admin.url).toBe(url)
  expect(await queuedFor(url.split('/').at(-1)!)).toBe(1)
  // another form with the same address
  await invite({ displayName: '人事 二郎', email: 'Twice@example.jp' }, 'hr')
  expect(admin.status).toBe(400)
  expect(admin.errors()).toEqual(['このメールアドレスの利用者は、すでにいます'])
})

test('faults of the form are named at their fields and what was typed is kept; nobody is made', async () => {
  await invite({ displayName: '心理 三郎', email: 'shinri@example.jp', profession: 'certified_psychologist' })
  expect(admin.status).toBe(400)
  expect(admin.errors()).toEqual(['この職種の方が実施者になるには、厚生労働大臣が定める研修の修了日が必要です'])
  expect(Object.fromEntries(admin.form('/admin/users').fields)).toMatchObject({
    displayName: '心理 三郎',
    email: 'shinri@example.jp',
    profession: 'certified_psychologist',
  })
  await admin.submit('/admin/users', { email: 'no address', profession: undefined })
  expect(admin.errors()).toEqual(['メールアドレスの形が正しくありません', '職種を選んでください'])
  const { rows } = await world.superuser.query(
    `SELECT FROM staff_user WHERE company_id = $1 AND email LIKE 'shinri%'`,
    [company.companyId],
  )
  expect(rows).toEqual([])
  // an option that does not exist
  await admin.post('/admin/users', { role: 'superuser', displayName: 'x', email: 'x@example.jp' })
  expect(admin.status).toBe(400)
})

test('personnel authority is told on the page that grants the role', async () => {
  await world.superuser.query(
    `INSERT INTO personnel_authority (company_id, id, employee_code, from_on) VALUES ($1, gen_random_uuid(), 'E7', '2020-01-01')`,
    [company.companyId],
  )
  await invite({ displayName: '部長 五郎', email: 'bucho@example.jp', employeeCode: 'E7' }, 'clerk')
  expect(admin.status).toBe(400)
  expect(admin.errors()[0]).toContain('労働安全衛生規則第52条の10')
  const { rows } = await world.superuser.query(
    `SELECT FROM staff_user WHERE company_id = $1 AND email = 'bucho@example.jp'`,
    [company.companyId],
  )
  expect(rows).toEqual([])
})

test('a role is added and taken away with a reason; the person is out at once', async () => {
  const person = await createStaff(world, company, 'hr')
  const theirs = await signIn(openBrowser(await world.app()), world, company, person)
  await admin.get(`/admin/users/${person.userId}`)
  await admin.follow('役割を加える')
  await admin.get(`/admin/users/${person.userId}/roles/new?role=admin`)
  await admin.submit(`/admin/users/${person.userId}/roles`)
  expect((await theirs.get('/admin')).status).toBe(200)

  await admin.get(`/admin/users/${person.userId}`)
  const revoke = admin.forms().find((form) => form.action.endsWith('/revoke'))!
  await admin.submit(revoke.action, { reason: 'left' })
  expect(admin.text).toContain('これまでの役割')
  expect(admin.text).toContain('退職・契約の終了')
  expect((await theirs.get('/staff')).status).toBe(401)
  expect(await actionsOn(person.userId)).toEqual(['role.granted', 'role.revoked'])
  // a reason that is not offered
  const other = admin.forms().find((form) => form.action.endsWith('/revoke'))!
  await admin.submit(other.action, { reason: 'because' })
  expect(admin.status).toBe(404)
})

test('the last administrator cannot be taken away, stopped or locked out', async () => {
  await admin.get(`/admin/users/${adminId}`)
  const revoke = admin.forms().find((form) => form.action.endsWith('/revoke'))!
  for (const [action, values] of [
    [revoke.action, { reason: 'left' }],
    [`/admin/users/${adminId}/disable`, {}],
    [`/admin/users/${adminId}/invite`, {}],
  ] as const) {
    await admin.submit(action, values)
    expect(admin.status).toBe(409)
    expect(admin.errors()[0]).toContain('ほかに有効な管理者がいない')
  }
  await createStaff(world, company, 'admin')
  await admin.submit(revoke.action, { reason: 'changedDuty' })
  expect(admin.status).toBe(401)
})

test('a stopped account is out at once and can be resumed', async () => {
  const person = await createStaff(world, company, 'hr')
  const theirs = await signIn(openBrowser(await world.app()), world, company, person)
  await admin.get(`/admin/users/${person.userId}`)
  await admin.submit(`/admin/users/${person.userId}/disable`)
  expect(admin.text).toContain('停止中')
  expect((await theirs.get('/staff')).status).toBe(401)
  const door = `/c/${company.companyKey}/sign-in`
  await theirs.get(door)
  expect((await theirs.submit(door, { email: person.email, password: person.password })).status).toBe(400)
  await admin.submit(`/admin/users/${person.userId}/enable`)
  world.clock.advance(60_000)
  expect((await signIn(theirs, world, company, person)).url).toBe('/hr')
})

test('what the company says about itself is changed and kept', async () => {
  await admin.get('/admin/company')
  await admin.submit('/admin/company', { name: '', timeZone: 'Asia/Tokyo' })
  expect(admin.status).toBe(400)
  expect(admin.errors()).toEqual(['会社名を入力してください'])
  await admin.submit('/admin/company', {
    name: '花道ホールディングス',
    postalAddress: '東京都中央区1-1',
    leavingWord: 'leaving',
    timeZone: 'Europe/Berlin',
  })
  expect(admin.url).toBe('/admin/company?saved=yes')
  expect(admin.text).toContain('保存しました')
  const { rows } = await world.superuser.query(
    'SELECT name, postal_address, leaving_word, time_zone, contact_phone FROM company WHERE company_id = $1',
    [company.companyId],
  )
  expect(rows).toEqual([
    {
      name: '花道ホールディングス',
      postal_address: '東京都中央区1-1',
      leaving_word: 'leaving',
      time_zone: 'Europe/Berlin',
      contact_phone: '03-0000-0000',
    },
  ])
  await admin.post('/admin/company', { timeZone: 'Mars/Base' })
  expect(admin.status).toBe(400)
})

test('the administrator cannot read an answer, a result or a password hash', async () => {
  for (const table of ['response', 'result', 'interview_need', 'stress_subject', 'exit_interview'])
    await expect(
      world.services.database.as<Record<string, object>, unknown>(
        { role: 'admin', companyId: company.companyId },
        world.clock.now(),
        async (db) =>
          db
            .selectFrom(table)
            .select('company_id' as never)
            .execute(),
      ),
      table,
    ).rejects.toMatchObject({ code: '42501' })
  const hashes = world.services.database.as<{ staff_user: { password_hash: string } }, unknown>(
    { role: 'admin', companyId: company.companyId },
    world.clock.now(),
    async (db) => db.selectFrom('staff_user').select('password_hash').execute(),
  )
  await expect(hashes).rejects.toMatchObject({ code: '42501' })
})

test.each(['ja', 'en'])('every page of access is whole in %s', async (language) => {
  const person = await createStaff(world, company, 'clerk')
  const pages = [
    '/',
    '/sign-in',
    `/c/${company.companyKey}/sign-in`,
    '/staff',
    '/staff/sessions',
    '/staff/secrecy',
    '/setup/keys',
    '/admin',
    '/admin/company',
    '/admin/users/new',
    `/admin/users/${person.userId}`,
    `/admin/users/${person.userId}/roles/new`,
  ]
  for (const role of ['admin', 'hr', 'implementer', 'clerk', 'physician', 'manager'])
    pages.push(`/admin/users/new?role=${role}`)
  for (const page of pages) {
    await admin.get(`${page}${page.includes('?') ? '&' : '?'}lang=${language}`)
    expect([page, admin.status]).toEqual([page, 200])
    expect(admin.html).toContain(`<html lang="${language}">`)
    if (language === 'en')
      expect(admin.text.replaceAll(/試験[^ ]*( [a-z]+)?|(やさしい)?日本語/g, ''), page).not.toMatch(/[\u3041-\u30ff]/)
  }
  const guest = openBrowser(await world.app(), { language })
  for (const page of ['/', '/sign-in', `/c/${company.companyKey}/sign-in?lang=${language}`])
    expect((await guest.get(page)).status).toBe(200)
})

test('another implementer directs a clerk: the old grant ends, the new one begins at the same place, secrecy is asked again', async () => {
  const { companyId } = company
  const first = await createStaff(world, company, 'implementer', { displayName: '実施 一' })
  const second = await createStaff(world, company, 'implementer', { displayName: '実施 二' })
  const workplaceId = '0198b000-0000-7000-8000-000000000001'
  await world.superuser.query(
    "INSERT INTO workplace (company_id, id, code, name, from_on) VALUES ($1, $2, 'W1', '本社', '2020-04-01')",
    [companyId, workplaceId],
  )
  const clerk = await signInAs(world, company, 'clerk', { workplaceId, directedBy: first.userId })
  await clerk.browser.get('/clerk')
  expect(clerk.browser.status).toBe(200)
  const grants = async () =>
    (
      await world.superuser.query<Record<string, unknown>>(
        'SELECT directed_by, workplace_id, granted_by, revoked_reason, secrecy_acknowledged_at IS NOT NULL AS acknowledged FROM role_grant WHERE company_id = $1 AND user_id = $2 ORDER BY revoked_at NULLS LAST',
        [companyId, clerk.userId],
      )
    ).rows
  const page = `/admin/users/${clerk.userId}`
  await admin.get(page)
  expect(admin.text).toContain('指示する実施者 実施 一')
  await admin.submit(/\/director$/, { directedBy: first.userId })
  expect(admin.status).toBe(400)
  expect(admin.errors()).toEqual(['いまと同じ実施者です。ほかの方を選んでください'])
  const [, anchor] = /<a href="#(director-[^"]+)"/.exec(admin.html)!
  expect(admin.html).toContain(`<select id="${anchor}" name="directedBy" aria-invalid="true"`)
  for (const nobody of ['', clerk.userId]) {
    await admin.submit(/\/director$/, { directedBy: nobody })
    expect(admin.status).toBe(400)
  }
  expect(await grants()).toHaveLength(1)
  await admin.get(page)
  await admin.submit(/\/director$/, { directedBy: second.userId })
  expect(admin.status).toBe(200)
  expect(admin.text).toContain('指示する実施者 実施 二')
  expect(await grants()).toEqual([
    {
      directed_by: first.userId,
      workplace_id: workplaceId,
      granted_by: null,
      revoked_reason: 'otherDirector',
      acknowledged: true,
    },
    {
      directed_by: second.userId,
      workplace_id: workplaceId,
      granted_by: adminId,
      revoked_reason: null,
      acknowledged: false,
    },
  ])
  expect(await actionsOn(clerk.userId)).toEqual(['role.granted', 'role.revoked'])
  // the next step leads to the duty of secrecy, and then on
  await clerk.browser.get('/clerk')
  expect(clerk.browser.url).toBe('/staff/secrecy')
  await clerk.browser.submit('/staff/secrecy', { agreed: 'yes' })
  await clerk.browser.get('/clerk')
  expect(clerk.browser.status).toBe(200)
  expect((await grants()).map((grant) => grant['acknowledged'])).toEqual([true, true])
})
