import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseRole } from '../../server/database/connection.ts'
import { clocksOf } from '../../server/physician-desk/clocks.ts'
import {
  findMissingItems,
  opinionFormSchema,
  releasedOpinionSchema,
  releasedPartOf,
} from '../../server/physician-desk/opinion-form.ts'
import { findReleasedOpinion, openReleasedOpinion } from '../../server/physician-desk/opinions.ts'
import { asRole, browserOf } from '../campaigns/company.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOfPerson, releaseAll, surveyed, type Person, type Surveyed } from '../results/people.ts'

const secrets = {
  note: '診断名うつ病エピソード疑い',
  medical: '血圧178',
  finding: '不眠と食欲低下の訴え',
  guidance: '次回は来月',
}

let world: World
let company: Surveyed
let person: Person
let requestId: string
// the same request as the employer knows it
let employerId: string
let physician: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await surveyed(world, ['high', 'ordinary', 'high'])
  await releaseAll(world, company)
  person = company.of('high')
  const browser = await browserOfPerson(world, company, person)
  await browser.get('/result/request')
  await browser.submit('/result/request', { acknowledged: 'yes' })
  const { rows } = await world.superuser.query<{ id: string }>(
    'SELECT id FROM interview_request WHERE company_id = $1',
    [company.companyId],
  )
  requestId = rows[0]!.id
  employerId = (await world.superuser.query<{ id: string }>('SELECT id FROM employer_request')).rows[0]!.id
  world.clock.set('2026-12-01T00:00:00.000Z')
  physician = await browserOf(world, company, company.physicianId)
})
afterAll(async () => world.close())

const as = (role: DatabaseRole, subjectId: string, sql: string, values: unknown[] = []) =>
  world.services.database.as({ role, companyId: company.companyId, subjectId }, world.clock.now(), (_db, client) =>
    client.query(sql, values),
  )

describe('clocks (law I-2)', () => {
  const base = {
    notifiedOn: '2026-11-01',
    requestedOn: '2026-11-10',
    late: false,
    interviewedOn: undefined,
    opinionOn: undefined,
    withdrawn: false,
  }
  test('a month each; warnings at 14, 7 and 0 days', () => {
    const on = (today: string) => clocksOf(base, today).next
    expect(on('2026-11-25')).toEqual({ byOn: '2026-12-10', daysLeft: 15, urgency: 'far' })
    expect(on('2026-11-26').urgency).toBe('fortnight')
    expect(on('2026-12-03')).toMatchObject({ daysLeft: 7, urgency: 'week' })
    expect(on('2026-12-10')).toMatchObject({ daysLeft: 0, urgency: 'week' })
    expect(on('2026-12-11')).toMatchObject({ daysLeft: -1, urgency: 'late' })
  })
  test('the opinion is due a month after the interview, not after the request; withdrawal stops them', () => {
    const clocks = clocksOf({ ...base, interviewedOn: '2026-11-12' }, '2026-12-13')
    expect(clocks.interview.urgency).toBe('met')
    expect(clocks.next).toMatchObject({ byOn: '2026-12-12', daysLeft: -1, urgency: 'late' })
    expect(clocksOf({ ...base, withdrawn: true }, '2027-01-01').next.urgency).toBe('waiting')
  })
})

describe('the released part of the form', () => {
  const whole = opinionFormSchema.parse({
    work_hours: '60時間',
    mind_body: 'found',
    mind_body_detail: secrets.finding,
    medical_notes: secrets.medical,
    guidance: ['follow_up', 'treatment'],
    report_notes: secrets.note,
    work_category: 'restricted',
    hours: ['overtime_limit'],
    overtime_hours: '20',
    period_from: '2026-12-10',
    affiliation: '架空診療所',
  })
  test('has the fields of the opinion and no other; an unknown one is refused (law P-4)', () => {
    const content = releasedPartOf(whole, {
      interviewedOn: '2026-12-01',
      mode: 'online',
      physicianName: '架空',
      opinionOn: '2026-12-02',
    })
    expect(Object.keys(content).sort()).toEqual([
      'affiliation',
      'hours',
      'hoursOther',
      'interviewedOn',
      'limitsDetail',
      'medicalVisits',
      'mode',
      'opinionOn',
      'otherLimits',
      'overtimeHours',
      'periodFrom',
      'periodUntil',
      'physicianName',
      'workCategory',
      'workplaceImprovement',
    ])
    for (const secret of Object.values(secrets)) expect(JSON.stringify(content)).not.toContain(secret)
    expect(releasedOpinionSchema.safeParse({ ...content, diagnosis: 'x' }).success).toBe(false)
  })
  test('nothing is missing in it, and each empty item is named (law P-1)', () => {
    expect(findMissingItems(whole)).toEqual([])
    expect(findMissingItems(opinionFormSchema.parse({}))).toEqual([
      'work_hours',
      'mind_body',
      'guidance',
      'work_category',
      'hours',
      'affiliation',
    ])
    expect(findMissingItems({ ...whole, overtime_hours: '' })).toEqual(['overtime_hours'])
  })
})

