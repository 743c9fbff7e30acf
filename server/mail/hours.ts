import { Temporal } from 'temporal-polyfill'

/** Hours of a company's day in which mails that nobody waits for may arrive, any day of the week. */
const dayHours = { from: 9, until: 20 } as const

/**
 * The next instant, not before `at`, that lies in the day of a time zone: 9:00 to 20:00, days off included.
 * @example 20:30 in Tokyo → 9:00 of the next day
 */
export function nextDaytime(at: Date, timeZone: string): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone)
  if (local.hour >= dayHours.from && local.hour < dayHours.until) return at
  const day = local.hour < dayHours.from ? local.toPlainDate() : local.toPlainDate().add({ days: 1 })
  const morning = day.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from({ hour: dayHours.from }) })
  return new Date(morning.epochMilliseconds)
}
