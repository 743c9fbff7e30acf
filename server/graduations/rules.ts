import { Temporal } from 'temporal-polyfill'
import { toneOfKind, type Kind, type Tone } from './kinds.data.ts'
import { stepRules, type Actor, type DueRule, type StepName, type StepRule } from './steps.data.ts'

/** Dates of one departure, each yyyy-mm-dd; the last working day falls back to the leaving date (no paid leave at the end). */
export interface DepartureDates {
  noticeOn: string | null
  lastWorkingOn: string | null
  leavingOn: string
}

/** An employment that begins this many days or fewer after another ended is its renewal, not a departure. */
export const renewalGapDays = 1

/** How long the links last that a leaver gets at a confirmed private address, days after leaving. */
export const privateLinkDays = 180

export const lastDayOf = (dates: DepartureDates): string => dates.lastWorkingOn ?? dates.leavingOn

/** The calendar date some days later. Example: addDays('2026-12-31', 1) is 2027-01-01. */
export function addDays(on: string, days: number): string {
  return Temporal.PlainDate.from(on).add({ days }).toString()
}

/** The instant a date ends in a time zone. */
export function endOfDay(on: string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(on).add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds)
}

/** The instant a date begins in a time zone. */
export function startOfDay(on: string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(on).toZonedDateTime(timeZone).epochMilliseconds)
}

/**
 * When the exit interview is offered: midway between notice and last working day (rounded down), so that it is neither the heat of the notice nor the
 * rush of the last days; always before the last working day, while the company mailbox still lives, unless that day is past already.
 *
 * @param confirmedOn the day HR confirmed: nothing is offered before
 * @example notice 2026-11-02, last working day 2026-11-13 (two weeks' notice, leaving 16th): 2026-11-07
 * @example notice 2026-10-01, last working day 2026-10-30, then 20 days of paid leave until 2026-11-30: 2026-10-15
 */
export function decideInterviewDue(dates: DepartureDates, confirmedOn: string): string {
  const last = Temporal.PlainDate.from(lastDayOf(dates))
  const confirmed = Temporal.PlainDate.from(confirmedOn)
  const notice = Temporal.PlainDate.from(dates.noticeOn ?? confirmedOn)
  const middle = notice.add({ days: Math.max(0, Math.floor(notice.until(last).days / 2)) })
  const dayBefore = last.subtract({ days: 1 })
  const wanted = Temporal.PlainDate.compare(middle, dayBefore) > 0 ? dayBefore : middle
  return (Temporal.PlainDate.compare(wanted, confirmed) < 0 ? confirmed : wanted).toString()
}

/** Months after leaving on which somebody who agreed is asked once more, and after which it is too late to ask. */
export const followupMonths = { after: 2, atMost: 3 } as const

/**
 * When somebody who says yes today is asked once more: two months after leaving, for those who say it later tomorrow; undefined when more than three
 * months have passed by then. Some months on, what was too near to be said can be said; much later it is forgotten.
 *
 * @example leaving 2026-11-30, agreed before: 2027-01-30
 * @example leaving 2026-11-30, agreed 2027-02-10: 2027-02-11; agreed 2027-02-28: never
 */
export function decideFollowupDue(leavingOn: string, today: string): string | undefined {
  const due = Temporal.PlainDate.from(leavingOn).add({ months: followupMonths.after }).toString()
  const wanted = today < due ? due : addDays(today, 1)
  return isTooLateToFollowUp(leavingOn, wanted) ? undefined : wanted
}

export function isTooLateToFollowUp(leavingOn: string, on: string): boolean {
  return on > Temporal.PlainDate.from(leavingOn).add({ months: followupMonths.atMost }).toString()
}

/** Steps of a kind with their due dates, in the order of the page. Undefined due: on request. */
export function decideSteps(
  kind: Kind,
  dates: DepartureDates,
): { step: StepName; actor: Actor; dueOn: string | null }[] {
  return (stepRules as readonly (StepRule & { step: StepName })[])
    .filter((rule) => (rule.kinds ? rule.kinds.includes(kind) : kind !== 'death'))
    .map((rule) => ({ step: rule.step, actor: rule.actor, dueOn: dueOf(rule.due, dates) }))
}

function dueOf(due: DueRule, dates: DepartureDates): string | null {
  if (due === 'onRequest') return null
  const leaving = Temporal.PlainDate.from(dates.leavingOn)
  if ('dayOfNextMonth' in due)
    return leaving.with({ day: 1 }).add({ months: 1 }).with({ day: due.dayOfNextMonth }).toString()
  if ('months' in due) return leaving.add({ months: due.months }).toString()
  const from = due.from === 'leavingOn' ? leaving : Temporal.PlainDate.from(lastDayOf(dates))
  return from.add({ days: due.days }).toString()
}

/** Whether a step stays off the leaver's page. */
export function isForHrOnly(step: StepName): boolean {
  return (stepRules as readonly StepRule[]).some((rule) => rule.step === step && rule.isForHrOnly === true)
}

/** The law a step's date comes from. */
export function sourceOf(step: StepName): string | undefined {
  return (stepRules as readonly StepRule[]).find((rule) => rule.step === step)?.source
}

/** Which words a leaver's page and mails use: 卒業 only where the company says so and the kind allows it. */
export type Wording = 'graduation' | 'leaving' | 'neutral'

export function decideWording(kind: Kind, leavingWord: 'graduation' | 'leaving'): Wording {
  return toneOfKind[kind] === 'full' ? leavingWord : 'neutral'
}

export const mayBeMailed = (tone: Tone): boolean => tone !== 'none'
export const invitesToAlumni = (kind: Kind): boolean => toneOfKind[kind] === 'full'

/** The company mailbox is used strictly before the last working day; from that day on only a confirmed private address (or nothing). */
export function usesCompanyAddress(dates: DepartureDates, today: string): boolean {
  return today < lastDayOf(dates)
}

/** Why these dates cannot be; undefined when they can. Field name and text key. */
export function findDateFault(
  dates: DepartureDates,
  employedFromOn: string | undefined,
): { field: string; key: string } | undefined {
  if (employedFromOn && dates.leavingOn < employedFromOn)
    return { field: 'leavingOn', key: 'graduations.errors.beforeJoining' }
  if (dates.noticeOn && dates.noticeOn > dates.leavingOn)
    return { field: 'noticeOn', key: 'graduations.errors.noticeAfterLeaving' }
  if (dates.lastWorkingOn && dates.lastWorkingOn > dates.leavingOn)
    return { field: 'lastWorkingOn', key: 'graduations.errors.lastDayAfterLeaving' }
  if (dates.noticeOn && dates.lastWorkingOn && dates.lastWorkingOn < dates.noticeOn)
    return { field: 'lastWorkingOn', key: 'graduations.errors.lastDayBeforeNotice' }
  return undefined
}
