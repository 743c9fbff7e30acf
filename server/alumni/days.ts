import { Temporal } from 'temporal-polyfill'
import { dateIn } from '../clock.ts'

/** The instant the present day began in a time zone: what rows carry that must not be joined to others by the second. */
export function dayStart(timeZone: string, at: Date): Date {
  return new Date(Temporal.PlainDate.from(dateIn(timeZone, at)).toZonedDateTime(timeZone).epochMilliseconds)
}
