import { afterAll, beforeAll, expect, test } from 'vitest'
import { computeGroupReport, releaseReport } from '../../server/group-reports/index.ts'
import { readInstrument } from '../../server/group-reports/instrument-content.ts'
import { findVersion, shippedQuestionnaires } from '../../server/questionnaires/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import type { Browser } from '../helpers/browser.ts'
import {
  asRole,
  browserOf,
  fillCompany,
  runCampaign,
  smallCompany,
  type BesideInstrument,
  type TestCompany,
} from './company.ts'

let world: World
let company: TestCompany
let hr: Browser
const reports: string[] = []

/** The items of a wave, answered by seat; everything else was not asked. */
const wave = (rotation: readonly (readonly string[])[], index: number): BesideInstrument => ({
  slug: 'pulse',
  answers: ({ seat, year }) =>
    Object.fromEntries(rotation[index]!.map((id, at) => [id, 1 + ((seat * 3 + at + year) % 5)])),
})

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2023-10-01T00:00:00Z')
  company = await fillCompany(
    world,
    smallCompany.filter(({ code }) => ['S', 'S1', 'S2', 'S3', 'B'].includes(code)),
  )
  const { rotation } = findVersion(await shippedQuestionnaires(), 'pulse@1')!.definition
  const { companyId, userIds } = company
  const runs = [
    { year: 2023, slug: 'stress-check-57', beside: [] },
    { year: 2024, pulse: true, beside: [wave(rotation!, 0)] },
    { year: 2025, pulse: true, beside: [wave(rotation!, 1)] },
  ]
  for (const run of runs) {
    const campaignId = await runCampaign(world, company, run)
    const { reportId, state } = await computeGroupReport(world.services, companyId, campaignId, world.clock.now())
    expect(state).toBe('checked')
    const of = {
      companyId,
      reportId,
      userId: userIds.implementer,
      recipients: [{ userId: userIds.hr, departmentId: null }],
      requestId: 'test',
    }
    await asRole(
      world,
      'implementer',
      companyId,
      (db) => releaseReport(world.services, db, of, world.clock.now()),
      userIds.implementer,
    )
    reports.push(reportId)
  }
  hr = await browserOf(world, company, userIds.hr)
}, 90_000)
afterAll(() => world.close())

test('a campaign without a stress check has a report once it is closed, of the items its wave asked', async () => {
  const { rows } = await world.superuser.query('SELECT kind, content FROM group_report WHERE id = $1', [reports[1]])
  const { measures, groups } = readInstrument(rows[0].content)
  expect(rows[0].kind).toBe('beside')
  expect(measures.means.map(({ id }) => id).toSorted()).toEqual(
    ['controlOrder', 'recoverySleep', 'supportManager', 'voiceOpinion', 'workloadFits', 'workloadTime'].toSorted(),
  )
  expect(groups[0]!.means['workloadTime']!.mean.kind).toBe('shown')
  // no turnover risk is assessed from it
  const jobs = await world.superuser.query("SELECT object_id FROM job_request WHERE name LIKE '%assess-turnover'")
  expect(jobs.rows.map((row) => row.object_id)).toEqual([reports[0]])
})

test('its items stand beside the scale they watch over, in rows of their own', async () => {
  await hr.get(`/hr/reports/${reports[1]}`)
  expect(hr.status).toBe(200)
  const table = hr.html.slice(hr.html.indexOf('id="related"'))
  const at = (words: string) => table.indexOf(words)
  expect(at('心理的な仕事の負担（量）')).toBeGreaterThan(0)
  expect(at('仕事の量は無理のない範囲でしたか')).toBeGreaterThan(at('心理的な仕事の負担（量）'))
  expect(at('変化への対応')).toBeGreaterThan(0)
  expect(table).toContain('2023年度ストレスチェック')
})

test('from wave to wave a line joins what was asked in both, and no scale of the stress check', async () => {
  await hr.get(`/hr/reports/${reports[2]}/trends`)
  const table = hr.html.slice(hr.html.indexOf('<tbody'), hr.html.indexOf('</tbody'))
  expect(table.match(/<tr>/g)).toHaveLength(1)
  expect(table).toContain('決められた時間のなかで仕事を終えられましたか')
  expect(hr.text).not.toContain('疲労感')
})
