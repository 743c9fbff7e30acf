import { checkDay, daysBefore, fullYears, monthsUntil } from './months.ts'
import { turnoverParameters } from './parameters.data.ts'
import type { RespondentSex } from '../groups/index.ts'
import type { Day, Month } from './months.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** Time in one unit: from the first day on, up to but not including `until` (null: still). */
export type UnitMembership = { readonly unit: string; readonly from: Day; readonly until: Day | null }

/**
 * One employment, as dates. No name, no id: nothing here needs to know who it is.
 *
 * `leaving.on` is the last day employed (退職日). Only `voluntary` (自己都合) is an event; retirement, end of contract, death,
 * dismissal, secondment and transfer are `other` and merely end the exposure.
 */
export type EmploymentRow = {
  readonly sex: RespondentSex
  readonly bornOn: Day | null
  readonly hiredOn: Day
  readonly employmentType: string
  readonly memberships: readonly UnitMembership[]
  readonly leaving: { readonly on: Day; readonly kind: 'voluntary' | 'other' } | null
  /** Leaves of absence, like memberships: `until` is the first day back. */
  readonly absences?: readonly { readonly from: Day; readonly until: Day | null }[] | undefined
}

/** What the expected number of leavers is standardised for. */
export type Stratum = {
  readonly sex: RespondentSex
  readonly ageBand: string
  readonly tenureBand: string
  readonly employmentType: string
}

/** Person-months and voluntary leavers of one stratum in one unit and month: all the turnover part knows of people. */
export type MovementCell = Stratum & {
  readonly unit: string
  readonly month: Month
  readonly personMonths: number
  readonly voluntaryLeavers: number
}

/** Age bands ≤29, 30–39, 40–49, 50–59, 60+; `unknown` without a date of birth. Example: 29 → '-29', 60 → '60-'. */
export function ageBandOf(bornOn: Day | null, on: Day): string {
  if (bornOn === null) return 'unknown'
  const age = fullYears(bornOn, on)
  if (age <= 29) return '-29'
  return age >= 60 ? '60-' : `${Math.floor(age / 10) * 10}-${Math.floor(age / 10) * 10 + 9}`
}

/** Tenure bands <1, 1–<3, 3–<10, 10+ years. Example: hired 2024-04-01, on 2025-04-01 → '1-2'. */
export function tenureBandOf(hiredOn: Day, on: Day): string {
  const years = fullYears(hiredOn, on)
  if (years < 1) return '-0'
  if (years < 3) return '1-2'
  return years < 10 ? '3-9' : '10-'
}

/**
 * Counts person-months and voluntary leavers from employments.
 *
 * A person counts one month in the unit held on the 1st; the month of leaving counts ½ (also for someone hired in that very
 * month). The leaver is attributed to the unit held 30 days before the last day, or, if there was none then, to the first held
 * after. `successors` maps a unit that was merged or renamed to the one that continues it today. Age and tenure are those on
 * the 1st. Sums per unit, month and stratum, sorted; window of `parameters.windowMonths` months ending with `lastMonth`.
 * Source: person-time as in Breslow & Day 1987, chapter 2 (IARC Scientific Publications 82).
 * Example: hired 2024-01-10, left 2024-03-31 of own accord, all in unit a, window to 2024-04 → a 2024-02: 1 month,
 * 2024-03: ½ month and one leaver.
 * With no employments: [].
 * @throws RangeError for an impossible date, an employment that ends before it begins, or two units at once
 */
