import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger, type Ledger } from '../../analysis/disclosure/index.ts'
import { judge, withThresholds, type CriteriaRule } from '../../analysis/scoring/index.ts'
import { campaignWorkplaces, createCampaign, listInvitations, prepareCampaign } from '../../server/campaigns/index.ts'
import { committeeItems, opinionItems } from '../../server/campaigns/rules.ts'
import { computeGroupReport, jobHandlers, releaseReport } from '../../server/group-reports/index.ts'
import { answerTrial, safeWorkplaces, trialJob } from '../../server/group-reports/criteria-trial.ts'
import { newId } from '../../server/ids.ts'
import { resultsForAnalysis } from '../../server/results/index.ts'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, browserOf, fillCompany, runCampaign, type TestCompany } from './company.ts'

describe('workplaces that may stand alone', () => {
  const people = (groups: readonly [workplaceId: string, departmentId: string, count: number][]) =>
    groups.flatMap(([workplaceId, departmentId, count]) =>
      Array.from({ length: count }, () => ({ workplaceId, departmentId })),
    )
  const released = (atoms: Record<string, number>, cells: Record<string, string[]>): Ledger => ({
    floor: 10,
    atoms: new Map(Object.entries(atoms)),
    cells: Object.entries(cells).map(([id, members]) => ({ id, atoms: members })),
  })
  const idsOf = (ledger: Ledger) => ledger.cells.map(({ id }) => id)

  test('those of ten and more that leave no fewer', () => {
    const all = people([
      ['W1', 'D1', 30],
      ['W2', 'D2', 12],
      ['W3', 'D3', 11],
    ])
    expect(idsOf(safeWorkplaces(all, [], 10))).toEqual(['all', 'W1', 'W2', 'W3'])
    // alone W2 would tell of the four
    expect(
      idsOf(
        safeWorkplaces(
          people([
            ['W1', 'D1', 30],
            ['W2', 'D2', 12],
            ['W3', 'D3', 4],
          ]),
          [],
          10,
        ),
      ),
    ).toEqual(['all', 'W1'])
    expect(
      idsOf(
        safeWorkplaces(
          people([
            ['W1', 'D1', 30],
            ['W2', 'D2', 4],
          ]),
          [],
          10,
        ),
      ),
    ).toEqual(['all'])
    expect(idsOf(safeWorkplaces(people([['W1', 'D1', 9]]), [], 10))).toEqual([])
  })

  test('not one that differs from a released department by fewer than ten people', () => {
    // W1 is all of D1 and three of D2: with the released share of D1 its counts would tell of the three
    const all = people([
      ['W1', 'D1', 20],
      ['W1', 'D2', 3],
      ['W2', 'D2', 20],
    ])
    const report = released({ D1: 20, D2: 23 }, { company: ['D1', 'D2'], D1: ['D1'] })
    expect(idsOf(safeWorkplaces(all, [report], 10))).toEqual(['all'])
    expect(idsOf(safeWorkplaces(all, [], 10))).toEqual(['all', 'W1', 'W2'])
    // figures of other people than those who were judged say nothing about verdicts
    const beside = released({ D1: 15, D2: 23 }, { company: ['D1', 'D2'], D1: ['D1'] })
    const alike = released({ D1: 20, D2: 23 }, { company: ['D1', 'D2'] })
    expect(idsOf(safeWorkplaces(all, [beside, alike], 10))).toEqual(['all', 'W1', 'W2'])
  })

  test('nothing at all where even everybody would tell of a few', () => {
    // the report holds everybody but four
    const report = released({ D1: 30, D2: 4 }, { D1: ['D1'] })
    expect(
      idsOf(
        safeWorkplaces(
          people([
            ['W1', 'D1', 30],
            ['W1', 'D2', 4],
          ]),
          [report],
          10,
        ),
      ),
    ).toEqual([])
  })
})

/** 167 people at four workplaces: the head office, a plant, a branch, and an office of nine. */
const units = [
  { code: 'S', name: '営業本部', people: 3 },
  { code: 'S1', name: '営業第一課', parent: 'S', people: 44, harder: 1.1 },
  { code: 'S2', name: '営業第二課', parent: 'S', people: 37 },
  { code: 'M', name: '製造本部', people: 2 },
  { code: 'M1', name: '組立課', parent: 'M', people: 40, harder: 0.8 },
  { code: 'B', name: '北支店', people: 32 },
  { code: 'X', name: '研究室', people: 9 },
]
const workplaceOf: Record<string, string> = { M: 'W2', M1: 'W2', B: 'W3', X: 'W4' }

