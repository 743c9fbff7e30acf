import { garwoodInterval, poissonCusum, poissonFunnelLimits, poissonPower } from '../statistics/index.ts'
import { sumHistories } from './expected-leavers.ts'
import { turnoverParameters } from './parameters.data.ts'
import { nextYearLeavers, relativeRisk } from './posterior.ts'
import { decideStatuses } from './status.ts'
import type { CompanyHistory, UnitHistory } from './expected-leavers.ts'
import type { Interval } from '../statistics/index.ts'
import type { Month } from './months.ts'
import type { PreviousStatus, StatusDecision, TurnoverStatus } from './status.ts'
import type { RelativeRisk } from './posterior.ts'
import type { ReleasedDepartment, ReleasedSurvey } from './survey-figures.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** A published department: its units (atoms of the movements) and its depth in the tree. */
export type AssessedDepartment = { readonly id: string; readonly level: number; readonly units: readonly string[] }

/** Leavers against expectation, from the roster alone: 「調査は使っていません」. Undiscounted. */
export type LeaverRatio = {
  readonly observed: number
  readonly expected: number
  readonly personYears: number
  /** O/E with Garwood's 95 % interval; null where nothing is expected. */
  readonly ratio: ({ readonly value: number } & Interval) | null
  /** 95 % and 99.8 % funnel limits around 1. */
  readonly funnel: { readonly limits95: Interval; readonly limits998: Interval }
}

/** One department's assessment. Everything but `leavers` shares the suppression of the survey it was made with. */
export type TurnoverAssessment = {
  readonly id: string
  readonly level: number
  readonly leavers: LeaverRatio
  /** Discounted leavers O* and expectation M with the multipliers in force at the time. */
  readonly discounted: { readonly observed: number; readonly expected: number }
  readonly survey: Pick<ReleasedDepartment, 'use' | 'multiplier' | 'logVariance' | 'stress' | 'tipOver'> | null
  readonly risk: RelativeRisk
  readonly nextYear: { readonly mean: number } & Interval
  readonly trend: { readonly watched: boolean; readonly path: readonly number[]; readonly alarm: boolean }
  readonly status: TurnoverStatus
  readonly reasons: StatusDecision['reasons']
  readonly inRiskSet: boolean
  readonly inStressSet: boolean
  /** True while the history is too short to validate the survey: 「調査に基づく兆候（自社の離職実績では未検証）」. */
  readonly unvalidated: boolean
  /** Probability of missing a doubling, where the history is short; otherwise null. */
  readonly missedDoubling: number | null
}

/**
 * Turnover risk of every published department: history and released survey figures, combined.
 *
 * `history` from `companyHistory`, its last month being the month of assessment; `surveys` in any order; `previous` the last
 * statuses by id. Departments are judged against those of their own level.
 * Sources: at each function. Worked example: tests/analysis/turnover/assessment.test.ts.
 * With no surveys: multiplier 1 everywhere. With neither survey nor history: 判定不可, mean 1.
 * @throws RangeError for a department that appears twice
 */
