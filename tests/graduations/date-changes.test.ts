import { afterAll, beforeAll, expect, test } from 'vitest'
import { jobHandlers } from '../../server/capabilities.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { addressOf, createFirm, linkIn, type Firm } from './firm.ts'

let world: World
let firm: Firm
let hr: Browser
let hrId: string

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z') // Monday 10:00 in Tokyo
  firm = await createFirm(world)
  const signedIn = await signInAs(world, firm, 'hr')
  hr = signedIn.browser
  hrId = signedIn.userId
})
afterAll(async () => {
  await firm.close()
  await world.close()
})

/** Runs what was left behind, then sends what is due. */
async function settle(): Promise<void> {
  const { rows } = await world.superuser.query<{ name: string; object_id: string }>(
    'DELETE FROM job_request WHERE company_id = $1 RETURNING name, object_id',
    [firm.companyId],
  )
  for (const { name, object_id: objectId } of rows)
    await jobHandlers
      .find((one) => one.name === name)!
      .run({ services: world.services, companyId: firm.companyId, objectId, at: world.clock.now() })
  await firm.deliver()
}

async function change(departureId: string, dates: Record<string, string>, signedIn = hr): Promise<void> {
  await signedIn.get(`/hr/graduations/${departureId}`)
  await signedIn.submit(/\/dates$/, { reason: 'wish', ...dates })
}

const interviewOf = async (departureId: string) =>
  (
    await world.superuser.query<{ state: string; due_on: string }>(
      'SELECT state, due_on FROM exit_interview WHERE id = $1',
      [await firm.subjectOf(departureId)],
    )
  ).rows[0]
const stepsOf = async (departureId: string) =>
  Object.fromEntries(
    (
      await world.superuser.query<{ step: string; due_on: string }>(
        'SELECT step, due_on FROM graduation_step WHERE departure_id = $1',
        [departureId],
      )
    ).rows.map((row) => [row.step, row.due_on]),
  )
const subjects = async (code: string) => (await firm.to(addressOf(code))).map((mail) => mail.subject!.split('(')[0]!)
const statusOf = async (link: string) => (await (await firm.browser()).get(link)).status

