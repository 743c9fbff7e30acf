import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ticks } from '../../server/answering/index.ts'
import { closeCampaign } from '../../server/campaigns/index.ts'
import { newId } from '../../server/ids.ts'
import { revokeLinks } from '../../server/web/links.ts'
import { asRole } from '../campaigns/company.ts'
import { openBrowser, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { answerAll, codeOn, lastGroup, openSurvey, start, type Survey } from './survey.ts'

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world)
})
afterAll(() => world.close())

const one = async (statement: string, ...values: unknown[]) => (await world.superuser.query(statement, values)).rows[0]
const stateOf = async (code: string) =>
  (await one('SELECT state FROM invitation WHERE id = $1', survey.invitation(code).id)).state as string
const countOf = async (table: string, code: string) => {
  const column = table === 'response' ? 'invitation_id' : 'id'
  return Number((await one(`SELECT count(*) FROM ${table} WHERE ${column} = $1`, survey.invitation(code).id)).count)
}

/** A fingerprint of every row of every table, without sessions' bookkeeping of when they were seen. */
async function fingerprint(): Promise<Record<string, string>> {
  const { rows } = await world.superuser.query(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'hanamichi' ORDER BY 1",
  )
  const prints: Record<string, string> = {}
  for (const { tablename } of rows) {
    const { rows: found } = await world.superuser.query(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS print FROM hanamichi.${tablename} t`,
    )
    prints[tablename] = found[0].print
  }
  return prints
}

describe('links', () => {
  test('fifty readings of a link by GET and HEAD, from many places, leave the database as it was; the person can still answer', async () => {
    const token = await survey.token('E001')
    const app = await world.app()
    const before = await fingerprint()
    for (let visit = 0; visit < 50; visit++) {
      for (const path of ['', '/decline', '/start']) {
        const answer = await app.inject({
          method: visit % 3 === 0 ? 'HEAD' : 'GET',
          url: `/a/${token}${path}`,
          remoteAddress: `192.0.2.${visit}`,
          headers: { 'user-agent': `scanner ${visit}`, accept: '*/*' },
        })
        expect(answer.statusCode).toBeLessThan(400)
        expect(answer.cookies.map((cookie) => cookie.name)).not.toContain('hanamichi_participant')
      }
    }
    expect(await fingerprint()).toEqual(before)
    const { browser, code } = await start(world, token)
    await answerAll(browser)
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    expect(await stateOf('E001')).toBe('submitted')
  })

  test('guessed, revoked and of another kind: one and the same answer; expired says so', async () => {
    const browser = openBrowser(await world.app(), { remoteAddress: '198.51.100.1' })
    const token = await survey.token('E002')
    const guessed = `${token.slice(0, 7)}${'0'.repeat(26)}`
    const otherCompany = `${(await world.company()).companyKey}${token.slice(6)}`
    const revoked = await survey.token('E003')
    await asRole(world, 'clerk', survey.company.companyId, (db) =>
      revokeLinks(db, survey.company.companyId, survey.invitation('E003').id, world.clock.now()),
    )
    const pages = []
    for (const bad of [guessed, otherCompany, revoked, 'x', `${token}0`]) {
      await browser.get(`/a/${bad}`)
      pages.push(`${browser.status} ${browser.text.replace(/[0-9a-f-]{36}/, '')}`)
    }
    expect(new Set(pages).size).toBe(1)
    expect(pages[0]).toMatch(/^404 このリンクは使えません/)
    const before = world.clock.now()
    world.clock.set('2027-04-01T00:00:00Z')
    expect((await browser.get(`/a/${token}`)).status).toBe(410)
    world.clock.set(before)
  })
})

/** Opens the link, then presses every button of every page it comes to, with the fields as they stand. */
async function scan(browser: Browser, token: string): Promise<number> {
  const seen = new Set<string>()
  const waiting = [`/a/${token}`]
  let pressed = 0
  const lookAround = () => {
    for (const link of browser.links())
      if (link.href.startsWith('/') && !link.href.startsWith('/static')) waiting.push(link.href)
  }
  while (waiting.length > 0) {
    const path = waiting.shift()!
    if (seen.has(path)) continue
    seen.add(path)
    await browser.get(path)
    lookAround()
    const forms = browser.forms()
    for (const form of forms) {
      const buttons = form.buttons.length > 0 ? form.buttons : [undefined]
      for (const button of buttons) {
        await browser.get(path)
        const current = browser.forms().find((candidate) => candidate.action === form.action)
        if (!current) continue
        await browser.submit(current.action, button ? { [button.name]: button.value } : {})
        pressed++
        lookAround()
        if (browser.url.startsWith('/answer')) waiting.push(browser.url)
      }
    }
  }
  return pressed
}

describe('scanners', () => {
  test('one that runs through every page and presses every button answers, submits and declines nothing, and locks nobody out', async () => {
    const token = await survey.token('E005')
    const scanner = openBrowser(await world.app(), { remoteAddress: '203.0.113.9' })
    expect(await scan(scanner, token)).toBeGreaterThan(40)
    expect(await stateOf('E005')).toBe('started')
    expect(await countOf('response', 'E005')).toBe(0)
    expect(await countOf('result', 'E005')).toBe(0)
    expect(
      (await one('SELECT bound_at FROM personal_code WHERE id = $1', survey.invitation('E005').id)).bound_at,
    ).toBeNull()
    const { browser, code } = await start(world, token)
    await answerAll(browser)
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    expect(await stateOf('E005')).toBe('submitted')
  })

  test("one that comes by later, for a reminder, does not cost a person's answers, bound or not", async () => {
    const token = await survey.token('E006')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/1')
    await browser.submit('/answer/1', { a_q1: '4', go: 'next' })
    await scan(openBrowser(await world.app(), { remoteAddress: '203.0.113.10' }), await survey.token('E006'))
    await browser.get('/answer/1')
    expect(browser.form('/answer/1').fields).toContainEqual(['a_q1', '4'])
    await browser.get('/answer/leave')
    await browser.submit('/answer/leave', { code: lastGroup(code) })
    await scan(openBrowser(await world.app(), { remoteAddress: '203.0.113.11' }), token)
    expect((await browser.get('/answer/1')).form('/answer/1').fields).toContainEqual(['a_q1', '4'])
    expect(await stateOf('E006')).toBe('started')
  })
})

describe('starting over', () => {
  test('another browser may begin over with a tick; the first one is out, its code void', async () => {
    const token = await survey.token('E007')
    const first = await start(world, token)
    await first.browser.get('/answer/1')
    await first.browser.submit('/answer/1', { a_q1: '1', go: 'next' })
    const second = openBrowser(await world.app())
    await second.get(`/a/${token}`)
    await second.submit(`/a/${token}/start`, { go: 'code' })
    expect(second.url).toBe('/answer/code')
    const third = openBrowser(await world.app())
    await third.get(`/a/${token}`)
    await third.post(`/a/${token}/start`, {})
    expect([third.status, third.errors()]).toEqual([400, ['最初から始める場合は、チェックを入れてください。']])
    await third.post(`/a/${token}/start`, { over: 'yes' })
    const code = codeOn(third)
    expect((await third.get('/answer/1')).text).toContain('58問中0問')
    expect((await first.browser.get('/answer/1')).status).toBe(401)
    await answerAll(third)
    await third.submit('/answer/submit', { code: lastGroup(first.code) })
    expect(third.status).toBe(400)
    await third.submit('/answer/submit', { code: lastGroup(code) })
    expect(third.url).toBe('/answer/submitted')
  })

  test('the same browser gets a new code and keeps its answers', async () => {
    const token = await survey.token('E008')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/1')
    await browser.submit('/answer/1', { a_q1: '1', go: 'next' })
    await browser.post(`/a/${token}/start`)
    expect(codeOn(browser)).not.toBe(code)
    expect((await browser.get('/answer/1')).form('/answer/1').fields).toContainEqual(['a_q1', '1'])
  })

  test('two starts at one moment leave one code and one session that goes on', async () => {
    const token = await survey.token('E009')
    const browsers = await Promise.all([1, 2, 3].map(async () => openBrowser(await world.app()).get(`/a/${token}`)))
    await Promise.all(browsers.map((browser) => browser.submit(`/a/${token}/start`)))
    const going = []
    for (const browser of browsers) {
      if (browser.status !== 200) continue
      const code = codeOn(browser)
      await browser.get('/answer/review')
      if (browser.status === 200 && browser.url === '/answer/review') going.push({ browser, code })
    }
    expect(going).toHaveLength(1)
    await going[0]!.browser.submit('/answer/submit', { code: lastGroup(going[0]!.code) })
    expect(await stateOf('E009')).toBe('submitted')
  })
})

describe('two tabs and two clicks', () => {
  const save = (browser: Browser, sheet: number, values: Record<string, string>) =>
    browser.postBare(`/answer/${sheet}/save`, values, { accept: 'application/json' })

  test('tabs do not lose each other’s answers, on different screens and on the same one', async () => {
    const { browser } = await start(world, await survey.token('E010'))
    await browser.get('/answer/1')
    const tabOne = Object.fromEntries(browser.form('/answer/1').fields)
    await browser.get('/answer/2')
    const tabTwo = Object.fromEntries(browser.form('/answer/2').fields)
    await Promise.all(
      [1, 2, 3, 4, 5, 6].flatMap((step) => {
        const other = openBrowserWith(browser)
        return [
          save(other, 1, { ...tabOne, [`a_q${step}`]: '3' }),
          save(openBrowserWith(browser), 2, { ...tabTwo, [`a_q${step + 6}`]: '2' }),
        ]
      }),
    )
    await browser.get('/answer/2')
    expect(browser.text).toContain('58問中12問')

    // the rating is a typed field: an empty one in a stale tab does not empty what the other tab wrote
    const last = 12
    await browser.get(`/answer/${last}`)
    const stale = Object.fromEntries(browser.form(`/answer/${last}`).fields)
    await browser.get(`/answer/${last}`)
    const fresh = Object.fromEntries(browser.form(`/answer/${last}`).fields)
    expect((await save(openBrowserWith(browser), last, { ...fresh, a_performance: '80' })).status).toBe(204)
    expect((await save(openBrowserWith(browser), last, stale)).status).toBe(204)
    expect((await browser.get(`/answer/${last}`)).form(`/answer/${last}`).fields).toContainEqual([
      'a_performance',
      '80',
    ])
    // the tab that wrote it may empty it, and so may one that was shown it
    await save(openBrowserWith(browser), last, { ...fresh, a_performance: '' })
    expect((await browser.get(`/answer/${last}`)).form(`/answer/${last}`).fields).toContainEqual(['a_performance', ''])
  })

  function openBrowserWith(of: Browser): Browser {
    const other = openBrowser(shared)
    for (const [name, value] of of.cookies) other.cookies.set(name, value)
    return other
  }
  let shared: Awaited<ReturnType<World['app']>>
  beforeAll(async () => {
    shared = await world.app()
  })

  test('a link opened from the mail in a second tab leaves the form of the first one good', async () => {
    const token = await survey.token('E011')
    const { browser } = await start(world, token)
    await browser.get('/answer/1')
    const form = Object.fromEntries(browser.form('/answer/1').fields)
    const csrf = (await world.app().then((app) => app.inject({ url: `/a/${token}` }))).cookies.find(
      (cookie) => cookie.name === '_csrf',
    )
    expect(csrf?.sameSite).toBe('Lax')
    await browser.get(`/a/${token}`)
    expect(browser.text).toContain('この端末でそのまま続きから回答できます')
    expect((await save(browser, 1, { ...form, a_q1: '1' })).status).toBe(204)
  })

  test('submitting twice, by two tabs and ten clicks at once: one stored state, every click lands on the thanks', async () => {
    const { browser, code } = await start(world, await survey.token('E012'))
    await answerAll(browser)
    const fields = { ...Object.fromEntries(browser.form('/answer/submit').fields), code: lastGroup(code) }
    const clicks = await Promise.all(
      Array.from({ length: 10 }, () => openBrowserWith(browser).postBare('/answer/submit', fields)),
    )
    expect(clicks.map((click) => click.url)).toEqual(Array(10).fill('/answer/submitted'))
    expect(await countOf('response', 'E012')).toBe(2)
    expect(await countOf('result', 'E012')).toBe(1)
    expect(
      Number(
        (
          await one(
            "SELECT count(*) FROM audit_entry WHERE object_id = $1 AND action = 'response.submitted'",
            survey.invitation('E012').id,
          )
        ).count,
      ),
    ).toBe(1)
    await browser.postBare('/answer/submit', fields)
    expect(browser.url).toBe('/answer/submitted')
    // and a save that comes in late changes nothing
    expect((await save(openBrowserWith(browser), 1, { ...fields, a_q1: '1' })).status).toBe(409)
    expect(await countOf('response_draft', 'E012')).toBe(0)
  })
})

describe('bad input, named', () => {
  test('an option that does not exist, an item of elsewhere, a number out of range', async () => {
    const { browser } = await start(world, await survey.token('E013'))
    await browser.get('/answer/1')
    await browser.post('/answer/1', { a_q1: '5', a_q2: '1' })
    expect(browser.status).toBe(400)
    expect(browser.text).toContain('選択肢にない回答がありました')
    await browser.get('/answer/1')
    for (const values of [{ a_q99: '1' }, { a_q30: '1' }, { a_q1: ['1', '2'] }, { a_q1: '1 OR 1=1' }]) {
      await browser.get('/answer/1')
      await browser.post('/answer/1', values)
      expect(browser.status).toBe(400)
    }
    expect((await browser.get('/answer/1')).text).toContain('58問中0問')
    await browser.get('/answer/12')
    await browser.submit('/answer/12', { a_performance: '101', go: 'next' })
    expect([browser.status, browser.errors()]).toEqual([400, ['1から100までの数字を入力してください。']])
    expect(browser.form('/answer/12').fields).toContainEqual(['a_performance', '101'])
    expect((await browser.get('/answer/99')).status).toBe(404)
    expect((await browser.get('/answer/0')).status).toBe(400)
  })

  test('a megabyte of text is refused before it is read', async () => {
    const { browser } = await start(world, await survey.token('E014'))
    await browser.get('/answer/1')
    await browser.post('/answer/1', { a_q1: 'あ'.repeat(400_000) })
    expect(browser.status).toBe(413)
    expect(browser.text).toContain('大きすぎます')
  })

  test('a missing or foreign CSRF token changes nothing', async () => {
    const token = await survey.token('E015')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/1')
    const stranger = openBrowser(await world.app())
    await stranger.get(`/a/${token}`)
    const foreign = stranger.form(`/a/${token}/start`).fields.find(([name]) => name === '_csrf')![1]
    const before = await fingerprint()
    for (const [url, values] of [
      [`/a/${token}/start`, {}],
      [`/a/${token}/decline`, { decline: 'yes' }],
      ['/answer/1', { a_q1: '1' }],
      ['/answer/1/save', { a_q1: '1' }],
      ['/answer/submit', { code: lastGroup(code) }],
      ['/answer/leave', { code: lastGroup(code) }],
      ['/answer/code', { code }],
      ['/answer/new-code', {}],
    ] as const) {
      for (const extra of [{}, { _csrf: foreign, form_id: '0190d0f0-0000-7000-8000-000000000000' }]) {
        await browser.postBare(url, { ...values, ...extra })
        expect([url, browser.status]).toEqual([url, 403])
      }
    }
    expect(await fingerprint()).toEqual(before)
  })

  test('a code typed wrongly ten times rests for a quarter of an hour, for nobody else', async () => {
    const { browser, code } = await start(world, await survey.token('E016'))
    await browser.get('/answer/review')
    for (let wrong = 0; wrong < 9; wrong++) {
      await browser.submit('/answer/submit', { code: '00000' })
      expect(browser.status).toBe(400)
    }
    await browser.submit('/answer/submit', { code: '00000' })
    expect(browser.status).toBe(429)
    await browser.get('/answer/review')
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    expect(browser.status).toBe(429)
    const other = await start(world, await survey.token('E017'))
    await other.browser.get('/answer/review')
    await other.browser.submit('/answer/submit', { code: lastGroup(other.code) })
    expect(other.browser.url).toBe('/answer/submitted')
    world.clock.advance(16 * 60_000)
    await browser.get('/answer/review')
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    expect(browser.url).toBe('/answer/submitted')
  })

  test('who holds a forwarded link and types nonsense gets nowhere, and does not lock the person out', async () => {
    const token = await survey.token('E018')
    const { browser, code } = await start(world, token)
    await browser.get('/answer/leave')
    await browser.submit('/answer/leave', { code: lastGroup(code) })
    const stranger = openBrowser(await world.app())
    await stranger.get(`/a/${token}`)
    await stranger.submit(`/a/${token}/start`)
    const statuses = []
    for (let guess = 0; guess < 12; guess++) {
      await stranger.submit('/answer/code', { code: `0000-00000-0000${guess % 10}` })
      statuses.push(stranger.status)
    }
    expect(statuses).toEqual([...Array<number>(9).fill(400), 429, 429, 429])
    expect(stranger.errors()[0]).toContain('個人コードを全部')
    const phone = openBrowser(await world.app())
    await phone.get(`/a/${token}`)
    await phone.submit(`/a/${token}/start`)
    await phone.submit('/answer/code', { code })
    expect(phone.url).toBe('/answer/1')
    expect((await browser.get('/answer/1')).status).toBe(200)
  })

  test('fields no form of ours sends are refused, not stumbled over', async () => {
    const { browser } = await start(world, await survey.token('E019'))
    await browser.get('/answer/review')
    for (const code of ['x'.repeat(200), ['a', 'b']]) {
      await browser.get('/answer/review')
      await browser.post('/answer/submit', { code })
      expect(browser.status).toBe(400)
    }
    await browser.get('/answer/1')
    await browser.post('/answer/1', { form_id: 'x', a_q1: '1' })
    expect(browser.status).toBe(403)
  })
})

describe('the wall', () => {
  test('an employee’s role reaches the own rows and nobody else’s, whatever is asked', async () => {
    const { companyId } = survey.company
    const own = survey.invitation('E001')
    const other = survey.invitation('E005')
    const at = world.clock.now()
    await world.services.database.as(
      { role: 'employee', companyId, subjectId: own.subjectId },
      at,
      async (_db, client) => {
        for (const table of [
          'invitation',
          'personal_code',
          'response_draft',
          'response',
          'result',
          'data_key',
          'session',
        ]) {
          const { rows } = await client.query(
            `SELECT DISTINCT ${table === 'invitation' ? 'subject_id' : 'subject_id'} AS id FROM ${table}`,
          )
          expect([table, rows.filter((row) => row.id !== own.subjectId)]).toEqual([table, []])
        }
        const { rowCount } = await client.query('UPDATE invitation SET state = $1, submitted_at = NULL WHERE id = $2', [
          'declined',
          other.id,
        ])
        expect(rowCount).toBe(0)
      },
    )
    await expect(
      world.services.database.as({ role: 'employee', companyId, subjectId: own.subjectId }, at, (_db, client) =>
        client.query(
          "INSERT INTO response (company_id, id, invitation_id, campaign_id, subject_id, slug, version, hash, provenance, sealed_answers, submitted_at) VALUES ($1, $2, $3, $4, $5, 'x', 1, 'x', 'web', '', $6)",
          [companyId, newId(at), other.id, survey.campaignId, other.subjectId, at],
        ),
      ),
    ).rejects.toThrow(/row-level security/)
  })

  test.each(['hr', 'manager', 'admin', 'turnover', 'sign_in', 'leaver', 'alumni'] as const)(
    'role %s reads no answer, draft, code or result',
    async (role) => {
      for (const table of ['response', 'response_draft', 'personal_code', 'result', 'invitation'])
        await expect(
          world.services.database.as(
            { role, companyId: survey.company.companyId, subjectId: newId(world.clock.now()) },
            world.clock.now(),
            (_db, client) => client.query(`SELECT count(*) FROM ${table}`),
          ),
        ).rejects.toThrow(/permission denied/)
    },
  )

  test('a link of one company opens nothing of another, even with its session', async () => {
    const elsewhere = await openSurvey(world)
    const { browser } = await start(world, await elsewhere.token('E001'))
    const cookie = browser.cookies.get('hanamichi_participant')!
    const forged = openBrowser(await world.app())
    forged.cookies.set('hanamichi_participant', `${survey.company.companyKey}${cookie.slice(6)}`)
    expect((await forged.get('/answer/1')).status).toBe(401)
    expect((await forged.get('/answer/review')).status).toBe(401)
  })
})

test('one second after closing: one clear page, nothing stored, the answers are not lost to view before', async () => {
  const late = await openSurvey(world)
  const { browser, code } = await start(world, await late.token('E001'))
  await answerAll(browser)
  const fields = { ...Object.fromEntries(browser.form('/answer/submit').fields), code: lastGroup(code) }
  const before = world.clock.now()
  const { closes_at: closesAt } = await one('SELECT closes_at FROM campaign WHERE id = $1', late.campaignId)
  // the session is kept alive until the last moment
  await world.superuser.query('UPDATE session SET last_seen_at = $1, expires_at = $2', [
    closesAt,
    new Date(closesAt.getTime() + 3600_000),
  ])
  world.clock.set(new Date(closesAt.getTime() + 1000))
  await browser.postBare('/answer/submit', fields)
  expect([browser.status, browser.text.slice(0, 20)]).toEqual([409, expect.stringContaining('受付は終わりました')])
  const { state } = await one('SELECT state FROM invitation WHERE id = $1', late.invitation('E001').id)
  expect(state).toBe('started')
  expect(Number((await one('SELECT count(*) FROM response WHERE campaign_id = $1', late.campaignId)).count)).toBe(0)
  expect(
    (await one('SELECT bound_at FROM personal_code WHERE id = $1', late.invitation('E001').id)).bound_at,
  ).toBeNull()
  expect((await browser.get('/answer/1')).status).toBe(409)
  expect((await browser.get(`/a/${await late.token('E002')}`)).text).toContain('受付は終わりました')
  const forget = () =>
    ticks
      .find((tick) => tick.name === 'answering.forget-drafts')!
      .run({ services: world.services, at: world.clock.now() })
  const drafts = async () =>
    Number((await one('SELECT count(*) FROM response_draft WHERE campaign_id = $1', late.campaignId)).count)
  await forget()
  expect(await drafts()).toBe(1)
  await closeCampaign(world.services, late.company.companyId, late.campaignId, world.clock.now())
  // what was never sent is forgotten, here and nowhere else
  const others = Number(
    (await one('SELECT count(*) FROM response_draft WHERE campaign_id = $1', survey.campaignId)).count,
  )
  await forget()
  expect(await drafts()).toBe(0)
  expect(
    Number((await one('SELECT count(*) FROM response_draft WHERE campaign_id = $1', survey.campaignId)).count),
  ).toBe(others)
  expect(others).toBeGreaterThan(0)
  expect((await browser.get(`/a/${await late.token('E002')}`)).text).toContain('受付は終わりました')
  world.clock.set(before)
})