test('the queue names who asked with days left; opening the person writes the audit row and shows the result', async () => {
  await physician.get('/physician')
  expect(physician.text).toContain('1件の申出が待っています')
  expect(physician.text).toContain(person.name)
  expect(physician.text).toContain('あと20日')
  await physician.get(`/physician/requests/${requestId}`)
  expect(physician.status).toBe(200)
  expect(physician.text).toContain('心理的な仕事の負担（量）')
  const { rows } = await world.superuser.query(
    "SELECT actor_id, subject_id FROM audit_entry WHERE company_id = $1 AND action = 'request.opened'",
    [company.companyId],
  )
  expect(rows).toEqual([{ actor_id: company.physicianId, subject_id: person.subjectId }])
  const own = await browserOfPerson(world, company, person)
  await own.get('/result/receipts')
  expect(own.text).toContain('面接指導医 架空 physician-one')
  // and of nobody else
  expect((await as('physician', company.physicianId, 'SELECT id FROM result')).rows).toEqual([
    { id: person.invitationId },
  ])
})

test("notes are sealed and the author's alone", async () => {
  await physician.get(`/physician/requests/${requestId}`)
  await physician.submit(`/physician/requests/${requestId}/notes`, { note: secrets.note })
  expect(physician.html).toContain(secrets.note)
  const other = await browserOf(world, company, company.otherPhysicianId)
  await other.get(`/physician/requests/${requestId}`)
  expect(other.status).toBe(200)
  expect(other.html).not.toContain(secrets.note)
  await other.submit(`/physician/requests/${requestId}/notes`, { note: '別の医師' })
  expect(other.status).toBe(409)
  for (const role of ['implementer', 'clerk', 'hr', 'admin', 'employee'] as const)
    await expect(as(role, company.implementerId, 'SELECT * FROM interview_note')).rejects.toThrow(/permission denied/)
})

