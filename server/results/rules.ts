import type { StoredResult } from './store.ts'

/** How a verdict reads on a page: the campaign's method says high, says not, or had too few answers to say anything. */
export type VerdictClass = 'high' | 'ordinary' | 'none'

export function verdictClassOf(stored: StoredResult | undefined): VerdictClass {
  if (!stored?.verdict) return 'none'
  return stored.verdict.highStress ? 'high' : 'ordinary'
}

/**
 * "Without delay" is read as about one month each: from the notice to the request, from the request to the interview, from
 * the interview to the physician's opinion (Ordinance 52-16, 52-19; https://wic-net.com/material/document/17187/124,
 * https://wic-net.com/material/document/17187/145). There is no cut-off: what comes later is accepted and marked.
 */
export const daysPerStep = 30

const day = 24 * 60 * 60 * 1000

/** Whole days from one calendar date to another. Example: daysBetween('2026-11-23', '2026-12-24') is 31. */
export function daysBetween(fromOn: string, toOn: string): number {
  return Math.round((Date.parse(`${toOn}T00:00:00Z`) - Date.parse(`${fromOn}T00:00:00Z`)) / day)
}

/** The calendar date `days` after another. Example: addDays('2026-11-23', 30) is '2026-12-23'. */
export function addDays(on: string, days: number): string {
  return new Date(Date.parse(`${on}T00:00:00Z`) + days * day).toISOString().slice(0, 10)
}

/** A request is late from the 31st day after the notice (law I-2). */
export function isLateRequest(notifiedOn: string, requestedOn: string): boolean {
  return daysBetween(notifiedOn, requestedOn) > daysPerStep
}

/** May this person ask for an interview? Those whose need is confirmed; others where the site allows it (law I-1). */
export function mayRequestInterview(needed: boolean, othersMayRequest: boolean): boolean {
  return needed || othersMayRequest
}
