import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium, desk, openSite, type Site, type Visit } from '../helpers/chromium.ts'
import type { TestCompany } from '../helpers/world.ts'
import { departmentsFile, employeesFile, hire, people, signIn, answerFor, type StaffMember } from './company.ts'

describeInChromium('the main job, in a browser', () => {
  let site: Site
  let company: TestCompany
  let hr: StaffMember
  let implementer: StaffMember
  let campaign = ''

  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
    company = await site.world.company({ name: '架空商事株式会社' })
    hr = await hire(site, company, 'hr', { displayName: '架空 人事' })
    implementer = await hire(site, company, 'implementer', { displayName: '架空 実施医', isRepresentative: true })
  })
  afterAll(() => site?.close())

  async function upload(visit: Visit, kind: string, content: string): Promise<void> {
    await visit.go('/hr/roster/import')
    await visit.choose('kind', kind)
    await visit.fill('effective_on', '2026-11-01')
    await visit.page.locator('input[name="file"]').setInputFiles({ name: `${kind}.csv`, mimeType: 'text/csv', buffer: Buffer.from(content) })
    await visit.press('取り込んで確認する')
    await visit.page.getByRole('button', { name: 'この内容で反映する' }).waitFor()
  }

  test('HR: sign-in, roster from two files with a preview, a campaign handed to the implementer', async () => {
    const visit = await site.open({ width: desk })
    await signIn(site, company, visit, hr)
    await visit.look('hr-first')
    await visit.go('/hr/roster/import')
    await visit.look('hr-import')
    await upload(visit, 'departments', departmentsFile)
    await visit.press('この内容で反映する')
    await upload(visit, 'employees', employeesFile)
    await visit.look('hr-preview')
    expect(await visit.heading()).toContain(String(people.length))
    await visit.press('この内容で反映する')
    await visit.go('/hr/roster')
    await visit.look('hr-roster')
    await visit.close()
  })
})
