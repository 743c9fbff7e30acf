import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  campaignGroups,
  getCampaign,
  jobHandlers,
  listInvitations,
  markDeclined,
  markSubmitted,
  openCampaign,
  refreshParticipation,
} from '../../server/campaigns/index.ts'
import { committeeItems } from '../../server/campaigns/rules.ts'
import { createStaffUser, grantRole } from '../../server/access/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, browserOf, fillCompany, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let hr: Browser
let implementer: Browser
let id = ''
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
})
afterAll(() => world.close())

const state = () =>
  asRole(world, 'hr', company.companyId, async (db) => (await getCampaign(db, company.companyId, id)).state)

test('HR plans a campaign: nothing is decided beforehand, and a wrong plan comes back with what was typed', async () => {
  await hr.get('/hr/campaigns')
  expect(hr.status).toBe(200)
  expect(hr.text).toContain('実施回はまだありません')
  await hr.follow('新しい実施回を計画する')
  const form = hr.form('/hr/campaigns/new')
  for (const name of [
    'criteriaMethod',
    'beside',
    'employerReceivesIndividualResults',
    'othersMayRequestInterview',
    'turnoverRiskPurpose',
  ])
    expect(form.fields.some(([field]) => field === name)).toBe(false)
  await hr.submit('/hr/campaigns/new', { name: '2026年度', opensOn: '2026-11-30', closesOn: '2026-11-20', floor: '9' })
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual(['判定基準の案を選んでください', '10以上の数を入力してください'])
  await hr.submit('/hr/campaigns/new', { criteriaMethod: 'conversion', floor: '10' })
  expect(hr.status).toBe(400)
  expect(hr.errors()).toEqual(['締切日は開始日以降にしてください'])
  expect(hr.form('/hr/campaigns/new').fields).toContainEqual(['name', '2026年度'])
  await hr.submit('/hr/campaigns/new', {
    opensOn: '2026-11-04',
    closesOn: '2026-11-20',
    beside: 'presenteeism-spq@1',
    turnoverRiskPurpose: 'yes',
  })
  expect(hr.status).toBe(200)
  id = hr.url.split('/').at(-1)!
  expect(hr.text).toContain('準備中')
  expect(await state()).toBe('draft')
})

test('a plan sent twice makes one campaign', async () => {
  await hr.get('/hr/campaigns/new')
  const fields = Object.fromEntries(hr.form('/hr/campaigns/new').fields)
  const values = {
    ...fields,
    workplaces: company.workplaces.W1,
    name: '二度',
    opensOn: '2027-02-01',
    closesOn: '2027-02-10',
    criteriaMethod: 'simpleSum',
  }
  await hr.postBare('/hr/campaigns/new', values)
  const first = hr.url
  await hr.postBare('/hr/campaigns/new', values)
  expect(hr.url).toBe(first)
  const { rows } = await world.superuser.query(
    "SELECT count(*) FROM campaign WHERE company_id = $1 AND name = '二度'",
    [company.companyId],
  )
  expect(Number(rows[0].count)).toBe(1)
})

test('the records begin empty; a suggestion is written into a field only when asked for; item ten missing keeps it a draft', async () => {
  const address = `/hr/campaigns/${id}/prepare`
  await hr.get(address)
  const item = (name: string) => `item.${company.workplaces.W1}.${name}`
  const empty = hr.form(address)
  for (const name of committeeItems) expect(empty.fields).toContainEqual([item(name), ''])
  await hr.submit(address, { insert: `${company.workplaces.W1}:purpose` })
  expect(hr.status).toBe(200)
  expect(hr.form(address).fields.find(([name]) => name === item('purpose'))![1]).toContain('未然に防ぐこと')
  expect(
    (
      await world.superuser.query('SELECT items FROM campaign_workplace WHERE company_id = $1', [company.companyId])
    ).rows.every((row) => Object.keys(row.items).length === 0),
  ).toBe(true)
  await hr.submit(address, { insert: company.workplaces.W1 })
  await hr.submit(address, { insert: company.workplaces.W2 })
  await hr.submit(address, {
    [item('voluntary')]: '',
    [`heldOn.${company.workplaces.W1}`]: '2026-10-20',
    [`heldOn.${company.workplaces.W2}`]: '2026-10-21',
    rulesPublishedOn: '2026-10-26',
    rulesUrl: 'https://intra.example.jp/kitei',
  })
  expect(hr.errors()).toEqual(['本社: 「受検しないことを選べること」が記入されていません'])
  expect(await state()).toBe('draft')
  await hr.submit(address, { rulesUrl: 'javascript:alert(1)' })
  expect(hr.status).toBe(400)
  await hr.get(address)
  await hr.submit(address, { [item('voluntary')]: '受けないことを選んだ方に理由を尋ねない。' })
  expect(hr.url).toBe(`/hr/campaigns/${id}`)
  expect(await state()).toBe('prepared')
})

