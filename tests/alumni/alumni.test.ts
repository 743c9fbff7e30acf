import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readySubjects } from '../../server/campaigns/subjects.ts'
import { forgetUnconfirmed } from '../../server/alumni/forgetting.ts'
import { offeredPurposes } from '../../server/alumni/purposes.data.ts'
import { isSuppressed } from '../../server/mail/index.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { addressOf, createFirm, linkIn, type Firm } from '../graduations/firm.ts'

let world: World
let firm: Firm

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z')
  firm = await createFirm(world)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const count = async (query: string, values: unknown[] = []) =>
  (await world.superuser.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${query}`, values)).rows[0]!.n
const privateOf = (code: string) => `${code.toLowerCase()}@private.example.com`

async function leaver(code: string): Promise<Browser> {
  await firm.leave(await firm.hire(code, '2020-04-01'), {
    noticeOn: '2026-11-02',
    lastWorkingOn: '2026-11-13',
    leavingOn: '2026-11-30',
  })
  await firm.deliver()
  return firm.enter(addressOf(code))
}

/** Asks to join; the confirmation mail is delivered. */
async function ask(code: string, purpose: string[] = ['news']): Promise<Browser> {
  const browser = await leaver(code)
  await browser.get('/graduation/alumni')
  await browser.submit('/graduation/alumni', { purpose, name: `もと社員${code}`, email: privateOf(code) })
  expect(browser.url).toBe('/graduation/alumni/sent')
  await firm.deliver()
  return browser
}

/** Joins and stands on the alumni home. */
async function member(code: string, purpose: string[] = ['news']): Promise<Browser> {
  await ask(code, purpose)
  const browser = await firm.browser()
  await browser.get(linkIn((await firm.to(privateOf(code))).at(-1)))
  await browser.submit(/\/alumni\/confirm\//, { confirm: 'yes' })
  expect(browser.url).toBe('/alumni?done=joined')
  await firm.deliver()
  return browser
}

const memberRow = async (code: string) => {
  const { findMemberByAddress } = await import('../../server/alumni/members.ts')
  const found = await findMemberByAddress(world.services, firm.companyId, privateOf(code))
  return found && (await world.superuser.query('SELECT * FROM alumni_member WHERE id = $1', [found.id])).rows[0]
}

describe('joining', () => {
  test('the page: sentences unticked, one by one, nothing filled in but the year, the sender by name', async () => {
    const browser = await leaver('J1')
    await browser.get('/graduation/alumni')
    const form = browser.form('/graduation/alumni')
    expect(form.choices('purpose')).toEqual([...offeredPurposes])
    expect(form.fields.filter(([name, value]) => !name.startsWith('_') && name !== 'form_id' && value !== '')).toEqual([
      ['leftInYear', '2026'],
    ])
    expect(browser.text).toContain('送信者: 試験株式会社')
    expect(browser.html).not.toContain('架空')
    await browser.submit('/graduation/alumni', { name: 'もと社員', email: 'x' })
    expect(browser.errors()).toHaveLength(2)
    expect(browser.html).toContain('もと社員')
    expect(await count('alumni_member')).toBe(0)
  })

  test('double opt-in: nothing counts before the button in the mail; GET changes nothing; the text shown is kept', async () => {
    await ask('J2', ['news', 'openings'])
    expect(await memberRow('J2')).toMatchObject({ state: 'unconfirmed', joined_at: null })
    const [mail] = await firm.to(privateOf('J2'))
    expect(mail?.text).not.toContain('もと社員J2')
    expect(mail?.headers.has('list-unsubscribe')).toBe(false)
    const consents = async () =>
      (
        await world.superuser.query(
          'SELECT purpose, shown_text, locale, confirmed_at FROM alumni_consent c JOIN alumni_member m ON m.id = c.member_id AND m.id = $1 ORDER BY purpose',
          [(await memberRow('J2')).id],
        )
      ).rows
    expect((await consents()).map((one) => [one.purpose, one.shown_text, one.locale, one.confirmed_at])).toEqual([
      ['news', '試験株式会社の近況のお知らせをメールで受け取ります。', 'ja', null],
      ['openings', '試験株式会社の求人と、復職できる職種のお知らせをメールで受け取ります。', 'ja', null],
    ])
    const scanner = await firm.browser()
    await scanner.get(linkIn(mail))
    await scanner.get(linkIn(mail))
    expect(scanner.text).toContain('近況のお知らせ')
    expect(scanner.html).not.toContain('もと社員J2')
    await scanner.get('/alumni')
    expect(scanner.status).toBe(401)
    expect(await memberRow('J2')).toMatchObject({ state: 'unconfirmed' })
    await scanner.get(linkIn(mail))
    await scanner.submit(/confirm/)
    expect(scanner.errors()).toEqual(['参加する場合は、確認の欄にチェックを入れてください。'])
    expect(await memberRow('J2')).toMatchObject({ state: 'unconfirmed' })
    await scanner.submit(/confirm/, { confirm: 'yes' })
    expect(scanner.text).toContain('もと社員J2さん')
    expect(await memberRow('J2')).toMatchObject({ state: 'active' })
    expect((await consents()).every((one) => one.confirmed_at !== null)).toBe(true)
    await firm.deliver()
    const welcome = (await firm.to(privateOf('J2'))).at(-1)!
    expect(welcome.subject).toContain('ようこそ')
    expect(welcome.text).toContain('送信者: 試験株式会社')
    expect(welcome.text).toContain('東京都千代田区1-1')
    expect(JSON.stringify([...welcome.headers])).toContain('One-Click')
  })

  test('the profile is sealed and reached by nobody but the member', async () => {
    const row = await memberRow('J2')
    expect(row.sealed_profile.toString('utf8')).not.toContain('もと社員')
    const seen = await firm.as('alumni', (db) => sql`SELECT 1 FROM alumni_member`.execute(db), row.id)
    expect(seen.rows).toHaveLength(1)
    for (const role of ['hr', 'leaver', 'employee', 'implementer', 'physician', 'manager', 'admin'] as const) {
      await expect(
        firm.as(role, (db) => sql`SELECT sealed_profile FROM alumni_member`.execute(db), row.id),
        role,
      ).rejects.toMatchObject({ code: '42501' })
      const keys = await firm
        .as(role, (db) => sql`SELECT 1 FROM data_key WHERE area = 'alumni'`.execute(db), row.id)
        .then(
          (found) => found.rows.length,
          () => 0,
        )
      expect(keys, role).toBe(0)
    }
  })

  test('asking twice, or with an address that is a member already, makes no second member and answers alike', async () => {
    const browser = await ask('J3')
    const mails = async () => (await firm.to(privateOf('J3'))).length
    expect(await mails()).toBe(1)
    await browser.get('/graduation/alumni')
    await browser.submit('/graduation/alumni', { purpose: ['news'], name: 'もう一度', email: privateOf('J3') })
    expect(browser.url).toBe('/graduation/alumni/sent')
    await firm.deliver()
    expect(await mails()).toBe(1) // within ten minutes: one mail
    world.clock.advance(11 * 60_000)
    await browser.get('/graduation/alumni')
    await browser.submit('/graduation/alumni', { purpose: ['events'], name: '別の人', email: privateOf('J2') })
    expect(browser.url).toBe('/graduation/alumni/sent')
    await firm.deliver()
    expect((await firm.to(privateOf('J2'))).at(-1)?.subject).toContain('ページへのリンク')
    expect(await count('alumni_member WHERE company_id = $1', [firm.companyId])).toBe(2)
    world.clock.set('2026-11-02T01:00:00Z')
  })

  test('who never confirms is forgotten after two weeks, key and all', async () => {
    const { id } = await memberRow('J3')
    world.clock.set('2026-11-17T01:00:00Z')
    expect(await forgetUnconfirmed(world.services, world.clock.now())).toBe(1)
    expect(await count('alumni_member WHERE id = $1', [id])).toBe(0)
    expect(await count('data_key WHERE subject_id = $1', [id])).toBe(0)
    expect(await memberRow('J2')).toMatchObject({ state: 'active' })
    world.clock.set('2026-11-02T01:00:00Z')
  })
})

test('stress, exit and alumni rows of one person have no id and no hash in common', async () => {
  const employmentId = await firm.hire('W1', '2020-04-01')
  const employeeId = await firm.employeeOf(employmentId)
  const subjects = await firm.as('scheduler', (db) =>
    readySubjects(db, world.services.vault, firm.companyId, [{ employmentId, employeeId }], world.clock.now()),
  )
  const stress = subjects.get(employmentId)!
  const departureId = await firm.leave(employmentId, {
    noticeOn: '2026-11-02',
    lastWorkingOn: '2026-11-13',
    leavingOn: '2026-11-30',
  })
  const exit = await firm.subjectOf(departureId)
  await firm.deliver()
  const browser = await firm.enter(addressOf('W1'))
  await browser.get('/graduation/contact')
  // the very same private address in both areas
  await browser.submit('/graduation/contact', { email: privateOf('W1') })
  await firm.deliver()
  await firm.enter(privateOf('W1'))
  await browser.get('/graduation/interview')
  await browser.submit('/graduation/interview/start', { visibility: 'hr' })
  await browser.submit('/graduation/interview/questions', { q_primaryReason: 'pay' })
  await browser.get('/graduation/alumni')
  await browser.submit('/graduation/alumni', { purpose: ['news'], name: 'もと社員', email: privateOf('W1') })
  await firm.deliver()
  const alumna = await firm.browser()
  await alumna.get((await firm.to(privateOf('W1'))).map(linkIn).find((link) => link.startsWith('/alumni/confirm/'))!)
  await alumna.submit(/confirm/, { confirm: 'yes' })
  const { id: alumni } = await memberRow('W1')

  const tables = (
    await world.superuser.query<{ table_name: string; column_name: string }>(
      "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'hanamichi' AND (udt_name IN ('uuid', 'bytea') OR column_name = 'request_id') AND column_name NOT IN ('company_id', 'company_key_id') AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'hanamichi')",
    )
  ).rows
  const byTable = Map.groupBy(tables, (one) => one.table_name)
  /** Every uuid and hash of all rows that name the subject in any column. */
  const valuesOf = async (subject: string) => {
    const values = new Set<string>()
    for (const [table, columns] of byTable) {
      const names = columns.map((one) => one.column_name)
      const uuids = names.filter((name) => name !== 'request_id')
      const { rows } = await world.superuser.query<Record<string, string | null>>(
        `SELECT ${names.map((name) => `${name}::text AS ${name}`).join(', ')} FROM ${table} WHERE ${uuids.map((name) => `${name}::text = $1`).join(' OR ')}`,
        [subject],
      )
      for (const row of rows) for (const value of Object.values(row)) if (value !== null) values.add(value)
    }
    return values
  }
  const [ofStress, ofExit, ofAlumni] = [await valuesOf(stress), await valuesOf(exit), await valuesOf(alumni)]
  expect(Math.min(ofStress.size, ofExit.size, ofAlumni.size)).toBeGreaterThan(3)
  const shared = (a: Set<string>, b: Set<string>) => [...a.intersection(b)]
  // the process that sent a mail is nobody's id
  const senders = new Set(
    (
      await world.superuser.query(
        'SELECT DISTINCT claimed_by::text AS id FROM mail_message WHERE claimed_by IS NOT NULL',
      )
    ).rows.map((row) => row.id),
  )
  for (const [a, b] of [
    [ofStress, ofExit],
    [ofStress, ofAlumni],
    [ofExit, ofAlumni],
  ] as const)
    expect(shared(a, b).filter((value) => !senders.has(value))).toEqual([])
  for (const values of [ofExit, ofAlumni])
    for (const id of [employmentId, employeeId, departureId]) expect(values.has(id)).toBe(false)
  expect(ofAlumni.has(departureId)).toBe(false)
})

describe('at home', () => {
  test('profile, purposes with a record of each change, pause and resume', async () => {
    const browser = await member('H1', ['news', 'events'])
    await browser.get('/alumni/profile')
    await browser.submit('/alumni/profile', { name: '', headline: 'x' })
    expect(browser.status).toBe(400)
    await browser.submit('/alumni/profile', { name: '新しい名前', headline: '<b>森で働いています</b>' })
    expect(browser.text).toContain('新しい名前さん')
    expect(browser.html).toContain('&lt;b&gt;森で働いています')
    await browser.get('/alumni/purposes')
    expect(
      browser
        .form('/alumni/purposes')
        .fields.filter(([name]) => name === 'purpose')
        .map(([, value]) => value),
    ).toEqual(['news', 'events'])
    await browser.submit('/alumni/purposes', { purpose: ['events', 'mentoring'] })
    const { id } = await memberRow('H1')
    const { rows } = await world.superuser.query(
      'SELECT purpose, withdrawn_at IS NULL AS live FROM alumni_consent WHERE member_id = $1 ORDER BY purpose',
      [id],
    )
    expect(rows).toEqual([
      { purpose: 'events', live: true },
      { purpose: 'mentoring', live: true },
      { purpose: 'news', live: false },
    ])
    await browser.submit('/alumni/pause')
    expect(await memberRow('H1')).toMatchObject({ state: 'paused' })
    await browser.submit('/alumni/resume')
    expect(await memberRow('H1')).toMatchObject({ state: 'active' })
  })

  test('a purpose ticked later waits for the button in a mail of its own; taking a tick away works at once', async () => {
    world.clock.set('2026-11-04T01:00:00Z')
    const browser = await member('H2', ['news', 'events'])
    const { id } = await memberRow('H2')
    const mails = () => firm.to(privateOf('H2'))
    const state = async () =>
      Object.fromEntries(
        (
          await world.superuser.query<{ purpose: string; state: string }>(
            `SELECT purpose, CASE WHEN confirmed_at IS NULL THEN 'waiting' ELSE 'confirmed' END AS state
             FROM alumni_consent WHERE member_id = $1 AND withdrawn_at IS NULL ORDER BY purpose`,
            [id],
          )
        ).rows.map((row) => [row.purpose, row.state]),
      )
    const change = async (purpose: string[]) => {
      await browser.get('/alumni/purposes')
      await browser.submit('/alumni/purposes', { purpose })
      await firm.deliver()
    }
    const before = (await mails()).length
    // only taken away: no mail, nothing to confirm
    await change(['events'])
    expect(browser.url).toBe('/alumni?done=purposes')
    expect([await state(), (await mails()).length]).toEqual([{ events: 'confirmed' }, before])

    await change(['events', 'mentoring'])
    expect(browser.url).toBe('/alumni?done=waiting')
    expect(browser.text).toContain('確認のメールをお送りしました')
    expect(browser.text).toMatch(/確認をお待ちしています .*相談相手になるお願い/)
    expect(await state()).toEqual({ events: 'confirmed', mentoring: 'waiting' })
    const first = (await mails()).at(-1)!
    expect(first.subject).toContain('受け取るものの確認')
    await browser.get('/alumni/purposes')
    expect(browser.form('/alumni/purposes').fields.filter(([name]) => name === 'purpose')).toEqual([
      ['purpose', 'events'],
      ['purpose', 'mentoring'],
    ])
    expect(browser.text.match(/確認をお待ちしています/g)).toHaveLength(1)

    // pressed again at once: no second mail; ticked another one: a mail of its own, which the first one's link does not confirm
    await change(['events', 'mentoring'])
    const again = (await mails()).length
    await change(['events', 'mentoring'])
    expect((await mails()).length).toBe(again)
    world.clock.advance(60_000)
    await change(['events', 'mentoring', 'projects'])
    const second = (await mails()).at(-1)!
    expect((await mails()).length).toBe(again + 1)

    const reader = await firm.browser()
    await reader.get(linkIn(first))
    expect(reader.text).toContain('相談相手になるお願い')
    expect(reader.text).not.toContain('協業')
    await reader.get(linkIn(first))
    await reader.submit(/\/alumni\/confirm\//)
    expect(reader.errors()).toEqual(['受け取る場合は、確認の欄にチェックを入れてください。'])
    expect(await state()).toEqual({ events: 'confirmed', mentoring: 'waiting', projects: 'waiting' })
    await reader.submit(/\/alumni\/confirm\//, { confirm: 'yes' })
    expect(reader.url).toBe('/alumni?done=confirmed')
    expect(await state()).toEqual({ events: 'confirmed', mentoring: 'confirmed', projects: 'waiting' })
    expect(await count("audit_entry WHERE action = 'alumni.purposes_confirmed' AND subject_id = $1", [id])).toBe(1)

    // taken away while it waits: the link that asked for it begins nothing
    await change(['events', 'mentoring'])
    await reader.get(linkIn(second))
    expect(reader.text).toContain('もうありません')
    await reader.submit(/\/alumni\/confirm\//, { confirm: 'yes' })
    expect(reader.url).toBe('/alumni')
    expect(await state()).toEqual({ events: 'confirmed', mentoring: 'confirmed' })
    world.clock.set('2026-11-02T01:00:00Z')
  })

  test('coming back by address: the same answer for strangers, a link once in ten minutes for members', async () => {
    world.clock.set('2026-11-05T01:00:00Z')
    const sentTo = async (code: string) => (await firm.to(privateOf(code))).length
    const before = await sentTo('H1')
    const browser = await firm.browser()
    const pages: string[] = []
    for (const email of [privateOf('H1').toUpperCase(), 'stranger@private.example.com', privateOf('H1')]) {
      await browser.get(`/c/${firm.companyKey}/alumni/enter`)
      await browser.submit(/\/alumni\/enter$/, { email })
      pages.push(`${browser.status} ${browser.url} ${browser.text}`)
    }
    expect(new Set(pages).size).toBe(1)
    await firm.deliver()
    expect(await sentTo('H1')).toBe(before + 1)
    const link = linkIn((await firm.to(privateOf('H1'))).at(-1))
    await browser.get(link)
    await browser.get('/alumni')
    expect(browser.status).toBe(401)
    await browser.get(link)
    await browser.submit(/\/alumni\/in\//, { open: 'yes' })
    expect(browser.text).toContain('新しい名前さん')
    world.clock.set('2026-11-07T01:00:00Z')
    await browser.get(link)
    expect(browser.status).toBe(410)
    world.clock.set('2026-11-02T01:00:00Z')
  })
})

describe('refusing mail', () => {
  test('one click from a mail program without cookies acts, GET only shows; refused stays refused through deletion and joining again', async () => {
    const browser = await member('R1', ['news', 'events'])
    const welcome = (await firm.to(privateOf('R1'))).at(-1)!
    const list = welcome.headers.get('list') as { unsubscribe?: { url?: string } } | undefined
    const refusal = new URL(list!.unsubscribe!.url!).pathname
    expect(refusal).toMatch(/^\/alumni\/refuse\//)
    const app = await world.app()
    const live = async () =>
      count('alumni_consent WHERE member_id = $1 AND withdrawn_at IS NULL', [(await memberRow('R1')).id])
    const shown = await app.inject({ method: 'GET', url: refusal })
    expect([shown.statusCode, await live()]).toEqual([200, 2])
    const oneClick = await app.inject({
      method: 'POST',
      url: refusal,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'List-Unsubscribe=One-Click',
    })
    expect([oneClick.statusCode, await live()]).toEqual([200, 0])
    const again = await app.inject({
      method: 'POST',
      url: refusal,
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      payload: '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    })
    expect(again.statusCode).toBe(200)
    const suppressed = () =>
      firm.as('mailer', (db) => isSuppressed(db, world.services.vault, firm.companyId, privateOf('R1')))
    expect(await suppressed()).toBe(true)
    expect(await memberRow('R1')).toMatchObject({ state: 'active' })
    await browser.get('/alumni/purposes')
    expect(browser.text).toContain('以前にお知らせを断られています')
    await browser.get('/alumni/leave')
    await browser.submit('/alumni/leave', { leave: 'yes' })
    expect(await memberRow('R1')).toBeUndefined()
    expect(await suppressed()).toBe(true)
    // joins anew and says yes to everything: still no news to this address
    world.clock.advance(11 * 60_000)
    const back = await leaver('R1C')
    await back.get('/graduation/alumni')
    await back.submit('/graduation/alumni', { purpose: [...offeredPurposes], name: 'ふたたび', email: privateOf('R1') })
    await firm.deliver()
    const browserBack = await firm.browser()
    await browserBack.get(linkIn((await firm.to(privateOf('R1'))).at(-1)))
    await browserBack.submit(/confirm/, { confirm: 'yes' })
    const before = (await firm.to(privateOf('R1'))).length
    await firm.deliver()
    expect((await firm.to(privateOf('R1'))).length).toBe(before)
    expect(
      await count("mail_message WHERE template = 'alumni.welcome' AND subject_id = $1 AND state = 'cancelled'", [
        (await memberRow('R1')).id,
      ]),
    ).toBe(1)
    world.clock.set('2026-11-02T01:00:00Z')
  })

  test('other POSTs without a token are refused: only the refusal works without cookies', async () => {
    const app = await world.app()
    for (const route of app.declaredRoutes.filter(
      (one) =>
        one.method === 'POST' &&
        /^\/(alumni|graduation|g\/|hr\/(alumni|graduations)|c\/:companyKey\/alumni)/.test(one.url),
    )) {
      if (route.url === '/alumni/refuse/:token') continue
      const url = route.url
        .replace(':companyKey', firm.companyKey)
        .replaceAll(/:\w+/g, '01a199c5-3280-7131-829c-9578c8ef91ee')
      const answer = await app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'done=yes',
      })
      expect([401, 403], route.url).toContain(answer.statusCode)
    }
  })
})

describe('leaving the pool', () => {
  test('keys and rows go, the session ends, the certificate names nobody and can be kept', async () => {
    const browser = await member('L1', ['news'])
    const { id } = await memberRow('L1')
    await browser.get('/alumni/leave')
    await browser.submit('/alumni/leave', {})
    expect(browser.errors()).toEqual(['退会する場合は、確認の欄にチェックを入れてください。'])
    await browser.submit('/alumni/leave', { leave: 'yes', refuse: 'yes' })
    expect(browser.url).toMatch(/\/alumni\/left\/A-[0-9A-Z]{5}-[0-9A-Z]{5}$/)
    const number = browser.url.split('/').at(-1)!
    expect(browser.text).toContain(number)
    expect(browser.links().find((link) => link.href.startsWith('mailto:'))?.href).toContain(number)
    expect(browser.html).not.toContain('もと社員L1')
    for (const [table, column] of [
      ['alumni_member', 'id'],
      ['alumni_consent', 'member_id'],
      ['return_request', 'member_id'],
      ['data_key', 'subject_id'],
    ] as const)
      expect(await count(`${table} WHERE ${column} = $1`, [id]), table).toBe(0)
    const { rows } = await world.superuser.query('SELECT * FROM deletion_certificate WHERE number = $1', [number])
    expect(rows[0]).toMatchObject({ area: 'alumni', keys_destroyed: 1 })
    expect(JSON.stringify(rows[0])).not.toContain(id)
    expect(
      await firm.as('mailer', (db) => isSuppressed(db, world.services.vault, firm.companyId, privateOf('L1'))),
    ).toBe(true)
    await browser.get('/alumni')
    expect(browser.status).toBe(401)
    const stranger = await firm.browser()
    await stranger.get(`/c/${firm.companyKey}/alumni/left/A-00000-00000`)
    expect(stranger.status).toBe(404)
  })

  test.each(['at the same moment', 'one after the other'])(
    'pressed twice, %s: one certificate, shown both times',
    async (how) => {
      const code = how === 'at the same moment' ? 'L8' : 'L9'
      const browser = await member(code, ['news'])
      await browser.get('/alumni/leave')
      const fields = { ...Object.fromEntries(browser.form('/alumni/leave').fields), leave: 'yes' }
      const second = await firm.browser()
      for (const [name, value] of browser.cookies) second.cookies.set(name, value)
      const before = await count('deletion_certificate')
      const press = (one: Browser) => one.postBare('/alumni/leave', fields)
      if (how === 'at the same moment') await Promise.all([press(browser), press(second)])
      else {
        await press(browser)
        await press(second)
      }
      expect(browser.url).toMatch(/\/alumni\/left\/A-/)
      expect(second.url).toBe(browser.url)
      expect(await count('deletion_certificate')).toBe(before + 1)
      // another form of the same browser is no way to it
      const third = await firm.browser()
      for (const [name, value] of second.cookies) third.cookies.set(name, value)
      await third.postBare('/alumni/leave', { ...fields, form_id: '0190d0f0-0000-7000-8000-000000000000' })
      expect([third.status, third.url]).toEqual([401, '/alumni/leave'])
    },
  )

  test('a planted name and address are found in no table afterwards', async () => {
    const browser = await member('L2', ['news'])
    await browser.get('/alumni/profile')
    await browser.submit('/alumni/profile', { name: '埋め込み花子', headline: 'planted-headline' })
    await browser.get('/alumni/leave')
    await browser.submit('/alumni/leave', { leave: 'yes' })
    const { rows } = await world.superuser.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'hanamichi'",
    )
    for (const { tablename } of rows)
      expect(
        await count(
          `${tablename} t WHERE t::text LIKE '%埋め込み%' OR t::text LIKE '%planted-headline%' OR t::text LIKE $1`,
          [`%${privateOf('L2')}%`],
        ),
        tablename,
      ).toBe(0)
  })
})

describe('a return request', () => {
  test('is seen by the chosen contact only, moves on, and a withdrawn one stays closed', async () => {
    const chosen = await signInAs(world, firm, 'hr', { displayName: '選ばれた人事' })
    const other = await signInAs(world, firm, 'hr', { displayName: 'ほかの人事' })
    const browser = await member('B1')
    await browser.get('/alumni/return')
    await browser.submit('/alumni/return', { contactUserId: chosen.userId, message: '' })
    expect(browser.errors()).toEqual(['お伝えになりたいことを入力してください。'])
    await browser.submit('/alumni/return', { contactUserId: chosen.userId, message: '春から戻りたいです' })
    expect(browser.text).toContain('選ばれた人事')
    await firm.deliver()
    const [notice] = await firm.to(chosen.email)
    expect(notice?.subject).toBe('復職の相談が届きました')
    expect(notice?.text).not.toMatch(/もと社員|春から/)
    expect(await firm.to(other.email)).toEqual([])
    const { rows } = await world.superuser.query('SELECT id, sealed FROM return_request')
    expect(rows[0].sealed.toString('utf8')).not.toContain('春')
    const path = `/hr/alumni/requests/${rows[0].id}`
    await other.browser.get('/hr/alumni')
    expect(other.browser.links().map((link) => link.href)).not.toContain(path)
    await other.browser.get(path)
    expect(other.browser.status).toBe(404)
    await other.browser.get('/hr/alumni')
    await other.browser.post(path, { state: 'no' })
    expect(other.browser.status).toBe(409)
    await chosen.browser.get(path)
    expect(chosen.browser.text).toContain('春から戻りたいです')
    expect(chosen.browser.text).toContain(privateOf('B1'))
    expect(await count("audit_entry WHERE action = 'return_request.opened'")).toBe(1)
    await chosen.browser.submit(path, { state: 'talk' })
    await browser.get('/alumni')
    expect(browser.text).toContain('お話をします')
    await browser.submit(/\/withdraw$/)
    await chosen.browser.get(path)
    expect(chosen.browser.status).toBe(404)
  })

  test('a contact who is not in HR is refused', async () => {
    const manager = await signInAs(world, firm, 'manager', { departmentId: firm.departmentId })
    const browser = await member('B2')
    await browser.get('/alumni/return')
    await browser.submit('/alumni/return', { contactUserId: manager.userId, message: 'x' })
    expect(browser.errors()).toEqual(['相談する相手を一人選んでください。'])
  })
})

test('HR sees counts by year of leaving, no name', async () => {
  const { browser } = await signInAs(world, firm, 'hr')
  await browser.get('/hr/alumni')
  expect(browser.text).toMatch(/2026 \d+ \d+/)
  expect(browser.html).not.toMatch(/もと社員|新しい名前/)
})
