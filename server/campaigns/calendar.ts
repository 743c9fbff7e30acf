import holidayJp from '@holiday-jp/holiday_jp'
import { Temporal } from 'temporal-polyfill'

/** First hour and the hour after the last in which a mail of the survey may arrive; on working days only. */
export const mailHours = { from: 8, until: 20 } as const

/** The instant a calendar date begins in a time zone. Example: 2026-11-23 in Asia/Tokyo begins at 2026-11-22T15:00:00Z. */
export function startOfDay(on: string, timeZone: string): Date {
  return new Date(Temporal.PlainDate.from(on).toZonedDateTime(timeZone).epochMilliseconds)
}

/** A calendar date some days later. Example: nextDays('2026-12-31', 1) is 2027-01-01. */
export function nextDays(on: string, days: number): string {
  return Temporal.PlainDate.from(on).add({ days }).toString()
}

/** Days from one date to another. Example: daysBetween('2026-11-02', '2026-11-20') is 18. */
export function daysBetween(fromOn: string, toOn: string): number {
  return Temporal.PlainDate.from(fromOn).until(toOn, { largestUnit: 'days' }).days
}

/** Saturdays, Sundays and Japanese public holidays with their substitutes. */
export function isDayOff(on: string): boolean {
  return Temporal.PlainDate.from(on).dayOfWeek >= 6 || on in holidayJp.holidays
}

/**
 * The next instant, not before `at`, at which people may be written to: 8:00 to 20:00 on a working day in their time zone.
 * @example Friday 2026-10-30 20:30 in Tokyo → Monday 2026-11-02 08:00
 */
export function nextMailTime(at: Date, timeZone: string): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone)
  let day = local.toPlainDate()
  if (!isDayOff(day.toString())) {
    if (local.hour >= mailHours.from && local.hour < mailHours.until) return at
    if (local.hour < mailHours.from) return atHour(day, mailHours.from, timeZone)
  }
  do day = day.add({ days: 1 })
  while (isDayOff(day.toString()))
  return atHour(day, mailHours.from, timeZone)
}

function atHour(day: Temporal.PlainDate, hour: number, timeZone: string): Date {
  const local = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour }) })
  return new Date(local.epochMilliseconds)
}
