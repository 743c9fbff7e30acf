import { monthsUntil } from './months.ts'
import { turnoverParameters } from './parameters.data.ts'
import type { Month } from './months.ts'
import type { MovementCell, Stratum } from './movements.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** Observed and expected voluntary leavers of a unit, month by month (oldest first), and its rate of the last month a year. */
export type UnitHistory = {
  readonly observed: readonly number[]
  readonly expected: readonly number[]
  readonly personMonths: readonly number[]
  /** Leavers a year expected of the people there in the last month. */
  readonly yearlyExpected: number
}

/** The company's history: by unit, and its leaving rates per person-year. */
export type CompanyHistory = {
  readonly months: readonly Month[]
  readonly units: ReadonlyMap<string, UnitHistory>
  readonly observed: number
  readonly personYears: number
  readonly ratesBySex: Readonly<Record<Stratum['sex'], number>>
}

/**
 * Expected leavers by indirect standardisation for sex, age, tenure and employment type.
 *
 * λ_s = (O_s + a·λ0_s)/(PY_s + a), a = 20 person-years; λ0 is the company's overall rate, or `baseline` (sourced rates of
 * resignation by stratum) scaled so that they give the company's total. E = Σ PY·λ_s, then rescaled so that ΣE = ΣO.
 * Source: Breslow & Day 1987, chapter 2 (indirect standardisation); the pull to λ0 is empirical Bayes with a fixed weight.
 * Example: one stratum, 100 person-years and 10 leavers; a unit with 120 person-months expects 1.
 * Nobody left: E = 0 everywhere. No exposure in a stratum: its rate is λ0_s.
 * @throws RangeError for negative amounts, or leavers in a unit without any exposure, naming the unit
 */
export function companyHistory(
  cells: readonly MovementCell[],
  lastMonth: Month,
  options: {
    readonly baseline?: ((stratum: Stratum) => number) | undefined
    readonly parameters?: TurnoverParameters | undefined
  } = {},
): CompanyHistory {
  const parameters = options.parameters ?? turnoverParameters
  const months = monthsUntil(lastMonth, parameters.windowMonths)
  const indexOf = new Map(months.map((month, index) => [month, index]))
  const used = cells.filter((cell) => indexOf.has(cell.month))
  for (const { unit, month, personMonths, voluntaryLeavers } of used) {
    if (!(personMonths >= 0 && voluntaryLeavers >= 0)) throw new RangeError(`Negative movements of ${unit} in ${month}`)
  }

  const strata = new Map<string, { stratum: Stratum; observed: number; years: number }>()
  let [observed, personYears] = [0, 0]
  for (const cell of used) {
    const key = keyOf(cell)
    const found = strata.get(key) ?? { stratum: cell, observed: 0, years: 0 }
    found.observed += cell.voluntaryLeavers
    found.years += cell.personMonths / 12
    strata.set(key, found)
    observed += cell.voluntaryLeavers
    personYears += cell.personMonths / 12
  }
  const rates = shrunkRates(strata, observed, personYears, options.baseline, parameters.stratumPrior)
  let unscaled = 0
  for (const [key, { years }] of strata) unscaled += years * (rates.get(key) ?? 0)
  const scale = unscaled > 0 ? observed / unscaled : 0

  const units = new Map<string, Mutable>()
  for (const cell of used) {
    const at = indexOf.get(cell.month)!
    const unit = units.get(cell.unit) ?? emptyHistory(months.length)
    const yearly = cell.personMonths * (rates.get(keyOf(cell)) ?? 0) * scale
    unit.observed[at] = unit.observed[at]! + cell.voluntaryLeavers
    unit.personMonths[at] = unit.personMonths[at]! + cell.personMonths
    unit.expected[at] = unit.expected[at]! + yearly / 12
    if (cell.month === lastMonth) unit.yearlyExpected += yearly
    units.set(cell.unit, unit)
  }
  for (const [id, { personMonths, observed }] of units) {
    if (personMonths.every((value) => value === 0) && observed.some((count) => count > 0)) {
      throw new RangeError(`Leavers without exposure in ${id}`)
    }
  }
  return {
    months,
    units,
    observed,
    personYears,
    ratesBySex: ratesBySex(strata, observed, personYears, parameters.stratumPrior),
  }
}

/** Sums of several units' histories, as of one department. Units without movements contribute nothing. */
export function sumHistories(history: CompanyHistory, units: readonly string[]): UnitHistory {
  const total = emptyHistory(history.months.length)
  for (const id of units) {
    const unit = history.units.get(id)
    if (unit === undefined) continue
    for (const field of ['observed', 'expected', 'personMonths'] as const) {
      for (const [at, value] of unit[field].entries()) total[field][at] = total[field][at]! + value
    }
    total.yearlyExpected += unit.yearlyExpected
  }
  return total
}

type Mutable = { observed: number[]; expected: number[]; personMonths: number[]; yearlyExpected: number }

function emptyHistory(months: number): Mutable {
  const zeros = () => Array.from({ length: months }, () => 0)
  return { observed: zeros(), expected: zeros(), personMonths: zeros(), yearlyExpected: 0 }
}

function keyOf({ sex, ageBand, tenureBand, employmentType }: Stratum): string {
  return JSON.stringify([sex, ageBand, tenureBand, employmentType])
}

function shrunkRates(
  strata: ReadonlyMap<string, { readonly stratum: Stratum; readonly observed: number; readonly years: number }>,
  observed: number,
  personYears: number,
  baseline: ((stratum: Stratum) => number) | undefined,
  weight: number,
): Map<string, number> {
  const overall = personYears > 0 ? observed / personYears : 0
  let fitted = 0
  if (baseline) for (const { stratum, years } of strata.values()) fitted += baseline(stratum) * years
  const centre = (stratum: Stratum) => (baseline && fitted > 0 ? (baseline(stratum) * observed) / fitted : overall)
  return new Map(
    [...strata].map(([key, { stratum, observed, years }]) => [
      key,
      (observed + weight * centre(stratum)) / (years + weight),
    ]),
  )
}

function ratesBySex(
  strata: ReadonlyMap<string, { readonly stratum: Stratum; readonly observed: number; readonly years: number }>,
  observed: number,
  personYears: number,
  weight: number,
): CompanyHistory['ratesBySex'] {
  const overall = personYears > 0 ? observed / personYears : 0
  const rate = (sex: Stratum['sex']) => {
    let [leavers, years] = [0, 0]
    for (const part of strata.values()) {
      if (part.stratum.sex !== sex) continue
      leavers += part.observed
      years += part.years
    }
    // The same pull as for a stratum: a sex with hardly anybody in it takes the company's rate.
    return (leavers + weight * overall) / (years + weight)
  }
  return { male: rate('male'), female: rate('female'), unanswered: rate('unanswered') }
}
