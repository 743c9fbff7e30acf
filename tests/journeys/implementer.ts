import { expect } from 'vitest'
import { desk } from '../helpers/chromium.ts'
import { signIn } from './company.ts'
import type { Story } from './story.ts'

/** First sign-in: the duty of secrecy; then questionnaire, criteria and tree are signed. */
export async function signCampaign({ site, company, implementer, campaign }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await visit.go(`/c/${company.companyKey}/sign-in`)
  await visit.look('sign-in')
  await signIn(site, company, visit, implementer)
  await visit.look('secrecy')
  await visit.choose('agreed')
  await visit.press('access.secrecy.confirm')
  await visit.go('/implementer')
  await visit.look('implementer-list')
  await visit.go(`/implementer${campaign}`)
  await visit.look('implementer-sign')
  await visit.press('campaigns.sign.button')
  await visit.look('implementer-sign-errors')
  await visit.choose('criteriaMethod', 'simpleSum')
  await visit.choose('confirmed')
  await visit.press('campaigns.sign.button')
  expect(await visit.text()).toContain(visit.say('campaigns.deskState.signed'))
  await visit.look('implementer-signed')
  await visit.close()
}

export async function followCampaign({ site, company, implementer, campaign }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, implementer)
  await visit.go(`/implementer${campaign}`)
  await visit.look('implementer-progress')
  await visit.close()
}

/** Need for an interview: one person looked at alone, the others signed for together by name; then everybody is told. */
export async function confirmAndRelease(
  { site, company, implementer, campaign }: Story,
  results: number,
): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, implementer)
  await visit.go(`/implementer${campaign}/needs`)
  await visit.look('implementer-needs')
  await visit.go(`/implementer${campaign}/needs?show=high`)
  await visit.click('table a')
  await visit.look('implementer-need-person')
  await visit.choose('needed', 'yes')
  await visit.press('results.sign.submitOne')
  for (const [verdict, needed] of [
    ['high', 'yes'],
    ['none', 'no'],
    ['ordinary', 'no'],
  ] as const) {
    await visit.go(`/implementer${campaign}/needs/sign?verdict=${verdict}`)
    if (verdict === 'high') await visit.look('implementer-bulk')
    if ((await visit.page.locator('input[name="person"]').count()) === 0) continue
    await visit.choose('needed', needed)
    await visit.choose('signed')
    await visit.press('results.sign.submit')
  }
  await visit.look('implementer-needs-signed')
  await visit.go(`/implementer${campaign}/release`)
  expect(await visit.heading()).toBe(visit.say('results.release.heading', { count: results }))
  await visit.look('implementer-release')
  await visit.press('results.release.submit')
  expect(await visit.heading()).toBe(visit.say('results.release.done', { count: results }))
  await visit.look('implementer-released')
  await visit.close()
}

/** Has the report computed, looks at what the recipients would get, releases it to HR. */
export async function releaseReport({ site, company, implementer }: Story): Promise<void> {
  const visit = await site.open({ width: desk })
  await signIn(site, company, visit, implementer)
  await visit.go('/implementer/reports')
  await visit.look('implementer-reports')
  // computed once the results were released; once more by hand
  await visit.press('group-reports.implementer.again')
  await visit.look('implementer-reports-waiting')
  await site.settle()
  await visit.go('/implementer/reports')
  await visit.click('h2 a')
  await visit.look('implementer-report-preview')
  const whole = visit.page.locator('input[name="whole"]').first()
  await whole.check()
  await visit.press('group-reports.release.button')
  expect(await visit.text()).toContain(visit.say('group-reports.release.change'))
  await visit.look('implementer-report-released')
  await visit.close()
}
