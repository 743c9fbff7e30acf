import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answersForAnalysis } from '../../server/answering/index.ts'
import {
  advanceCampaign,
  campaignQuestionnaires,
  closeCampaign,
  getCampaign,
  listCampaigns,
  listInvitations,
  openCampaign,
  identifySubjects,
} from '../../server/campaigns/index.ts'
import { jobHandlers } from '../../server/capabilities.ts'
import { getShipped, inWave } from '../../server/questionnaires/index.ts'
import { mintLink } from '../../server/web/links.ts'
import { lastGroup, start } from '../answering/survey.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, browserOf, fillCompany, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let hr: Browser
let implementer: Browser
const ids: string[] = []

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2026-11-02T01:00:00Z')
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
})
afterAll(() => world.close())

const as = asRole
const pulse = { name: '働き心地', opensOn: '2026-11-09', closesOn: '2026-11-13' }

/** The link of a person in a campaign, as the mailer mints it. */
async function linkOf(campaignId: string, code: string): Promise<string> {
  const { companyId, companyKey } = company
  const invitation = await as(world, 'implementer', companyId, async (db) => {
    const all = await listInvitations(db, companyId, campaignId)
    const found = await identifySubjects(
      db,
      world.services.vault,
      companyId,
      all.map((one) => one.subjectId),
    )
    return all.find((one) => found.get(one.subjectId)!.employmentId === company.employment(code))!
  })
  return as(world, 'mailer', companyId, (db) =>
    mintLink(
      db,
      {
        companyId,
        companyKey,
        kind: 'invitation',
        subjectId: invitation.subjectId,
        contextId: invitation.id,
        expiresAt: new Date('2027-12-31T00:00:00Z'),
      },
      world.clock.now(),
    ),
  )
}

/** Answers every screen of a pulse and sends it; the fields that were asked. */
async function answer(campaignId: string, code: string, value = '4'): Promise<{ browser: Browser; asked: string[] }> {
  const own = await start(world, await linkOf(campaignId, code))
  const { browser } = own
  const asked: string[] = []
  await browser.get('/answer/1')
  while (!browser.url.startsWith('/answer/review')) {
    const form = browser.form(/^\/answer\/\d+$/)
    const names = form.names.filter((name) => name.startsWith('a_'))
    asked.push(...names)
    await browser.submit(form.action, { go: 'next', ...Object.fromEntries(names.map((name) => [name, value])) })
    if (browser.status !== 200) throw new Error(`${browser.url}: ${browser.status} ${browser.text.slice(0, 300)}`)
  }
  await browser.submit('/answer/submit', { code: lastGroup(own.code) })
  return { browser, asked: asked.map((name) => name.slice(2)).sort() }
}

const turn = async (index: number) => [...(await getShipped('pulse', 1)).definition.rotation![index]!].sort()

describe('turns of a rotation', () => {
  test('a wave asks its turn and begins again after the last; without a rotation or a wave everything is asked', async () => {
    const version = await getShipped('pulse', 1)
    const itemsOf = (wave: number) =>
      inWave(version, wave)
        .items.map(({ id }) => id)
        .sort()
    expect([itemsOf(1), itemsOf(2), itemsOf(3), itemsOf(4)]).toEqual([
      await turn(0),
      await turn(1),
      await turn(2),
      await turn(0),
    ])
    expect(inWave(version, 4)).toBe(inWave(version, 1))
    expect(inWave(version, null)).toBe(version)
    const other = await getShipped('recommendation', 1)
    expect(inWave(other, 3)).toBe(other)
  })
})

describe('planning', () => {
  test('waves become campaigns of their own, some weeks apart, each with its turn, handed to the implementer', async () => {
    await hr.get('/hr/campaigns/pulse')
    await hr.submit('/hr/campaigns/pulse', { ...pulse, waves: '3', everyWeeks: '4', handOver: 'yes' })
    expect(hr.url).toBe('/hr/campaigns')
    expect(hr.text).toContain('働き心地 第3回')
    expect(hr.text).toContain('短い調査(パルス)')
    const all = await as(world, 'hr', company.companyId, (db) => listCampaigns(db, company.companyId))
    const inOrder = all.toReversed()
    expect(inOrder.map(({ name, kind, state, opensOn, closesOn }) => [name, kind, state, opensOn, closesOn])).toEqual([
      ['働き心地 第1回', 'pulse', 'prepared', '2026-11-09', '2026-11-13'],
      ['働き心地 第2回', 'pulse', 'prepared', '2026-12-07', '2026-12-11'],
      ['働き心地 第3回', 'pulse', 'prepared', '2027-01-04', '2027-01-08'],
    ])
    ids.push(...inOrder.map((one) => one.id))
    for (const [index, id] of ids.entries()) {
      const [asked] = await as(world, 'hr', company.companyId, (db) =>
        campaignQuestionnaires(db, company.companyId, id),
      )
      expect(asked).toMatchObject({ slug: 'pulse', wave: index + 1 })
    }
  })

  test('a stress check cannot stand in it, nothing chosen is told at its field, and it has no page of a stress check', async () => {
    await hr.get('/hr/campaigns/pulse')
    await hr.submit('/hr/campaigns/pulse', { ...pulse, questionnaires: [] })
    expect(hr.errors()).toEqual(['調査票を選んでください'])
    await hr.post('/hr/campaigns/pulse', {
      ...Object.fromEntries(hr.form('/hr/campaigns/pulse').fields),
      ...pulse,
      questionnaires: 'stress-check-57@1',
      workplaces: company.workplaces.W1,
    })
    expect(hr.status).toBe(400)
    await hr.get('/hr/campaigns/pulse')
    await hr.submit('/hr/campaigns/pulse', { ...pulse, waves: '14' })
    expect(hr.errors()).toEqual(['1から13までの数を入力してください'])
    await hr.get(`/hr/campaigns/${ids[0]!}/edit`)
    expect(hr.status).toBe(409)
    await hr.get(`/hr/campaigns/${ids[0]!}`)
    expect(hr.text).not.toContain('面接指導の要否')
    expect(hr.text).toContain('pulseの1回目')
  })

  test('the implementer reviews and signs without criteria; HR cannot', async () => {
    for (const id of ids) {
      await implementer.get(`/implementer/campaigns/${id}`)
      expect(implementer.text).toContain('ストレスチェックではないため、判定基準はありません')
      expect(implementer.text).not.toContain('審議・意見聴取の記録')
      expect(implementer.text).toContain('pulse@1・6問')
      await implementer.submit(/\/sign$/, {})
      expect(implementer.status).toBe(400)
      await implementer.submit(/\/sign$/, { confirmed: 'yes' })
      expect(implementer.status).toBe(200)
    }
    const { state, signedBy } = await as(world, 'hr', company.companyId, (db) =>
      getCampaign(db, company.companyId, ids[0]!),
    )
    expect([state, signedBy]).toEqual(['signed', company.implementerId])
  })
})

