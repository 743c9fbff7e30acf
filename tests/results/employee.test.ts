import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isLateRequest } from '../../server/results/rules.ts'
import { browserOf } from '../campaigns/company.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOfPerson, releaseAll, surveyed, type Person, type Surveyed } from './people.ts'

let world: World
let company: Surveyed
const high = (index: number) => company.people.filter((person) => person.kind === 'high')[index]!
beforeAll(async () => {
  world = await createWorld()
  company = await surveyed(world, ['high', 'ordinary', 'missing', 'high', 'high', 'high'])
  // the second of the high ones: the implementer found no interview necessary
  await releaseAll(world, company, (person) => person.kind === 'high' && person !== high(1))
})
afterAll(async () => world.close())

const rows = async (sql: string, ...values: unknown[]) =>
  (await world.superuser.query(sql, [company.companyId, ...values])).rows
const open = async (person: Person, address = '/result', language = 'ja'): Promise<Browser> =>
  (await browserOfPerson(world, company, person, language)).get(address)

describe('the result page holds the three blocks of law N-2', () => {
  const blocks = (text: string) =>
    ['1. プロフィール', '2. ストレスの程度', '3. 面接指導の要否'].map((block) => text.indexOf(block))

  test('not high: plain words first, then profile, degree, need', async () => {
    const browser = await open(company.of('ordinary'))
    expect(browser.status).toBe(200)
    const [profile, degree, need] = blocks(browser.text)
    expect(browser.text.indexOf('強い負担のサインは出ていません')).toBeLessThan(profile!)
    expect([profile, degree, need].every((at) => at! > 0)).toBe(true)
    expect(browser.text).toContain('高ストレスの基準には当てはまりませんでした')
    expect(browser.text).toContain('今回は面接指導の対象ではない')
    expect(browser.html).not.toContain('href="/result/request"')
    expect(browser.html).toContain('href="/result/consultation"')
  })

  test('high, interview not needed', async () => {
    const browser = await open(high(1))
    expect(blocks(browser.text).every((at) => at > 0)).toBe(true)
    expect(browser.text).toContain('心と体に、負担がたまっているようです')
    expect(browser.text).toContain('高ストレスの基準に当てはまりました')
    expect(browser.text).toContain('今回は面接指導の対象ではない')
    expect(browser.html).not.toContain('href="/result/request"')
  })

  test('high, interview needed: how to ask, and the way without telling the company beside it', async () => {
    const browser = await open(high(0))
    expect(browser.text).toContain('面接指導を受ける必要があると判断しました')
    expect(browser.text).toContain('試験 implementer')
    expect(browser.html).toContain('href="/result/request"')
    expect(browser.html).toContain('href="/result/consultation"')
    expect(browser.html).not.toContain('href="/result/consent"')
    // sums and points of the three fields
    for (const words of ['計 68', '計 116', '計 36', '評価点(1〜5)']) expect(browser.text).toContain(words)
    expect(browser.html).toMatch(/<svg\b/)
  })

  test('missing answers: no verdict, no guess, the rest is shown', async () => {
    const browser = await open(company.of('missing'))
    expect(browser.text).toContain('判定はできませんでした')
    expect(browser.text).toContain('1問に回答がありませんでした')
    expect(browser.text).not.toContain('基準に当てはまりました')
  })

  test('English, and the page for printing, say the same', async () => {
    const browser = await open(high(0), '/result/print', 'en')
    for (const words of [
      '1. Profile',
      '2. Degree of stress',
      '3. Whether an interview is needed',
      'met the criteria for high stress',
    ])
      expect(browser.text).toContain(words)
    expect(browser.headers['cache-control']).toBe('no-store')
  })

  test('a link alone opens no result', async () => {
    const browser = await browserOfPerson(world, company, high(0))
    await world.superuser.query(
      "UPDATE session SET strength = 'link' WHERE company_id = $1 AND kind = 'participant' AND created_at = (SELECT max(created_at) FROM session WHERE kind = 'participant')",
      [company.companyId],
    )
    for (const address of [
      '/result',
      '/result/print',
      '/result/receipts',
      '/result/request',
      '/result/consultation',
      '/result/consent',
    ]) {
      await browser.get(address)
      expect(browser.status).toBe(401)
    }
  })
})

test('receipts: who opened my record, when and why; nobody else is named on mine', async () => {
  const implementer = await browserOf(world, company, company.implementerId)
  await implementer.get(`/implementer/campaigns/${company.campaignId}/needs/${high(0).invitationId}`)
  const browser = await open(high(0), '/result/receipts')
  expect(browser.text).toContain('実施者 試験 implementer')
  expect(browser.text).toContain('面接指導の要否を確認し、署名しました')
  expect(browser.text).toContain('結果を開きました')
  expect(browser.text).not.toContain('本人による閲覧')
  const [{ first }] = (await rows('SELECT count(first_viewed_at)::int AS first FROM notice WHERE company_id = $1')) as [
    { first: number },
  ]
  expect(first).toBeGreaterThan(0)
})