describe('from interview to opinion', () => {
  const address = () => `/physician/requests/${requestId}/opinion`
  const filled = {
    work_hours: '時間外 月60時間',
    mind_body: 'found',
    mind_body_detail: secrets.finding,
    medical_notes: secrets.medical,
    guidance: ['second_interview', 'treatment'],
    second_interview_when: secrets.guidance,
    work_category: 'restricted',
    hours: ['overtime_limit', 'other'],
    overtime_hours: '20',
    hours_other: '会議は17時までに終える',
    other_limits: ['less_night_work'],
    limits_detail: '3か月間、深夜の呼び出しを避ける',
    period_from: '2026-12-10',
    period_until: '2027-03-10',
    affiliation: '架空診療所',
  }

  test('no form before the interview; the interview has a day not in the future and a mode', async () => {
    await physician.get(address())
    expect(physician.status).toBe(409)
    await physician.get(`/physician/requests/${requestId}`)
    await physician.submit(`/physician/requests/${requestId}/interview`, { held_on: '2026-12-02', mode: 'online' })
    expect(physician.status).toBe(400)
    await physician.submit(`/physician/requests/${requestId}/interview`, { held_on: '2026-12-01', mode: undefined })
    expect(physician.status).toBe(400)
    await physician.submit(`/physician/requests/${requestId}/interview`, { held_on: '2026-12-01', mode: 'in_person' })
    expect(physician.text).toContain('2026年12月1日 に実施しました(対面)')
  })

  test('a draft may have holes, a preview not; what was typed stays', async () => {
    await physician.get(address())
    await physician.submit(address(), { work_hours: '時間外 月60時間', go: 'save' })
    expect(physician.url).toBe(address())
    expect(physician.html).toContain('時間外 月60時間')
    await physician.submit(address(), { mind_body: 'none', go: 'preview' })
    expect(physician.status).toBe(400)
    expect(physician.errors()).toContain('就業区分を選んでください。')
    expect(physician.html).toContain('時間外 月60時間')
  })

  test('a day that does not exist, or too many words: 400 at the field, and all that was typed stands there, not the older draft', async () => {
    await physician.get(address())
    await physician.submit(address(), {
      ...filled,
      work_hours: '時間外 月75時間',
      overtime_hours: '999',
      period_from: '2026-02-30',
      report_notes: 'あ'.repeat(2001),
      go: 'save',
    })
    expect(physician.status).toBe(400)
    expect(physician.errors().sort()).toEqual([
      'カレンダーにある日付を入れてください。',
      '時間外労働の上限を0〜100の数で入れてください。',
      '長すぎます。短くしてください(所属先は200字、ほかは2,000字まで)。',
    ])
    const { fields } = physician.form(address())
    const values = (name: string) => fields.filter(([one]) => one === name).map(([, value]) => value)
    const typed = { ...filled, work_hours: '時間外 月75時間', overtime_hours: '999', period_from: '2026-02-30' }
    for (const [name, value] of Object.entries(typed)) expect(values(name), name).toEqual([value].flat())
    expect(values('report_notes')).toEqual(['あ'.repeat(2001)])
    // nothing of it was kept
    await physician.get(address())
    expect(physician.html).toContain('時間外 月60時間')
    expect(physician.html).not.toContain('時間外 月75時間')
  })

  test('the preview shows exactly what the company gets; without the tick 400 and nothing leaves (law P-5)', async () => {
    await physician.get(address())
    await physician.submit(address(), { ...filled, go: 'preview' })
    expect(physician.url).toBe(`${address()}/preview`)
    expect(physician.text).toContain('1 時間外労働の制限(20時間/月まで)、6 その他: 会議は17時までに終える')
    for (const secret of Object.values(secrets)) expect(physician.html).not.toContain(secret)
    await physician.submit(`${address()}/release`)
    expect(physician.status).toBe(400)
    expect((await world.superuser.query('SELECT 1 FROM released_opinion')).rows).toEqual([])
  })

  test('HR before release: no opinion, no measure can be recorded (law B-1)', async () => {
    const hr = await browserOf(world, company, company.hrId)
    await hr.get(`/hr/requests/${employerId}`)
    expect(hr.status).toBe(404)
    await hr.get('/hr/requests')
    await hr.submit('/hr/requests/open')
    expect(hr.text).toContain(person.name)
    expect(hr.text).toContain('意見書待ち')
    await hr.get(`/hr/requests/${employerId}`)
    expect(hr.text).toContain('医師の意見を受け取ってから記録できます')
    await hr.post(`/hr/requests/${employerId}/measures`, {
      kind: 'limit_overtime',
      detail: 'x',
      from_on: '2026-12-10',
      review_on: '2027-01-10',
      person_heard_on: '2026-12-01',
      form_id: randomUUID(),
    })
    expect(hr.status).toBe(404)
    await expect(
      as(
        'hr',
        company.hrId,
        "INSERT INTO measure (company_id, id, opinion_id, sealed, from_on, review_on, person_heard_on, decided_by, decided_on) VALUES ($1, $2, $3, '', '2026-12-10', '2027-01-10', '2026-12-01', $4, '2026-12-01')",
        [company.companyId, randomUUID(), employerId, company.hrId],
      ),
    ).rejects.toThrow(/foreign key/)
  })

  test('released once with the tick: HR gets the released form, no note, finding, score or guidance; the person sees that it left', async () => {
    await physician.get(`${address()}/preview`)
    await physician.submit(`${address()}/release`, { explained: 'yes' })
    expect(physician.text).toContain('意見書を会社に渡しました')
    await physician.get(address())
    expect(physician.status).toBe(409)
    const hr = await browserOf(world, company, company.hrId)
    await hr.get(`/hr/requests/${employerId}`)
    expect(hr.text).toContain('1 就業制限・配慮')
    expect(hr.text).toContain('深夜業の回数の減少')
    expect(hr.text).toContain('会議は17時までに終える')
    for (const secret of [...Object.values(secrets), '心理的な仕事の負担', '高ストレス'])
      expect(hr.html).not.toContain(secret)
    const content = await asRole(
      world,
      'hr',
      company.companyId,
      async (db) =>
        openReleasedOpinion(
          db,
          world.services.vault,
          company.companyId,
          (await findReleasedOpinion(db, company.companyId, employerId))!,
        ),
      company.hrId,
    )
    expect(content).toMatchObject({ workCategory: 'restricted', hoursOther: '会議は17時までに終える' })
    for (const secret of Object.values(secrets)) expect(JSON.stringify(content)).not.toContain(secret)
    // even what the company got lies sealed
    const { rows } = await world.superuser.query('SELECT o::text AS row FROM released_opinion o')
    expect(rows[0].row).not.toMatch(/restricted|会議/)
    await expect(as('hr', company.hrId, 'SELECT * FROM opinion')).rejects.toThrow(/permission denied/)
    const own = await browserOfPerson(world, company, person)
    await own.get('/result/request')
    expect(own.text).toContain('2026年12月1日に、医師の意見が会社に渡されました')
    expect(own.forms().some((form) => form.action.endsWith('/withdraw'))).toBe(false)
  })

  test('a measure stands on the opinion, after the person was heard, with a review date', async () => {
    const hr = await browserOf(world, company, company.hrId)
    await hr.get(`/hr/requests/${employerId}`)
    const measures = `/hr/requests/${employerId}/measures`
    const typed = {
      kind: 'limit_overtime',
      detail: '時間外は月20時間まで',
      from_on: '2026-12-10',
      until_on: '2027-03-10',
      review_on: '2027-03-01',
    }
    await hr.submit(measures, { ...typed, person_heard_on: '2026-12-24' })
    expect(hr.status).toBe(400)
    expect(hr.html).toContain('時間外は月20時間まで')
    await hr.submit(measures, { ...typed, person_heard_on: '2026-12-01', until_on: '2026-12-01' })
    expect(hr.status).toBe(400)
    await hr.submit(measures, { ...typed, person_heard_on: '2026-12-01' })
    expect(hr.status).toBe(200)
    expect(hr.text).toContain('措置を記録済み')
    const { rows } = await world.superuser.query('SELECT opinion_id, decided_by, decided_on::text FROM measure')
    expect(rows).toEqual([{ opinion_id: employerId, decided_by: company.hrId, decided_on: '2026-12-01' }])
    const own = await browserOfPerson(world, company, person)
    await own.get('/result/request')
    expect(own.text).toMatch(/会社の措置 済み/)
  })
})

