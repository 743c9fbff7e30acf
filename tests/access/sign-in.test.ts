import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { codeAt, createStaff, openBrowser, signIn, signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany
let door: string

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  door = `/c/${company.companyKey}/sign-in`
})
afterAll(async () => world.close())
// yesterday's attempts do not count
beforeEach(() => world.clock.advance(24 * 3600_000))

async function visitor(remoteAddress?: string): Promise<Browser> {
  const browser = openBrowser(await world.app(), remoteAddress ? { remoteAddress } : {})
  return browser.get(door)
}

async function tryPassword(browser: Browser, email: string, password: string): Promise<Browser> {
  await browser.get(door)
  return browser.submit(door, { email, password })
}

async function attempts(): Promise<number> {
  const { rows } = await world.superuser.query<{ n: number }>('SELECT count(*)::int AS n FROM sign_in_attempt')
  return rows[0]!.n
}

describe('signing in', () => {
  test('password and code lead to the only desk, and the act is written down', async () => {
    const { browser, userId } = await signInAs(world, company, 'admin')
    expect(browser.status).toBe(200)
    expect(browser.url).toBe('/admin')
    const { rows } = await world.superuser.query('SELECT action FROM audit_entry WHERE actor_id = $1', [userId])
    expect(rows).toEqual([{ action: 'staff.signed_in' }])
  })

  test('/sign-in serves where there is one company', async () => {
    const person = await createStaff(world, company, 'admin')
    const browser = openBrowser(await world.app())
    await browser.get('/sign-in')
    await browser.submit('/sign-in', { email: person.email.toUpperCase(), password: person.password })
    expect(browser.url).toBe('/sign-in/code')
  })

  test('an unknown account, a wrong password and an invitation not yet accepted answer alike and as slowly', async () => {
    const known = await Promise.all(Array.from({ length: 5 }, async () => createStaff(world, company, 'hr')))
    const invited = await createStaff(world, company, 'hr')
    await world.superuser.query('UPDATE staff_user SET password_hash = NULL, totp_confirmed_at = NULL WHERE id = $1', [
      invited.userId,
    ])
    const browser = await visitor()
    const same = (page: Browser) => [page.status, page.errors(), page.text.replaceAll(/\S+@example\.jp/g, '')]
    const pages = [known[0]!.email, 'nobody@example.jp', invited.email].map(async (email) =>
      same(await tryPassword(await visitor(), email, 'not the password')),
    )
    const [wrong, unknown, unaccepted] = await Promise.all(pages)
    expect(wrong).toEqual([400, ['メールアドレスまたはパスワードが違います'], wrong![2]])
    expect(unknown).toEqual(wrong)
    expect(unaccepted).toEqual(wrong)

    const time = async (email: string) => {
      const begin = performance.now()
      await tryPassword(browser, email, 'not the password')
      return performance.now() - begin
    }
    const median = (values: number[]) => values.sort((a, b) => a - b)[2]!
    const times = { known: [] as number[], unknown: [] as number[] }
    for (const [index, one] of known.entries()) {
      times.known.push(await time(one.email))
      times.unknown.push(await time(`nobody${index}@example.jp`))
    }
    const ratio = median(times.unknown) / median(times.known)
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })

  test('empty fields are named at the field', async () => {
    const browser = await visitor()
    await browser.submit(door, {})
    expect(browser.status).toBe(400)
    expect(browser.errors()).toEqual(['メールアドレスを入力してください', 'パスワードを入力してください'])
  })

  test('the right password alone opens no desk', async () => {
    const person = await createStaff(world, company, 'admin')
    const browser = await tryPassword(await visitor(), person.email, person.password)
    expect(browser.url).toBe('/sign-in/code')
    await browser.get('/admin')
    expect(browser.status).toBe(401)
    await browser.get('/staff')
    expect(browser.status).toBe(401)
  })

  test('a wrong code is refused; each code is good once, and no older one after it', async () => {
    const person = await createStaff(world, company, 'admin')
    const first = await tryPassword(await visitor(), person.email, person.password)
    const now = world.clock.now()
    await first.submit('/sign-in/code', { code: '12345' })
    expect(first.status).toBe(400)
    expect(first.errors()[0]).toContain('確認コードが違う')
    await first.submit('/sign-in/code', { code: codeAt(person.totpSecret, now) })
    expect(first.url).toBe('/admin')

    const second = await tryPassword(await visitor(), person.email, person.password)
    for (const at of [now, new Date(now.getTime() - 30_000)]) {
      await second.submit('/sign-in/code', { code: codeAt(person.totpSecret, at) })
      expect(second.status).toBe(400)
    }
    world.clock.advance(30_000)
    await second.submit('/sign-in/code', {
      code: ` ${codeAt(person.totpSecret, world.clock.now()).replace(/^(...)/, '$1 ')}`,
    })
    expect(second.url).toBe('/admin')
  })

  test.each(['at the same moment', 'one after the other'])(
    'a code sent twice, %s, signs in once and says nothing is wrong',
    async (how) => {
      const person = await createStaff(world, company, 'admin')
      const browser = await tryPassword(await visitor(), person.email, person.password)
      const fields = {
        ...Object.fromEntries(browser.form('/sign-in/code').fields),
        code: codeAt(person.totpSecret, world.clock.now()),
      }
      const app = await world.app()
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const press = () =>
        app.inject({
          method: 'POST',
          url: '/sign-in/code',
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams(fields).toString(),
        })
      const answers =
        how === 'at the same moment' ? await Promise.all([press(), press()]) : [await press(), await press()]
      expect(new Set(answers.map((answer) => `${answer.statusCode} ${answer.headers.location}`))).toEqual(
        new Set(['303 /admin', '303 /staff']),
      )
      const sessions = answers.flatMap((answer) => answer.cookies.filter((one) => one.name === 'hanamichi_staff'))
      expect(sessions).toHaveLength(1)
      browser.cookies.set('hanamichi_staff', sessions[0]!.value)
      expect((await browser.get('/staff')).status).toBe(200)
    },
  )

  test('the session of the first step ends with it: its cookie is worth nothing afterwards', async () => {
    const person = await createStaff(world, company, 'admin')
    const browser = await tryPassword(await visitor(), person.email, person.password)
    const half = browser.cookies.get('hanamichi_staff')!
    await browser.submit('/sign-in/code', { code: codeAt(person.totpSecret, world.clock.now()) })
    const other = openBrowser(await world.app())
    other.cookies.set('hanamichi_staff', half)
    expect((await other.get('/admin')).status).toBe(401)
    expect((await other.get('/sign-in/code')).status).toBe(401)
  })

  test('without a CSRF token nothing is tried', async () => {
    const person = await createStaff(world, company, 'admin')
    const before = await attempts()
    const browser = openBrowser(await world.app())
    await browser.postBare(door, { email: person.email, password: person.password })
    expect(browser.status).toBe(403)
    expect(await attempts()).toBe(before)
  })

  test('passwords are kept as argon2id with their parameters, secrets of the second factor sealed', async () => {
    const person = await createStaff(world, company, 'admin')
    const { rows } = await world.superuser.query<{ password_hash: string; totp_sealed: Buffer }>(
      'SELECT password_hash, totp_sealed FROM staff_user WHERE id = $1',
      [person.userId],
    )
    expect(rows[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
    expect(rows[0]!.totp_sealed.includes(person.totpSecret)).toBe(false)
  })
})

describe('slowing down', () => {
  test('after five failures an origin is refused, the person elsewhere is not', async () => {
    const person = await createStaff(world, company, 'admin')
    const attacker = await visitor('203.0.113.5')
    for (let n = 0; n < 5; n++)
      expect((await tryPassword(attacker, person.email, 'wrong wrong wrong')).status).toBe(400)
    expect((await tryPassword(attacker, person.email, person.password)).status).toBe(429)
    const owner = await visitor('198.51.100.7')
    await signIn(owner, world, company, person)
    expect(owner.url).toBe('/admin')
    world.clock.advance(16 * 60_000)
    expect((await tryPassword(attacker, person.email, person.password)).url).toBe('/sign-in/code')
  })

  test('a known device behind the same address is an origin of its own, for its person only', async () => {
    const person = await createStaff(world, company, 'admin')
    const device = await visitor('203.0.113.20')
    await signIn(device, world, company, person)
    await device.post('/access/sign-out')
    const neighbour = await visitor('203.0.113.20')
    for (let n = 0; n < 6; n++) await tryPassword(neighbour, person.email, 'wrong wrong wrong')
    expect(neighbour.status).toBe(429)
    expect((await tryPassword(device, person.email, person.password)).url).toBe('/sign-in/code')

    const colleague = await createStaff(world, company, 'admin')
    for (let n = 0; n < 6; n++) await tryPassword(neighbour, colleague.email, 'wrong wrong wrong')
    expect((await tryPassword(device, colleague.email, colleague.password)).status).toBe(429)
  })

  test('thirty at once count as thirty', async () => {
    const person = await createStaff(world, company, 'admin')
    const page = await visitor('203.0.113.30')
    const fields = Object.fromEntries(page.form(door).fields)
    const cookie = [...page.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const app = await world.app()
    const answers = await Promise.all(
      Array.from({ length: 30 }, async () =>
        app.inject({
          method: 'POST',
          url: door,
          remoteAddress: '203.0.113.30',
          headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
          payload: new URLSearchParams({ ...fields, email: person.email, password: 'wrong wrong wrong' }).toString(),
        }),
      ),
    )
    const statuses = answers.map((answer) => answer.statusCode)
    expect(statuses.filter((status) => status === 400)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(25)
  })

  test('guessing codes is refused after five from one place and after twenty from anywhere', async () => {
    const person = await createStaff(world, company, 'admin')
    const guess = async (browser: Browser) => browser.submit('/sign-in/code', { code: '00000a' })
    for (let place = 0; place < 4; place++) {
      const thief = await tryPassword(await visitor(`203.0.113.${100 + place}`), person.email, person.password)
      for (let n = 0; n < 5; n++) expect((await guess(thief)).status).toBe(400)
      await thief.get('/sign-in/code')
      expect((await guess(thief)).status).toBe(429)
    }
    const elsewhere = await tryPassword(await visitor('203.0.113.200'), person.email, person.password)
    expect((await guess(elsewhere)).status).toBe(429)
  })

  test('attempts are forgotten after a day', async () => {
    const { ticks } = await import('../../server/access/index.ts')
    await tryPassword(await visitor(), 'nobody@example.jp', 'wrong wrong wrong')
    expect(await attempts()).toBeGreaterThan(0)
    world.clock.advance(25 * 3600_000)
    for (const tick of ticks) await tick.run({ services: world.services, at: world.clock.now() })
    expect(await attempts()).toBe(0)
  })
})
