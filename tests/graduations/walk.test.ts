import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../helpers/world.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { addressOf, createFirm, linkIn, type Firm } from './firm.ts'

let world: World
let firm: Firm
let hr: Browser

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z') // Monday 10:00 in Tokyo
  firm = await createFirm(world)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const everything = async () => {
  const { rows } = await world.superuser.query(`
    SELECT (SELECT jsonb_agg(t ORDER BY t.id) FROM session t) AS a, (SELECT jsonb_agg(t ORDER BY t.id) FROM exit_interview t) AS b,
      (SELECT jsonb_agg(t ORDER BY t.id) FROM private_contact t) AS c, (SELECT jsonb_agg(t ORDER BY t.id) FROM graduation_step t) AS d,
      (SELECT jsonb_agg(t ORDER BY t.id) FROM mail_message t) AS e, (SELECT jsonb_agg(t ORDER BY t.id) FROM link_token t) AS f,
      (SELECT jsonb_agg(t ORDER BY t.id) FROM departure t) AS g, (SELECT jsonb_agg(t ORDER BY t.id) FROM audit_entry t) AS h`)
  return rows[0]
}

/** A private address entered and confirmed from the mail. @returns the browser that pressed the button */
async function confirmPrivate(browser: Browser, address: string, hrMayRead = false): Promise<Browser> {
  await browser.get('/graduation/contact')
  await browser.submit('/graduation/contact', { email: address, ...(hrMayRead && { hrMayRead: 'yes' }) })
  await firm.deliver()
  return firm.enter(address)
}

describe('wording and mails by kind', () => {
  test('a resignation: 卒業, thanks first, steps, an invitation to the pool', async () => {
    await firm.leave(await firm.hire('A1', '2020-04-01'), {
      noticeOn: '2026-11-02',
      lastWorkingOn: '2026-11-13',
      leavingOn: '2026-11-30',
    })
    await firm.deliver()
    const [mail] = await firm.to(addressOf('A1'))
    expect(mail?.subject).toContain('ご卒業')
    expect(mail?.text).not.toMatch(/自己都合/)
    const browser = await firm.enter(addressOf('A1'))
    expect(browser.url).toBe('/graduation')
    expect(browser.text).toMatch(/^架空 A1さん、ありがとうございました/)
    expect(browser.text).toContain('アルムナイ')
    expect(browser.text).toContain('お借りしているものの返却')
  })

  test.each(['dismissal', 'end_of_term', 'illness', 'leave_expired', 'non_renewal'] as const)(
    '%s: neutral words, no 卒業, no alumni, and the kind is not told',
    async (kind) => {
      const code = `N-${kind.replaceAll('_', '')}`
      await firm.leave(await firm.hire(code, '2020-04-01'), {
        kind,
        noticeOn: '2026-11-02',
        lastWorkingOn: '2026-11-13',
        leavingOn: '2026-11-30',
      })
      await firm.deliver()
      const [mail] = await firm.to(addressOf(code))
      expect(`${mail?.subject} ${mail?.text} ${mail?.html || ''}`).not.toMatch(/卒業/)
      const browser = await firm.enter(addressOf(code))
      expect(/卒業|アルムナイ|解雇|雇止め|傷病|休職/.exec(browser.html)?.[0]).toBeUndefined()
      await browser.get('/graduation/alumni')
      expect(browser.status).toBe(404)
    },
  )

  test('death: no subject, no interview, no link, no mail; HR has its steps', async () => {
    const before = (await firm.deliver()).length
    const departureId = await firm.leave(await firm.hire('D1', '2020-04-01'), {
      kind: 'death',
      leavingOn: '2026-11-01',
    })
    world.clock.advance(3600_000)
    expect((await firm.deliver()).length).toBe(before)
    expect(await firm.subjectOf(departureId)).toBeUndefined()
    const steps = await world.superuser.query('SELECT DISTINCT actor FROM graduation_step WHERE departure_id = $1', [
      departureId,
    ])
    expect(steps.rows).toEqual([{ actor: 'hr' }])
    world.clock.set('2026-11-02T01:00:00Z')
  })
})

