import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSetupCode, forgetSetupCode } from '../../server/access/setup-code.ts'
import { codeAt, openBrowser, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
  forgetSetupCode()
  await world.close()
})

const values = {
  name: '花道商事株式会社',
  mailSenderName: '花道商事 健康管理室',
  contactEmail: 'kenko@example.jp',
  adminName: '管理 花子',
  adminEmail: 'Admin@Example.jp',
  password: 'eine lange Nacht 77',
  passwordAgain: 'eine lange Nacht 77',
}

const secretOf = (browser: Browser) => /id="secret">([A-Z2-7 ]+)</.exec(browser.html)![1]!.replaceAll(' ', '')

test('the first visit leads through company, first administrator, authenticator and keys', async () => {
  const browser = openBrowser(await world.app())
  await browser.get('/')
  expect(browser.url).toBe('/setup')
  const setupCode = createSetupCode()
  await browser.submit('/setup', { setupCode, ...values })
  expect(browser.url).toBe('/sign-in/authenticator')

  // the picture and the text are there, a wrong code is refused
  expect(browser.html).toContain('src="data:image/svg+xml;base64,')
  await browser.submit('/sign-in/authenticator', { code: '000000' })
  expect(browser.status).toBe(400)
  const secret = secretOf(browser)
  await browser.submit('/sign-in/authenticator', { code: codeAt(secret, world.clock.now()) })
  expect(browser.url).toBe('/setup/keys')
  expect(browser.text).toContain(world.services.vault.fingerprint)
  expect(browser.text).toContain('hanamichi.key')
  await browser.submit('/setup/keys')
  expect(browser.status).toBe(400)
  await browser.get('/admin')
  expect(browser.text).toContain('鍵の保管がまだ確認されていません')
  await browser.get('/setup/keys')
  await browser.submit('/setup/keys', { kept: 'yes' })
  expect(browser.url).toBe('/admin')
  expect(browser.text).not.toContain('鍵の保管がまだ確認されていません')

  const { rows: companies } = await world.superuser.query(
    'SELECT name, locale, time_zone, mail_sender_name, contact_email FROM company',
  )
  expect(companies).toEqual([
    {
      name: '花道商事株式会社',
      locale: 'ja',
      time_zone: 'Asia/Tokyo',
      mail_sender_name: '花道商事 健康管理室',
      contact_email: 'kenko@example.jp',
    },
  ])
  const { rows: staff } = await world.superuser.query(
    'SELECT email, role FROM staff_user JOIN role_grant ON user_id = staff_user.id',
  )
  expect(staff).toEqual([{ email: 'admin@example.jp', role: 'admin' }])
  const { rows: audit } = await world.superuser.query<{ action: string }>(
    'SELECT action FROM audit_entry ORDER BY at, id',
  )
  expect(audit.map((row) => row.action).sort()).toEqual([
    'keys.backup_confirmed',
    'role.granted',
    'staff.second_factor_set',
    'staff.signed_in',
  ])

  // the secret is not shown again, and set-up is closed
  await browser.get('/sign-in/authenticator')
  expect(browser.status).toBe(401)
  expect(browser.html).not.toContain(secret)
  await browser.get('/setup')
  expect(browser.url).toBe('/')
  expect(browser.links().map((link) => link.href)).toContain('/sign-in')
})

test('without the code of this console nothing is made', async () => {
  const browser = openBrowser(await world.app())
  await browser.get('/setup')
  await browser.submit('/setup', { setupCode: '0000-0000-0000', ...values })
  expect(browser.status).toBe(400)
  expect(browser.errors()).toEqual(['設定コードが違います。サーバーの画面でお確かめください'])
  createSetupCode()
  await browser.submit('/setup', { setupCode: '0000-0000-0000', ...values })
  expect(browser.status).toBe(400)
  // what was typed is kept, passwords are not
  const fields = Object.fromEntries(browser.form('/setup').fields)
  expect(fields).toMatchObject({
    name: values.name,
    adminName: values.adminName,
    adminEmail: values.adminEmail,
    password: '',
    setupCode: '',
  })
  const { rows } = await world.superuser.query('SELECT FROM company')
  expect(rows).toEqual([])
})

test('every fault is named at once', async () => {
  const browser = openBrowser(await world.app())
  await browser.get('/setup')
  await browser.submit('/setup', {
    setupCode: createSetupCode(),
    contactEmail: 'no address',
    postalAddress: 'x'.repeat(301),
  })
  expect(browser.status).toBe(400)
  expect(browser.errors()).toHaveLength(7)
  await browser.submit('/setup', {
    setupCode: createSetupCode(),
    ...values,
    postalAddress: '',
    passwordAgain: 'another',
  })
  expect(browser.errors()).toEqual(['二つのパスワードが一致しません'])
  await browser.submit('/setup', { setupCode: createSetupCode(), ...values, password: 'short', passwordAgain: 'short' })
  expect(browser.errors()).toEqual(['パスワードは12文字以上にしてください'])
})

test('two at once make one company', async () => {
  const setupCode = createSetupCode()
  const browsers = await Promise.all(
    [1, 2].map(async () => {
      const browser = openBrowser(await world.app())
      return browser.get('/setup')
    }),
  )
  const answers = await Promise.all(
    browsers.map(async (browser) => (await browser.submit('/setup', { setupCode, ...values })).status),
  )
  expect(answers.sort((a, b) => a - b)).toEqual([200, 409])
  const { rows } = await world.superuser.query('SELECT FROM company')
  expect(rows).toHaveLength(1)
})

test('whoever loses the browser half-way goes on by signing in with the password', async () => {
  const first = openBrowser(await world.app())
  await first.get('/setup')
  await first.submit('/setup', { setupCode: createSetupCode(), ...values })
  const secret = secretOf(first)
  const second = openBrowser(await world.app())
  await second.get('/sign-in')
  await second.submit('/sign-in', { email: 'admin@example.jp', password: values.password })
  expect(second.url).toBe('/sign-in/authenticator')
  expect(secretOf(second)).toBe(secret)
  await second.submit('/sign-in/authenticator', { code: codeAt(secret, world.clock.now()) })
  expect(second.url).toBe('/setup/keys')
})