let world: World
let company: TestCompany
let previousId: string
let implementer: Browser
const workplaces = new Map<string, string>()

const sql = async <Row>(text: string, values: unknown[] = []) =>
  (await world.superuser.query(text, values)).rows as Row[]
const page = (id: string) => `/implementer/campaigns/${id}/criteria/trial`
const criteriaPage = (id: string) => `/implementer/campaigns/${id}/criteria`

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  company = await fillCompany(world, units)
  workplaces.set('W1', company.workplaceId)
  for (const [code, name] of [
    ['W2', '工場'],
    ['W3', '北支店'],
    ['W4', '研究所'],
  ] as const) {
    const id = newId(world.clock.now())
    workplaces.set(code, id)
    await sql(
      "INSERT INTO workplace (company_id, id, code, name, headcount_for_50, from_on) VALUES ($1, $2, $3, $4, 60, '2015-04-01')",
      [company.companyId, id, code, name],
    )
  }
  for (const [unit, workplace] of Object.entries(workplaceOf))
    await sql('UPDATE assignment SET workplace_id = $3 WHERE company_id = $1 AND department_id = $2', [
      company.companyId,
      company.departmentId(unit),
      workplaces.get(workplace),
    ])
  previousId = await runCampaign(world, company, { year: 2025, answering: 1, workplaceIds: [...workplaces.values()] })
  implementer = await browserOf(world, company, company.userIds.implementer)
}, 60_000)
afterAll(() => world.close())

/** A plan of the next year that waits for its signature. */
async function preparedPlan(): Promise<string> {
  const { companyId } = company
  const at = world.clock.now()
  const campaignId = await asRole(world, 'hr', companyId, (db) =>
    createCampaign(
      db,
      companyId,
      {
        name: '2026年度ストレスチェック',
        opensOn: '2026-11-02',
        closesOn: '2026-11-20',
        questionnaires: [{ slug: 'stress-check-57', version: 1 }],
        workplaceIds: [...workplaces.values()],
        criteriaMethod: 'simpleSum',
        floor: 10,
        employerReceivesIndividualResults: false,
        othersMayRequestInterview: false,
        turnoverRiskPurpose: false,
        remindersMaximum: 0,
        reminderIntervalDays: 5,
      },
      company.userIds.hr,
      at,
    ),
  )
  await asRole(world, 'hr', companyId, async (db) => {
    const places = await campaignWorkplaces(db, companyId, campaignId)
    const items = (basis: string) =>
      Object.fromEntries((basis === 'committee' ? committeeItems : opinionItems).map((item) => [item, '審議した']))
    await prepareCampaign(
      db,
      companyId,
      campaignId,
      {
        workplaces: places.map(({ workplaceId, basis }) => ({
          workplaceId,
          heldOn: '2025-11-20',
          items: items(basis),
        })),
        rulesPublishedOn: '2025-11-21',
        rulesUrl: '',
        highStressShareResolvedOn: null,
      },
      at,
    )
  })
  return campaignId
}

/** Types ア's threshold for every workplace and keeps it. */
async function decide(id: string, first: string, others: Record<string, string> = {}): Promise<void> {
  await implementer.get(criteriaPage(id))
  const values = [...workplaces].map(([code, place]) => [`number.${place}.simpleSum.1-1`, others[code] ?? first])
  await implementer.submit(criteriaPage(id), Object.fromEntries(values))
  expect(implementer.status).toBe(200)
}

interface TrialRow {
  id: string
  figures: { whole: Moved; workplaces: { workplaceId: string; moved: Moved }[]; restBy: string | null } | null
}
interface Moved {
  in: { kind: string; value?: { atLeast: number; atMost: number | null } }
  out: { kind: string; value?: { atLeast: number; atMost: number | null } }
}
const trials = () =>
  sql<TrialRow>('SELECT id, figures FROM criteria_trial WHERE company_id = $1 ORDER BY ordinal', [company.companyId])

/** Asks on the page and lets the job answer. */
async function ask(id: string): Promise<TrialRow> {
  await implementer.get(page(id))
  await implementer.submit(page(id), {})
  expect(implementer.text).toContain('計算しています')
  const { id: trialId } = (await trials()).at(-1)!
  const due = await sql<{ object_id: string }>(
    'SELECT object_id FROM job_request WHERE company_id = $1 AND name = $2',
    [company.companyId, trialJob],
  )
  expect(due.map((row) => row.object_id)).toContain(trialId)
  expect(jobHandlers.map(({ name }) => name)).toContain(trialJob)
  await answerTrial(world.services, company.companyId, trialId, world.clock.now())
  await implementer.get(page(id))
  return (await trials()).find((row) => row.id === trialId)!
}

