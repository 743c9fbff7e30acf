import { Temporal } from 'temporal-polyfill'

/** A month as `YYYY-MM`; a day as `YYYY-MM-DD`. ISO text sorts as time does, so plain comparison is used throughout. */
export type Month = string
export type Day = string

/**
 * The month `count` months after `month` (before it, if negative).
 *
 * Example: addMonths('2024-01', -2) = '2023-11'.
 * @throws RangeError if the month is not a real one
 */
export function addMonths(month: Month, count: number): Month {
  return Temporal.PlainYearMonth.from(month).add({ months: count }).toString()
}

/** The months of a window, oldest first. Example: monthsUntil('2024-02', 3) = ['2023-12', '2024-01', '2024-02']. */
export function monthsUntil(last: Month, count: number): Month[] {
  return Array.from({ length: count }, (_, index) => addMonths(last, index - count + 1))
}

/** Months from one to the other. Example: monthsBetween('2023-11', '2024-02') = 3. */
export function monthsBetween(from: Month, to: Month): number {
  return Temporal.PlainYearMonth.from(from).until(Temporal.PlainYearMonth.from(to), { largestUnit: 'month' }).months
}

/** The day `count` days before. Example: daysBefore('2024-03-31', 30) = '2024-03-01'. */
export function daysBefore(day: Day, count: number): Day {
  return Temporal.PlainDate.from(day).subtract({ days: count }).toString()
}

/** Full years from one day to another, by birthdays; for 29 February the day counts on 1 March. Example: ('2000-05-02', '2024-05-01') = 23. */
export function fullYears(from: Day, on: Day): number {
  const years = Number(on.slice(0, 4)) - Number(from.slice(0, 4))
  return on.slice(5) < from.slice(5) ? years - 1 : years
}

/** Checks that a text is a real day. @throws RangeError naming it */
export function checkDay(day: Day): Day {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError(`Not a day: ${day}`)
  return Temporal.PlainDate.from(day, { overflow: 'reject' }).toString()
}