describe('interview request', () => {
  test('somebody who is no candidate: 403 (law I-1)', async () => {
    const browser = await open(company.of('ordinary'))
    await browser.get('/result/request')
    expect(browser.status).toBe(403)
    await browser.get('/result/consultation')
    await browser.post('/result/request', { acknowledged: 'yes', form_id: randomUUID() })
    expect(browser.status).toBe(403)
    expect(await rows('SELECT 1 FROM interview_request WHERE company_id = $1')).toEqual([])
  })

  test('says what the employer learns before the tick; without the tick 400 and nothing stored (law I-3)', async () => {
    const browser = await open(high(0), '/result/request')
    expect(browser.text.indexOf('申し出たという事実が、会社(人事)に伝わります')).toBeLessThan(
      browser.text.indexOf('会社に伝わることを読みました'),
    )
    expect(browser.text).toContain('会社がしてはならないこと')
    expect(browser.text).toContain('結果そのものは、会社に伝わりません')
    expect(browser.form('/result/request').fields.some(([name]) => name === 'acknowledged')).toBe(false)
    await browser.submit('/result/request')
    expect(browser.status).toBe(400)
    expect(await rows('SELECT 1 FROM interview_request WHERE company_id = $1')).toEqual([])
  })

  test('stored once with the words that were shown, never changed; the person keeps a copy (law I-4)', async () => {
    const browser = await open(high(0), '/result/request')
    const fields = Object.fromEntries(browser.form('/result/request').fields)
    await browser.submit('/result/request', { acknowledged: 'yes' })
    await browser.postBare('/result/request', { ...fields, acknowledged: 'yes' })
    const other = await open(high(0), '/result/request')
    expect(other.text).toContain('申出を受け付けました')
    expect(other.text).toContain('申し出たという事実が、会社(人事)に伝わります')
    await other.post('/result/request', { acknowledged: 'yes', form_id: randomUUID() })
    const stored = await rows(
      'SELECT told, late, workplace_id, acknowledged FROM interview_request WHERE company_id = $1',
    )
    expect(stored).toHaveLength(1)
    expect(stored[0]).toMatchObject({ late: false, acknowledged: true })
    expect(stored[0]!.told).toContain('会社(人事)に伝わります')
    await expect(world.superuser.query('UPDATE interview_request SET late = true')).rejects.toThrow('append-only')
    await expect(
      world.services.database.as(
        { role: 'employee', companyId: company.companyId, subjectId: high(0).subjectId },
        world.clock.now(),
        (_db, client) => client.query('UPDATE interview_request SET late = true'),
      ),
    ).rejects.toThrow('permission denied')
  })

  test('withdrawn before HR opens it: HR never sees it (law I-5)', async () => {
    const hr = await browserOf(world, company, company.hrId)
    await hr.get('/hr/requests')
    expect(hr.text).toContain('新しい申出が1件あります')
    expect(hr.text).not.toContain(high(0).name)
    const seen = await world.services.database.as(
      { role: 'hr', companyId: company.companyId, subjectId: company.hrId },
      world.clock.now(),
      (_db, client) => client.query('SELECT sealed FROM interview_request_for_employer'),
    )
    expect(seen.rows).toEqual([{ sealed: null }])
    const browser = await open(high(0), '/result/request')
    await browser.submit(/\/withdraw$/)
    expect(browser.text).toContain('取り下げられました')
    await hr.get('/hr/requests')
    expect(hr.text).toContain('新しい申出はありません')
    await hr.post('/hr/requests/open', { form_id: randomUUID() })
    expect(hr.text).not.toContain(high(0).name)
    expect(await rows('SELECT kind FROM interview_request_event WHERE company_id = $1 ORDER BY at')).toEqual([
      { kind: 'withdrawn' },
    ])
    const physician = await browserOf(world, company, company.physicianId)
    const [{ id }] = (await rows('SELECT id FROM interview_request WHERE company_id = $1')) as [{ id: string }]
    await physician.get(`/physician/requests/${id}`)
    expect(physician.status).toBe(404)
  })

  test("another person's request cannot be withdrawn", async () => {
    await (await open(high(2), '/result/request')).submit('/result/request', { acknowledged: 'yes' })
    const [{ id }] = (await rows(
      'SELECT id FROM interview_request WHERE company_id = $1 AND subject_id = $2',
      high(2).subjectId,
    )) as [{ id: string }]
    const browser = await open(high(3), '/result/request')
    await browser.post(`/result/request/${id}/withdraw`, { form_id: randomUUID() })
    expect(browser.status).toBe(404)
    expect(await rows('SELECT 1 FROM interview_request_event WHERE company_id = $1 AND request_id = $2', id)).toEqual(
      [],
    )
  })

  test('day 31: accepted and marked late (law I-2)', async () => {
    expect(isLateRequest('2026-11-21', '2026-12-21')).toBe(false)
    expect(isLateRequest('2026-11-21', '2026-12-22')).toBe(true)
    world.clock.set('2026-12-22T00:00:00.000Z')
    const browser = await open(high(3), '/result/request')
    expect(browser.text).toContain('1か月を過ぎていますが')
    await browser.submit('/result/request', { acknowledged: 'yes' })
    expect(
      await rows('SELECT late FROM interview_request WHERE company_id = $1 AND subject_id = $2', high(3).subjectId),
    ).toEqual([{ late: true }])
  })
})