const notice = { noticeOn: '2026-11-02', lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' }

test('later: open steps and the waiting interview move, done ones stay, the person is told, earlier links stay good', async () => {
  const departureId = await firm.leave(await firm.hire('L1', '2020-04-01'), notice)
  await settle()
  const link = linkIn((await firm.to(addressOf('L1'))).at(-1))
  const steps = await stepsOf(departureId)
  expect(await interviewOf(departureId)).toEqual({ state: 'waiting', due_on: '2026-11-07' })
  await world.superuser.query(
    "UPDATE graduation_step SET done_at = now(), done_by = 'hr' WHERE departure_id = $1 AND step = 'accounts'",
    [departureId],
  )
  await change(departureId, { lastWorkingOn: '2026-11-27', leavingOn: '2026-12-15' })
  expect(hr.status).toBe(200)
  expect(hr.text).toContain('2026年12月15日')
  await settle()
  expect(await interviewOf(departureId)).toEqual({ state: 'waiting', due_on: '2026-11-14' })
  const after = await stepsOf(departureId)
  expect(after).toMatchObject({ handover: '2026-11-27', social_insurance: '2026-12-20', resident_tax: '2027-01-10' })
  expect(after['accounts']).toBe(steps['accounts'])
  expect(await subjects('L1')).toEqual(['ご卒業のご案内', '退職のお手続きの日付が変わりました'])
  const mail = (await firm.to(addressOf('L1'))).at(-1)!
  expect(mail.text).toContain('最終出社日は 11月27日(金)、退職日は 12月15日(火) です。')
  expect(mail.text).not.toContain('希望')
  expect([await statusOf(link), await statusOf(linkIn(mail))]).toEqual([200, 200])
  const { rows } = await world.superuser.query(
    "SELECT actor_id, reason, object_id FROM audit_entry WHERE company_id = $1 AND action = 'departure.dates_changed'",
    [firm.companyId],
  )
  expect(rows).toEqual([{ actor_id: hrId, reason: 'graduations.reason.dates.wish', object_id: departureId }])
})

test('earlier: links that would outlive the mailbox end, and each has a successor; an answered interview is asked for no more', async () => {
  const open = await firm.leave(await firm.hire('S1', '2020-04-01'), notice)
  const answered = await firm.leave(await firm.hire('S2', '2020-04-01'), notice)
  await settle()
  world.clock.set('2026-11-07T01:00:00Z')
  await settle()
  expect(await subjects('S1')).toEqual(['ご卒業のご案内', '退職時アンケートのお願い'])
  const old = (await firm.to(addressOf('S1'))).map(linkIn)
  const own = await firm.enter(addressOf('S2'))
  await own.get('/graduation/contact')
  await own.submit('/graduation/contact', { email: 's2@private.example.com' })
  await settle()
  await firm.enter('s2@private.example.com')
  await settle()
  const lasting = linkIn((await firm.to('s2@private.example.com')).at(-1))
  await world.superuser.query("UPDATE exit_interview SET state = 'declined' WHERE id = $1", [
    await firm.subjectOf(answered),
  ])
  const { browser } = await signInAs(world, firm, 'hr')
  for (const departureId of [open, answered])
    await change(departureId, { lastWorkingOn: '2026-11-12', leavingOn: '2026-11-16', reason: 'handover' }, browser)
  await settle()
  expect((await subjects('S1')).slice(2).sort()).toEqual([
    '退職のお手続きの日付が変わりました',
    '退職時アンケートのお願い',
  ])
  for (const link of old) expect(await statusOf(link)).toBe(404)
  const fresh = (await firm.to(addressOf('S1'))).slice(2).map(linkIn)
  for (const link of fresh) expect(await statusOf(link)).toBe(200)
  expect((await subjects('S2')).slice(2)).toEqual(['退職のお手続きの日付が変わりました'])
  expect(await statusOf(lasting)).toBe(404)
  expect(await statusOf(linkIn((await firm.to('s2@private.example.com')).at(-1)))).toBe(200)
  // the company mailbox's links end with the new leaving date, the private one's do not
  world.clock.set('2026-11-17T01:00:00Z')
  for (const link of fresh) expect(await statusOf(link)).not.toBe(200)
  expect(await statusOf(linkIn((await firm.to('s2@private.example.com')).at(-1)))).toBe(200)
  // HR sees what it saw: neither who was asked, nor who gave an address
  const { rows } = await world.services.database.as(
    { role: 'hr', companyId: firm.companyId, subjectId: hrId },
    world.clock.now(),
    (_db, client) => client.query('SELECT DISTINCT template FROM mail_message'),
  )
  expect(rows).toEqual([{ template: 'graduations.welcome' }])
})

test('what cannot be: a day that is over, nothing new, no reason, one who has left; what was typed stays', async () => {
  world.clock.set('2026-11-18T01:00:00Z')
  const departureId = await firm.leave(await firm.hire('W1', '2020-04-01'), {
    noticeOn: '2026-11-16',
    lastWorkingOn: '2026-11-25',
    leavingOn: '2026-11-30',
  })
  const { browser } = await signInAs(world, firm, 'hr')
  const wrong = async (dates: Record<string, string>) => {
    await change(departureId, dates, browser)
    expect(browser.status).toBe(400)
    return browser.errors()
  }
  expect(await wrong({})).toEqual(['日付が変わっていません。'])
  expect(await wrong({ lastWorkingOn: '', leavingOn: '2026-11-17' })).toEqual([
    '退職日は、今日以後の日付にしてください。',
  ])
  expect(await wrong({ lastWorkingOn: '2026-11-17' })).toEqual([
    '変える場合、最終出社日は今日以後の日付にしてください。',
  ])
  expect(await wrong({ leavingOn: '2026-11-20' })).toEqual(['最終出社日が退職日より後になっています。'])
  expect(await wrong({ leavingOn: '2026-12-01', reason: '' })).toEqual(['変える理由を選んでください。'])
  expect(await wrong({ lastWorkingOn: '2026-02-30', leavingOn: '2026-12-24' })).toEqual([
    '最終出社日を正しく入力してください。',
  ])
  expect(Object.fromEntries(browser.form(/\/dates$/).fields)).toMatchObject({
    lastWorkingOn: '2026-02-30',
    leavingOn: '2026-12-24',
    reason: 'wish',
  })
  // what holds is still told above the form
  expect(browser.text).toContain('2026年11月30日')
  world.clock.set('2026-12-01T01:00:00Z')
  const { browser: later } = await signInAs(world, firm, 'hr')
  await later.get(`/hr/graduations/${departureId}`)
  expect(later.forms().filter((form) => form.action.endsWith('/dates'))).toEqual([])
  await later.post(`/hr/graduations/${departureId}/dates`, { leavingOn: '2026-12-24', reason: 'mistake' })
  expect(later.status).toBe(409)
})

test('a death: the dates of the steps follow, nobody is written to', async () => {
  const departureId = await firm.leave(await firm.hire('D1', '2020-04-01'), { kind: 'death', leavingOn: '2026-12-10' })
  const before = (await firm.deliver()).length
  const { browser } = await signInAs(world, firm, 'hr')
  await change(departureId, { leavingOn: '2026-12-05', reason: 'mistake' }, browser)
  expect(browser.status).toBe(200)
  await settle()
  expect((await firm.deliver()).length).toBe(before)
  expect((await stepsOf(departureId))['social_insurance']).toBe('2026-12-10')
})
