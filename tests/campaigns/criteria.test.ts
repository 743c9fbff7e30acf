import { afterAll, beforeAll, expect, test } from 'vitest'
import { listThresholds } from '../../analysis/scoring/index.ts'
import {
  changeCampaign,
  createCampaign,
  getCampaign,
  identifySubjects,
  listInvitations,
  openCampaign,
  prepareCampaign,
  signCampaign,
} from '../../server/campaigns/index.ts'
import type { StoredCriteria } from '../../server/campaigns/criteria.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { resultsForAnalysis } from '../../server/results/index.ts'
import { mintLink } from '../../server/web/links.ts'
import { answerAll, lastGroup, listOf, start } from '../answering/survey.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, browserOf, fillCompany, fullPreparation, planFor, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let hr: Browser
let implementer: Browser
let id: string
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
  id = await as('hr', (db) => createCampaign(db, company.companyId, planFor(company), company.hrId, world.clock.now()))
})
afterAll(() => world.close())

const as = <T>(role: 'hr' | 'implementer' | 'analysis' | 'mailer', work: (db: AnyHandle) => Promise<T>) =>
  asRole(world, role, company.companyId, work, role === 'implementer' ? company.implementerId : undefined)
const prepare = async (campaignId: string) => {
  const preparation = await fullPreparation(world, company, campaignId)
  await as('hr', (db) => prepareCampaign(db, company.companyId, campaignId, preparation, world.clock.now()))
}
const hrPage = () => `/hr/campaigns/${id}/criteria`
const deskPage = () => `/implementer/campaigns/${id}/criteria`
const signPage = () => `/implementer/campaigns/${id}/sign`
const number = (workplace: 'W1' | 'W2', key: string, method = 'simpleSum') =>
  `number.${company.workplaces[workplace]}.${method}.${key}`

interface Row {
  criteria: StoredCriteria | null
  criteria_decided_on: string | null
  criteria_decided_by: string
  criteria_note: string
}
const rows = async (campaignId = id): Promise<Record<'W1' | 'W2', Row>> => {
  const found = await world.superuser.query<Row & { workplace_id: string }>(
    `SELECT workplace_id, criteria, criteria_decided_on::text, criteria_decided_by, criteria_note FROM campaign_workplace
     WHERE company_id = $1 AND campaign_id = $2`,
    [company.companyId, campaignId],
  )
  const of = (workplace: string) => found.rows.find((row) => row.workplace_id === workplace)!
  return { W1: of(company.workplaces.W1), W2: of(company.workplaces.W2) }
}
const numbersOf = (criteria: StoredCriteria | null) =>
  criteria && listThresholds(criteria.rules).map(({ value }) => value)
const actions = async () =>
  (
    await world.superuser.query<{ action: string }>(
      "SELECT action FROM audit_entry WHERE company_id = $1 AND object_id = $2 AND action LIKE 'campaign.criteria%' ORDER BY action",
      [company.companyId, id],
    )
  ).rows.map(({ action }) => action)

test('the page begins with the questionnaire’s own numbers, each with what is possible', async () => {
  await hr.get(hrPage())
  expect(hr.status).toBe(200)
  const { fields } = hr.form(hrPage())
  for (const [key, own] of [
    ['1-1', '77'],
    ['2-1', '76'],
    ['2-2', '63'],
  ] as const)
    expect(fields).toContainEqual([number('W2', key), own])
  expect(fields).toContainEqual([number('W1', '2-1', 'conversion'), '26'])
  expect(hr.text).toContain('調査票の値は77です。30から116までの整数にできます。')
  expect(hr.text).toContain('調査票の値は26です。12から57までの整数にできます。')
})