test('the page of groups says what can be reported and merges what HR ticks', async () => {
  const address = `/hr/campaigns/${id}/groups`
  await hr.get(address)
  expect(hr.text).toContain('第二課')
  const offers = hr.form(address).choices('merge')
  expect(offers.length).toBeGreaterThan(0)
  expect(hr.form(address).fields.some(([name]) => name === 'merge')).toBe(false)
  await hr.submit(address, {})
  expect(hr.errors()).toEqual(['まとめる組み合わせを選んでください'])
  await hr.submit(address, { merge: offers[0]! })
  expect(hr.status).toBe(200)
  const merged = async () =>
    (await asRole(world, 'hr', company.companyId, (db) => campaignGroups(db, company.companyId, id))).filter(
      (one) => one.mergedIntoDepartmentId,
    )
  expect((await merged()).length).toBeGreaterThan(0)
  while ((await merged()).length > 0) {
    const undo = hr.forms().find((form) => form.names.includes('undo'))!
    await hr.post(address, { undo: undo.fields.find(([name]) => name === 'undo')![1] })
  }
  await hr.get(address)
  await hr.post(address, { unit: company.department('D3'), into: company.department('D6') })
  expect(hr.status).toBe(400)
  expect(hr.errors()[0]).toContain('この2つの部署はまとめられません')
})

test('the implementer sees thresholds, hashes and records, decides the criteria and signs; HR cannot change it any more', async () => {
  await implementer.get('/implementer')
  expect(implementer.text).toContain('署名をお待ちしています')
  expect(implementer.text).not.toContain('二度') // a draft is HR's business
  await implementer.follow('2026年度')
  expect(implementer.text).toContain('Bが77点以上')
  expect(implementer.text).toContain('A+Cの合計が26点以下')
  expect(implementer.text).toMatch(/[0-9a-f]{64}/)
  const address = `/implementer/campaigns/${id}/sign`
  expect(implementer.form(address).fields.some(([name]) => name === 'criteriaMethod' || name === 'confirmed')).toBe(
    false,
  )
  await implementer.submit(address, {})
  expect(implementer.status).toBe(400)
  expect(implementer.errors()).toHaveLength(2)
  await implementer.submit(address, { criteriaMethod: 'simpleSum', confirmed: 'yes' })
  expect(implementer.status).toBe(200)
  expect(implementer.text).toContain('試験 implementer')
  expect(await state()).toBe('signed')
  for (const page of ['edit', 'prepare']) expect((await hr.get(`/hr/campaigns/${id}/${page}`)).status).toBe(409)
  await hr.get(`/hr/campaigns/${id}/groups`)
  await hr.post(`/hr/campaigns/${id}/groups`, { unit: company.department('D3'), into: company.department('D4') })
  expect([403, 409]).toContain(hr.status)
})

test('progress: live for the implementer, yesterday for HR, and nowhere who declined', async () => {
  world.clock.set('2026-11-04T01:00:00Z')
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
  await openCampaign(world.services, company.companyId, id, world.clock.now())
  const people = await asRole(world, 'implementer', company.companyId, (db) =>
    listInvitations(db, company.companyId, id),
  )
  const act = (index: number, what: typeof markSubmitted) =>
    asRole(
      world,
      'employee',
      company.companyId,
      (db) => what(db, company.companyId, people[index]!.id, world.clock.now()),
      people[index]!.subjectId,
    )
  for (let index = 0; index < 5; index++) await act(index, markSubmitted)
  await act(5, markDeclined)
  await implementer.get(`/implementer/campaigns/${id}`)
  expect(implementer.text).toContain('79人中5人が回答')
  expect(implementer.text).toContain('営業本部')
  expect(implementer.text).not.toContain('第二課') // seven people: part of 営業本部
  expect(implementer.text).toContain('メールアドレスのない方が1人います')
  await implementer.get(`/implementer/campaigns/${id}/progress`, { accept: 'application/json' })
  expect(JSON.parse(implementer.html)).toEqual({ value: 5, max: 79, words: '79人中5人が回答(6%)', done: false })
  await hr.get(`/hr/campaigns/${id}`)
  expect(hr.text).toContain('79人のうち0人が受検しました')
  world.clock.set('2026-11-05T01:00:00Z')
  await refreshParticipation(world.services, company.companyId, id, world.clock.now())
  hr = await browserOf(world, company, company.hrId)
  await hr.get(`/hr/campaigns/${id}`)
  expect(hr.text).toContain('79人のうち5人が受検しました')
  await hr.get(`/hr/campaigns/${id}/participation?show=not-taken`)
  expect(hr.text.match(/まだ(?!の人|お)/g)!.length).toBeGreaterThanOrEqual(74)
  expect(hr.html).not.toContain('declined')
  expect(hr.html).not.toMatch(/\d{2}:\d{2}/)
  expect((await hr.get(`/hr/campaigns/${id}/participation?show=taken`)).text).toContain('受検した')
})

