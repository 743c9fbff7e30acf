import { expect } from 'vitest'
import { desk, type Visit } from '../helpers/chromium.ts'
import { departmentsFile, employeesFile, people, signIn } from './company.ts'
import type { Story } from './story.ts'

async function upload(visit: Visit, kind: string, content: string): Promise<void> {
  await visit.go('/hr/roster/import')
  await visit.choose('kind', kind)
  await visit.fill('effective_on', '2026-11-01')
  const file = { name: `${kind}.csv`, mimeType: 'text/csv', buffer: Buffer.from(content) }
  await visit.page.locator('input[name="file"]').setInputFiles(file)
  await visit.press('roster.import.send')
  await visit.page.getByRole('button', { name: visit.say('roster.preview.apply') }).waitFor()
}

/** Two files, each with a preview before anything changes. */
export async function bringRoster({ site, company, hr }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, hr)
  expect(new URL(visit.page.url()).pathname).toBe('/hr')
  await visit.look('hr-overview-empty')
  await visit.go('/hr/roster/import')
  await visit.look('hr-import')
  await upload(visit, 'departments', departmentsFile)
  await visit.press('roster.preview.apply')
  const wrong = `${employeesFile}E999,架空,誤り,男,1990-02-30,x@example.jp,D99,W1,本社,正社員,2020-04-01,,,,,\n`
  await upload(visit, 'employees', employeesFile)
  await visit.look('hr-preview')
  expect(await visit.heading()).toContain(String(people.length))
  await visit.press('roster.preview.apply')
  await visit.look('hr-applied')
  await visit.go('/hr/roster/import')
  await visit.choose('kind', 'employees')
  await visit.page
    .locator('input[name="file"]')
    .setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from(wrong) })
  await visit.press('roster.import.send')
  await visit.page.getByText(visit.say('roster.preview.wrongTitle')).waitFor()
  await visit.look('hr-preview-wrong')
  for (const [address, name] of [
    ['/hr', 'hr-overview'],
    ['/hr/roster', 'hr-roster'],
    ['/hr/roster/people', 'hr-people'],
    ['/hr/roster/imports', 'hr-imports'],
  ] as const) {
    await visit.go(address)
    await visit.look(name)
  }
  await visit.close()
}

/** Plan, what was deliberated, the groups that can be reported; then it lies with the implementer. */
export async function planCampaign(story: Story): Promise<void> {
  const { site, company, hr } = story
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, hr)
  await visit.go('/hr/campaigns')
  await visit.look('hr-campaigns-empty')
  await visit.press('campaigns.list.new')
  await visit.look('hr-plan')
  await visit.press('campaigns.plan.save')
  await visit.look('hr-plan-errors')
  await visit.fill('name', '2026年度ストレスチェック')
  await visit.fill('opensOn', '2026-11-04')
  await visit.fill('closesOn', '2026-11-20')
  await visit.choose('beside', 'presenteeism-spq@1')
  await visit.choose('criteriaMethod', 'simpleSum')
  await visit.choose('turnoverRiskPurpose')
  await visit.press('campaigns.plan.save')
  story.campaign = new URL(visit.page.url()).pathname.replace('/hr/', '/')
  await visit.look('hr-campaign-draft')
  await visit.go(`/hr${story.campaign}/groups`)
  await visit.look('hr-groups')
  await visit.go(`/hr${story.campaign}/prepare`)
  await visit.look('hr-prepare')
  const held = visit.page.locator('input[name^="heldOn."]')
  const count = await held.count()
  expect(count).toBe(2)
  for (let index = 0; index < count; index++) {
    await held.nth(index).fill('2026-10-20')
    await visit.click(visit.page.getByRole('button', { name: visit.say('campaigns.prepare.insertAll') }).nth(index))
  }
  await visit.fill('rulesPublishedOn', '2026-10-26')
  await visit.fill('highStressShareResolvedOn', '2026-10-20')
  await visit.press('campaigns.prepare.save')
  expect(await visit.text()).toContain(visit.say('campaigns.state.prepared'))
  await visit.look('hr-campaign-prepared')
  await visit.close()
}

/** While it is open: how many took part, of yesterday, and who has, of yesterday; nothing else. */
export async function followCampaign({ site, company, hr, campaign }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, hr)
  await visit.go('/hr/campaigns')
  await visit.look('hr-campaigns')
  await visit.go(`/hr${campaign}`)
  await visit.look('hr-campaign-open')
  await visit.go(`/hr${campaign}/participation`)
  await visit.look('hr-participation')
  await visit.close()
}

/** The released report, one department of it and the file; what a manager's browser never shows. */
export async function readReport({ site, company, hr }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, hr)
  await visit.go('/hr/reports')
  await visit.look('hr-reports')
  await visit.click('table a')
  await visit.look('hr-report')
  const report = new URL(visit.page.url()).pathname
  await visit.click('a[href*="/departments/"]')
  await visit.look('hr-department')
  const csv = await visit.page.request.get(`${report}/export.csv`)
  expect(csv.status()).toBe(200)
  expect(await csv.text()).toContain('営業本部')
  await visit.close()
}

/** Those who asked for an interview; the opinion and a measure once there is one. */
export async function answerRequest({ site, company, hr }: Story, stage: 'asked' | 'opinion'): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, hr)
  await visit.go('/hr/requests')
  await visit.look(`hr-requests-${stage}`)
  if (stage === 'asked') await visit.press('physician-desk.hr.open')
  await visit.click('table a')
  await visit.look(`hr-request-${stage}`)
  if (stage === 'opinion') {
    await visit.page.locator('select[name="kind"]').selectOption({ index: 1 })
    await visit.fill('detail', '時間外労働を月20時間までにする')
    for (const field of ['person_heard_on', 'from_on', 'review_on']) await visit.fill(field, '2026-12-07')
    await visit.press('physician-desk.measure.record')
    expect(await visit.text()).toContain('時間外労働を月20時間までにする')
    await visit.look('hr-request-measured')
  }
  await visit.close()
}