test('what no sum can reach, no day and no method come back with what was typed; nothing is stored', async () => {
  await hr.get(hrPage())
  await hr.submit(hrPage(), {
    [number('W1', '1-1')]: '117',
    [number('W1', '2-2')]: '62.5',
    [number('W2', '1-1')]: '29',
    [`decidedOn.${company.workplaces.W1}`]: '2027-01-01',
    [`note.${company.workplaces.W2}`]: 'a'.repeat(2001),
  })
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual([
    '30から116までの整数を入力してください',
    '30から116までの整数を入力してください',
    '今日までの日付を入力してください',
    '30から116までの整数を入力してください',
    '2000文字以内で入力してください',
  ])
  expect(hr.form(hrPage()).fields).toContainEqual([number('W1', '1-1'), '117'])
  await hr.get(hrPage())
  await hr.submit(hrPage(), { [`method.${company.workplaces.W1}`]: 'dice' })
  expect(hr.errors()).toEqual(['判定基準を選んでください'])
  expect(await rows()).toMatchObject({ W1: { criteria: null }, W2: { criteria: null } })
  expect(await actions()).toEqual([])
})

test('numbers are copied and put back on the page only', async () => {
  await hr.get(hrPage())
  await hr.submit(hrPage(), { [number('W1', '1-1')]: '80', copy: company.workplaces.W1 })
  expect(hr.form(hrPage()).fields).toContainEqual([number('W2', '1-1'), '80'])
  await hr.submit(hrPage(), { standard: company.workplaces.W2 })
  expect(hr.form(hrPage()).fields).toContainEqual([number('W2', '1-1'), '77'])
  expect(hr.form(hrPage()).fields).toContainEqual([number('W1', '1-1'), '80'])
  expect((await rows()).W1.criteria).toBeNull()
})

test('HR proposes for one workplace; the other follows the questionnaire', async () => {
  await hr.get(hrPage())
  await hr.submit(hrPage(), {
    // full-width digits are digits
    [number('W2', '1-1')]: '60',
    [`decidedOn.${company.workplaces.W2}`]: '2026-10-22',
    [`decidedBy.${company.workplaces.W2}`]: '北支店の全員',
    [`note.${company.workplaces.W2}`]: '小さな事業場のため低めにした',
  })
  expect(hr.url).toBe(`/hr/campaigns/${id}`)
  const { W1, W2 } = await rows()
  expect(W1.criteria).toBeNull()
  expect(numbersOf(W2.criteria)).toEqual([60, 76, 63])
  expect(W2).toMatchObject({
    criteria: { method: 'simpleSum' },
    criteria_decided_on: '2026-10-22',
    criteria_decided_by: '北支店の全員',
    criteria_note: '小さな事業場のため低めにした',
  })
  expect(await actions()).toEqual(['campaign.criteria_proposed'])
  expect((await implementer.get(deskPage())).status).toBe(404) // a draft is HR's business
})

test('changing the plan keeps what staying workplaces decided; a form it does not fit counts as nothing decided', async () => {
  const change = (slug: string) =>
    as('hr', (db) =>
      changeCampaign(
        db,
        company.companyId,
        id,
        planFor(company, { questionnaires: [{ slug, version: 1 }] }),
        world.clock.now(),
      ),
    )
  await change('stress-check-23')
  await hr.get(hrPage())
  expect(hr.form(hrPage()).fields).toContainEqual([number('W2', '1-1'), '31'])
  expect(hr.form(hrPage()).choices(`method.${company.workplaces.W2}`)).toEqual(['simpleSum'])
  expect(hr.text).toContain('「素点換算表を使う方法」は選べません')
  await change('stress-check-57')
  await hr.get(hrPage())
  expect(hr.form(hrPage()).fields).toContainEqual([number('W2', '1-1'), '60'])
})

