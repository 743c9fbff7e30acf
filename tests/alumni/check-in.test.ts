import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changePlan, findPlan } from '../../server/alumni/checkin-plan.ts'
import { discloseInterests, interestFigures } from '../../server/alumni/checkin-reading.ts'
import { forgetCheckins, inviteToCheckins } from '../../server/alumni/checkin-sending.ts'
import { chooseReaders, findOpenCheckin, submitCheckin } from '../../server/alumni/checkins.ts'
import { findMember, findMemberByAddress } from '../../server/alumni/members.ts'
import { addressOf, createFirm, linkIn, type Firm } from '../graduations/firm.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World
let firm: Firm
const lines: string[] = []

beforeAll(async () => {
  world = await createWorld({ LOG_LEVEL: 'info' }, { write: (line) => void lines.push(line) })
  world.clock.set('2026-11-02T01:00:00Z')
  firm = await createFirm(world)
  await switchTo(true)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const privateOf = (code: string) => `${code.toLowerCase()}@private.example.com`
const switchTo = (isOn: boolean, everyMonths: 12 | 24 = 12) =>
  firm.as('hr', (db) => changePlan(db, firm.companyId, { isOn, everyMonths }, firm.hrId, world.clock.now()), firm.hrId)

/** Somebody who joined on 2026-11-02 with these purposes, confirmed. */
async function member(code: string, purpose: string[] = ['checkin']): Promise<{ browser: Browser; id: string }> {
  world.clock.set('2026-11-02T01:00:00Z')
  await firm.leave(await firm.hire(code, '2020-04-01'), {
    noticeOn: '2026-11-02',
    lastWorkingOn: '2026-11-13',
    leavingOn: '2026-11-30',
  })
  await firm.deliver()
  const leaver = await firm.enter(addressOf(code))
  await leaver.get('/graduation/alumni')
  await leaver.submit('/graduation/alumni', { purpose, name: `もと社員${code}`, email: privateOf(code) })
  await firm.deliver()
  const browser = await firm.browser()
  await browser.get(linkIn((await firm.to(privateOf(code))).at(-1)))
  await browser.submit(/\/alumni\/confirm\//, { confirm: 'yes' })
  await firm.deliver()
  return { browser, id: (await findMemberByAddress(world.services, firm.companyId, privateOf(code)))!.id }
}

async function ask(at = '2027-11-02T01:00:00Z'): Promise<number> {
  world.clock.set(at)
  const count = await inviteToCheckins(world.services, world.clock.now())
  await firm.deliver()
  return count
}

const mailsTo = async (code: string) =>
  (await firm.to(privateOf(code))).filter((mail) => mail.subject!.includes('近況をお聞かせください'))
const rowsOf = async (id: string) =>
  (await world.superuser.query('SELECT * FROM alumni_checkin WHERE member_id = $1 ORDER BY invited_on', [id])).rows

/** Opens the link of the newest check-in mail. */
async function enter(code: string): Promise<Browser> {
  const browser = await firm.browser()
  await browser.get(linkIn((await mailsTo(code)).at(-1)))
  await browser.submit(/\/alumni\/in\//, { open: 'yes' })
  return browser
}

describe('who is asked', () => {
  test('the purpose is offered only where HR has switched it on', async () => {
    const { browser } = await member('P1', ['news'])
    const offered = async () => {
      await browser.get('/alumni/purposes')
      return browser.form('/alumni/purposes').choices('purpose').includes('checkin')
    }
    expect(await offered()).toBe(true)
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get('/hr/alumni')
    await hr.follow('近況のアンケートを見る')
    await hr.submit('/hr/alumni/check-ins', { isOn: 'no', everyMonths: '12' })
    expect(hr.text).toContain('設定を保存しました')
    expect(await offered()).toBe(false)
    await hr.submit('/hr/alumni/check-ins', { isOn: 'yes', everyMonths: '24' })
    expect(await firm.as('hr', (db) => findPlan(db, firm.companyId), firm.hrId)).toEqual({
      isOn: true,
      everyMonths: 24,
    })
    await hr.submit('/hr/alumni/check-ins', { isOn: 'maybe', everyMonths: '12' })
    expect(hr.errors()).toEqual(['送るか送らないかを選んでください。'])
    await switchTo(true)
  })

  test('active members who chose it, a year after joining, once a year, by day; with what news have to carry', async () => {
    const chosen = await member('W1')
    const other = await member('W2', ['news'])
    const paused = await member('W3')
    await paused.browser.get('/alumni')
    await paused.browser.submit('/alumni/pause')
    const dropped = await member('W4', ['checkin', 'news'])
    await dropped.browser.get('/alumni/purposes')
    await dropped.browser.submit('/alumni/purposes', { purpose: ['news'] })
    expect(await ask('2027-11-01T01:00:00Z')).toBe(0)
    world.clock.set('2027-11-02T13:00:00Z') // 22:00 in Tokyo
    expect(await inviteToCheckins(world.services, world.clock.now())).toBe(0)
    // a day later than the hour of joining: days are compared
    expect(await ask('2027-11-03T01:00:00Z')).toBe(1)
    expect(await ask('2027-11-03T02:00:00Z')).toBe(0)
    const [mail, ...more] = await mailsTo('W1')
    expect(more).toEqual([])
    expect(mail!.text).toContain('東京都千代田区1-1')
    expect(mail!.headers.get('list-unsubscribe-post') ?? mail!.headers.get('list')).toBeDefined()
    expect(mail!.text).toMatch(/\/alumni\/refuse\//)
    for (const code of ['W2', 'W3', 'W4']) expect(await mailsTo(code)).toEqual([])
    expect(await rowsOf(chosen.id)).toMatchObject([{ state: 'invited', invited_on: '2027-11-03' }])
    expect(await rowsOf(other.id)).toEqual([])
    await switchTo(false)
    expect(await ask('2028-11-03T01:00:00Z')).toBe(0)
    await switchTo(true, 24)
    expect(await ask('2028-11-03T01:00:00Z')).toBe(0)
    await switchTo(true)
    expect(await ask('2028-11-03T01:00:00Z')).toBe(1)
    expect((await rowsOf(chosen.id)).map((row) => row.invited_on)).toEqual(['2027-11-03', '2028-11-03'])
  })

  test('switched off or taken back before the mail goes: it does not go', async () => {
    const { browser } = await member('W5')
    await browser.get('/alumni')
    world.clock.set('2027-11-04T01:00:00Z')
    await inviteToCheckins(world.services, world.clock.now())
    await switchTo(false)
    await firm.deliver()
    expect(await mailsTo('W5')).toEqual([])
    await switchTo(true)
  })
})

describe('answering', () => {
  test('by the link of the mail: the pages of the leaver survey, who reads first, sealed under a key of its own', async () => {
    const { id } = await member('A1')
    await ask('2027-11-03T01:00:00Z')
    const browser = await enter('A1')
    expect(browser.url).toBe('/alumni/check-in')
    expect(browser.text).toContain('お元気でお過ごしでしょうか')
    expect(browser.text).not.toContain('退職の書類')
    await browser.get('/alumni/check-in/questions')
    expect(browser.url).toBe('/alumni/check-in')
    await browser.submit('/alumni/check-in/start', {})
    expect(browser.errors()).toEqual(['回答を誰が読むかを選んでください。'])
    await browser.submit('/alumni/check-in/start', { visibility: 'hr' })
    expect(browser.text).toContain('「ぜひ」「機会があれば」を選んだ方')
    await browser.submit('/alumni/check-in/questions', {
      q_doing: '焙煎の店を始めました',
      q_returning: 'not_now',
      q_whatMatters: '聞かれていないこと',
      q_gatherings: 'very',
    })
    expect(browser.url).toBe('/alumni?done=checkin')
    const [row] = await rowsOf(id)
    expect(row).toMatchObject({ state: 'submitted', visibility: 'hr', submitted_on: '2027-11-03' })
    expect(row.sealed_answers.toString('utf8')).not.toContain('焙煎')
    await browser.get('/alumni/check-in')
    expect(browser.url).toBe('/alumni')
    const { rows: keys } = await world.superuser.query(
      'SELECT record_type FROM data_key WHERE subject_id = $1 ORDER BY 1',
      [id],
    )
    expect(keys.map((key) => key.record_type)).toEqual([`checkin:${row.id}`, 'profile'])
    // HR reads it, with the name, and the ledger tells
    const { browser: hr, userId } = await signInAs(world, firm, 'hr')
    await hr.get('/hr/alumni/check-ins')
    await hr.get(`/hr/alumni/check-ins/${row.id}`)
    expect(hr.text).toContain('もと社員A1さんの近況')
    expect(hr.text).toContain('焙煎の店を始めました')
    expect(hr.text).not.toContain('聞かれていないこと')
    const { rows } = await world.superuser.query(
      "SELECT count(*)::int AS n FROM audit_entry WHERE action = 'alumni_checkin.opened' AND actor_id = $1",
      [userId],
    )
    expect(rows[0].n).toBe(1)
    await expect(
      firm.as('hr', (db) => sql`SELECT member_id FROM alumni_checkin`.execute(db), firm.hrId),
    ).rejects.toMatchObject({ code: '42501' })
  })

  test('for figures only, declined and untouched: HR sees no row and no key', async () => {
    const figures = await member('A2')
    const declined = await member('A3')
    await member('A4')
    await ask('2027-11-03T01:00:00Z')
    const browser = await enter('A2')
    await browser.submit('/alumni/check-in/start', { visibility: 'groups_only' })
    await browser.submit('/alumni/check-in/questions', { q_projects: 'somewhat' })
    const no = await enter('A3')
    await no.submit('/alumni/check-in/decline', {})
    expect(no.status).toBe(400)
    await no.submit('/alumni/check-in/decline', { decline: 'yes' })
    expect(no.text).toContain('つながりは変わりません')
    expect((await rowsOf(declined.id))[0].state).toBe('declined')
    const [row] = await rowsOf(figures.id)
    const seen = await firm.as(
      'hr',
      async (db) => [
        (await sql`SELECT id FROM alumni_checkin WHERE id = ${row.id}`.execute(db)).rows.length,
        (await sql`SELECT 1 FROM data_key WHERE record_type = ${`checkin:${row.id}`}`.execute(db)).rows.length,
      ],
      firm.hrId,
    )
    expect(seen).toEqual([0, 0])
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get(`/hr/alumni/check-ins/${row.id}`)
    expect(hr.status).toBe(404)
  })

  test('words of the kept list lead to help lines, in a check-in, a profile and a return request, and are told nowhere', async () => {
    const { browser: home } = await member('A5')
    await home.get('/alumni/profile')
    await home.submit('/alumni/profile', { name: 'もと社員A5', headline: '消えたい' })
    expect(home.html).toContain('tel:0120-279-338')
    await home.get('/alumni')
    expect(home.html).not.toContain('tel:0120-279-338')
    await home.get('/alumni/return')
    await home.submit('/alumni/return', { contactUserId: firm.hrId, message: '生きているのがつらいです' })
    expect(home.url).toBe('/alumni?done=return')
    expect(home.html).toContain('tel:0120-279-338')
    await ask('2027-11-03T01:00:00Z')
    const browser = await enter('A5')
    await browser.submit('/alumni/check-in/start', { visibility: 'groups_only' })
    await browser.submit('/alumni/check-in/questions', { q_message: '死にたいと思うことがあります' })
    expect(browser.html).toContain('tel:0120-279-338')
    const { rows: tables } = await world.superuser.query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('hanamichi', 'pgboss')",
    )
    for (const { name } of tables)
      for (const { text } of (await world.superuser.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`))
        .rows)
        expect(text, name).not.toMatch(/死にたい|消えたい|生きているのがつらい|crisis|0120-279-338/)
    for (const line of lines) expect(line).not.toMatch(/死にたい|消えたい|crisis|help|0120-279-338/)
  })

  test('goes with the member, and after three years', async () => {
    const leaving = await member('A6')
    const staying = await member('A7')
    await ask('2027-11-03T01:00:00Z')
    for (const code of ['A6', 'A7']) {
      const browser = await enter(code)
      await browser.submit('/alumni/check-in/start', { visibility: 'hr' })
      await browser.submit('/alumni/check-in/questions', { q_field: '農業' })
      if (code === 'A7') continue
      await browser.get('/alumni/leave')
      await browser.submit('/alumni/leave', { leave: 'yes' })
      expect(browser.text).toContain('近況のアンケートの回答')
    }
    const keysOf = async (id: string) =>
      (await world.superuser.query('SELECT record_type FROM data_key WHERE subject_id = $1', [id])).rows.length
    expect([await rowsOf(leaving.id), await keysOf(leaving.id)]).toEqual([[], 0])
    await forgetCheckins(world.services, new Date('2030-11-03T00:00:00Z'))
    expect([(await rowsOf(staying.id)).length, await keysOf(staying.id)]).toEqual([1, 2])
    await forgetCheckins(world.services, new Date('2030-11-04T00:00:00Z'))
    expect([(await rowsOf(staying.id)).length, await keysOf(staying.id)]).toEqual([0, 1])
  })
})

describe('figures', () => {
  test('withheld below ten; a share of all counted, bands for two or fewer', () => {
    const answers = Array.from({ length: 12 }, (_, index) => ({
      gatherings: index < 6 ? 'very' : index < 9 ? 'somewhat' : 'not_now',
      projects: index < 2 ? 'very' : null,
    }))
    const shares = Object.fromEntries(
      discloseInterests('2027', answers).shares.map(({ interest, share }) => [interest, share]),
    )
    expect(shares['gatherings']).toMatchObject({ kind: 'shown', n: 12, value: { kind: 'exact', share: 0.75 } })
    expect(shares['projects']).toMatchObject({ kind: 'shown', value: { kind: 'atMost', people: 2 } })
    expect(discloseInterests('2027', answers.slice(0, 9)).respondents.kind).toBe('withheld')
  })

  test('on the page when ten have answered for figures, not before the next day', async () => {
    const { companyId } = firm
    const ids: string[] = []
    for (let index = 0; index < 10; index++) ids.push((await member(`G${index}`)).id)
    world.clock.set('2027-11-05T01:00:00Z')
    await inviteToCheckins(world.services, world.clock.now())
    for (const [index, id] of ids.entries())
      await firm.as(
        'alumni',
        async (db) => {
          const own = (await findMember(db, world.services, companyId, id))!
          const open = (await findOpenCheckin(db, companyId, id))!
          await chooseReaders(db, companyId, open.id, 'groups_only')
          const of = { companyId, member: own, timeZone: 'Asia/Tokyo', requestId: 'test' }
          const answers = { talking: index < 5 ? 'very' : 'not_now' }
          const checkin = { ...open, visibility: 'groups_only' as const }
          expect(await submitCheckin(db, world.services, of, checkin, answers, world.clock.now())).toBe(true)
        },
        id,
      )
    const figures = async (today: string) => {
      const [newest] = await interestFigures(world.services, companyId, today, world.clock.now())
      return newest!.respondents.kind
    }
    expect([await figures('2027-11-05'), await figures('2027-11-06')]).toEqual(['withheld', 'shown'])
    world.clock.set('2027-11-06T01:00:00Z')
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get('/hr/alumni/check-ins')
    expect(hr.text).toMatch(/後輩に経験を話すこと \d+%/)
  })
})