describe('answering', () => {
  test('mails of a survey, a landing page that says what it is, six questions of the turn, no result', async () => {
    const { companyId } = company
    world.clock.set('2026-11-09T01:00:00Z')
    await openCampaign(world.services, companyId, ids[0]!, world.clock.now())
    const { rows: mails } = await world.superuser.query(
      'SELECT DISTINCT template, mail_class FROM mail_message WHERE company_id = $1 AND batch_id = $2',
      [companyId, ids[0]],
    )
    expect(mails).toEqual([{ template: 'campaigns.pulse-invitation', mail_class: 'survey' }])
    const { browser, asked } = await answer(ids[0]!, 'E005')
    expect(asked).toEqual(await turn(0))
    expect(browser.url).toBe('/answer/submitted')
    expect(browser.text).toContain('お一人ずつの結果は作りません')
    expect(browser.text).not.toContain('面接')
    await browser.get(`/a/${await linkOf(ids[0]!, 'E006')}`)
    expect(browser.text).toContain('ストレスチェックではありません')
    expect(browser.text).toContain('質問は6問')
    expect(browser.text).not.toContain('高ストレス')
    const { rows: results } = await world.superuser.query('SELECT 1 FROM result WHERE company_id = $1', [companyId])
    expect(results).toEqual([])
    const given = await as(world, 'analysis', companyId, (db) =>
      answersForAnalysis(db, world.services.vault, companyId, ids[0]!, 'pulse'),
    )
    expect(given.map(({ answers }) => Object.keys(answers).sort())).toEqual([await turn(0)])
  })

  test('the next wave asks the next turn of the same person', async () => {
    world.clock.set('2026-12-07T01:00:00Z')
    await closeCampaign(world.services, company.companyId, ids[0]!, world.clock.now())
    await openCampaign(world.services, company.companyId, ids[1]!, world.clock.now())
    const { asked } = await answer(ids[1]!, 'E005')
    expect(asked).toEqual(await turn(1))
  })
})

describe('closing', () => {
  test('leaves the report to be counted; there is nothing to confirm or to release', async () => {
    const { companyId } = company
    for (let number = 41; number <= 52; number++) await answer(ids[1]!, `E0${number}`, number % 2 ? '5' : '3')
    world.clock.set('2026-12-12T01:00:00Z')
    expect(await closeCampaign(world.services, companyId, ids[1]!, world.clock.now())).toBe(true)
    const { rows: jobs } = await world.superuser.query(
      "SELECT object_id FROM job_request WHERE company_id = $1 AND name = 'group-reports.compute' ORDER BY id",
      [companyId],
    )
    expect(jobs.map((one) => one.object_id)).toEqual([ids[0], ids[1]])
    await jobHandlers
      .find((one) => one.name === 'group-reports.compute')!
      .run({ services: world.services, companyId, objectId: ids[1]!, at: world.clock.now() })
    const { rows: reports } = await world.superuser.query(
      'SELECT state FROM group_report WHERE company_id = $1 AND campaign_id = $2',
      [companyId, ids[1]],
    )
    expect(reports.length).toBeGreaterThan(0)
    for (const to of ['need_confirmed', 'results_released'] as const)
      await expect(
        as(world, 'implementer', companyId, (db) =>
          advanceCampaign(
            db,
            companyId,
            ids[1]!,
            to === 'need_confirmed' ? 'closed' : 'need_confirmed',
            to,
            world.clock.now(),
          ),
        ),
      ).rejects.toMatchObject({ code: 'wrong_state' })
    await expect(
      world.superuser.query("UPDATE campaign SET state = 'need_confirmed' WHERE id = $1", [ids[1]]),
    ).rejects.toMatchObject({ code: '23514' })
    const desk = await browserOf(world, company, company.implementerId)
    await desk.get(`/implementer/campaigns/${ids[1]!}`)
    expect(desk.text).toContain('集計の公開待ち')
    expect(desk.text).not.toContain('面接指導の要否')
    for (const page of ['needs', 'release']) {
      await desk.get(`/implementer/campaigns/${ids[1]!}/${page}`)
      expect(desk.status).toBe(404)
    }
  })
})