test('the implementer sees the proposal beside the questionnaire’s numbers, decides otherwise, and signs what was seen', async () => {
  await prepare(id)
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).toContain('Bが60点以上')
  expect(implementer.text).toContain('調査票の値: ア Bが77点以上')
  expect(implementer.text).toContain('北支店の全員')
  await implementer.get(deskPage())
  await implementer.submit(deskPage(), { [number('W2', '1-1')]: '61' })
  expect(numbersOf((await rows()).W2.criteria)).toEqual([61, 76, 63])
  expect(await actions()).toEqual(['campaign.criteria_decided', 'campaign.criteria_proposed'])

  // HR changes its mind while the page of the signature is open
  await implementer.get(`/implementer/campaigns/${id}`)
  await hr.get(hrPage())
  await hr.submit(hrPage(), { [number('W2', '1-1')]: '70' })
  await implementer.submit(signPage(), { criteriaMethod: 'simpleSum', confirmed: 'yes' })
  expect(implementer.status).toBe(400)
  expect(implementer.errors()[0]).toContain('この画面を開いた後に判定基準が変わりました')
  await implementer.get(deskPage())
  await implementer.submit(deskPage(), { [number('W2', '1-1')]: '61' })
  await implementer.submit(signPage(), { criteriaMethod: 'simpleSum', confirmed: 'yes' })
  expect(implementer.status).toBe(200)

  // desk and overview say what was signed
  expect(implementer.text).toContain('Bが61点以上')
  expect(implementer.text).toContain('調査票の値: ア Bが77点以上')
  await hr.get(`/hr/campaigns/${id}`)
  expect(hr.text).toContain('北支店: 合計点数を使う方法: ア Bが61点以上')
  const { W1, W2 } = await rows()
  expect(numbersOf(W1.criteria)).toEqual([77, 76, 63])
  expect(numbersOf(W2.criteria)).toEqual([61, 76, 63])
  for (const { criteria } of [W1, W2]) {
    expect(criteria!.standard.questionnaire).toBe('stress-check-57@1')
    expect(listThresholds(criteria!.standard.rules).map(({ value }) => value)).toEqual([77, 76, 63])
    expect(criteria!.standard.sources.map(({ url }) => url)).toContainEqual(
      expect.stringContaining('https://wic-net.com/material/document/17187/263'),
    )
  }
  // without a day of their own they were decided with the rest of the deliberation
  expect([W1.criteria_decided_on, W2.criteria_decided_on]).toEqual(['2026-10-20', '2026-10-22'])
})

test('from the signature on the database refuses every change, whoever asks', async () => {
  const before = await rows()
  const refused = /keeps what was signed|permission denied/
  const changes = [
    { criteria: JSON.stringify({ ...before.W2.criteria, method: 'conversion' }) },
    { criteria: null },
    { criteria_decided_on: '2026-10-01' },
    { criteria_decided_by: 'x' },
    { criteria_note: 'x' },
  ]
  for (const role of ['hr', 'implementer', 'analysis'] as const)
    for (const change of changes)
      await expect(
        as(role, (db) => db.updateTable('campaign_workplace').set(change).where('campaign_id', '=', id).execute()),
      ).rejects.toThrow(refused)
  expect(await rows()).toEqual(before)
  expect((await hr.get(hrPage())).status).toBe(409)
  expect((await implementer.get(deskPage())).status).toBe(409)
  // before the signature the implementer decides criteria and writes nothing else of the records
  const other = await as('hr', (db) =>
    createCampaign(db, company.companyId, planFor(company), company.hrId, world.clock.now()),
  )
  await expect(
    as('implementer', (db) =>
      db.updateTable('campaign_workplace').set({ held_on: '2026-10-01' }).where('campaign_id', '=', other).execute(),
    ),
  ).rejects.toThrow(/permission denied/)
})