test('what is late stands first, for the physician and for HR, without a word about health', async () => {
  const late = company.people.filter((one) => one.kind === 'high')[1]!
  const own = await browserOfPerson(world, company, late)
  await own.get('/result/request')
  await own.submit('/result/request', { acknowledged: 'yes' })
  const hr = await browserOf(world, company, company.hrId)
  await hr.get('/hr/requests')
  await hr.submit('/hr/requests/open')
  expect(hr.text).toContain('12月31日(木)までに面接を実施')
  world.clock.set('2027-01-02T00:00:00.000Z')
  physician = await browserOf(world, company, company.physicianId)
  await physician.get('/physician')
  expect(physician.text).toContain('うち期限超過 1件')
  expect(physician.text).toContain('2日超過')
  const signedIn = await browserOf(world, company, company.hrId)
  await signedIn.get('/hr/requests')
  expect(signedIn.text).toContain('面接の期限超過')
  expect(signedIn.text.indexOf(late.name)).toBeLessThan(signedIn.text.indexOf(person.name))
  expect(signedIn.text).not.toMatch(/高ストレス|点/)
})

test('a physician of another workplace sees no request of this one', async () => {
  await world.superuser.query('UPDATE role_grant SET workplace_id = $3 WHERE company_id = $1 AND user_id = $2', [
    company.companyId,
    company.otherPhysicianId,
    (
      await world.superuser.query<{ id: string }>(
        'SELECT id FROM workplace WHERE company_id = $1 AND id <> (SELECT workplace_id FROM interview_request WHERE id = $2)',
        [company.companyId, requestId],
      )
    ).rows[0]!.id,
  ])
  const other = await browserOf(world, company, company.otherPhysicianId)
  await other.get('/physician')
  expect(other.text).not.toContain(person.name)
  await other.get(`/physician/requests/${requestId}`)
  expect(other.status).toBe(404)
})
