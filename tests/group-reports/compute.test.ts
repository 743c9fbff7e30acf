import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditLedger } from '../../analysis/disclosure/index.ts'
import { assessTurnover, computeGroupReport, releaseReport, reportSummary } from '../../server/group-reports/index.ts'
import { readContent, type ReportContent } from '../../server/group-reports/content.ts'
import { readLedgers } from '../../server/group-reports/ledger.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, fillCompany, runCampaign, type TestCompany } from './company.ts'

let world: World
let company: TestCompany
let campaignId: string

beforeAll(async () => {
  world = await createWorld()
  world.clock.set('2025-10-01T00:00:00Z')
  company = await fillCompany(world)
  campaignId = await runCampaign(world, company, { year: 2025, skipEvery: 13 })
})
afterAll(() => world.close())

test('computes', async () => {
  console.time('compute')
  const made = await computeGroupReport(world.services, company.companyId, campaignId, world.clock.now())
  console.timeEnd('compute')
  console.log(made)
  const { rows } = await world.superuser.query('SELECT * FROM group_report')
  console.log(JSON.stringify(rows[0].audit_verdict))
  const content: ReportContent = readContent(rows[0].content)
  for (const g of content.groups) console.log(g.kind, '  '.repeat(g.depth), g.name, g.parts.map((p) => p.name + p.scope).join('/'), JSON.stringify(g.figures.response), JSON.stringify(g.figures.highStress), JSON.stringify(g.figures.chart.kind === 'shown' ? g.figures.chart.value.total : '-'), JSON.stringify(g.figures.findings.kind==='shown' ? g.figures.findings.value.map(f=>f.id) : '-'), Object.values(g.scales).map((s) => s.mean.kind === 'shown' ? (s.mean.value.kind === 'exact' ? s.mean.value.mean : s.mean.value.kind) : 'x').join(' '))
  console.log((await world.superuser.query('SELECT department_id, respondents, use, multiplier FROM survey_signal')).rows)
})
