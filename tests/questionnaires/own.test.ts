import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOf, fillCompany, type TestStaff } from '../campaigns/company.ts'

/** A company's own questionnaire from the first word to the publishing, as HR and the implementer do it in the browser. */
let world: World
let company: TestStaff
let hr: Browser
let implementer: Browser
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  hr = await browserOf(world, company, company.hrId)
  implementer = await browserOf(world, company, company.implementerId)
})
afterAll(() => world.close())

const drafts = async () =>
  (
    await world.superuser.query<{ id: string; slug: string; state: string; revision: number; body: string }>(
      'SELECT * FROM questionnaire_draft WHERE company_id = $1 ORDER BY created_at, id',
      [company.companyId],
    )
  ).rows

test('HR makes a draft by form', async () => {
  await hr.get('/hr/questionnaires')
  expect(hr.text).toContain('下書きはありません')
  await hr.follow('新しく作る')
  await hr.submit('/hr/questionnaires/new', { title_ja: '職場の質問', languages: ['ja'], slug: 'shokuba' })
  expect(hr.status).toBe(200)
  expect(hr.text).toContain('まだ質問がありません')
})
