import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  closeCampaign,
  countParticipation,
  listInvitations,
  listParticipation,
  mailTemplates,
  markDeclined,
  markStarted,
  markSubmitted,
  openCampaign,
  refreshParticipation,
  sendReminders,
  ticks,
} from '../../server/campaigns/index.ts'
import type { MailCompany } from '../../server/mail/index.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { asRole, fillCompany, signedCampaign, type TestStaff } from './company.ts'

let world: World
let company: TestStaff
let campaignId: string
let people: { id: string; subjectId: string }[]
beforeAll(async () => {
  world = await createWorld()
  company = await fillCompany(world)
  campaignId = await signedCampaign(world, company)
  await openCampaign(world.services, company.companyId, campaignId, world.clock.now())
  people = await asRole(world, 'implementer', company.companyId, (db) =>
    listInvitations(db, company.companyId, campaignId),
  )
})
afterAll(() => world.close())

const act = (index: number, what: typeof markSubmitted) =>
  asRole(
    world,
    'employee',
    company.companyId,
    (db) => what(db, company.companyId, people[index]!.id, world.clock.now()),
    people[index]!.subjectId,
  )
const remind = (cause: 'asked' | 'interval' = 'asked') =>
  sendReminders(world.services, company.companyId, campaignId, world.clock.now(), cause)
const reminders = async () =>
  (
    await world.superuser.query(
      "SELECT context_id, due_at, batch_id FROM mail_message WHERE company_id = $1 AND template = 'campaigns.reminder'",
      [company.companyId],
    )
  ).rows

test('those who answered or declined are left alone; the rest is reminded at the next hour for mails, at most twice', async () => {
  await act(0, markSubmitted)
  await act(1, markDeclined)
  await act(2, markStarted)
  expect(await remind()).toBe(0) // opened this morning
  // Friday 21:30: due on Monday at 8
  world.clock.set('2026-11-06T12:30:00Z')
  expect(await Promise.all([remind(), remind()])).toEqual(expect.arrayContaining([77, 0]))
  const first = await reminders()
  expect(first).toHaveLength(77)
  expect(new Set(first.map((row) => row.due_at.toISOString()))).toEqual(new Set(['2026-11-08T23:00:00.000Z']))
  expect(new Set(first.map((row) => row.batch_id)).size).toBe(1)
  expect(first.map((row) => row.context_id)).not.toContain(people[0]!.id)
  expect(first.map((row) => row.context_id)).not.toContain(people[1]!.id)
  // pressing again within a day of it does nothing
  world.clock.set('2026-11-09T01:00:00Z')
  expect(await remind()).toBe(0)
  expect(await remind('interval')).toBe(0)
  world.clock.set('2026-11-13T23:30:00Z') // Saturday morning: the interval is over, but nobody is mailed at the weekend
  expect(await remind('interval')).toBe(0)
  world.clock.set('2026-11-16T01:00:00Z')
  expect(await remind('interval')).toBe(77)
  world.clock.set('2026-11-18T01:00:00Z')
  expect(await remind()).toBe(0) // the most was two
  expect(await reminders()).toHaveLength(154)
})

