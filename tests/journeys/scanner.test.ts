import { afterAll, beforeAll, expect, test } from 'vitest'
import { confirmNeeds, listNeeds, releaseResults } from '../../server/results/index.ts'
import { closeCampaign, sendReminders } from '../../server/campaigns/index.ts'
import type { AnyHandle } from '../../server/campaigns/tables.ts'
import { queueStaffInvitation } from '../../server/access/invitations.ts'
import { createStaffUser, grantRole } from '../../server/access/index.ts'
import { asRole } from '../campaigns/company.ts'
import { openSurvey, type Survey } from '../answering/survey.ts'
import { answerAsEmployee } from '../../server/demo/employees.ts'
import { confirmDeparture, openDraft } from '../../server/graduations/index.ts'
import { describeInChromium, openSite, type Site } from '../helpers/chromium.ts'
import { openBrowser } from '../helpers/browser.ts'
import { answersOf } from '../results/people.ts'
import { start } from './employee.ts'
import { scan } from './scan.ts'

// Programs that look through mails open the links, run the scripts, press the buttons and send the forms (law D-2). They cannot read a code
// off a page and type it where it is asked, nor tick what a person has to mean.
describeInChromium('a program that looks through the mails', () => {
  const patience = 180_000
  let site: Site
  let survey: Survey

  beforeAll(async () => {
    site = await openSite('2026-11-02T01:00:00Z')
    survey = await openSurvey(site.world)
    await site.settle()
  }, patience)
  afterAll(() => site?.close())

  const rows = async (sql: string) =>
    (await site.world.superuser.query<Record<string, unknown>>(sql)).rows.map((row) => Object.values(row))

  /** What a person alone may bring about, as it lies in the tables. */
  const decided = async () => ({
    invitations: await rows(
      "SELECT state, count(*)::int FROM invitation WHERE state IN ('submitted', 'declined') GROUP BY 1 ORDER BY 1",
    ),
    responses: await rows('SELECT count(*)::int FROM response'),
    bound: await rows('SELECT count(*)::int FROM personal_code WHERE bound_at IS NOT NULL'),
    consents: await rows('SELECT count(*)::int FROM consent'),
    requests: await rows('SELECT count(*)::int FROM interview_request'),
    consultations: await rows('SELECT count(*)::int FROM consultation'),
    refused: await rows('SELECT count(*)::int FROM mail_suppression'),
    contacts: await rows('SELECT count(*)::int FROM private_contact WHERE confirmed_at IS NOT NULL'),
    interviews: await rows("SELECT count(*)::int FROM exit_interview WHERE state IN ('submitted', 'declined')"),
    alumni: await rows('SELECT state, count(*)::int FROM alumni_member GROUP BY 1 ORDER BY 1'),
    purposes: await rows(
      'SELECT count(*)::int FROM alumni_consent WHERE confirmed_at IS NOT NULL AND withdrawn_at IS NULL',
    ),
    returns: await rows('SELECT count(*)::int FROM return_request'),
    accounts: await rows('SELECT count(*)::int FROM staff_user WHERE totp_confirmed_at IS NOT NULL'),
  })

  test(
    'invitation and reminder: nothing is answered, declined or bound, and the person goes on',
    async () => {
      const before = await decided()
      const link = await site.linkTo('e041@example.jp', '/a/')
      expect(await scan(site, link)).toBeGreaterThan(15)
      site.world.clock.set('2026-11-09T01:00:00Z')
      await sendReminders(
        site.world.services,
        survey.company.companyId,
        survey.campaignId,
        site.world.clock.now(),
        'asked',
      )
      await site.settle()
      const reminder = await site.linkTo('e041@example.jp', '/a/')
      expect(reminder).not.toBe(link)
      expect(await scan(site, reminder, 10)).toBeGreaterThan(5)
      expect(await decided()).toEqual(before)

      const visit = await site.open()
      await start(visit, link)
      await visit.press('answering.codeCard.go')
      expect(new URL(visit.page.url()).pathname).toMatch(/^\/answer/)
      await visit.close()
    },
    patience,
  )

  test(
    'notice of the result: no result is seen, nothing consented, requested or asked',
    async () => {
      const { company, campaignId } = survey
      const { companyId } = company
      const address = 'e042@example.jp'
      const answers = { ...answersOf('high'), performance: 70 } as Record<string, number>
      const code = await answerAsEmployee(
        { baseUrl: site.baseUrl } as never,
        { link: await site.linkTo(address, '/a/'), answers, sex: 'female' },
        new Map(),
      )
      site.world.clock.set('2026-11-21T00:30:00Z')
      const { services } = site.world
      await closeCampaign(services, companyId, campaignId, site.world.clock.now())
      const signing = { companyId, campaignId, implementerId: company.implementerId, requestId: 'test' }
      await asRole(
        site.world,
        'implementer',
        companyId,
        async (db) => {
          const at = site.world.clock.now()
          const lines = await listNeeds(db, services.vault, companyId, campaignId)
          const decisions = lines.map(({ invitationId }) => ({ invitationId, needed: true }))
          await confirmNeeds(db, services.vault, signing, decisions, at)
          await releaseResults(db, signing, at)
        },
        company.implementerId,
      )
      site.world.clock.set('2026-11-24T01:00:00Z')
      await site.settle()
      const before = await decided()
      const link = await site.linkTo(address, '/a/')
      expect(await scan(site, link)).toBeGreaterThan(2)
      expect(await decided()).toEqual(before)
      expect(await rows('SELECT count(*)::int FROM notice WHERE first_viewed_at IS NOT NULL')).toEqual([[0]])

      const person = openBrowser(await site.world.app())
      await person.get(new URL(link).pathname)
      await person.submit(/start$/)
      await person.submit('/answer/code', { code })
      expect(person.url).toBe('/result')
    },
    patience,
  )

  test(
    'mails to a leaver and to an alumna: no address confirmed, nobody joined, paused, refused or left',
    async () => {
      const { companyId, hrId, employment } = survey.company
      const dates = { noticeOn: '2026-11-24', lastWorkingOn: '2026-12-11', leavingOn: '2026-12-31' }
      const departureId = await asRole(
        site.world,
        'hr',
        companyId,
        async (db) =>
          (await openDraft(db, companyId, { employmentId: employment('E043'), ...dates }, site.world.clock.now()))
            .departureId,
        hrId,
      )
      const confirmation = { companyId, departureId, kind: 'resignation', ...dates, userId: hrId } as const
      await confirmDeparture(site.world.services, confirmation, site.world.clock.now())
      await site.settle()
      const link = await site.linkTo('e043@example.jp', '/g/')
      let before = await decided()
      expect(await scan(site, link)).toBeGreaterThan(5)
      expect(await decided()).toEqual(before)

      // the leaver gives an address and asks to join; the program reads that mailbox, too
      const home = 'moto43@private.example.com'
      const leaver = openBrowser(await site.world.app())
      await leaver.get(new URL(link).pathname)
      await leaver.submit(/start$/)
      await leaver.get('/graduation/contact')
      await leaver.submit('/graduation/contact', { email: home })
      await leaver.get('/graduation/alumni')
      await leaver.submit('/graduation/alumni', { purpose: ['news'], name: 'もと社員', email: home })
      site.world.clock.set('2026-12-03T01:00:00Z')
      await site.settle()
      before = await decided()
      expect(before.alumni).toEqual([['unconfirmed', 1]])
      await scan(site, await site.linkTo('e043@example.jp', '/g/'), 12)
      await scan(site, await site.linkTo(home, '/g/contact/'))
      await scan(site, await site.linkTo(home, '/alumni/confirm/'))
      expect(await decided()).toEqual(before)

      const alumna = openBrowser(await site.world.app())
      await alumna.get(new URL(await site.linkTo(home, '/alumni/confirm/')).pathname)
      await alumna.submit(/confirm/, { confirm: 'yes' })
      expect(alumna.url).toBe('/alumni?done=joined')
      await alumna.get(`/c/${survey.company.companyKey}/alumni/enter`)
      await alumna.submit(/enter$/, { email: home })
      await site.settle()
      before = await decided()
      expect(before.alumni).toEqual([['active', 1]])
      await scan(site, await site.linkTo(home, '/alumni/in/'))
      await scan(site, await site.linkTo(home, '/alumni/refuse/'))
      expect(await decided()).toEqual(before)
    },
    patience,
  )

  test(
    'invitation of a member of staff: no password set, no second factor',
    async () => {
      const { companyId } = survey.company
      const at = site.world.clock.now()
      await site.world.services.database.as({ role: 'setup', companyId }, at, async (db) => {
        const userId = await createStaffUser(
          db as AnyHandle,
          { companyId, email: 'neu@example.org', displayName: '架空 管理' },
          at,
        )
        await grantRole(db as AnyHandle, { companyId, userId, role: 'admin' }, at)
        await queueStaffInvitation(db as AnyHandle, companyId, userId, at)
      })
      await site.settle()
      const before = await decided()
      expect(await scan(site, await site.linkTo('neu@example.org', '/staff/invitation/'))).toBeGreaterThan(0)
      expect(await decided()).toEqual(before)
    },
    patience,
  )
})
