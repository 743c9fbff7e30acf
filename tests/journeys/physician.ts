import { expect } from 'vitest'
import { desk } from '../helpers/chromium.ts'
import { signIn } from './company.ts'
import type { Story } from './story.ts'

/** Nobody can turn to a physician who has not acknowledged the duty of secrecy. */
export async function acknowledgeSecrecy({ site, company, physician }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, physician)
  await visit.choose('agreed')
  await visit.press('access.secrecy.confirm')
  await visit.go('/physician')
  await visit.look('physician-empty')
  await visit.close()
}

/** Who asked, with days left; the result; a note; the interview; the opinion, as the company would get it; released. */
export async function giveOpinion({ site, company, physician }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, physician)
  await visit.go('/physician')
  await visit.look('physician-requests')
  await visit.click('table a')
  await visit.look('physician-request')
  const request = new URL(visit.page.url()).pathname
  await visit.fill('note', '睡眠について詳しく聞く')
  await visit.press('physician-desk.note.save')
  await visit.fill('held_on', '2026-12-01')
  await visit.choose('mode', 'in_person')
  await visit.press('physician-desk.interview.record')
  await visit.look('physician-interviewed')
  await visit.press('physician-desk.opinion.begin')
  await visit.look('physician-opinion')
  await visit.fill('work_hours', '時間外 月60時間')
  await visit.choose('mind_body', 'found')
  await visit.fill('mind_body_detail', '不眠')
  await visit.choose('guidance', 'follow_up')
  await visit.choose('work_category', 'restricted')
  await visit.choose('hours', 'overtime_limit')
  await visit.fill('overtime_hours', '20')
  await visit.fill('affiliation', '架空診療所')
  await visit.press('physician-desk.form.toPreview')
  await visit.look('physician-opinion-errors')
  await visit.fill('period_from', '2026-12-07')
  await visit.press('physician-desk.form.toPreview')
  expect(new URL(visit.page.url()).pathname).toBe(`${request}/opinion/preview`)
  expect(await visit.text()).not.toContain('不眠')
  await visit.look('physician-preview')
  await visit.choose('explained')
  await visit.press('physician-desk.preview.release')
  await visit.look('physician-released')
  await visit.go('/physician/consultations')
  await visit.look('physician-consultations')
  await visit.click('table a')
  expect(await visit.text()).toContain('眠れない日が続いています')
  await visit.look('physician-consultation')
  await visit.close()
}