export function countMovements(
  employments: Iterable<EmploymentRow>,
  lastMonth: Month,
  options: {
    readonly successors?: ReadonlyMap<string, string> | undefined
    readonly parameters?: TurnoverParameters | undefined
  } = {},
): MovementCell[] {
  const parameters = options.parameters ?? turnoverParameters
  const window = monthsUntil(lastMonth, parameters.windowMonths)
  const cells = new Map<string, { -readonly [K in keyof MovementCell]: MovementCell[K] }>()
  const add = (
    row: EmploymentRow,
    unit: string,
    month: Month,
    on: Day,
    personMonths: number,
    voluntaryLeavers: number,
  ) => {
    const cell = {
      unit: continued(unit, options.successors),
      month,
      sex: row.sex,
      ageBand: ageBandOf(row.bornOn, on),
      tenureBand: tenureBandOf(row.hiredOn, on),
      employmentType: row.employmentType,
    }
    // Plain text instead of JSON: this runs for every person and month.
    const key = `${cell.unit}\n${month}\n${cell.sex}\n${cell.ageBand}\n${cell.tenureBand}\n${cell.employmentType}`
    const found = cells.get(key)
    if (found === undefined) cells.set(key, { ...cell, personMonths, voluntaryLeavers })
    else {
      found.personMonths += personMonths
      found.voluntaryLeavers += voluntaryLeavers
    }
  }

  let line = 0
  for (const row of employments) {
    line += 1
    check(row, line)
    const leavingMonth = row.leaving?.on.slice(0, 7) ?? null
    for (const month of window) {
      if (leavingMonth !== null && month > leavingMonth) break
      const first = `${month}-01`
      const isLeaving = month === leavingMonth
      // Hired after the 1st of the month of leaving: half a month all the same, so that no leaver is without exposure.
      const on = row.hiredOn > first && isLeaving ? row.hiredOn : first
      if (row.hiredOn > on) continue
      if (!parameters.absenceCounts && row.absences?.some((absence) => holds(absence, on))) continue
      const unit = row.memberships.find((membership) => holds(membership, on))?.unit
      if (unit !== undefined) add(row, unit, month, on, isLeaving ? 0.5 : 1, 0)
      if (isLeaving && row.leaving?.kind === 'voluntary') {
        const from = attributedUnit(row, daysBefore(row.leaving.on, parameters.attributionDays))
        if (from !== null) add(row, from, month, on, 0, 1)
      }
    }
  }
  return [...cells.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell)
}

function holds({ from, until }: { readonly from: Day; readonly until: Day | null }, on: Day): boolean {
  return from <= on && (until === null || on < until)
}

/** The unit held on that day; if none, the first one held after it; if none either, the last one before. */
function attributedUnit(row: EmploymentRow, on: Day): string | null {
  const held = row.memberships.find((membership) => holds(membership, on))
  if (held !== undefined) return held.unit
  const ordered = [...row.memberships].sort((a, b) => (a.from < b.from ? -1 : 1))
  return (ordered.find(({ from }) => from > on) ?? ordered.at(-1))?.unit ?? null
}

function continued(unit: string, successors: ReadonlyMap<string, string> | undefined): string {
  let current = unit
  const seen = new Set([unit])
  for (let next = successors?.get(current); next !== undefined; next = successors?.get(current)) {
    if (seen.has(next)) throw new RangeError(`Unit ${next} is its own successor`)
    seen.add(next)
    current = next
  }
  return current
}

function check(row: EmploymentRow, line: number): void {
  const days = [
    row.hiredOn,
    row.bornOn,
    row.leaving?.on ?? null,
    ...row.memberships.flatMap(({ from, until }) => [from, until]),
  ]
  for (const day of days) if (day !== null) checkDay(day)
  if (row.leaving !== null && row.leaving.on < row.hiredOn)
    throw new RangeError(`Employment ${line} ends before it begins`)
  const ordered = [...row.memberships].sort((a, b) => (a.from < b.from ? -1 : 1))
  for (const [index, { from, until }] of ordered.entries()) {
    if (until !== null && until < from) throw new RangeError(`Employment ${line}: a membership ends before it begins`)
    const next = ordered[index + 1]
    if (next !== undefined && (until === null || next.from < until)) {
      throw new RangeError(`Employment ${line} is in two units at once on ${next.from}`)
    }
  }
}