/** What a trial should come to, counted one by one; ア's threshold by workplace. */
async function countByHand(
  first: (workplaceId: string) => number,
): Promise<Map<string, { in: number; out: number; n: number }>> {
  const counts = new Map<string, { in: number; out: number; n: number }>()
  await asRole(world, 'analysis', company.companyId, async (db) => {
    const places = new Map(
      (await listInvitations(db, company.companyId, previousId)).map((one) => [one.id, one.workplaceId]),
    )
    const rules: CriteriaRule[] = [
      { id: 'ア', when: { sum: ['B'], at_least: 77 } },
      {
        id: 'イ',
        when: {
          all: [
            { sum: ['A', 'C'], at_least: 76 },
            { sum: ['B'], at_least: 63 },
          ],
        },
      },
    ]
    for await (const { invitationId, scored } of resultsForAnalysis(
      db,
      world.services.vault,
      company.companyId,
      previousId,
    )) {
      const place = places.get(invitationId)!
      const count = counts.get(place) ?? { in: 0, out: 0, n: 0 }
      counts.set(place, count)
      const { totals, highStress } = scored.verdict!
      const now = judge(withThresholds(rules, new Map([['1-1', first(place)]])), totals).highStress
      count.n++
      if (now && !highStress) count.in++
      if (!now && highStress) count.out++
    }
  })
  return counts
}
const within = (count: number, figure: Moved['in']) => {
  expect(figure.kind).toBe('shown')
  const { atLeast, atMost } = figure.value!
  expect(count).toBeGreaterThanOrEqual(atLeast)
  if (atMost !== null) expect(count).toBeLessThanOrEqual(atMost)
  expect(atMost === null || atMost - atLeast >= 9).toBe(true)
}