describe('where the site lets others ask, and where the company receives results', () => {
  let other: Surveyed
  beforeAll(async () => {
    other = await surveyed(world, ['ordinary', 'ordinary'], {
      othersMayRequestInterview: true,
      employerReceivesIndividualResults: true,
    })
  })
  const consents = async () =>
    (
      await world.superuser.query(
        'SELECT answer, text_version, locale, consented_at > notified_at AS after FROM consent WHERE company_id = $1',
        [other.companyId],
      )
    ).rows

  test('consent before notice: 409, and the table itself refuses it (law C-1)', async () => {
    const browser = await browserOfPerson(world, other, other.people[0]!)
    await browser.get('/result/consultation')
    await browser.post('/result/consent', { answer: 'full_result', form_id: randomUUID() })
    expect(browser.status).toBe(409)
    expect(await consents()).toEqual([])
    await expect(
      world.superuser.query(
        "INSERT INTO consent (company_id, id, campaign_id, subject_id, answer, text_version, locale, notified_at, consented_at) VALUES ($1, $2, $3, $4, 'no', 'x', 'ja', $5, $5)",
        [
          other.companyId,
          other.people[0]!.invitationId,
          other.campaignId,
          other.people[0]!.subjectId,
          world.clock.now(),
        ],
      ),
    ).rejects.toThrow('check constraint')
  })

  test('after notice: nothing ticked beforehand; an answer is asked for once', async () => {
    await releaseAll(world, other)
    const browser = await browserOfPerson(world, other, other.people[0]!)
    await browser.get('/result')
    expect(browser.html).toContain('href="/result/consent"')
    await browser.get('/result/consent')
    expect(browser.form('/result/consent').fields.some(([name]) => name === 'answer')).toBe(false)
    await browser.submit('/result/consent')
    expect(browser.status).toBe(400)
    await browser.submit('/result/consent', { answer: 'no' })
    expect(browser.text).toContain('伝えない')
    await browser.get('/result')
    expect(browser.html).not.toContain('href="/result/consent"')
    await browser.get('/result/consultation')
    await browser.post('/result/consent', { answer: 'full_result', form_id: randomUUID() })
    expect(browser.status).toBe(409)
    expect(await consents()).toEqual([{ answer: 'no', text_version: 'consent-2026-11', locale: 'ja', after: true }])
  })

  test('others may ask, and are told that the result goes along', async () => {
    const browser = await browserOfPerson(world, other, other.people[1]!)
    await browser.get('/result/request')
    expect(browser.status).toBe(200)
    expect(browser.text).toContain('ストレスチェックの結果も、実施者から会社に伝わります')
    await browser.submit('/result/request', { acknowledged: 'yes' })
  })

  test('the implementer sees whose result may be handed over, never who refused; HR has no such page', async () => {
    const implementer = await browserOf(world, other, other.implementerId)
    await implementer.get(`/implementer/campaigns/${other.campaignId}/handovers`)
    expect(implementer.text).toContain(other.people[1]!.name)
    expect(implementer.text).toContain('面接指導の申出')
    expect(implementer.text).not.toContain(other.people[0]!.name)
    const seen = await world.services.database.as(
      { role: 'implementer', companyId: other.companyId, subjectId: other.implementerId },
      world.clock.now(),
      (_db, client) => client.query('SELECT answer FROM consent'),
    )
    expect(seen.rows).toEqual([])
    const hr = await browserOf(world, other, other.hrId)
    await hr.get(`/implementer/campaigns/${other.campaignId}/handovers`)
    expect(hr.status).toBe(403)
    await implementer.get(`/implementer/campaigns/${company.campaignId}/handovers`)
    expect(implementer.status).toBe(404)
  })

  test('by default there is no consent page at all (law C-6)', async () => {
    world.clock.advance(1000)
    const browser = await open(company.of('ordinary'), '/result/consent')
    expect(browser.status).toBe(404)
    await browser.get('/result/consultation')
    await browser.post('/result/consent', { answer: 'full_result', form_id: randomUUID() })
    expect(browser.status).toBe(404)
    const app = await world.app()
    const results = app.declaredRoutes.filter((route) => route.audience === 'hr' && /result/.test(route.url))
    expect(results).toEqual([])
  })
})
