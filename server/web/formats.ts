/** A calendar date (`2026-11-23`), an instant (Date, or ISO text with a time). */
export type DateInput = string | Date

const calendarDate = /^(\d{4})-(\d{2})-(\d{2})$/

type Kind = 'date' | 'dateWithWeekday' | 'dateTime'

const shapes: Record<Kind, Intl.DateTimeFormatOptions> = {
  date: { year: 'numeric', month: 'long', day: 'numeric' },
  dateWithWeekday: { month: 'long', day: 'numeric', weekday: 'short' },
  dateTime: { year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
}

const dateFormats = new Map<string, Intl.DateTimeFormat>()
const numberFormats = new Map<string, Intl.NumberFormat>()

/**
 * A date for a reader: `date` 2026年11月23日, `dateWithWeekday` 11月23日(月), `dateTime` 2026年11月23日 14:05
 * (en: 23 November 2026, Mon 23 November, 23 November 2026 at 14:05; ja-simple: the weekday in full). A calendar date is shown as it stands,
 * an instant in `timeZone`. Throws a RangeError on what is neither.
 */
export function formatDate(kind: Kind, value: DateInput, locale: string, timeZone: string): string {
  const isCalendarDate = typeof value === 'string' && calendarDate.test(value)
  const instant = isCalendarDate ? new Date(`${value}T00:00:00Z`) : value instanceof Date ? value : new Date(value)
  if (Number.isNaN(instant.getTime())) throw new RangeError(`"${String(value)}" is not a date`)
  const words = dateFormat(kind, locale, isCalendarDate ? 'UTC' : timeZone).format(instant)
  return locale === 'ja-simple' ? words.replace(/\((.)\)/, '($1曜日)') : words
}

/** A number with the locale's grouping; `digits` fixes the places after the point (default: as many as there are, up to 3). */
export function formatNumber(value: number, locale: string, digits?: number): string {
  return numberFormat('decimal', locale, digits).format(value)
}

/** A share between 0 and 1 as per cent: 0.123 → 12.3%. `digits` default 1. */
export function formatPercent(share: number, locale: string, digits = 1): string {
  return numberFormat('percent', locale, digits).format(share)
}

function dateFormat(kind: Kind, locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${kind} ${locale} ${timeZone}`
  let format = dateFormats.get(key)
  if (!format) {
    // British order for English: day before month, as most of the world outside the United States reads it.
    format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { ...shapes[kind], timeZone })
    dateFormats.set(key, format)
  }
  return format
}

function numberFormat(style: 'decimal' | 'percent', locale: string, digits?: number): Intl.NumberFormat {
  const key = `${style} ${locale} ${digits ?? ''}`
  let format = numberFormats.get(key)
  if (!format) {
    const places = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits }
    format = new Intl.NumberFormat(locale, { style, ...places })
    numberFormats.set(key, format)
  }
  return format
}
