import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeInChromium, openSite } from '../helpers/chromium.ts'
import { answerFor, hire, people } from './company.ts'
import * as employee from './employee.ts'
import * as hr from './hr.ts'
import * as implementer from './implementer.ts'
import * as physician from './physician.ts'
import type { Story } from './story.ts'

// one company, one story: each test is one person's part of it, in the order in which it happens
describeInChromium('the main job, seen by each person', () => {
  const patience = 180_000
  const withScript = people.find((one) => one.department === 'D11')!
  const withoutScript = people.find((one) => one.department === 'D21')!
  const absent = people.filter((one) => one.department === 'D22').slice(0, 2)
  const others = people.filter((one) => ![withScript, withoutScript, ...absent].includes(one))
  let story: Story

  beforeAll(async () => {
    const site = await openSite('2026-11-02T01:00:00Z')
    const company = await site.world.company({ name: '架空商事株式会社' })
    story = {
      site,
      company,
      hr: await hire(site, company, 'hr', { displayName: '架空 人事' }),
      implementer: await hire(site, company, 'implementer', { displayName: '架空 実施医', isRepresentative: true }),
      physician: await hire(site, company, 'physician', { displayName: '架空 面接医' }),
      campaign: '',
      codes: new Map(),
    }
  }, patience)
  afterAll(() => story?.site.close())

  test('HR brings the roster', () => hr.bringRoster(story), patience)
  test('HR plans the campaign', () => hr.planCampaign(story), patience)
  test('the implementer signs', () => implementer.signCampaign(story), patience)

  test(
    'it opens on its day and everybody has a mail of one shape',
    async () => {
      story.site.world.clock.set('2026-11-04T01:00:00Z')
      await story.site.settle()
      expect(story.site.peer.received).toHaveLength(people.length)
      const mails = await story.site.peer.parsed()
      expect(new Set(mails.map((mail) => mail.subject)).size).toBe(1)
      expect(new Set(mails.map((mail) => (mail.text ?? '').replace(/\/a\/\S+/, '/a/…'))).size).toBe(1)
    },
    patience,
  )

  test(
    'an employee answers on two devices, partly by keyboard',
    () => employee.answerOnTwoDevices(story, withScript.code),
    patience,
  )
  test('an employee answers without scripts', () => employee.answerWithoutScript(story, withoutScript.code), patience)

  test(
    'the others answer; implementer and HR see how far it is',
    async () => {
      await answerFor(story.site, others, 2026)
      await implementer.followCampaign(story)
      story.site.world.clock.set('2026-11-10T01:00:00Z')
      await story.site.settle()
      await hr.followCampaign(story)
    },
    patience,
  )

  test(
    'the implementer confirms who needs an interview and releases the results',
    async () => {
      story.site.world.clock.set('2026-11-21T00:30:00Z')
      await story.site.settle()
      await implementer.confirmAndRelease(story, others.length + 2)
      await story.site.settle()
    },
    patience,
  )

  test('the physician begins', () => physician.acknowledgeSecrecy(story), patience)

  test(
    'an employee reads the result, asks for an interview and talks to a physician privately',
    async () => {
      story.site.world.clock.set('2026-11-24T01:00:00Z')
      await story.site.settle()
      await employee.readResult(story, withScript.code)
    },
    patience,
  )

  test(
    'the implementer releases the group report, HR reads it',
    async () => {
      await implementer.releaseReport(story)
      await story.site.settle()
      await hr.readReport(story)
    },
    patience,
  )

  test(
    'HR sees the request, the physician gives an opinion, HR records a measure',
    async () => {
      await hr.answerRequest(story, 'asked')
      story.site.world.clock.set('2026-12-02T01:00:00Z')
      await physician.giveOpinion(story)
      story.site.world.clock.set('2026-12-07T01:00:00Z')
      await hr.answerRequest(story, 'opinion')
    },
    patience,
  )
})