test('a workplace’s people are judged by its criteria, and their pages say by which', async () => {
  await openCampaign(world.services, company.companyId, id, world.clock.now())
  const { companyId, companyKey } = company
  const invitations = await as('implementer', async (db) => {
    const all = await listInvitations(db, companyId, id)
    const who = await identifySubjects(
      db,
      world.services.vault,
      companyId,
      all.map((one) => one.subjectId),
    )
    return new Map(all.map((one) => [who.get(one.subjectId)!.employmentId, one]))
  })
  const answered: Record<string, string> = {}
  for (const code of ['E001', 'E070']) {
    const { subjectId, id: contextId } = invitations.get(company.employment(code))!
    const expiresAt = new Date('2027-03-31T00:00:00Z')
    const link = { companyId, companyKey, kind: 'invitation' as const, subjectId, contextId, expiresAt }
    const token = await as('mailer', (db) => mintLink(db, link, world.clock.now()))
    const { browser, code: secret } = await start(world, token)
    await answerAll(browser, '2')
    await browser.submit('/answer/submit', { code: lastGroup(secret) })
    expect(browser.url).toBe('/answer/submitted')
    answered[code] = contextId
  }
  const results = await as('analysis', (db) => listOf(resultsForAnalysis(db, world.services.vault, companyId, id)))
  const scored = (code: string) => results.find((one) => one.invitationId === answered[code])!.scored
  // all twos: A 45, B 61, C 18
  expect(scored('E001').verdict).toMatchObject({ highStress: false, rulesMet: [] })
  expect(scored('E070').verdict).toMatchObject({ highStress: true, rulesMet: ['ア'], totals: { A: 45, B: 61, C: 18 } })
  expect(scored('E070').simpleSum).toEqual(scored('E070').verdict)
  expect(listThresholds(scored('E070').criteria!.rules).map(({ value }) => value)).toEqual([61, 76, 63])
  expect(scored('E070').criteria!.decidedOn).toBe('2026-10-22')
  expect(listThresholds(scored('E001').criteria!.rules).map(({ value }) => value)).toEqual([77, 76, 63])

  await implementer.get(`/implementer/campaigns/${id}/needs/${answered['E070']}`)
  expect(implementer.text).toContain('「心身のストレス反応」が61点以上')
  expect(implementer.text).toContain('2026年10月22日')
  expect(implementer.text).toContain('「心身のストレス反応」が77点以上') // the questionnaire's own, beside them
  await implementer.get(`/implementer/campaigns/${id}/needs/${answered['E001']}`)
  expect(implementer.text).toContain('「心身のストレス反応」が77点以上')
  expect(implementer.text).not.toContain('61点以上')
})

test('with criteria decided everywhere there is no method left to choose', async () => {
  const campaign = await as('hr', (db) =>
    createCampaign(db, company.companyId, planFor(company), company.hrId, world.clock.now()),
  )
  const page = `/hr/campaigns/${campaign}/criteria`
  await hr.get(page)
  const methods = Object.fromEntries(Object.values(company.workplaces).map((one) => [`method.${one}`, 'conversion']))
  await hr.submit(page, methods)
  await prepare(campaign)
  await implementer.get(`/implementer/campaigns/${campaign}`)
  expect(implementer.form(`/implementer/campaigns/${campaign}/sign`).names).not.toContain('criteriaMethod')
  await implementer.submit(`/implementer/campaigns/${campaign}/sign`, { confirmed: 'yes' })
  expect(implementer.status).toBe(200)
  expect(await as('hr', (db) => getCampaign(db, company.companyId, campaign))).toMatchObject({ state: 'signed' })
  const { W1, W2 } = await rows(campaign)
  expect([W1.criteria!.method, W2.criteria!.method]).toEqual(['conversion', 'conversion'])
  expect(numbersOf(W1.criteria)).toEqual([12, 26, 17])
})

test('whoever signs through the door without a page signs what stands there', async () => {
  const campaign = await as('hr', (db) =>
    createCampaign(db, company.companyId, planFor(company), company.hrId, world.clock.now()),
  )
  await prepare(campaign)
  const signature = {
    userId: company.implementerId,
    criteriaMethod: 'conversion',
    reach: undefined,
    requestId: 'test',
  } as const
  await as('implementer', (db) => signCampaign(db, company.companyId, campaign, signature, world.clock.now()))
  expect(numbersOf((await rows(campaign)).W2.criteria)).toEqual([12, 26, 17])
})
