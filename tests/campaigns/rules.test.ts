import { assert, constantFrom, date, property } from 'fast-check'
import { expect, test } from 'vitest'
import { isDayOff, nextMailTime, startOfDay } from '../../server/campaigns/calendar.ts'
import { mergeGroups, type CampaignGroup } from '../../server/campaigns/groups.ts'
import {
  campaignStates,
  committeeItems,
  decideBasis,
  decideReminder,
  findMissing,
  mayAdvance,
  takeSnapshot,
  yearsBetween,
} from '../../server/campaigns/rules.ts'

test('a campaign goes forward one step at a time, and back only while nothing is signed', () => {
  const allowed = campaignStates.flatMap((from) =>
    campaignStates.filter((to) => mayAdvance(from, to)).map((to) => `${from}>${to}`),
  )
  expect(allowed).toEqual([
    'draft>prepared',
    'prepared>draft',
    'prepared>signed',
    'signed>open',
    'open>closed',
    'closed>need_confirmed',
    'need_confirmed>results_released',
    'results_released>archived',
  ])
})

test('eleven items; each empty one is named, and so are the date and the house rules', () => {
  expect(committeeItems).toHaveLength(11)
  const items = Object.fromEntries(committeeItems.map((item) => [item, '審議した']))
  const complete = { workplaceId: 'w', basis: 'committee' as const, heldOn: '2026-10-20', items }
  const campaign = { rulesPublishedOn: '2026-10-26', closesOn: '2026-11-20', questionnaires: 1 }
  expect(findMissing([complete], campaign, '2026-11-02')).toEqual([])
  for (const item of committeeItems)
    expect(findMissing([{ ...complete, items: { ...items, [item]: ' ' } }], campaign, '2026-11-02')).toEqual([
      { workplaceId: 'w', field: item },
    ])
  expect(findMissing([{ ...complete, heldOn: '2026-11-03' }], campaign, '2026-11-02')).toEqual([
    { workplaceId: 'w', field: 'heldOn' },
  ])
  expect(findMissing([complete], { ...campaign, rulesPublishedOn: null }, '2026-11-02')).toEqual([
    { workplaceId: undefined, field: 'rulesPublishedOn' },
  ])
  expect(findMissing([complete], campaign, '2026-11-21')).toEqual([{ workplaceId: undefined, field: 'closesOn' }])
})

test('under fifty opinions are heard; fifty and more deliberate in the committee, by the number that decides about fifty', () => {
  expect(decideBasis(49, 200)).toBe('opinions_heard')
  expect(decideBasis(50, 3)).toBe('committee')
  // 48 who take the check and 5 short part-timers make 53
  expect(decideBasis(53, 48)).toBe('committee')
  expect(decideBasis(null, 49)).toBe('opinions_heard')
  expect(
    findMissing(
      [
        {
          workplaceId: 's',
          basis: 'opinions_heard',
          heldOn: '2026-10-01',
          items: { heardFrom: '全員', opinions: '特になし' },
        },
      ],
      { rulesPublishedOn: '2026-10-01', closesOn: '2026-11-20', questionnaires: 1 },
      '2026-11-02',
    ),
  ).toEqual([])
  expect(
    findMissing(
      [{ workplaceId: 's', basis: 'opinions_heard', heldOn: '2026-10-01', items: {} }],
      { rulesPublishedOn: '2026-10-01', closesOn: '2026-11-20', questionnaires: 1 },
      '2026-11-02',
    ).map((one) => one.field),
  ).toEqual(['heardFrom', 'opinions'])
})

test('years and bands on their borders', () => {
  expect(yearsBetween('1990-11-24', '2026-11-23')).toBe(35)
  expect(yearsBetween('1990-11-23', '2026-11-23')).toBe(36)
  expect(yearsBetween('2000-02-29', '2026-02-28')).toBe(25)
  expect(yearsBetween('2000-02-29', '2026-03-01')).toBe(26)
  const at = (birthOn: string, employedFromOn: string) =>
    takeSnapshot({ sex: null, birthOn, employedFromOn, employmentKind: 'regular' }, '2026-11-02')
  expect(at('1996-11-03', '2025-11-03')).toMatchObject({ ageBand: '~29', tenureBand: '<1' })
  expect(at('1996-11-02', '2025-11-02')).toMatchObject({ ageBand: '30-39', tenureBand: '1-3' })
  expect(at('1966-11-02', '2016-11-02')).toMatchObject({ ageBand: '60~', tenureBand: '10+' })
  expect(at('1966-11-03', '2016-11-03')).toMatchObject({ ageBand: '50-59', tenureBand: '3-10' })
})

