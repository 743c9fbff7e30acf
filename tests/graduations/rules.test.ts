import * as fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import { kinds, toneOfKind } from '../../server/graduations/kinds.data.ts'
import {
  decideInterviewDue,
  decideSteps,
  decideWording,
  findDateFault,
  invitesToAlumni,
  usesCompanyAddress,
} from '../../server/graduations/rules.ts'

describe('when the exit interview is offered', () => {
  test('two weeks of notice: midway, before the last working day', () => {
    const dates = { noticeOn: '2026-11-02', lastWorkingOn: '2026-11-13', leavingOn: '2026-11-16' }
    expect(decideInterviewDue(dates, '2026-11-02')).toBe('2026-11-07')
  })
  test('twenty days of paid leave at the end: midway to the last working day, not to the leaving date', () => {
    const dates = { noticeOn: '2026-10-01', lastWorkingOn: '2026-10-30', leavingOn: '2026-11-30' }
    expect(decideInterviewDue(dates, '2026-10-01')).toBe('2026-10-15')
  })
  test('without a last working day the leaving date counts', () => {
    expect(
      decideInterviewDue({ noticeOn: '2026-10-01', lastWorkingOn: null, leavingOn: '2026-10-31' }, '2026-10-01'),
    ).toBe('2026-10-16')
  })
  test('confirmed late: at once; confirmed after the last working day: that day', () => {
    const dates = { noticeOn: '2026-10-01', lastWorkingOn: '2026-10-30', leavingOn: '2026-11-30' }
    expect(decideInterviewDue(dates, '2026-10-28')).toBe('2026-10-28')
    expect(decideInterviewDue(dates, '2026-11-10')).toBe('2026-11-10')
  })
  test('whatever the dates: never before it was confirmed, and before the last working day wherever that is still to come', () => {
    const day = fc.integer({ min: 0, max: 1500 }).map((days) => Temporal.PlainDate.from('2024-01-01').add({ days }))
    fc.assert(
      fc.property(day, fc.nat(90), fc.nat(40), fc.nat(90), (notice, untilLast, leave, confirmAfter) => {
        const last = notice.add({ days: untilLast })
        const dates = {
          noticeOn: String(notice),
          lastWorkingOn: String(last),
          leavingOn: String(last.add({ days: leave })),
        }
        const confirmedOn = String(notice.add({ days: confirmAfter }))
        const due = decideInterviewDue(dates, confirmedOn)
        expect(due >= confirmedOn).toBe(true)
        if (confirmedOn < String(last)) expect(due < String(last)).toBe(true)
        expect(findDateFault(dates, undefined)).toBeUndefined()
      }),
    )
  })
})

test('the company mailbox is used strictly before the last working day', () => {
  const dates = { noticeOn: null, lastWorkingOn: '2026-11-13', leavingOn: '2026-11-30' }
  expect(['2026-11-12', '2026-11-13', '2026-11-14'].map((today) => usesCompanyAddress(dates, today))).toEqual([
    true,
    false,
    false,
  ])
})

describe('kinds', () => {
  test('only resignation, retirement and transfer are called 卒業 and invited to the pool', () => {
    const full = kinds.filter((kind) => toneOfKind[kind] === 'full')
    expect(full).toEqual(['resignation', 'retirement', 'transfer_out'])
    expect(kinds.filter((kind) => decideWording(kind, 'graduation') === 'graduation')).toEqual(full)
    expect(kinds.filter(invitesToAlumni)).toEqual(full)
    expect(decideWording('resignation', 'leaving')).toBe('leaving')
  })
  test('a death has steps of HR only', () => {
    expect(
      new Set(
        decideSteps('death', { noticeOn: null, lastWorkingOn: null, leavingOn: '2026-11-10' }).map(
          (step) => step.actor,
        ),
      ),
    ).toEqual(new Set(['hr']))
  })
  test.each(kinds)('%s: the papers of the law with their dates', (kind) => {
    const steps = new Map(
      decideSteps(kind, { noticeOn: '2026-10-01', lastWorkingOn: '2026-10-20', leavingOn: '2026-12-31' }).map(
        (step) => [step.step, step.dueOn],
      ),
    )
    expect(steps.get('social_insurance')).toBe('2027-01-05')
    expect(steps.get('employment_insurance')).toBe('2027-01-11')
    expect(steps.get('withholding_slip')).toBe('2027-01-31')
    expect(steps.get('resident_tax')).toBe('2027-01-10')
    if (kind !== 'death') expect(steps.get('equipment')).toBe('2026-10-20')
  })
  test('month ends and leap years', () => {
    const slip = (leavingOn: string) =>
      decideSteps('resignation', { noticeOn: null, lastWorkingOn: null, leavingOn }).find(
        (one) => one.step === 'withholding_slip',
      )?.dueOn
    expect([slip('2027-01-31'), slip('2028-01-31')]).toEqual(['2027-02-28', '2028-02-29'])
  })
})

test.each([
  [{ noticeOn: null, lastWorkingOn: null, leavingOn: '2020-03-31' }, 'leavingOn'],
  [{ noticeOn: '2026-12-01', lastWorkingOn: null, leavingOn: '2026-11-30' }, 'noticeOn'],
  [{ noticeOn: null, lastWorkingOn: '2026-12-01', leavingOn: '2026-11-30' }, 'lastWorkingOn'],
  [{ noticeOn: '2026-11-10', lastWorkingOn: '2026-11-01', leavingOn: '2026-11-30' }, 'lastWorkingOn'],
])('dates that cannot be: %j', (dates, field) => {
  expect(findDateFault(dates, '2020-04-01')?.field).toBe(field)
})
