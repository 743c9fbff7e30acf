import { afterAll, beforeAll, test } from 'vitest'
import { browserOf } from '../campaigns/company.ts'
import { describeInChromium, openSite, type Site } from '../helpers/chromium.ts'
import { peopleOf23, peopleOf80, releasedForm } from '../results/forms.ts'
import { browserOfPerson } from '../results/people.ts'

// result pages of the shorter and the longer form, at both widths
describeInChromium('results of the other forms', () => {
  const patience = 120_000
  let site: Site
  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
  }, patience)
  afterAll(() => site?.close())

  for (const [slug, people] of [
    ['stress-check-23', peopleOf23],
    ['stress-check-80', peopleOf80],
  ] as const)
    test(
      slug,
      async () => {
        const form = await releasedForm(site.world, slug, people)
        const person = await browserOfPerson(site.world, form.company, form.person('E002'))
        const visit = await site.open()
        const cookie = (name: string, value: string) =>
          visit.page.context().addCookies([{ name, value, url: site.baseUrl }])
        await cookie('hanamichi_participant', person.cookies.get('hanamichi_participant')!)
        for (const address of ['/result', '/result/print']) {
          await visit.go(address)
          await visit.look(`${slug}${address.replaceAll('/', '-')}`)
        }
        const { implementerId, hrId, campaignId } = form.company
        const staff = await browserOf(site.world, form.company, implementerId)
        await cookie('hanamichi_staff', staff.cookies.get('hanamichi_staff')!)
        await visit.go(`/implementer/campaigns/${campaignId}/needs/${form.person('E002').invitationId}`)
        await visit.look(`${slug}-need`)
        const hr = await browserOf(site.world, form.company, hrId)
        await cookie('hanamichi_staff', hr.cookies.get('hanamichi_staff')!)
        await visit.go('/hr/campaigns/new')
        await visit.look(`${slug}-plan`)
        await visit.close()
      },
      patience,
    )
})