test('the button that reminds answers with nothing but "sent", also when there is nobody to remind', async () => {
  const words = async () => {
    await hr.get(`/hr/campaigns/${id}`)
    await hr.submit(`/hr/campaigns/${id}/remind`, {})
    expect(hr.status).toBe(200)
    return /再案内を受け付けました。[^。]*。/.exec(hr.text)![0]
  }
  const run = async () => {
    const { rows } = await world.superuser.query(
      "DELETE FROM job_request WHERE company_id = $1 AND name = 'campaigns.remind' RETURNING object_id",
      [company.companyId],
    )
    for (const row of rows)
      await jobHandlers[0]!.run({
        services: world.services,
        companyId: company.companyId,
        objectId: row.object_id,
        at: world.clock.now(),
      })
    return rows.length
  }
  const first = await words()
  expect(await run()).toBe(1)
  const mails = async () =>
    Number(
      (
        await world.superuser.query(
          "SELECT count(*) FROM mail_message WHERE company_id = $1 AND template = 'campaigns.reminder'",
          [company.companyId],
        )
      ).rows[0].count,
    )
  expect(await mails()).toBe(73)
  expect(await words()).toBe(first)
  expect(await run()).toBe(1)
  expect(await mails()).toBe(73)
})

test("roles and companies keep apart: other desks are shut, other companies' ids do not exist", async () => {
  expect((await hr.get(`/implementer/campaigns/${id}`)).status).toBe(403)
  expect((await hr.get('/clerk')).status).toBe(403)
  implementer = await browserOf(world, company, company.implementerId)
  expect((await implementer.get(`/hr/campaigns/${id}/participation`)).status).toBe(403)
  const other = await fillCompany(world)
  const stranger = await browserOf(world, other, other.hrId)
  await stranger.get('/hr/campaigns/new')
  for (const page of ['', '/edit', '/prepare', '/groups', '/participation'])
    expect((await stranger.get(`/hr/campaigns/${id}${page}`)).status).toBe(404)
  await stranger.get('/hr/campaigns/new')
  for (const page of ['/edit', '/prepare', '/groups', '/remind']) {
    await stranger.get('/hr/campaigns/new')
    const values =
      page === '/edit'
        ? {
            name: 'x',
            opensOn: '2027-01-05',
            closesOn: '2027-01-06',
            questionnaires: 'stress-check-57@1',
            workplaces: other.workplaces.W1,
            criteriaMethod: 'simpleSum',
            floor: '10',
            remindersMaximum: '1',
            reminderIntervalDays: '5',
          }
        : page === '/groups'
          ? { unit: company.department('D3'), into: company.department('D4') }
          : {}
    expect((await stranger.post(`/hr/campaigns/${id}${page}`, values)).status).toBe(404)
  }
  const foreign = await browserOf(world, other, other.implementerId)
  expect((await foreign.get(`/implementer/campaigns/${id}`)).status).toBe(404)
  expect((await foreign.get('/implementer/campaigns/not-an-id')).status).toBe(404)
  await foreign.get('/implementer')
  const userId = await world.services.database.as(
    { role: 'setup', companyId: company.companyId },
    world.clock.now(),
    async (db) => {
      const user = await createStaffUser(
        db as AnyHandle,
        { companyId: company.companyId, email: 'clerk@example.jp', displayName: '試験 clerk' },
        world.clock.now(),
      )
      await grantRole(
        db as AnyHandle,
        {
          companyId: company.companyId,
          userId: user,
          role: 'clerk',
          workplaceId: company.workplaces.W2,
          directedBy: company.implementerId,
        },
        world.clock.now(),
      )
      return user
    },
  )
  await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = granted_at WHERE company_id = $1', [
    company.companyId,
  ])
  const clerk = await browserOf(world, company, userId)
  await clerk.get(`/clerk/campaigns/${id}`)
  expect(clerk.status).toBe(200)
  expect(clerk.text).toContain('14人中') // the branch alone
  expect(clerk.text).not.toContain('総務課')
})
