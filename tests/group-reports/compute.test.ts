import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger } from '../../analysis/disclosure/index.ts'
import {
  assessTurnover,
  computeGroupReport,
  jobHandlers,
  releaseReport,
  reportSummary,
} from '../../server/group-reports/index.ts'
import { readAssessment } from '../../server/group-reports/assessment-content.ts'
import { readContent, type ReportContent } from '../../server/group-reports/content.ts'
import { readLedgers } from '../../server/group-reports/ledger.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, fillCompany, runCampaign, type TestCompany } from './company.ts'

let world: World
let company: TestCompany
let campaignId: string
let reportId: string

const sql = async (text: string, values: unknown[] = []) =>
  (await world.superuser.query(text, values)).rows as Record<string, unknown>[]
const compute = () => computeGroupReport(world.services, company.companyId, campaignId, world.clock.now())
const release = (userIds = company.userIds, whole = true) =>
  asRole(
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
          userId: userIds.implementer,
          recipients: [
            ...(whole ? [{ userId: userIds.hr, departmentId: null }] : []),
            { userId: userIds.manager, departmentId: company.departmentId('S1') },
          ],
          requestId: 'test',
        },
        world.clock.now(),
      ),
    userIds.implementer,
  )

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  company = await fillCompany(world)
  campaignId = await runCampaign(world, company, { year: 2025, skipEvery: 13 })
  reportId = (await compute()).reportId
}, 60_000)
afterAll(() => world.close())

