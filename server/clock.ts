/** The only source of the present in the server. Tests and the demo pass their own. */
export interface Clock {
  now: () => Date
}

export const systemClock: Clock = { now: () => new Date() }

/** Calendar date (yyyy-mm-dd) of an instant in a time zone. Example: 2026-11-23T16:00:00Z in Asia/Tokyo is 2026-11-24. */
export function dateIn(timeZone: string, at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
}