test('a mail is prepared with a fresh link for those who still want one, and for nobody else', async () => {
  const mailCompany: MailCompany = {
    companyId: company.companyId,
    key: company.companyKey,
    name: '試験株式会社',
    locale: 'ja',
    timeZone: 'Asia/Tokyo',
    senderName: '健康管理室',
    postalAddress: '',
    contactEmail: 'kenko@example.jp',
    contactPhone: '',
  }
  const prepare = (name: string, index: number) =>
    asRole(world, 'mailer', company.companyId, (db) =>
      mailTemplates
        .find((one) => one.name === name)!
        .prepare({
          services: world.services,
          db,
          company: mailCompany,
          subjectId: people[index]!.subjectId,
          contextId: people[index]!.id,
          at: world.clock.now(),
        }),
    )
  const rendered = async (name: string, index: number) => {
    const mail = (await prepare(name, index))!
    const data = {
      ...mail.data,
      subject: 's',
      companyName: mailCompany.name,
      senderName: mailCompany.senderName,
      contactEmail: mailCompany.contactEmail,
      contactPhone: '',
    }
    const context = { locale: 'ja', timeZone: 'Asia/Tokyo', data }
    return {
      mail,
      text: world.services.renderer.renderText(mail.page, context),
      html: world.services.renderer.render(mail.page, context),
    }
  }
  const withAddress: number[] = []
  for (let index = 2; withAddress.length < 3; index++)
    if (await prepare('campaigns.invitation', index)) withAddress.push(index)
  for (const name of ['campaigns.invitation', 'campaigns.reminder']) {
    const [one, other] = [await rendered(name, withAddress[0]!), await rendered(name, withAddress[1]!)]
    const link = /http:\/\/localhost:3000\/a\/[0-9a-z]{6}-[0-9a-z]{26}/
    expect(one.text).toMatch(link)
    expect(one.html).toMatch(link)
    expect(one.text.match(link)![0]).not.toBe(other.text.match(link)![0])
    expect(one.text.replace(link, '')).toBe(other.text.replace(link, ''))
    expect(one.html.replaceAll(new RegExp(link, 'g'), '')).toBe(other.html.replaceAll(new RegExp(link, 'g'), ''))
    expect(one.text).toContain('受けないことで不利益な扱いを受けることはありません')
    expect(one.html).not.toMatch(/<img|https?:\/\/(?!localhost)/)
    expect(one.mail.subject).toBe(other.mail.subject)
  }
  expect(await prepare('campaigns.reminder', 0)).toBeUndefined()
  expect(await prepare('campaigns.reminder', 1)).toBeUndefined()
  const noAddress = await asRole(world, 'mailer', company.companyId, async () =>
    Promise.all(people.slice(2).map((_, index) => prepare('campaigns.invitation', index + 2))),
  )
  expect(noAddress.filter((mail) => mail === undefined)).toHaveLength(1)
  world.clock.set('2026-11-20T15:00:00Z')
  expect(await prepare('campaigns.invitation', withAddress[0]!)).toBeUndefined()
  world.clock.set('2026-11-18T01:00:00Z')
})

test('HR sees yes or no as of the beginning of the day, and declining looks like silence', async () => {
  const seen = () =>
    asRole(world, 'hr', company.companyId, (db) => countParticipation(db, company.companyId, campaignId))
  expect(await seen()).toEqual({ asOfOn: '2026-11-02', taken: 0, invited: 79 })
  await act(3, markSubmitted) // today: told tomorrow
  const tick = ticks.find((one) => one.name === 'campaigns.participation-and-reminders')!
  await tick.run({ services: world.services, at: world.clock.now() })
  expect(await seen()).toEqual({ asOfOn: '2026-11-18', taken: 1, invited: 79 })
  expect(await refreshParticipation(world.services, company.companyId, campaignId, world.clock.now())).toBe(false)
  world.clock.set('2026-11-18T15:00:30Z')
  await tick.run({ services: world.services, at: world.clock.now() })
  expect(await seen()).toEqual({ asOfOn: '2026-11-19', taken: 2, invited: 79 })
  const list = (await asRole(world, 'hr', company.companyId, (db) =>
    listParticipation(db, company.companyId, campaignId),
  ))!
  expect(list.people.filter((one) => one.taken)).toHaveLength(2)
  expect(Object.keys(list.people[0]!)).toEqual(['employmentId', 'taken'])
  const { rows } = await world.superuser.query(
    "SELECT column_name FROM information_schema.columns WHERE table_name = 'participation' AND table_schema = 'hanamichi'",
  )
  expect(rows.map((row) => String(row.column_name)).sort((a, b) => (a < b ? -1 : 1))).toEqual([
    'as_of_on',
    'campaign_id',
    'company_id',
    'employment_id',
    'taken',
  ])
})

test('the clock closes what is over, and the last day is told the day after', async () => {
  world.clock.set('2026-11-20T14:00:00Z')
  await act(4, markSubmitted)
  world.clock.set('2026-11-20T15:00:10Z')
  for (const tick of ticks) await tick.run({ services: world.services, at: world.clock.now() })
  expect(await closeCampaign(world.services, company.companyId, campaignId, world.clock.now())).toBe(false)
  expect(
    await asRole(world, 'hr', company.companyId, (db) => countParticipation(db, company.companyId, campaignId)),
  ).toEqual({ asOfOn: '2026-11-21', taken: 3, invited: 79 })
  expect(await remind()).toBe(0)
})