describe('computing', () => {
  let content: ReportContent

  test('a checked report with every department of the frozen tree, the company on top', async () => {
    const [row] = await sql('SELECT state, content, audit_verdict, floor FROM group_report WHERE id = $1', [reportId])
    expect(row).toMatchObject({ state: 'checked', floor: 10, audit_verdict: { safe: true, exact: true, faults: [] } })
    content = readContent(row!['content'])
    expect(content.groups[0]).toMatchObject({ kind: 'company', id: 'company', name: '架空商事株式会社' })
    expect(
      content.groups
        .filter((group) => group.kind === 'department')
        .map((group) => group.id)
        .toSorted(),
    ).toEqual(company.units.map((unit) => company.departmentId(unit.code)).toSorted())
  })

  test('the figures are those of the answers', async () => {
    const submitted = await sql(
      "SELECT department_id, count(*)::int AS n FROM invitation WHERE state = 'submitted' GROUP BY 1",
    )
    const direct = new Map(submitted.map((row) => [row['department_id'] as string, row['n'] as number]))
    const total = [...direct.values()].reduce((sum, n) => sum + n, 0)
    expect(content.groups[0]!.figures.response).toMatchObject({
      kind: 'shown',
      n: total,
      value: { respondents: total, invited: 167 },
    })
    for (const group of content.groups) {
      const n = group.members.reduce((sum, id) => sum + (direct.get(id) ?? 0), 0)
      if (group.figures.response.kind === 'shown') expect(group.figures.response.n).toBe(n)
    }
  })

  test('units under ten are withheld, and where one is, the rest is shown only from ten on', () => {
    const of = (code: string) =>
      content.groups.find((group) => group.kind === 'department' && group.id === company.departmentId(code))!
    for (const code of ['S3', 'M3', 'A3'])
      expect(of(code).figures.response).toEqual({ kind: 'withheld', reason: 'tooFew' })
    for (const rest of content.groups.filter((group) => group.kind === 'rest')) {
      expect(rest.parts.length).toBeGreaterThan(0)
      expect(rest.figures.response).toMatchObject({ kind: 'shown' })
    }
  })

  test('the department that was made harder stands out, and says so in plain findings', () => {
    const hard = content.groups.find((group) => group.id === company.departmentId('S1'))!
    expect(hard.figures.findings.kind === 'shown' && hard.figures.findings.value.map(({ id }) => id)).toContain(
      'supervisorSupportLow',
    )
    expect(hard.figures.chart).toMatchObject({ kind: 'shown' })
    expect(hard.figures.chart.kind === 'shown' && hard.figures.chart.value.total).toBeGreaterThan(120)
  })

  test('the recorded ledger, opened again, is safe; small counts lie sealed', async () => {
    const ledgers = await asRole(world, 'implementer', company.companyId, (db) =>
      readLedgers(db, world.services.vault, company.companyId, reportId, 10),
    )
    expect(ledgers.length).toBeGreaterThan(1)
    for (const ledger of ledgers) expect(auditLedger(ledger).safe).toBe(true)
    expect(await sql('SELECT cell FROM disclosure_ledger WHERE respondents < 10')).toEqual([])
    expect(ledgers.flatMap((ledger) => [...ledger.atoms.values()]).some((n) => n > 0 && n < 10)).toBe(true)
  })

  test('survey figures are kept for published departments alone', async () => {
    const signals = await sql('SELECT department_id, respondents, use FROM survey_signal')
    expect(signals.length).toBeGreaterThan(3)
    const shown = new Set(
      content.groups
        .filter((group) => group.kind === 'department' && group.figures.highStress.kind === 'shown')
        .map((group) => group.id),
    )
    expect(new Set(signals.map((row) => row['department_id'] as string))).toEqual(shown)
  })

  test('again: the same report; after it is set aside: the same content', async () => {
    const [before] = await sql('SELECT content_hash, input_hash FROM group_report WHERE id = $1', [reportId])
    expect(await compute()).toMatchObject({ reportId, state: 'checked', contentHash: before!['content_hash'] })
    await sql("UPDATE group_report SET state = 'superseded' WHERE id = $1", [reportId])
    const made = await compute()
    expect(made.reportId).not.toBe(reportId)
    const [after] = await sql('SELECT content_hash, input_hash FROM group_report WHERE id = $1', [made.reportId])
    expect(after).toEqual(before)
    reportId = made.reportId
  })

  test('progress is told, and a campaign that is not released yet is refused', async () => {
    const rows = await sql('SELECT state, done, total, audience FROM job_progress WHERE object_id = $1', [campaignId])
    expect(rows[0]).toEqual({ state: 'done', done: 4, total: 4, audience: 'implementer' })
    await expect(
      computeGroupReport(world.services, company.companyId, '00000000-0000-7000-8000-000000000000', world.clock.now()),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('before the release', () => {
  test('HR, manager and turnover see nothing of it', async () => {
    const { companyId, userIds } = company
    const count = (role: 'hr' | 'turnover', table: 'group_report' | 'survey_signal') =>
      asRole(world, role, companyId, (db) => db.selectFrom(table).select('id').execute())
    expect(await count('hr', 'group_report')).toEqual([])
    expect(await count('turnover', 'group_report')).toEqual([])
    expect(await count('turnover', 'survey_signal')).toEqual([])
    await expect(
      asRole(world, 'manager', companyId, (db) => db.selectFrom('group_report').select('id').execute()),
    ).rejects.toThrow(/permission denied/)
    expect(
      await asRole(
        world,
        'manager',
        companyId,
        (db) => db.selectFrom('group_report_for_manager').select('report_id').execute(),
        userIds.manager,
      ),
    ).toEqual([])
    await expect(asRole(world, 'hr', companyId, (db) => reportSummary(db, companyId, reportId))).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(assessTurnover(world.services, companyId, reportId, world.clock.now())).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('a release without anybody who gets the whole, or for a department that is not shown, is refused', async () => {
    await expect(release(company.userIds, false)).rejects.toMatchObject({ code: 'invalid_input' })
    const { companyId, userIds } = company
    const recipients = [
      { userId: userIds.hr, departmentId: null },
      { userId: userIds.manager, departmentId: company.departmentId('S3') },
    ]
    const refused = asRole(world, 'implementer', companyId, (db) =>
      releaseReport(
        world.services,
        db,
        { companyId, reportId, userId: userIds.implementer, recipients, requestId: 'test' },
        world.clock.now(),
      ),
    )
    await expect(refused).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await sql("SELECT id FROM group_report WHERE state = 'released'")).toEqual([])
  })

  test('a content that is not what was checked cannot be released', async () => {
    await sql(`UPDATE group_report SET content = jsonb_set(content, '{groups,0,name}', '"other"') WHERE id = $1`, [
      reportId,
    ])
    await expect(release()).rejects.toThrow(/not what was checked/)
    await sql(
      `UPDATE group_report SET content = jsonb_set(content, '{groups,0,name}', '"架空商事株式会社"') WHERE id = $1`,
      [reportId],
    )
  })
})

describe('released', () => {
  test('once; a second time changes nothing', async () => {
    await release()
    world.clock.advance(60_000)
    await release()
    expect(await sql("SELECT count(*)::int AS n FROM audit_entry WHERE action = 'group_report.released'")).toEqual([
      { n: 1 },
    ])
    expect(
      await sql("SELECT count(*)::int AS n FROM job_request WHERE name = 'group-reports.assess-turnover'"),
    ).toEqual([{ n: 1 }])
    expect(await sql('SELECT count(*)::int AS n FROM group_report_recipient')).toEqual([{ n: 2 }])
  })

  test('it stays: computing again returns it, and the database refuses a change', async () => {
    expect(await compute()).toMatchObject({ reportId, state: 'released' })
    await expect(sql("UPDATE group_report SET content = '{}' WHERE id = $1", [reportId])).rejects.toThrow(
      /stays as it is/,
    )
  })

  test('a manager reaches the company and the own department, and no other', async () => {
    const { companyId, userIds } = company
    const rows = await asRole(
      world,
      'manager',
      companyId,
      (db) => db.selectFrom('group_report_for_manager').selectAll().execute(),
      userIds.manager,
    )
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({ company_part: { kind: 'company' }, department_part: { name: '営業第一課' } })
    expect(JSON.stringify(rows[0])).not.toContain('営業第二課')
    expect(
      await asRole(
        world,
        'manager',
        companyId,
        (db) => db.selectFrom('group_report_for_manager').selectAll().execute(),
        userIds.otherHr,
      ),
    ).toEqual([])
    for (const table of [
      'group_report',
      'turnover_assessment',
      'survey_signal',
      'disclosure_ledger',
      'group_report_recipient',
    ])
      await expect(
        asRole(world, 'manager', companyId, (db) => db.selectFrom(table).selectAll().execute(), userIds.manager),
      ).rejects.toThrow(/permission denied/)
  })
})

describe('turnover risk', () => {
  test('its role has no way to answers, results, invitations or people', async () => {
    const forbidden = [
      'result',
      'response',
      'response_draft',
      'invitation',
      'stress_subject',
      'personal_code',
      'interview_need',
      'notice',
      'consent',
      'interview_request',
      'participation',
      'employee',
      'employment',
      'roster_assignment',
      'data_key',
      'departure',
      'exit_interview',
      'disclosure_ledger',
      'group_report_recipient',
    ]
    for (const table of forbidden)
      await expect(
        asRole(world, 'turnover', company.companyId, (db) => db.selectFrom(table).selectAll().execute()),
        table,
      ).rejects.toThrow(/permission denied/)
  })

  test('published departments get a figure, the others none; the same inputs again add nothing', async () => {
    const at = world.clock.now()
    const id = await assessTurnover(world.services, company.companyId, reportId, at)
    expect(await assessTurnover(world.services, company.companyId, reportId, at)).toBe(id)
    const rows = await sql('SELECT content, parameters, as_of_on FROM turnover_assessment')
    expect(rows).toHaveLength(1)
    const assessment = readAssessment(rows[0]!['content'])
    expect(assessment.months).toBe(36)
    expect(assessment.round).toBe(campaignId)
    for (const code of ['S3', 'M3', 'A3'])
      expect(assessment.departments.get(company.departmentId(code))).toEqual({ kind: 'withheld', reason: 'tooFew' })
    const hard = assessment.departments.get(company.departmentId('S1'))!
    if (hard.kind !== 'shown') throw new Error('the department should be shown')
    // 24 people of whom half as many again left: 12 leavers
    expect(hard.value.leavers.observed).toBe(12)
    expect(hard.value.leavers.expected).toBeLessThan(9)
    expect(hard.value.risk.estimate).toBeGreaterThan(1.2)
    expect(['high', 'watch']).toContain(hard.value.status)
    expect(hard.value.survey.use).toBe('used')
  })

  test('next month is another assessment; the first stays', async () => {
    const [before] = await sql('SELECT id, content FROM turnover_assessment')
    world.clock.advance(30 * 86_400_000)
    await jobHandlers
      .find(({ name }) => name === 'group-reports.assess-turnover')!
      .run({ services: world.services, companyId: company.companyId, objectId: reportId, at: world.clock.now() })
    const rows = await sql('SELECT id, content FROM turnover_assessment ORDER BY computed_at')
    expect(rows).toHaveLength(2)
    expect(rows[0]).toEqual(before)
  })

  test('the summary counts what the demo tells', async () => {
    const summary = await asRole(world, 'hr', company.companyId, (db) => reportSummary(db, company.companyId, reportId))
    expect(summary.counts.departments).toBe(14)
    expect(summary.counts.withheld).toBe(summary.departments.filter((one) => one.response.kind === 'withheld').length)
    expect(summary.counts.flagged).toBeGreaterThan(0)
    expect(summary.departments.find((one) => one.name === '営業第一課')!.turnover).toMatchObject({ kind: 'shown' })
  })
})

test('another campaign without a resolution: no share, and its survey has no part in turnover risk', async () => {
  const { companyId, userIds } = company
  const other = await runCampaign(world, company, { year: 2026, highStressShareResolvedOn: null })
  const made = await computeGroupReport(world.services, companyId, other, world.clock.now())
  expect(made.state).toBe('checked')
  expect(await sql('SELECT id FROM survey_signal WHERE report_id = $1', [made.reportId])).toEqual([])
  await asRole(world, 'implementer', companyId, (db) =>
    releaseReport(
      world.services,
      db,
      {
        companyId,
        reportId: made.reportId,
        userId: userIds.implementer,
        recipients: [{ userId: userIds.hr, departmentId: null }],
        requestId: 'test',
      },
      world.clock.now(),
    ),
  )
  await assessTurnover(world.services, companyId, made.reportId, world.clock.now())
  const [row] = await sql('SELECT content FROM turnover_assessment WHERE report_id = $1', [made.reportId])
  const { departments, round } = readAssessment(row!['content'])
  // last year's survey is still the newest that may be used
  expect(round).toBe(campaignId)
  expect([...departments.values()].some((one) => one.kind === 'shown')).toBe(true)
}, 60_000)
