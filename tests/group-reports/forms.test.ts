import { afterAll, beforeAll, expect, test } from 'vitest'
import { computeGroupReport } from '../../server/group-reports/index.ts'
import { readContent, type ReportContent } from '../../server/group-reports/content.ts'
import { titlesFor } from '../../server/group-reports/titles.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { fillCompany, runCampaign } from './company.ts'

let world: World
const reports = new Map<string, ReportContent>()
beforeAll(async () => {
  world = await createWorld()
  for (const slug of ['stress-check-57', 'stress-check-23', 'stress-check-80']) {
    world.clock.set('2025-10-01T00:00:00Z')
    const company = await fillCompany(world)
    const campaignId = await runCampaign(world, company, { year: 2025, slug })
    const { reportId, state } = await computeGroupReport(
      world.services,
      company.companyId,
      campaignId,
      world.clock.now(),
    )
    expect(state).toBe('checked')
    const { rows } = await world.superuser.query('SELECT content FROM group_report WHERE id = $1', [reportId])
    reports.set(slug, readContent(rows[0].content))
  }
}, 120_000)
afterAll(() => world.close())

const company = (slug: string) => reports.get(slug)!.groups[0]!
const chartOf = (slug: string) => {
  const { chart } = company(slug).figures
  if (chart.kind !== 'shown') throw new Error(`no chart for ${slug}`)
  return chart.value
}

test('the same answers to the shared questions give the same judgement chart in all three forms', () => {
  const whole = chartOf('stress-check-57')
  expect(whole.total).toBeGreaterThan(0)
  for (const slug of ['stress-check-23', 'stress-check-80']) {
    const { means, total } = chartOf(slug)
    expect(means).toEqual(whole.means)
    // the risk also counts which of the answers are men's, and who gets which seat differs from run to run
    expect(Math.abs(total - whole.total)).toBeLessThanOrEqual(3)
  }
})

test('the 23 items report their nine scales, and no finding of a question they do not ask', async () => {
  const content = reports.get('stress-check-23')!
  expect(content.scaleIds).toEqual([
    'quantitativeLoad',
    'control',
    'fatigue',
    'anxiety',
    'depression3',
    'appetiteLoss',
    'insomnia',
    'supervisorSupport',
    'coworkerSupport',
  ])
  const found = content.groups.flatMap(({ figures }) =>
    figures.findings.kind === 'shown' ? figures.findings.value : [],
  )
  const asked = ['q1', 'q2', 'q3', 'q8', 'q9', 'q10', 'q47', 'q48', 'q50', 'q51', 'q53', 'q54']
  expect(found.length).toBeGreaterThan(0)
  for (const { items } of found) for (const item of items) expect(asked).toContain(item)
})

test('the 80 items report the 19 common scales, as sums under their own names', async () => {
  const content = reports.get('stress-check-80')!
  expect(content.scaleIds).toEqual(reports.get('stress-check-57')!.scaleIds)
  expect(content.scaleIds).toHaveLength(19)
  const { scales } = company('stress-check-80')
  expect(Object.fromEntries(content.scaleIds.map((id) => [id, scales[id]]))).toEqual(company('stress-check-57').scales)
  const titles = await titlesFor(content, 'ja')
  expect(titles.scale('satisfaction')).toBe('仕事や生活の満足度')
  expect(titles.polarity('quantitativeLoad')).toBe('negative')
})

test('the 80 items also report their five fields and the 22 scales of what only they ask, as means', async () => {
  const content = reports.get('stress-check-80')!
  expect(content.furtherIds).toHaveLength(27)
  expect(reports.get('stress-check-57')!.furtherIds).toEqual([])
  const { scales } = company('stress-check-80')
  // everybody answered 2 to what only the 80 ask: 2 as it stands, 3 turned round
  const mean = (id: string) => (scales[id]!.mean.kind === 'shown' ? scales[id]!.mean.value : undefined)
  expect(mean('emotionalDemands')).toEqual({ kind: 'exact', mean: 2 })
  expect(mean('careerDevelopment')).toEqual({ kind: 'exact', mean: 3 })
  expect(mean('workEngagement')).toEqual({ kind: 'exact', mean: 3 })
  const titles = await titlesFor(content, 'ja')
  for (const id of content.furtherIds) expect(titles.scale(id)).not.toBe(id)
  // a field is made of scales: it is never listed beside them
  const listed = content.groups.flatMap(({ figures: { differences } }) =>
    differences.kind === 'shown' ? [...differences.value.worse, ...differences.value.better] : [],
  )
  expect(listed.length).toBeGreaterThan(0)
  for (const { scale } of listed) expect(content.furtherIds.slice(0, 5)).not.toContain(scale)
})