test('mails wait for a working day between 8 and 20', () => {
  const next = (local: string) => nextMailTime(new Date(`${local}+09:00`), 'Asia/Tokyo').toISOString()
  expect(next('2026-11-02T08:00:00')).toBe('2026-11-01T23:00:00.000Z')
  expect(next('2026-11-02T19:59:59')).toBe('2026-11-02T10:59:59.000Z')
  expect(next('2026-11-02T07:59:59')).toBe('2026-11-01T23:00:00.000Z')
  // Monday evening, Tuesday 3 November is Culture Day
  expect(next('2026-11-02T20:00:00')).toBe('2026-11-03T23:00:00.000Z')
  // Friday night → Monday
  expect(next('2026-10-30T22:00:00')).toBe('2026-11-01T23:00:00.000Z')
  // the holidays of the new year: 1 January is one, 2 and 3 January 2027 are Saturday and Sunday
  expect(next('2026-12-31T21:00:00')).toBe('2027-01-03T23:00:00.000Z')
  expect(isDayOff('2026-05-06')).toBe(true) // substitute holiday
  expect(startOfDay('2026-11-23', 'Asia/Tokyo').toISOString()).toBe('2026-11-22T15:00:00.000Z')
})

test('whatever the moment, the next one for mails is not before it, allowed, and stable', () => {
  assert(
    property(
      date({ min: new Date('2025-01-01'), max: new Date('2030-12-31'), noInvalidDate: true }),
      constantFrom('Asia/Tokyo', 'UTC', 'America/New_York'),
      (at, zone) => {
        const next = nextMailTime(at, zone)
        expect(next >= at).toBe(true)
        expect(nextMailTime(next, zone)).toEqual(next)
        const hour = Number(
          new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(next),
        )
        expect(hour >= 8 && hour < 20).toBe(true)
      },
    ),
  )
})

test('a reminder is for open campaigns, within their hours, and not again too soon', () => {
  const campaign = {
    state: 'open' as const,
    closesAt: new Date('2026-11-20T15:00:00Z'),
    remindersMaximum: 2,
    reminderIntervalDays: 5,
  }
  const noon = new Date('2026-11-09T03:00:00Z')
  const night = new Date('2026-11-09T13:00:00Z')
  const morning = new Date('2026-11-09T23:00:00Z')
  expect(decideReminder(campaign, { at: noon, dueAt: noon }, 'asked')).toEqual({
    notSince: new Date('2026-11-08T03:00:00Z'),
  })
  expect(decideReminder(campaign, { at: noon, dueAt: noon }, 'interval')).toEqual({
    notSince: new Date('2026-11-04T03:00:00Z'),
  })
  expect(decideReminder(campaign, { at: night, dueAt: morning }, 'asked')).toEqual({
    notSince: new Date('2026-11-08T23:00:00Z'),
  })
  expect(decideReminder(campaign, { at: night, dueAt: morning }, 'interval')).toBeUndefined()
  expect(decideReminder({ ...campaign, state: 'closed' }, { at: noon, dueAt: noon }, 'asked')).toBeUndefined()
  expect(decideReminder({ ...campaign, remindersMaximum: 0 }, { at: noon, dueAt: noon }, 'asked')).toBeUndefined()
  const last = new Date('2026-11-20T12:00:00Z')
  expect(decideReminder(campaign, { at: last, dueAt: new Date('2026-11-23T23:00:00Z') }, 'asked')).toBeUndefined()
})

const group = (
  departmentId: string,
  parentDepartmentId: string | null,
  headcount: number,
  mergedIntoDepartmentId: string | null = null,
): CampaignGroup => ({
  departmentId,
  parentDepartmentId,
  name: departmentId,
  depth: parentDepartmentId === null ? 0 : 1,
  mergedIntoDepartmentId,
  headcount,
})

test('a sibling takes the whole unit, a child takes those attached directly to its parent; nobody is lost', () => {
  const { groups, groupOf } = mergeGroups(
    [
      group('本部', null, 3, '一課'),
      group('一課', '本部', 8),
      group('二課', '本部', 6, '三課'),
      group('二課一係', '二課', 4),
      group('三課', '本部', 9),
    ],
    (name) => `${name}(直属)`,
  )
  expect(groups.map(({ departmentId, name, headcount }) => [departmentId, name, headcount])).toEqual([
    ['本部', '本部', 0],
    ['一課', '一課・本部(直属)', 11],
    ['三課', '三課・二課', 19],
  ])
  expect(groupOf.get('二課一係')).toBe('三課')
  expect(groupOf.get('本部')).toBe('一課')
})
