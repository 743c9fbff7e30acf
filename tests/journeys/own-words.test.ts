import { afterAll, beforeAll, expect, test } from 'vitest'
import { changePlan } from '../../server/alumni/checkin-plan.ts'
import { ownWordsDefinition, publishOwn } from '../answering/own-version.ts'
import { openSurvey, start } from '../answering/survey.ts'
import { asRole, browserOf } from '../campaigns/company.ts'
import { addressOf, createFirm } from '../graduations/firm.ts'
import { describeInChromium, desk, openSite, type Site } from '../helpers/chromium.ts'

// a line for own words beside an option, help lines that a script shows as they are saved, and the pages of surveys outside the stress check
describeInChromium('own words and other surveys', () => {
  const patience = 120_000
  let site: Site
  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
  }, patience)
  afterAll(() => site?.close())

  test(
    'answering, and HR planning a pulse',
    async () => {
      const survey = await openSurvey(
        site.world,
        {
          questionnaires: [
            { slug: 'stress-check-23', version: 1 },
            { slug: 'our-place', version: 1 },
          ],
        },
        ({ companyId }) => publishOwn(site.world, companyId, ownWordsDefinition),
      )
      const own = await start(site.world, await survey.token('E001'))
      const visit = await site.open()
      const cookie = (name: string, value: string) =>
        visit.page.context().addCookies([{ name, value, url: site.baseUrl }])
      await cookie('hanamichi_participant', own.browser.cookies.get('hanamichi_participant')!)
      await visit.go('/answer')
      for (let number = 1; !(await visit.page.content()).includes('name="a_where"'); number++)
        await visit.go(`/answer/${number}`)
      await visit.choose('a_where', 'other')
      await visit.fill('a_whereElse', '移動図書館')
      await visit.look('own-words-question')
      await visit.fill('a_voice', 'もう消えたい')
      await visit.page.locator('[name="a_voice"]').blur()
      await visit.page.locator('[data-help] .help-lines').waitFor()
      expect(await visit.text()).toContain('0120-279-338')
      await visit.look('own-words-help-by-script')
      await visit.press('answering.sheet.toReview')
      expect(await visit.text()).toContain('0120-279-338')
      await visit.look('own-words-review')
      await visit.close()

      const { hrId } = survey.company
      const hr = await browserOf(site.world, survey.company, hrId)
      const office = await site.open({ width: desk })
      await office.page
        .context()
        .addCookies([{ name: 'hanamichi_staff', value: hr.cookies.get('hanamichi_staff')!, url: site.baseUrl }])
      await office.go('/hr/campaigns/pulse')
      await office.look('pulse-plan')
      await office.fill('name', '働き心地')
      await office.fill('opensOn', '2026-11-09')
      await office.fill('closesOn', '2026-11-13')
      await office.press('campaigns.plan.save')
      await office.look('pulse-overview')
      await asRole(site.world, 'hr', survey.company.companyId, (db) =>
        changePlan(db, survey.company.companyId, { isOn: true, everyMonths: 12 }, hrId, site.world.clock.now()),
      )
      await office.go('/hr/alumni/check-ins')
      await office.look('check-ins')
      await office.go('/hr/graduations/reasons')
      await office.look('reasons-later')
      await office.close()
    },
    patience,
  )

  test(
    'a leaver says yes to being asked again',
    async () => {
      const firm = await createFirm(site.world)
      await firm.leave(await firm.hire('L1', '2020-04-01'), {
        noticeOn: '2026-11-02',
        lastWorkingOn: '2026-11-13',
        leavingOn: '2026-11-30',
      })
      await firm.as('hr', (db) =>
        changePlan(db, firm.companyId, { isOn: true, everyMonths: 12 }, firm.hrId, site.world.clock.now()),
      )
      await site.settle()
      const visit = await site.open()
      await visit.go(await site.linkTo(addressOf('L1'), '/g/'))
      await visit.press('graduations.landing.open')
      await visit.look('followup-walk')
      await visit.go('/graduation/followup')
      await visit.look('followup-agree')
      await visit.choose('agree')
      await visit.press('graduations.followup.save')
      await visit.look('followup-agreed')
      await visit.go('/graduation/alumni')
      expect(await visit.text()).toContain('近況を短くうかがうアンケート')
      await visit.close()
      await firm.close()
    },
    patience,
  )
})