export function assessTurnover(input: {
  readonly history: CompanyHistory
  readonly departments: readonly AssessedDepartment[]
  readonly surveys: readonly ReleasedSurvey[]
  readonly previous?: ReadonlyMap<string, PreviousStatus> | undefined
  readonly parameters?: TurnoverParameters | undefined
}): TurnoverAssessment[] {
  const parameters = input.parameters ?? turnoverParameters
  const { months } = input.history
  const month = months.at(-1)
  if (month === undefined) throw new RangeError('A history has at least one month')
  const surveys = [...input.surveys]
    .sort((a, b) => (a.inForceFrom < b.inForceFrom ? -1 : 1))
    .filter((survey) => survey.inForceFrom <= month)
    .map(({ round, inForceFrom, departments }) => ({
      round,
      inForceFrom,
      byId: new Map(departments.map((department) => [department.id, department])),
    }))
  const newest = surveys.at(-1) ?? null

  const seen = new Set<string>()
  const parts = input.departments.map((department) => {
    if (seen.has(department.id)) throw new RangeError(`Department ${department.id} appears twice`)
    seen.add(department.id)
    const own = sumHistories(input.history, department.units)
    const discounted = discount(own, months, department.id, surveys, parameters)
    const survey = newest?.byId.get(department.id) ?? null
    const risk = relativeRisk({
      multiplier: survey?.multiplier ?? 1,
      logVariance: survey?.logVariance ?? parameters.unusedSurveySd ** 2,
      observed: discounted.observed,
      expected: discounted.expected,
      kappa: parameters.kappa,
    })
    return { department, own, discounted, survey, risk, trend: watchTrend(own, parameters) }
  })

  const decisions = decideStatuses(
    parts.map(({ department, discounted, survey, risk, trend }) => ({
      id: department.id,
      level: department.level,
      risk,
      history: discounted.expected,
      surveyUsed: survey?.use === 'used',
      stress: survey?.stress ?? null,
      trendAlarm: trend.alarm,
      previous: input.previous?.get(department.id),
    })),
    { month, round: newest?.round ?? null },
    parameters,
  )

  return parts.map(({ department, own, discounted, survey, risk, trend }, index): TurnoverAssessment => {
    const { status, reasons, inRiskSet, inStressSet } = decisions[index]!
    const short = discounted.expected < parameters.lowPowerHistory
    return {
      id: department.id,
      level: department.level,
      leavers: leaverRatio(own),
      discounted,
      survey: survey && pick(survey),
      risk,
      nextYear: nextYearLeavers(own.yearlyExpected, risk),
      trend,
      status,
      reasons,
      inRiskSet,
      inStressSet,
      unvalidated: survey?.use === 'used' && discounted.expected < parameters.high.history,
      missedDoubling: short ? 1 - poissonPower(discounted.expected, 2).power : null,
    }
  })
}

function pick({ use, multiplier, logVariance, stress, tipOver }: ReleasedDepartment) {
  return { use, multiplier, logVariance, stress, tipOver }
}

/**
 * O* and M: months weighted by yearly decay, the expectation of each month with the multiplier in force in it (1 before the
 * first survey). Example: decay .8, 12 months ago → weight .8.
 */
function discount(
  own: UnitHistory,
  months: readonly Month[],
  id: string,
  surveys: readonly { readonly inForceFrom: Month; readonly byId: ReadonlyMap<string, ReleasedDepartment> }[],
  parameters: TurnoverParameters,
): { observed: number; expected: number } {
  const inForce = surveys.map(({ inForceFrom, byId }) => ({
    from: inForceFrom,
    multiplier: byId.get(id)?.multiplier ?? 1,
  }))
  let [observed, expected] = [0, 0]
  for (const [at, month] of months.entries()) {
    const weight = parameters.yearlyDecay ** ((months.length - 1 - at) / 12)
    const multiplier = inForce.findLast(({ from }) => from <= month)?.multiplier ?? 1
    observed += weight * own.observed[at]!
    expected += weight * multiplier * own.expected[at]!
  }
  return { observed, expected }
}

function leaverRatio(own: UnitHistory): LeaverRatio {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const [observed, expected] = [sum(own.observed), sum(own.expected)]
  const { lo, hi } = garwoodInterval(observed)
  return {
    observed,
    expected,
    personYears: sum(own.personMonths) / 12,
    ratio: expected > 0 ? { value: observed / expected, lo: lo / expected, hi: hi / expected } : null,
    funnel: { limits95: poissonFunnelLimits(expected), limits998: poissonFunnelLimits(expected, 0.998) },
  }
}

/** The CUSUM of monthly leavers, where enough are expected for it to be worth listening to; an alarm counts for a few months. */
function watchTrend(own: UnitHistory, parameters: TurnoverParameters): TurnoverAssessment['trend'] {
  const { alarm } = parameters
  const present = own.personMonths.filter((value) => value > 0).length
  const monthly = present > 0 ? own.expected.reduce((sum, value) => sum + value, 0) / present : 0
  if (monthly < alarm.monthlyExpected) return { watched: false, path: [], alarm: false }
  const { path, alarms } = poissonCusum(own.observed, own.expected, alarm)
  return { watched: true, path, alarm: alarms.some((at) => at >= own.observed.length - alarm.months) }
}
