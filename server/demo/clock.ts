import type { Clock } from '../clock.ts'

const day = 86_400_000

/** The roster files of the demo are written as of this day; everything else is told relative to it. */
export const writtenOn = '2026-11-23'

/** A clock that the story sets, and that goes on by itself once the story is told. */
export interface StoryClock extends Clock {
  set: (at: Date) => void
  /** From now on the system's time. */
  release: () => void
}

export function createStoryClock(system: Clock): StoryClock {
  let stands: Date | undefined = system.now()
  return {
    now: () => (stands ? new Date(stands) : system.now()),
    set(at) {
      stands = at
    },
    release() {
      stands = undefined
    },
  }
}

/**
 * Days by which the demo's dates are moved so that its story ends this week: whole weeks, so that weekdays stay what they were.
 * Example: written on Monday 2026-11-23, told on 2027-01-08: 42 days.
 */
export function shiftDays(today: string): number {
  return Math.floor((Date.parse(today) - Date.parse(writtenOn)) / day / 7) * 7
}

/** Moves a calendar date. */
export function moveDate(on: string, days: number): string {
  return new Date(Date.parse(`${on}T00:00:00Z`) + days * day).toISOString().slice(0, 10)
}

/** Moves every calendar date (yyyy-mm-dd or yyyy/mm/dd) in a text. */
export function moveDates(text: string, days: number): string {
  return text.replace(
    /\b(\d{4})([-/])(\d{2})\2(\d{2})\b/g,
    (_all, year: string, mark: string, month: string, date: string) =>
      moveDate(`${year}-${month}-${date}`, days).replaceAll('-', mark),
  )
}
