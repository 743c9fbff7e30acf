import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agreeToFollowup, forgetFollowups, inviteDueFollowups } from '../../server/graduations/followups.ts'
import { chooseVisibility, findInterview, openAnswers, submitInterview } from '../../server/graduations/interviews.ts'
import { jobHandlers } from '../../server/graduations/jobs.ts'
import { laterFigures, shiftsOf, type CountedInterview } from '../../server/graduations/reasons.ts'
import { decideFollowupDue, isTooLateToFollowUp } from '../../server/graduations/rules.ts'
import { exitFollowup, exitInterview, type ExitSurvey } from '../../server/graduations/surveys.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { addressOf, createFirm, linkIn, type Firm } from './firm.ts'

let world: World
let firm: Firm
const lines: string[] = []

beforeAll(async () => {
  world = await createWorld({ LOG_LEVEL: 'info' }, { write: (line) => void lines.push(line) })
  world.clock.set('2026-11-02T01:00:00Z')
  firm = await createFirm(world)
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

const privateOf = (code: string) => `${code.toLowerCase()}@private.example.com`
const dates = { noticeOn: '2026-11-02', lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' }

/** Somebody who leaves on 2026-11-30, with a confirmed private address, and has said yes where `agrees`. */
async function leaver(
  code: string,
  agrees = true,
  confirms = true,
): Promise<{ browser: Browser; departureId: string }> {
  world.clock.set('2026-11-02T01:00:00Z')
  const departureId = await firm.leave(await firm.hire(code, '2020-04-01'), dates)
  await firm.deliver()
  const own = await firm.enter(addressOf(code))
  if (agrees) {
    await own.get('/graduation/followup')
    await own.submit('/graduation/followup/agree', { agree: 'yes' })
  }
  await own.get('/graduation/contact')
  await own.submit('/graduation/contact', { email: privateOf(code) })
  await firm.deliver()
  if (!confirms) return { browser: own, departureId }
  const browser = await firm.enter(privateOf(code))
  await firm.deliver()
  return { browser, departureId }
}

/** The day the mail is due, in the morning; sends it. */
async function later(at = '2027-01-30T01:00:00Z'): Promise<void> {
  world.clock.set(at)
  await inviteDueFollowups(world.services, world.clock.now())
  await firm.deliver()
}

const rowOf = async (departureId: string) =>
  (await world.superuser.query('SELECT * FROM exit_followup WHERE id = $1', [await firm.subjectOf(departureId)]))
    .rows[0]

/** Opens the link of the survey's mail. */
async function enterLater(code: string): Promise<Browser> {
  const browser = await firm.browser()
  const mails = await firm.to(privateOf(code))
  await browser.get(linkIn(mails.findLast((mail) => mail.subject!.includes('退職後の'))))
  await browser.submit(/\/start$/)
  return browser
}

async function answer(browser: Browser, visibility: 'hr' | 'groups_only', answers: Record<string, string | string[]>) {
  await browser.get('/graduation/followup')
  await browser.submit('/graduation/followup/start', { visibility })
  await browser.submit('/graduation/followup/questions', answers)
}

describe('when', () => {
  test.each([
    ['2026-11-30', '2026-11-02', '2027-01-30'],
    ['2026-12-31', '2026-11-02', '2027-02-28'],
    ['2026-11-30', '2027-01-30', '2027-01-31'],
    ['2026-11-30', '2027-02-27', '2027-02-28'],
    ['2026-11-30', '2027-02-28', undefined],
  ])('leaving %s, agreed %s: asked on %s', (leavingOn, today, due) => {
    expect(decideFollowupDue(leavingOn, today)).toBe(due)
  })

  test('three months after leaving it is too late', () => {
    expect(['2027-02-28', '2027-03-01'].map((on) => isTooLateToFollowUp('2026-11-30', on))).toEqual([false, true])
  })
})

describe('being asked', () => {
  test('only who ticked the box; the yes can be taken back; HR sees neither', async () => {
    const { browser, departureId } = await leaver('F1', false)
    await browser.get('/graduation/followup')
    await browser.submit('/graduation/followup/agree')
    expect(browser.errors()).toEqual(['受け取る場合は、欄にチェックを入れてください。'])
    expect(await rowOf(departureId)).toBeUndefined()
    await browser.submit('/graduation/followup/agree', { agree: 'yes' })
    expect(browser.text).toContain('2027年1月30日ごろに、一度だけお送りします。')
    expect(await rowOf(departureId)).toMatchObject({ state: 'waiting', agreed_on: '2026-11-02', due_on: '2027-01-30' })
    await browser.get('/graduation')
    expect(browser.text).toContain('2027年1月30日ごろに')
    const seen = await firm.as('hr', (db) => sql`SELECT * FROM exit_followup`.execute(db), firm.hrId)
    expect(seen.rows).toEqual([])
    await browser.get('/graduation/followup')
    await browser.submit('/graduation/followup/withdraw')
    expect(await rowOf(departureId)).toBeUndefined()
    await later()
    expect((await firm.to(privateOf('F1'))).every((mail) => !mail.subject!.includes('退職後のアンケート'))).toBe(true)
  })

  test('once, by day, at the confirmed private address; the questions are not there before', async () => {
    const { browser } = await leaver('F2')
    await browser.get('/graduation/followup/questions')
    expect(browser.url).toBe('/graduation/followup')
    await browser.post('/graduation/followup/start', { visibility: 'hr' })
    await browser.get('/graduation/followup/questions')
    expect(browser.url).toBe('/graduation/followup')
    const before = (await firm.to(privateOf('F2'))).length
    world.clock.set('2027-01-30T13:00:00Z') // 22:00 in Tokyo
    expect(await inviteDueFollowups(world.services, world.clock.now())).toBe(0)
    await later('2027-01-31T01:00:00Z')
    await later('2027-02-01T01:00:00Z')
    const mails = (await firm.to(privateOf('F2'))).slice(before).filter((mail) => !mail.subject!.includes('退職時'))
    expect(mails.map((mail) => mail.subject)).toEqual(['退職後のアンケートのお願い(試験株式会社)'])
    expect((await firm.to(addressOf('F2'))).every((mail) => !mail.subject!.includes('退職後'))).toBe(true)
    const visitor = await firm.browser()
    const link = linkIn(mails[0])
    await visitor.get(link)
    expect(visitor.text).toContain('退職後のアンケートのお願い')
    await visitor.submit(/\/start$/)
    expect(visitor.url).toBe('/graduation/followup')
  })

  test('without a confirmed address nothing is sent; nor to somebody whose leaving was cancelled or is long past', async () => {
    const { departureId } = await leaver('F3', true, false)
    const gone = await leaver('F4')
    await leaver('F5')
    await world.superuser.query("UPDATE departure SET state = 'cancelled', confirmed_at = NULL WHERE id = $1", [
      gone.departureId,
    ])
    await world.superuser.query("UPDATE exit_followup SET due_on = '2027-03-02' WHERE id = $1", [
      await firm.subjectOf((await leaver('F6')).departureId),
    ])
    const count = async () => (await firm.to(privateOf('F3'))).length + (await firm.to(privateOf('F4'))).length
    const before = await count()
    await later()
    expect(await count()).toBe(before)
    expect((await firm.to(privateOf('F5'))).map((mail) => mail.subject)).toContain(
      '退職後のアンケートのお願い(試験株式会社)',
    )
    expect((await rowOf(departureId)).state).toBe('invited')
    const six = (await firm.to(privateOf('F6'))).length
    await later('2027-03-02T01:00:00Z')
    expect((await firm.to(privateOf('F6'))).length).toBe(six)
  })

  test('new dates move the day', async () => {
    const { departureId } = await leaver('F7')
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get(`/hr/graduations/${departureId}`)
    await hr.submit(/\/dates$/, { reason: 'wish', lastWorkingOn: '2026-12-11', leavingOn: '2026-12-31' })
    await jobHandlers
      .find((one) => one.name === 'graduations.dates-changed')!
      .run({ services: world.services, companyId: firm.companyId, objectId: departureId, at: world.clock.now() })
    expect((await rowOf(departureId)).due_on).toBe('2027-02-28')
  })
})

describe('answering', () => {
  test('sealed under a key of its own, apart from what was said at leaving; what is not asked after the answers is dropped', async () => {
    const { browser, departureId } = await leaver('A1')
    await browser.get('/graduation/interview')
    await browser.submit('/graduation/interview/start', { visibility: 'hr' })
    await browser.submit('/graduation/interview/questions', { q_primaryReason: 'pay' })
    await later()
    const own = await enterLater('A1')
    await own.submit('/graduation/followup/start', { visibility: 'groups_only' })
    expect(own.text).toContain('「一部は話せた」「ほとんど話せなかった」を選んだ方')
    await own.submit('/graduation/followup/questions', {
      q_primaryReason: 'relations',
      q_couldTell: 'fully',
      q_whatHindered: '書いたけれど聞かれない',
      q_oneChange: '朝礼をやめること',
    })
    expect(own.url).toBe('/graduation?done=followup')
    expect(own.text).toContain('お送りいただき、ありがとうございました')
    const row = await rowOf(departureId)
    expect(row).toMatchObject({ state: 'submitted', visibility: 'groups_only', submitted_on: '2027-01-30' })
    expect(row.sealed_answers.toString('utf8')).not.toContain('朝礼')
    const subjectId = await firm.subjectOf(departureId)
    const { rows: keys } = await world.superuser.query(
      "SELECT record_type FROM data_key WHERE subject_id = $1 AND area = 'exit' ORDER BY 1",
      [subjectId],
    )
    expect(keys.map((key) => key.record_type)).toEqual(['answers', 'contact', 'followup', 'identity'])
    const [then, now] = await firm.as(
      'leaver',
      async (db) => [
        await openAnswers(db, world.services, firm.companyId, subjectId, exitInterview),
        await openAnswers(db, world.services, firm.companyId, subjectId, exitFollowup),
      ],
      subjectId,
    )
    expect(then).toMatchObject({ primaryReason: 'pay' })
    expect(now).toMatchObject({ primaryReason: 'relations', couldTell: 'fully', oneChange: '朝礼をやめること' })
    expect(now).not.toHaveProperty('whatHindered')
    // HR, who may read the first, reaches nothing of the second
    const hr = await firm.as(
      'hr',
      async (db) => [
        await findInterview(db, firm.companyId, subjectId, exitInterview),
        await findInterview(db, firm.companyId, subjectId, exitFollowup),
        (await sql`SELECT 1 FROM data_key WHERE subject_id = ${subjectId} AND record_type = 'followup'`.execute(db))
          .rows.length,
      ],
      firm.hrId,
    )
    expect([hr[0] === undefined, hr[1], hr[2]]).toEqual([false, undefined, 0])
  })

  test('open to HR: read with a row in the ledger', async () => {
    const { departureId } = await leaver('A2')
    await later()
    const own = await enterLater('A2')
    await answer(own, 'hr', { q_primaryReason: 'care', q_couldTell: 'hardly', q_whatHindered: '言い出せませんでした' })
    const { browser: hr, userId } = await signInAs(world, firm, 'hr')
    await hr.get(`/hr/graduations/${departureId}`)
    await hr.follow('退職後のアンケートの回答を読む')
    expect(hr.text).toContain('言い出せませんでした')
    const { rows } = await world.superuser.query(
      "SELECT count(*)::int AS n FROM audit_entry WHERE action = 'exit_followup.opened' AND actor_id = $1",
      [userId],
    )
    expect(rows[0].n).toBe(1)
  })

  test('declining shows nowhere', async () => {
    const { departureId } = await leaver('A3')
    await later()
    const own = await enterLater('A3')
    await own.submit('/graduation/followup/decline', { decline: 'yes' })
    expect(own.text).toContain('このことは会社には伝わりません')
    expect((await rowOf(departureId)).state).toBe('declined')
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get(`/hr/graduations/${departureId}/followup`)
    expect(hr.status).toBe(404)
  })

  test('words of the kept list lead to help lines, here and at leaving, and are told nowhere', async () => {
    const { browser } = await leaver('A4')
    await browser.get('/graduation/interview')
    await browser.submit('/graduation/interview/start', { visibility: 'groups_only' })
    await browser.submit('/graduation/interview/questions', { q_comment: 'あのころは死にたいと思っていました' })
    expect(browser.url).toBe('/graduation?done=interview')
    expect(browser.html).toContain('tel:0120-279-338')
    // not again at the next visit
    await browser.get('/graduation')
    expect(browser.html).not.toContain('tel:0120-279-338')
    await later()
    const own = await enterLater('A4')
    await answer(own, 'groups_only', { q_oneChange: '消えたい' })
    expect(own.html).toContain('tel:0120-279-338')
    const { rows: tables } = await world.superuser.query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('hanamichi', 'pgboss')",
    )
    for (const { name } of tables)
      for (const { text } of (await world.superuser.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`))
        .rows)
        expect(text, name).not.toMatch(/死にたい|消えたい|crisis|0120-279-338/)
    for (const line of lines) expect(line).not.toMatch(/死にたい|消えたい|crisis|help|0120-279-338/)
  })

  test('answers go after three years, agreements that nothing leads to after half a year, keys first', async () => {
    const answered = await leaver('A5')
    const silent = await leaver('A6')
    await later()
    await answer(await enterLater('A5'), 'groups_only', { q_primaryReason: 'pay' })
    await forgetFollowups(world.services, new Date('2027-07-28T00:00:00Z'))
    expect([(await rowOf(answered.departureId))?.state, (await rowOf(silent.departureId))?.state]).toEqual([
      'submitted',
      'invited',
    ])
    await forgetFollowups(world.services, new Date('2027-08-01T00:00:00Z'))
    expect([(await rowOf(answered.departureId))?.state, await rowOf(silent.departureId)]).toEqual([
      'submitted',
      undefined,
    ])
    await forgetFollowups(world.services, new Date('2030-02-01T00:00:00Z'))
    expect(await rowOf(answered.departureId)).toBeUndefined()
    const { rows } = await world.superuser.query(
      "SELECT 1 FROM data_key WHERE subject_id = $1 AND record_type = 'followup'",
      [await firm.subjectOf(answered.departureId)],
    )
    expect(rows).toEqual([])
  })
})

describe('told and told later', () => {
  const one = (id: string, reason: string | null, visibility: CountedInterview['visibility']): CountedInterview => ({
    id,
    reason,
    visibility,
    submittedOn: '2027-01-01',
  })

  test('who answered both times and named a reason each time; open only when both are', () => {
    const told = [one('1', 'pay', 'hr'), one('2', 'pay', 'groups_only'), one('3', null, 'hr'), one('4', 'care', 'hr')]
    const later = [
      one('1', 'pay', 'hr'),
      one('2', 'relations', 'hr'),
      one('3', 'pay', 'hr'),
      one('4', 'pay', 'groups_only'),
      one('5', 'pay', 'hr'),
    ]
    expect(shiftsOf(told, later).map(({ id, reason, visibility }) => [id, reason, visibility])).toEqual([
      ['1', 'same', 'hr'],
      ['2', 'changed', 'groups_only'],
      ['4', 'changed', 'groups_only'],
    ])
  })

  test('on the page of reasons only when ten are there', async () => {
    const { companyId } = firm
    await world.superuser.query(
      "UPDATE exit_followup SET state = 'declined', sealed_answers = NULL WHERE company_id = $1",
      [companyId],
    )
    const departures: string[] = []
    const sendAs = async (departureId: string, survey: ExitSurvey, primaryReason: string) => {
      const subjectId = await firm.subjectOf(departureId)
      const of = { companyId, subjectId, timeZone: 'Asia/Tokyo', requestId: 'test' }
      const isSent = await firm.as(
        'leaver',
        async (db) => {
          if (survey === exitFollowup)
            await agreeToFollowup(db, { ...of, leavingOn: dates.leavingOn }, new Date('2026-11-02T01:00:00Z'))
          // the mail has gone out
          const state = { ...survey, openStates: ['waiting', 'invited'] } as const
          await chooseVisibility(db, companyId, subjectId, 'groups_only', state)
          return submitInterview(db, world.services, of, { primaryReason }, world.clock.now(), state)
        },
        subjectId,
      )
      expect(isSent).toBe(true)
    }
    world.clock.set('2026-11-02T01:00:00Z')
    for (let index = 0; index < 10; index++) {
      const departureId = await firm.leave(await firm.hire(`S${index}`, '2020-04-01'), dates)
      departures.push(departureId)
      await sendAs(departureId, exitInterview, 'pay')
    }
    world.clock.set('2027-01-30T01:00:00Z')
    for (const [index, departureId] of departures.entries()) {
      if (index === 9) {
        const early = await laterFigures(world.services, companyId, '2027-01-31', new Date('2027-01-31T01:00:00Z'))
        expect([early.later.groupsOnly.respondents.kind, early.shift.groupsOnly.respondents.kind]).toEqual([
          'withheld',
          'withheld',
        ])
      }
      await sendAs(departureId, exitFollowup, index < 4 ? 'relations' : 'pay')
    }
    world.clock.set('2027-01-31T01:00:00Z')
    const figures = await laterFigures(world.services, companyId, '2027-01-31', world.clock.now())
    expect(figures.shift.groupsOnly.reasons[0]!.share).toMatchObject({
      kind: 'shown',
      n: 10,
      value: { kind: 'exact', share: 0.4 },
    })
    const { browser: hr } = await signInAs(world, firm, 'hr')
    await hr.get('/hr/graduations/reasons')
    expect(hr.text).toContain('退職のときと違う理由になった 40%')
    expect(hr.text).toMatch(/職場の人間関係が好ましくなかった 40%/)
  })
})