describe('a trial', () => {
  let id: string

  test('before the report of that campaign is released tells of everybody together only', async () => {
    id = await preparedPlan()
    await implementer.get(`/implementer/campaigns/${id}`)
    await implementer.follow('前回の結果で試算する')
    expect(implementer.text).toContain('2025年度ストレスチェック')
    expect(implementer.text).toContain('あと5回試算できます')
    await decide(id, '60', { W3: '45' })
    const { figures } = await ask(id)
    expect(figures!.workplaces).toEqual([])
    // of those that cannot be told apart all are judged by the largest workplace's criteria
    expect(figures!.restBy).toBe(workplaces.get('W1'))
    const counts = [...(await countByHand(() => 60)).values()]
    within(
      counts.reduce((sum, one) => sum + one.in, 0),
      figures!.whole.in,
    )
    within(
      counts.reduce((sum, one) => sum + one.out, 0),
      figures!.whole.out,
    )
    expect(implementer.text).toContain('いまの判定基準での試算(1回目)')
    expect(implementer.text).toContain('「本社」の基準を当てはめて')
    const acts = await sql(
      "SELECT actor_role FROM audit_entry WHERE company_id = $1 AND action = 'criteria_trial.asked'",
      [company.companyId],
    )
    expect(acts).toEqual([{ actor_role: 'implementer' }])
  })

  test('afterwards tells of workplaces that leave no small group, and stands in the ledger', async () => {
    const { reportId } = await computeGroupReport(world.services, company.companyId, previousId, world.clock.now())
    await asRole(
      world,
      'implementer',
      company.companyId,
      (db) =>
        releaseReport(
          world.services,
          db,
          {
            companyId: company.companyId,
            reportId,
            userId: company.userIds.implementer,
            recipients: [{ userId: company.userIds.hr, departmentId: null }],
            requestId: 'test',
          },
          world.clock.now(),
        ),
      company.userIds.implementer,
    )
    await decide(id, '50', { W2: '70' })
    const { figures } = await ask(id)
    const told = figures!.workplaces.map(({ workplaceId }) => workplaceId)
    // the report withholds 製造本部 so that the nine of 研究室 are not what is left: with W2 alone they would be
    expect(told).toEqual([workplaces.get('W1'), workplaces.get('W3')])
    expect(figures!.restBy).toBe(workplaces.get('W2'))
    const byHand = await countByHand((place) => (told.includes(place) ? 50 : 70))
    for (const { workplaceId, moved } of figures!.workplaces) {
      within(byHand.get(workplaceId)!.in, moved.in)
      within(byHand.get(workplaceId)!.out, moved.out)
    }
    within(
      [...byHand.values()].reduce((sum, one) => sum + one.in, 0),
      figures!.whole.in,
    )
    const cells = await sql<{ cell: string; respondents: number }>(
      "SELECT cell, respondents FROM disclosure_ledger WHERE company_id = $1 AND report_id = $2 AND cell LIKE 'criteria/%'",
      [company.companyId, reportId],
    )
    expect(cells.map(({ cell }) => cell.split('/')[1]!).toSorted()).toEqual(['all', ...told].toSorted())
    expect(cells.every(({ respondents }) => respondents >= 10)).toBe(true)
    expect(implementer.text).toContain('「工場」の基準を当てはめて')
  })

  test('the same question again is the same answer: nothing is used up, and the asking is kept', async () => {
    const before = await trials()
    await implementer.get(page(id))
    expect(implementer.forms().some(({ action }) => action === page(id))).toBe(false)
    await implementer.post(page(id), {})
    expect(implementer.status).toBe(200)
    expect(await trials()).toEqual(before)
    const acts = await sql("SELECT 1 FROM audit_entry WHERE company_id = $1 AND action = 'criteria_trial.asked'", [
      company.companyId,
    ])
    expect(acts).toHaveLength(3)
  })

  test('five different questions about one campaign and no more, also for another plan; the database counts too', async () => {
    for (const first of ['61', '62', '63']) {
      await decide(id, first)
      await ask(id)
    }
    await decide(id, '64')
    await implementer.get(page(id))
    expect(implementer.text).toContain('使い切りました')
    expect(implementer.forms().some(({ action }) => action === page(id))).toBe(false)
    const other = await preparedPlan()
    await implementer.get(page(other))
    expect(implementer.text).toContain('使い切りました')
    await implementer.post(page(other), {})
    expect(implementer.status).toBe(409)
    expect(await trials()).toHaveLength(5)
    await expect(
      sql(
        `INSERT INTO criteria_trial (company_id, id, campaign_id, previous_campaign_id, ordinal, criteria, criteria_hash, asked_by, asked_at)
         VALUES ($1, gen_random_uuid(), $2, $3, 6, '{}', repeat('0', 64), $4, now())`,
        [company.companyId, other, previousId, company.userIds.implementer],
      ),
    ).rejects.toThrow(/ordinal/)
  })

  test('HR has no door to it, the implementer writes no answer, and an answer stays', async () => {
    const hr = await browserOf(world, company, company.userIds.hr)
    expect((await hr.get(page(id))).status).toBe(403)
    const { companyId } = company
    await expect(
      asRole(world, 'hr', companyId, (db) =>
        db
          .selectFrom('criteria_trial' as never)
          .selectAll()
          .execute(),
      ),
    ).rejects.toThrow(/permission denied/)
    await expect(
      asRole(world, 'implementer', companyId, (db) =>
        db
          .updateTable('criteria_trial' as never)
          .set({ figures: '{}' } as never)
          .execute(),
      ),
    ).rejects.toThrow(/permission denied/)
    const before = await trials()
    await answerTrial(world.services, companyId, before[0]!.id, world.clock.now())
    await asRole(world, 'analysis', companyId, (db) =>
      db
        .updateTable('criteria_trial' as never)
        .set({ figures: '{}' } as never)
        .execute(),
    )
    expect(await trials()).toEqual(before)
  })

  test('another form is not tried on these results; a signed campaign is tried no more', async () => {
    const hr = await browserOf(world, company, company.userIds.hr)
    const other = await preparedPlan()
    await hr.get(`/hr/campaigns/${other}/edit`)
    await hr.submit(`/hr/campaigns/${other}/edit`, { questionnaires: 'stress-check-80@1' })
    await implementer.get(page(other))
    expect(implementer.status).toBe(404) // a draft again
    await hr.get(`/hr/campaigns/${other}/prepare`)
    await hr.submit(`/hr/campaigns/${other}/prepare`, {})
    await implementer.get(page(other))
    expect(implementer.text).toContain('試算できる結果がありません')
    await implementer.post(page(other), {})
    expect(implementer.status).toBe(409)
    await implementer.get(`/implementer/campaigns/${id}`)
    await implementer.submit(`/implementer/campaigns/${id}/sign`, { confirmed: 'yes' })
    expect((await implementer.get(page(id))).status).toBe(409)
  })
})

test('what was recorded is safe by the auditor', async () => {
  const { floor, ...ledger } = safeWorkplaces(
    Object.entries({ W1: 84, W2: 42, W3: 32, W4: 9 }).flatMap(([workplaceId, count]) =>
      Array.from({ length: count }, () => ({ workplaceId, departmentId: workplaceId })),
    ),
    [],
    10,
  )
  expect(ledger.cells.map(({ id }) => id)).toEqual(['all', 'W1', 'W2'])
  expect(auditLedger({ floor, ...ledger }).safe).toBe(true)
})