describe('links', () => {
  test('GET changes nothing, whoever opens it; the button begins a session', async () => {
    await firm.leave(await firm.hire('L1', '2020-04-01'), { leavingOn: '2026-11-30' })
    await firm.deliver()
    const link = linkIn((await firm.to(addressOf('L1')))[0])
    const before = await everything()
    const scanner = await firm.browser()
    for (const path of [link, link, '/graduation', '/graduation/interview', '/graduation/contact'])
      await scanner.get(path)
    expect(scanner.status).toBe(401)
    expect(await everything()).toEqual(before)
    await scanner.get(link)
    expect(scanner.headers['referrer-policy']).toBe('no-referrer')
    await scanner.submit(/start/)
    expect(scanner.url).toBe('/graduation')
    const within = await everything()
    for (const path of [
      '/graduation',
      '/graduation/interview',
      '/graduation/interview/questions',
      '/graduation/contact',
    ])
      await scanner.get(path)
    expect(await everything()).toEqual(within)
  })

  test('guessed, of another company and cancelled links answer alike', async () => {
    const departureId = await firm.leave(await firm.hire('L2', '2020-04-01'), { leavingOn: '2026-11-30' })
    await firm.deliver()
    const link = linkIn((await firm.to(addressOf('L2')))[0])
    const inside = await firm.enter(addressOf('L2'))
    const person = await signInAs(world, firm, 'hr')
    hr = person.browser
    await hr.get(`/hr/graduations/${departureId}`)
    await hr.submit(/\/cancel$/, { cancel: undefined })
    expect(hr.status).toBe(400)
    await hr.submit(/\/cancel$/, { cancel: 'yes' })
    expect(hr.url).toBe('/hr/graduations')
    const other = await firm.browser()
    const titles: string[] = []
    for (const path of [
      link,
      link.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      link.replace(/\/g\/\w{6}/, '/g/abcdef'),
    ]) {
      await other.get(path)
      titles.push(`${other.status} ${other.title}`)
    }
    expect(new Set(titles).size).toBe(1)
    expect(titles[0]).toMatch(/^404/)
    await inside.get('/graduation')
    expect(inside.status).toBe(404)
  })
})

