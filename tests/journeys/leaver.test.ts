import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium, desk, openSite, type Site, type Visit } from '../helpers/chromium.ts'
import type { TestCompany } from '../helpers/world.ts'
import { departmentsFile, employeesFile, hire, signIn, type StaffMember } from './company.ts'
import { rosterOfCompany } from '../roster/files.ts'

// one person leaves: HR's side, the person's walk to the last day, and the years after
describeInChromium('leaving and staying in touch', () => {
  const patience = 180_000
  const work = 'e004@example.jp'
  const home = 'moto@private.example.com'
  let site: Site
  let company: TestCompany
  let hr: StaffMember
  let departure = ''

  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
    company = await site.world.company({ name: '架空商事株式会社' })
    hr = await hire(site, company, 'hr', { displayName: '架空 人事' })
    const roster = rosterOfCompany(site.world, company.companyId)
    await roster.take('departments', departmentsFile, '2026-11-01')
    await roster.take('employees', employeesFile, '2026-11-01')
  }, patience)
  afterAll(() => site?.close())

  async function atDesk(walk: (visit: Visit) => Promise<void>): Promise<void> {
    const visit = await site.open({ width: desk })
    await signIn(site, company, visit, hr)
    await walk(visit)
    await visit.close()
  }

  test(
    'HR opens the graduation and confirms its kind; nobody has had a mail before',
    () =>
      atDesk(async (visit) => {
        await visit.go('/hr/graduations')
        await visit.look('hr-graduations-empty')
        await visit.go('/hr/graduations/new')
        await visit.look('hr-graduation-new')
        await visit.fill('employeeCode', 'E004')
        await visit.fill('noticeOn', '2026-11-02')
        await visit.fill('lastWorkingOn', '2026-11-13')
        await visit.fill('leavingOn', '2026-11-30')
        await visit.press('graduations.new.open')
        departure = new URL(visit.page.url()).pathname
        await visit.look('hr-departure-draft')
        await site.settle()
        expect(site.peer.received).toHaveLength(0)
        await visit.choose('kind', 'resignation')
        await visit.press('graduations.departure.confirm')
        expect(await visit.text()).toContain(visit.say('graduations.departure.state.confirmed'))
        await visit.look('hr-departure')
        await visit.go('/hr/graduations')
        await visit.look('hr-graduations')
        await visit.go('/hr/graduations/reasons')
        await visit.look('hr-reasons')
      }),
    patience,
  )

  test(
    'the leaver: thanks first, a step done, a private address confirmed',
    async () => {
      await site.settle()
      const visit = await site.open()
      await visit.go(await site.linkTo(work, '/g/'))
      await visit.look('graduation-landing')
      await visit.press('graduations.landing.open')
      expect(await visit.heading()).toContain('ありがとうございました')
      await visit.look('graduation')
      await visit.click('form[action^="/graduation/steps/"] button')
      expect(await visit.text()).toContain(visit.say('web.steps.done'))
      await visit.press('graduations.walk.contactEnter')
      await visit.look('graduation-contact')
      await visit.fill('email', home)
      await visit.press('graduations.contact.send')
      await visit.look('graduation-contact-sent')
      await site.settle()
      await visit.go(await site.linkTo(home, '/g/contact/'))
      await visit.look('graduation-contact-confirm')
      await visit.choose('confirm')
      await visit.press('graduations.confirmContact.confirm')
      expect(await visit.text()).toContain(visit.say('graduations.notice.contact'))
      await visit.close()
    },
    patience,
  )

  test(
    'the leaver: the exit interview, read by nobody alone',
    async () => {
      site.world.clock.set('2026-11-08T01:00:00Z')
      await site.settle()
      const visit = await site.open()
      await visit.go(await site.linkTo(work, '/g/'))
      await visit.press('graduations.landing.open')
      expect(new URL(visit.page.url()).pathname).toBe('/graduation/interview')
      await visit.look('interview-start')
      await visit.choose('visibility', 'groups_only')
      await visit.press('graduations.interview.start')
      await visit.look('interview')
      await visit.page.locator('main input[type="radio"]').first().check()
      await visit.page.locator('main textarea').first().fill('お世話になりました。')
      await visit.press('graduations.interview.send')
      expect(await visit.text()).toContain(visit.say('graduations.notice.interview'))
      await visit.close()
      await atDesk(async (board) => {
        await board.go(departure)
        expect(await board.page.locator(`a[href="${departure}/interview"]`).count()).toBe(0)
        await board.look('hr-departure-later')
      })
    },
    patience,
  )

  test(
    'the alumna: joins by double opt-in, changes what she gets, rests, asks about coming back',
    async () => {
      const visit = await site.open()
      await visit.go(await site.linkTo(home, '/g/'))
      if (await visit.page.locator('input[name="confirm"]').count()) await visit.choose('confirm')
      await visit.press('graduations.landing.open')
      await visit.go('/graduation/alumni')
      await visit.look('alumni-join')
      await visit.choose('purpose', 'news')
      await visit.choose('purpose', 'openings')
      await visit.fill('name', 'もと社員')
      await visit.fill('email', home)
      await visit.press('alumni.join.send')
      await visit.look('alumni-sent')
      await site.settle()
      await visit.close()

      const own = await site.open()
      await own.go(await site.linkTo(home, '/alumni/confirm/'))
      await own.look('alumni-confirm')
      await own.choose('confirm')
      await own.press('alumni.confirm.confirm')
      await own.look('alumni')
      await own.go('/alumni/purposes')
      await own.look('alumni-purposes')
      await own.page.locator('input[name="purpose"][value="openings"]').uncheck()
      await own.page.locator('input[name="purpose"][value="mentoring"]').check()
      await own.press('alumni.purposes.save')
      await own.look('alumni-waiting')
      await own.go('/alumni/purposes')
      await own.look('alumni-purposes-waiting')
      await site.settle()
      await own.go(await site.linkTo(home, '/alumni/confirm/'))
      await own.look('alumni-purposes-confirm')
      await own.choose('confirm')
      await own.press('alumni.confirm.memberConfirm')
      expect(await own.text()).toContain('確認できました')
      await own.go('/alumni/profile')
      await own.look('alumni-profile')
      await own.fill('headline', '小さな会社で働いています。')
      await own.press('alumni.profile.save')
      await own.press('alumni.home.pause')
      await own.look('alumni-paused')
      await own.press('alumni.home.resume')
      await own.go('/alumni/return')
      await own.look('alumni-return')
      await own.page.locator('input[name="contactUserId"]').first().check()
      await own.fill('message', '来年の春から、また一緒に働けたらと思っています。')
      await own.press('alumni.return.send')
      expect(await own.text()).toContain('架空 人事')
      await own.look('alumni-asked')
      await own.close()
    },
    patience,
  )

  test(
    'HR reads the request it was sent, and otherwise only numbers',
    () =>
      atDesk(async (visit) => {
        await site.settle()
        await visit.go('/hr/alumni')
        expect(await visit.text()).not.toContain(home)
        await visit.look('hr-alumni')
        await visit.click(visit.page.locator('main table a').last())
        expect(await visit.text()).toContain('また一緒に働けたら')
        await visit.look('hr-alumni-request')
      }),
    patience,
  )

  test(
    'the alumna comes back by a link, stops the news, and leaves with a certificate',
    async () => {
      const visit = await site.open()
      await visit.go(`/c/${company.companyKey}/alumni/enter`)
      await visit.look('alumni-enter')
      await visit.fill('email', home)
      await visit.press('alumni.enter.send')
      await site.settle()
      await visit.go(await site.linkTo(home, '/alumni/refuse/'))
      await visit.look('alumni-refuse')
      await visit.choose('refuse')
      await visit.press('alumni.refuse.refuse')
      expect(await visit.heading()).toBe(visit.say('alumni.refuse.doneTitle'))
      await visit.go(await site.linkTo(home, '/alumni/in/'))
      await visit.look('alumni-in')
      await visit.choose('open')
      await visit.press('alumni.in.open')
      await visit.go('/alumni/leave')
      await visit.look('alumni-leave')
      await visit.choose('leave')
      await visit.press('alumni.leave.leave')
      expect(await visit.text()).toMatch(/A-[0-9A-Z]{5}-[0-9A-Z]{5}/)
      await visit.look('alumni-left')
      expect((await site.world.superuser.query('SELECT 1 FROM alumni_member')).rowCount).toBe(0)
      await visit.close()
    },
    patience,
  )
})
