import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { findSetupCode, isSetupCode } from '../../server/access/setup-code.ts'
import { openServices } from '../../server/open-services.ts'
import { parseOuterKey } from '../../server/vault/index.ts'
import { codeAt, openBrowser, type Browser } from '../helpers/browser.ts'
import { serveOn } from '../faults/serve-process.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World

beforeEach(async () => {
  world = await createWorld()
})
afterEach(async () => {
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
  const setupCode = await findSetupCode(world.services)
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
    setupCode: await findSetupCode(world.services),
    contactEmail: 'no address',
    postalAddress: 'x'.repeat(301),
  })
  expect(browser.status).toBe(400)
  expect(browser.errors()).toHaveLength(7)
  await browser.submit('/setup', {
    setupCode: await findSetupCode(world.services),
    ...values,
    postalAddress: '',
    passwordAgain: 'another',
  })
  expect(browser.errors()).toEqual(['二つのパスワードが一致しません'])
  await browser.submit('/setup', {
    setupCode: await findSetupCode(world.services),
    ...values,
    password: 'short',
    passwordAgain: 'short',
  })
  expect(browser.errors()).toEqual(['パスワードは12文字以上にしてください'])
})

/** Where the POST itself leads, before any redirect is followed. */
async function press(browser: Browser, form: Record<string, string>): Promise<[status: number, location: unknown]> {
  const sent = [...new Map([...browser.form('/setup').fields, ...Object.entries(form)])]
  const answer = await (
    await world.app()
  ).inject({
    method: 'POST',
    url: '/setup',
    headers: {
      accept: 'text/html',
      'content-type': 'application/x-www-form-urlencoded',
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    payload: new URLSearchParams(sent).toString(),
  })
  for (const cookie of answer.cookies) browser.cookies.set(cookie.name, encodeURIComponent(cookie.value))
  return [answer.statusCode, answer.headers.location]
}
const atSetup = async () => openBrowser(await world.app()).get('/setup')
const made = async () =>
  (
    await world.superuser.query<{ companies: number; people: string; grants: number }>(
      `SELECT (SELECT count(*)::int FROM company) AS companies, (SELECT string_agg(email, ' ') FROM staff_user) AS people,
        (SELECT count(*)::int FROM role_grant) AS grants`,
    )
  ).rows
const there = [303, '/sign-in/authenticator']

test('the button pressed twice, one after the other or at once, leads to the same page and makes one of everything', async () => {
  const form = { ...values, setupCode: await findSetupCode(world.services) }
  const browser = await atSetup()
  const second = openBrowser(await world.app())
  await second.get('/setup')
  expect(await Promise.all([press(browser, form), press(second, form)])).toEqual([there, there])
  expect(await press(browser, form)).toEqual(there)
  expect(await made()).toEqual([{ companies: 1, people: 'admin@example.jp', grants: 1 }])
  // whichever answer the browser shows in the end goes on, and both show the same secret
  await browser.get('/sign-in/authenticator')
  const secret = secretOf(browser)
  await second.get('/sign-in/authenticator')
  expect(secretOf(second)).toBe(secret)
  await browser.submit('/sign-in/authenticator', { code: codeAt(secret, world.clock.now()) })
  expect(browser.url).toBe('/setup/keys')
})

test('of two people at once one is the administrator, the other is refused; so is whoever comes later', async () => {
  const form = { ...values, setupCode: await findSetupCode(world.services) }
  const browsers = [await atSetup(), await atSetup(), await atSetup()] as const
  const other = { ...form, adminEmail: 'other@example.jp', adminName: '別 太郎' }
  const answers = await Promise.all([press(browsers[0], form), press(browsers[1], other)])
  expect(answers.map(([status]) => status).sort((a, b) => a - b)).toEqual([303, 409])
  const [winner, loser] = answers[0][0] === 303 ? [form, other] : [other, form]
  expect(await made()).toEqual([{ companies: 1, people: winner.adminEmail.toLowerCase(), grants: 1 }])
  for (const late of [
    loser,
    { ...winner, password: 'noch eine Nacht 78', passwordAgain: 'noch eine Nacht 78' },
    { ...winner, name: '別の株式会社' },
    { ...winner, setupCode: '0000-0000-0000' },
    { ...winner, setupCode: '' },
  ])
    expect((await press(browsers[2], late))[0]).toBe(409)
  expect(await made()).toEqual([{ companies: 1, people: winner.adminEmail.toLowerCase(), grants: 1 }])
})

test('once the second factor is confirmed the form leads nobody in any more', async () => {
  const form = { ...values, setupCode: await findSetupCode(world.services) }
  const [browser, late] = [await atSetup(), await atSetup()]
  await browser.submit('/setup', form)
  await browser.submit('/sign-in/authenticator', { code: codeAt(secretOf(browser), world.clock.now()) })
  expect(browser.url).toBe('/setup/keys')
  expect((await press(late, form))[0]).toBe(409)
})

test('every process with the same key and database has the same code; another key or database has another', async () => {
  const open = (keyText: string, runtimeUrl: string) =>
    openServices({
      config: world.services.config,
      clock: world.clock,
      runtimeUrl,
      outerKey: parseOuterKey(keyText, 'test key'),
    })
  const other = await createWorld()
  const processes = [
    await open(world.keyText, world.runtimeUrl),
    await open(other.keyText, world.runtimeUrl),
    await open(world.keyText, other.runtimeUrl),
  ]
  try {
    const code = await findSetupCode(world.services)
    expect(code).toMatch(/^[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}-[0-9a-hjkmnp-tv-z]{4}$/)
    const codes = await Promise.all(processes.map(({ services }) => findSetupCode(services)))
    expect(codes[0]).toBe(code)
    expect(new Set([code, ...codes]).size).toBe(3)
    // printed by one process, typed at another
    expect(await Promise.all(processes.map(({ services }) => isSetupCode(services, code)))).toEqual([
      true,
      false,
      false,
    ])
    expect(await isSetupCode(world.services, code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O'))).toBe(true)
    for (const wrong of ['', `${code}0`, code.slice(0, -1)])
      expect(await isSetupCode(world.services, wrong)).toBe(false)
  } finally {
    for (const one of processes) await one.close()
    await other.close()
  }
})

test('two processes of `serve` print one code', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-setup-'))
  const processes = await Promise.all([serveOn(world, folder), serveOn(world, folder)])
  try {
    const code = await findSetupCode(world.services)
    for (const one of processes) {
      await expect.poll(one.said).toContain('/setup')
      expect(one.said()).toContain(code)
    }
  } finally {
    for (const one of processes) await one.end('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)

test('who guesses the code is stopped', async () => {
  const browser = await atSetup()
  const answers: number[] = []
  for (let guess = 0; guess < 62; guess++)
    answers.push((await press(browser, { ...values, setupCode: `0000-0000-${String(guess).padStart(4, '0')}` }))[0])
  expect(answers.slice(0, 60).every((status) => status === 400)).toBe(true)
  expect(answers.at(-1)).toBe(429)
})

test('whoever loses the browser half-way goes on by signing in with the password', async () => {
  const first = openBrowser(await world.app())
  await first.get('/setup')
  await first.submit('/setup', { setupCode: await findSetupCode(world.services), ...values })
  const secret = secretOf(first)
  const second = openBrowser(await world.app())
  await second.get('/sign-in')
  await second.submit('/sign-in', { email: 'admin@example.jp', password: values.password })
  expect(second.url).toBe('/sign-in/authenticator')
  expect(secretOf(second)).toBe(secret)
  await second.submit('/sign-in/authenticator', { code: codeAt(secret, world.clock.now()) })
  expect(second.url).toBe('/setup/keys')
})