describe('mails around the last working day', () => {
  test('two weeks of notice: the interview goes before the last working day, to the company address, once', async () => {
    world.clock.set('2026-11-02T01:00:00Z')
    await firm.leave(await firm.hire('M1', '2020-04-01'), {
      noticeOn: '2026-11-02',
      lastWorkingOn: '2026-11-13',
      leavingOn: '2026-11-16',
    })
    const interviews = async () =>
      (await firm.to(addressOf('M1'))).filter((mail) => mail.subject?.includes('アンケート'))
    await firm.deliver()
    expect(await interviews()).toHaveLength(0)
    world.clock.set('2026-11-07T18:00:00Z') // the 8th, 3:00 in Tokyo: due, but nobody is written to at night
    await firm.deliver()
    expect(await interviews()).toHaveLength(0)
    world.clock.set('2026-11-08T01:00:00Z')
    await firm.deliver()
    await firm.deliver()
    expect(await interviews()).toHaveLength(1)
    const browser = await firm.enter(addressOf('M1'))
    expect(browser.url).toBe('/graduation/interview')
  })

  test('paid leave at the end: from the last working day on nothing reaches the company mailbox, only a confirmed private address', async () => {
    world.clock.set('2026-11-02T01:00:00Z')
    // confirmed so late that the interview would fall on the last working day
    await firm.leave(await firm.hire('M2', '2020-04-01'), {
      noticeOn: '2026-11-01',
      lastWorkingOn: '2026-11-03',
      leavingOn: '2026-11-30',
    })
    await firm.leave(await firm.hire('M3', '2020-04-01'), {
      noticeOn: '2026-11-01',
      lastWorkingOn: '2026-11-03',
      leavingOn: '2026-11-30',
    })
    await world.superuser.query("UPDATE exit_interview SET due_on = '2026-11-03' WHERE state = 'waiting'")
    await firm.deliver()
    const own = await firm.enter(addressOf('M2'))
    await confirmPrivate(own, 'm2@private.example.com')
    const before = { m2: (await firm.to(addressOf('M2'))).length, m3: (await firm.to(addressOf('M3'))).length }
    world.clock.set('2026-11-03T01:00:00Z')
    await firm.deliver()
    expect((await firm.to(addressOf('M2'))).length).toBe(before.m2)
    expect((await firm.to(addressOf('M3'))).length).toBe(before.m3)
    expect((await firm.to('m2@private.example.com')).map((mail) => mail.subject?.split('(')[0])).toEqual([
      'メールアドレスの確認',
      '連絡先を確認しました',
      '退職時アンケートのお願い',
    ])
  })

  test('confirmed after the last working day: no mail to a mailbox that may be dead', async () => {
    world.clock.set('2026-11-20T01:00:00Z')
    await firm.leave(await firm.hire('M4', '2020-04-01', '2026-11-30'), {
      lastWorkingOn: '2026-11-13',
      leavingOn: '2026-11-30',
    })
    await firm.deliver()
    expect(await firm.to(addressOf('M4'))).toHaveLength(0)
  })

  test('the link of the company mailbox ends with the employment, that of the private address does not', async () => {
    world.clock.set('2026-11-02T01:00:00Z')
    await firm.leave(await firm.hire('M5', '2020-04-01'), { lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' })
    await firm.deliver()
    const work = linkIn((await firm.to(addressOf('M5')))[0])
    await confirmPrivate(await firm.enter(addressOf('M5')), 'm5@private.example.com')
    await firm.deliver()
    const home = linkIn((await firm.to('m5@private.example.com')).at(-1))
    world.clock.set('2026-12-01T01:00:00Z')
    const browser = await firm.browser()
    await browser.get(work)
    expect(browser.status).toBe(410)
    await browser.get(home)
    expect(browser.status).toBe(200)
    world.clock.set('2026-11-02T01:00:00Z')
  })
})

describe('the private address', () => {
  test('a link confirms only the address it was made for', async () => {
    await firm.leave(await firm.hire('P1', '2020-04-01'), { lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' })
    await firm.deliver()
    const browser = await firm.enter(addressOf('P1'))
    await browser.get('/graduation/contact')
    await browser.submit('/graduation/contact', { email: 'mistyped@private.example.com' })
    await firm.deliver()
    const old = linkIn((await firm.to('mistyped@private.example.com'))[0])
    await browser.submit('/graduation/contact', { email: 'p1@private.example.com' })
    await firm.deliver()
    const stranger = await firm.browser()
    await stranger.get(old)
    expect(stranger.status).toBe(404)
    const own = await firm.enter('p1@private.example.com')
    expect(own.url).toBe('/graduation?done=contact')
    expect(own.text).toContain('p…@private.example.com')
    expect(own.html).not.toContain('p1@private')
  })

  test('a bad address is told at the field and kept', async () => {
    const browser = await firm.enter(addressOf('P1'))
    await browser.get('/graduation/contact')
    await browser.submit('/graduation/contact', { email: 'not an address' })
    expect(browser.status).toBe(400)
    expect(browser.errors()).toEqual(['メールアドレスを正しく入力してください。'])
    expect(browser.html).toContain('not an address')
  })

  test('HR reads it only where the person allows it, and each opening is written down', async () => {
    const open = await firm.leave(await firm.hire('P2', '2020-04-01'), {
      lastWorkingOn: '2026-11-13',
      leavingOn: '2026-11-30',
    })
    const closed = await firm.leave(await firm.hire('P3', '2020-04-01'), {
      lastWorkingOn: '2026-11-13',
      leavingOn: '2026-11-30',
    })
    await firm.deliver()
    await confirmPrivate(await firm.enter(addressOf('P2')), 'p2@private.example.com', true)
    await confirmPrivate(await firm.enter(addressOf('P3')), 'p3@private.example.com')
    const { browser } = await signInAs(world, firm, 'hr')
    await browser.get(`/hr/graduations/${open}`)
    await browser.follow('連絡先を見る')
    expect(browser.text).toContain('p2@private.example.com')
    await browser.get(`/hr/graduations/${closed}`)
    expect(browser.links().map((link) => link.href)).not.toContain(`/hr/graduations/${closed}/contact`)
    await browser.get(`/hr/graduations/${closed}/contact`)
    expect(browser.status).toBe(404)
    const { rows } = await world.superuser.query(
      "SELECT count(*)::int AS n FROM audit_entry WHERE action = 'private_contact.opened'",
    )
    expect(rows[0].n).toBe(1)
  })
})

test('a leaver ticks only the own steps of the own departure', async () => {
  const mine = await firm.leave(await firm.hire('S1', '2020-04-01'), { leavingOn: '2026-11-30' })
  const theirs = await firm.leave(await firm.hire('S2', '2020-04-01'), { leavingOn: '2026-11-30' })
  await firm.deliver()
  const browser = await firm.enter(addressOf('S1'))
  const stepOf = async (departureId: string, step: string) =>
    (
      await world.superuser.query(
        'SELECT id, done_at, done_by FROM graduation_step WHERE departure_id = $1 AND step = $2',
        [departureId, step],
      )
    ).rows[0]
  const own = await stepOf(mine, 'equipment')
  await browser.submit(`/graduation/steps/${own.id}`, { done: 'yes' })
  expect(await stepOf(mine, 'equipment')).toMatchObject({ done_by: 'leaver' })
  await browser.submit(`/graduation/steps/${own.id}`, { done: 'no' })
  expect(await stepOf(mine, 'equipment')).toMatchObject({ done_at: null })
  for (const id of [(await stepOf(mine, 'accounts')).id, (await stepOf(theirs, 'equipment')).id]) {
    await browser.get('/graduation')
    await browser.post(`/graduation/steps/${id}`, { done: 'yes' })
    expect(browser.status).toBe(404)
  }
  expect(await stepOf(theirs, 'equipment')).toMatchObject({ done_at: null })
})

test('HR opens, confirms and ticks on the board; bad dates and an unknown number are told at the field', async () => {
  await firm.hire('H1', '2020-04-01')
  const { browser } = await signInAs(world, firm, 'hr')
  await browser.get('/hr/graduations/new')
  await browser.submit('/hr/graduations/new', { employeeCode: 'nobody', leavingOn: '2026-11-30' })
  expect(browser.errors()).toEqual(['この社員番号の在籍者は見つかりませんでした。'])
  await browser.submit('/hr/graduations/new', { employeeCode: 'H1', leavingOn: '2019-01-01' })
  expect(browser.errors()).toEqual(['退職日が入社日より前になっています。'])
  await browser.submit('/hr/graduations/new', {
    employeeCode: 'H1',
    leavingOn: '2026-11-30',
    noticeOn: '2026-11-02',
    lastWorkingOn: '2026-11-13',
  })
  const address = browser.url
  expect(address).toMatch(/^\/hr\/graduations\/[0-9a-f-]{36}$/)
  // twice is one: the same live departure
  await browser.get('/hr/graduations/new')
  await browser.submit('/hr/graduations/new', { employeeCode: 'H1', leavingOn: '2026-12-31' })
  expect(browser.url).toBe(address)
  await browser.submit(/\/confirm$/, { kind: '' })
  expect(browser.errors()).toEqual(['退職の種類を選んでください。'])
  await browser.submit(/\/confirm$/, { kind: 'resignation', lastWorkingOn: '2026-12-13' })
  expect(browser.errors()).toEqual(['最終出社日が退職日より後になっています。'])
  await browser.submit(/\/confirm$/, { kind: 'resignation', lastWorkingOn: '2026-11-13' })
  expect(browser.url).toBe(address)
  expect(browser.text).toContain('確認済み')
  await browser.submit(/\/steps\//, { done: 'yes' })
  expect(browser.text).toContain('済み')
  await browser.get('/hr/graduations')
  expect(browser.text).toMatch(/架空 H1/)
})

test('the database lets HR see neither links, mails nor sessions that would tell of a leaver', async () => {
  const seen = await firm.as(
    'hr',
    async (db) => ({
      links: (await sql<{ kind: string }>`SELECT DISTINCT kind FROM link_token`.execute(db)).rows.map(
        (row) => row.kind,
      ),
      mails: (await sql<{ template: string }>`SELECT DISTINCT template FROM mail_message`.execute(db)).rows.map(
        (row) => row.template,
      ),
      sessions: (await sql<{ kind: string }>`SELECT DISTINCT kind FROM session`.execute(db)).rows.map(
        (row) => row.kind,
      ),
    }),
    firm.hrId,
  )
  expect(seen).toEqual({ links: ['graduation'], mails: ['graduations.welcome'], sessions: ['staff'] })
})
