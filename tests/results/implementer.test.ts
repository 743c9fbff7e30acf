import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listNeeds, openNeeds } from '../../server/results/index.ts'
import { browserOf } from '../campaigns/company.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asImplementer, browserOfPerson, releaseAll, surveyed, type Surveyed } from './people.ts'

let world: World
let company: Surveyed
beforeAll(async () => {
  world = await createWorld()
  company = await surveyed(world, ['high', 'ordinary', 'missing', 'ordinary', 'high', 'ordinary'])
})
afterAll(async () => world.close())

const count = async (table: string, where = '') => {
  const { rows } = await world.superuser.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table} WHERE company_id = $1 ${where}`,
    [company.companyId],
  )
  return rows[0]!.n
}

describe('the verdict decides nothing (law N-5)', () => {
  test('after a top-score submission nobody has a need until an implementer signs', async () => {
    expect(await count('result')).toBe(6)
    expect(await count('interview_need')).toBe(0)
  })

  test('before release the person gets one clear page', async () => {
    const browser = await browserOfPerson(world, company, company.of('high'))
    await browser.get('/result')
    expect(browser.status).toBe(409)
    expect(browser.text).toContain('結果はまだ準備中です')
    await browser.get('/result/request')
    expect(browser.status).toBe(409)
  })

  test('the list names people, says who has no verdict, and writes one audit row for each record it shows', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    const before = await count('audit_entry', "AND action = 'result.listed'")
    await browser.get(`/implementer/campaigns/${company.campaignId}/needs`)
    expect(browser.status).toBe(200)
    for (const person of company.people) expect(browser.text).toContain(person.name)
    expect(browser.text).toContain('回答の抜けで判定なし')
    expect(browser.text.indexOf(company.of('high').name)).toBeLessThan(
      browser.text.indexOf(company.of('ordinary').name),
    )
    expect(await count('audit_entry', "AND action = 'result.listed'")).toBe(before + 6)
  })

  test("one person's page shows scales and sums, and is written down", async () => {
    const browser = await browserOf(world, company, company.implementerId)
    const person = company.of('high')
    await browser.get(`/implementer/campaigns/${company.campaignId}/needs/${person.invitationId}`)
    expect(browser.text).toContain(person.name)
    expect(browser.text).toContain('心理的な仕事の負担（量）')
    expect(browser.text).toContain('計 68')
    expect(
      await count(
        'audit_entry',
        `AND action = 'result.opened' AND subject_id = '${person.subjectId}' AND actor_id = '${company.implementerId}'`,
      ),
    ).toBe(1)
  })

  test('a clerk reads, directed, and cannot sign; without direction nothing opens (law R-4)', async () => {
    const browser = await browserOf(world, company, company.clerkId)
    await browser.get(`/clerk/campaigns/${company.campaignId}/needs`)
    expect(browser.status).toBe(200)
    expect(browser.text).toContain(company.of('high').name)
    expect(
      await count(
        'audit_entry',
        `AND actor_id = '${company.clerkId}' AND object_kind = 'directing_implementer' AND object_id = '${company.implementerId}'`,
      ),
    ).toBe(6)
    await browser.get(`/implementer/campaigns/${company.campaignId}/needs/sign`)
    expect(browser.status).toBe(403)
    await world.superuser.query('UPDATE role_grant SET directed_by = NULL WHERE company_id = $1 AND user_id = $2', [
      company.companyId,
      company.clerkId,
    ])
    await browser.get(`/clerk/campaigns/${company.campaignId}/needs`)
    expect(browser.status).toBe(403)
    expect(browser.text).not.toContain(company.of('high').name)
  })
})

describe('signing and release', () => {
  const list = () =>
    asImplementer(world, company, (db) => listNeeds(db, world.services.vault, company.companyId, company.campaignId))

  test('a signature needs a decision and a tick; nothing is stored without', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    const address = `/implementer/campaigns/${company.campaignId}/needs/sign`
    await browser.get(`${address}?verdict=high`)
    expect(browser.form(address).fields.filter(([name]) => name === 'person')).toHaveLength(2)
    await browser.submit(address, { needed: 'yes' })
    expect(browser.status).toBe(400)
    expect(browser.errors()).toEqual(['氏名を確認し、署名にチェックを入れてください。'])
    expect(await count('interview_need')).toBe(0)
  })

  test('bulk: the names stand above, each person gets a row of their own with the signer; a double click stores it once', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    const address = `/implementer/campaigns/${company.campaignId}/needs/sign`
    await browser.get(`${address}?verdict=ordinary`)
    for (const person of company.people) {
      if (person.kind === 'ordinary') expect(browser.text).toContain(person.name)
      else expect(browser.text).not.toContain(person.name)
    }
    const form = browser.form(address)
    await browser.submit(address, { needed: 'no', signed: 'yes' })
    expect(browser.url).toBe(`/implementer/campaigns/${company.campaignId}/needs`)
    const again = Object.fromEntries(form.fields.filter(([name]) => name !== 'person'))
    await browser.postBare(address, { ...again, person: form.choices('person'), needed: 'no', signed: 'yes' })
    expect(browser.status).toBe(200)
    const { rows } = await world.superuser.query(
      'SELECT DISTINCT confirmed_by FROM interview_need WHERE company_id = $1',
      [company.companyId],
    )
    expect(rows).toEqual([{ confirmed_by: company.implementerId }])
    expect(await count('interview_need')).toBe(3)
    expect(await count('audit_entry', "AND action = 'need.confirmed'")).toBe(3)
  })

  test('nothing is released while somebody is undecided; HR cannot release at all (law N-1)', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    await browser.get(`/implementer/campaigns/${company.campaignId}/release`)
    expect(browser.text).toContain('まだお知らせできません')
    await browser.post(`/implementer/campaigns/${company.campaignId}/release`, {
      form_id: '01890000-0000-7000-8000-000000000001',
    })
    const hr = await browserOf(world, company, company.hrId)
    await hr.get(`/implementer/campaigns/${company.campaignId}/release`)
    expect(hr.status).toBe(403)
    expect(await count('notice')).toBe(0)
  })

  test('one by one with a note that is sealed; the last signature moves the campaign on; a second signature is refused', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    for (const line of (await list()).filter((one) => !one.confirmed)) {
      const address = `/implementer/campaigns/${company.campaignId}/needs/${line.invitationId}`
      await browser.get(address)
      await browser.submit(address, { needed: line.verdict === 'high' ? 'yes' : 'no', note: '面談歴を確認した' })
      expect(browser.status).toBe(200)
      await browser.get(address)
      expect(browser.forms().some((form) => form.action === address)).toBe(false)
      await browser.post(address, { needed: 'no', form_id: crypto.randomUUID() })
      expect(browser.status).toBe(409)
    }
    const { rows } = await world.superuser.query('SELECT state FROM campaign WHERE id = $1', [company.campaignId])
    expect(rows).toEqual([{ state: 'need_confirmed' }])
    const sealed = await world.superuser.query<{ dump: string }>(
      "SELECT string_agg(encode(sealed, 'escape'), '') AS dump FROM interview_need WHERE company_id = $1",
      [company.companyId],
    )
    expect(sealed.rows[0]!.dump).not.toContain('needed')
    const needs = await asImplementer(world, company, (db) =>
      openNeeds(
        db,
        world.services.vault,
        company.companyId,
        company.people.map((one) => one.invitationId),
      ),
    )
    expect(company.people.map((one) => needs.get(one.invitationId)!.needed)).toEqual(
      company.people.map((one) => one.kind === 'high'),
    )
    expect(needs.get(company.of('high').invitationId)!.note).toBe('面談歴を確認した')
  })

  test('release notifies everybody who submitted at the same instant, in one batch', async () => {
    const browser = await browserOf(world, company, company.implementerId)
    await browser.get(`/implementer/campaigns/${company.campaignId}/release`)
    await browser.submit(`/implementer/campaigns/${company.campaignId}/release`)
    expect(browser.text).toContain('6名に結果をお知らせしました')
    const { rows } = await world.superuser.query(
      'SELECT count(*)::int AS notices, count(DISTINCT notified_at)::int AS instants FROM notice WHERE company_id = $1',
      [company.companyId],
    )
    expect(rows).toEqual([{ notices: 6, instants: 1 }])
    const mails = await world.superuser.query(
      "SELECT count(*)::int AS mails, count(DISTINCT batch_id)::int AS batches, count(DISTINCT due_at)::int AS windows, min(mail_class) AS class FROM mail_message WHERE company_id = $1 AND template = 'results.notice'",
      [company.companyId],
    )
    expect(mails.rows).toEqual([{ mails: 6, batches: 1, windows: 1, class: 'statutory' }])
  })
})

test('two implementers who sign the last two at the same moment: the campaign still moves on', async () => {
  const other = await surveyed(world, ['high', 'ordinary'])
  const { confirmNeeds } = await import('../../server/results/index.ts')
  const signing = {
    companyId: other.companyId,
    campaignId: other.campaignId,
    implementerId: other.implementerId,
    requestId: 'test',
  }
  await Promise.all(
    other.people.map((person) =>
      asImplementer(world, other, (db) =>
        confirmNeeds(
          db,
          world.services.vault,
          signing,
          [{ invitationId: person.invitationId, needed: false }],
          world.clock.now(),
        ),
      ),
    ),
  )
  const { rows } = await world.superuser.query('SELECT state FROM campaign WHERE id = $1', [other.campaignId])
  expect(rows).toEqual([{ state: 'need_confirmed' }])
  await expect(releaseAll(world, other)).rejects.toMatchObject({ code: 'wrong_state' })
})
