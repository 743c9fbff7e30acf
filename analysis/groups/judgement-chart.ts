import { mean, sampleCovariance, sampleVariance } from 'simple-statistics'
import { normalQuantile } from '../statistics/index.ts'
import { chartCoefficients, chartNorms, chartRules, chartScales } from './judgement-chart.data.ts'
import type { ChartAxes, ChartNormSetId } from './judgement-chart.data.ts'
import type { Interval } from '../statistics/index.ts'
import type { RespondentSex, ScoredRespondent } from './respondents.ts'

/** Risks of a point on the chart; 100 = national average. `total` = loadControl × support / 100. */
export type ChartRisk = { readonly loadControl: number; readonly support: number; readonly total: number }

/**
 * Risks of one group's means on one sex's chart, not rounded.
 *
 * loadControl = 100·exp(α(load − A) + β(control − B)), support = 100·exp(γ(supervisor − C) + δ(coworker − D)).
 * Source: https://mental.m.u-tokyo.ac.jp/old/hanteizu/Technote.htm
 * Example: men with load 9.5, control 7.0, supervisor 7.0, coworker 7.5 → 115.13, 111.26, total 128.09.
 */
export function chartRisk(
  means: ChartAxes<number>,
  sex: 'male' | 'female',
  norms: ChartNormSetId = chartRules.norms,
): ChartRisk {
  const weight = chartCoefficients[sex]
  const norm = chartNorms[norms][sex]
  const loadControl =
    100 * Math.exp(weight.load * (means.load - norm.load) + weight.control * (means.control - norm.control))
  const support =
    100 *
    Math.exp(
      weight.supervisor * (means.supervisor - norm.supervisor) + weight.coworker * (means.coworker - norm.coworker),
    )
  return { loadControl, support, total: (loadControl * support) / 100 }
}

/** One sex's point on its chart. */
export type ChartPoint = ChartRisk & { readonly n: number; readonly means: ChartAxes<number> }

/**
 * A group on the judgement chart.
 *
 * `combined` weights the per-sex values by head count; `interval90` is the sampling interval of the combined loadControl,
 * support and total. `bySex` is a cross-cut by sex: it may be shown only where disclosure control allows the cut, and the
 * combined values only rounded to whole numbers, because with one woman among forty their decimals would describe her.
 */
export type JudgementChart = {
  readonly n: number
  readonly norms: ChartNormSetId
  readonly combination: 'weightedTotal'
  readonly means: ChartAxes<number>
  readonly combined: ChartRisk
  readonly interval90: { readonly loadControl: Interval; readonly support: Interval; readonly total: Interval }
  readonly bySex: Readonly<Record<RespondentSex, ChartPoint | null>>
}

type ChartRow = ChartAxes<number> & { readonly sex: RespondentSex }
const sexes: readonly RespondentSex[] = ['male', 'female', 'unanswered']

/**
 * Puts a group on the chart: only people with all four scales; unanswered sex on the men's chart, as the manual rules.
 *
 * Interval: delta method on the exponents within each sex (for one person alone the variance of the other sex is used, and
 * nothing is claimed if there is none). Example: see `chartRisk`; a group with the national means of its sexes has 100.
 * With nobody who answered all four: null.
 */
export function judgementChart(
  respondents: readonly ScoredRespondent[],
  norms: ChartNormSetId = chartRules.norms,
): JudgementChart | null {
  const rows = respondents.flatMap((respondent): ChartRow[] => {
    const load = respondent.scales[chartScales.load] ?? null
    const control = respondent.scales[chartScales.control] ?? null
    const supervisor = respondent.scales[chartScales.supervisor] ?? null
    const coworker = respondent.scales[chartScales.coworker] ?? null
    if (load === null || control === null || supervisor === null || coworker === null) return []
    return [{ sex: respondent.sex, load, control, supervisor, coworker }]
  })
  if (rows.length === 0) return null

  const parts = sexes.map((sex) => ({ sex, rows: rows.filter((row) => row.sex === sex) }))
  const points = new Map<RespondentSex, ChartPoint | null>(
    parts.map((part) => [part.sex, pointOf(part.rows, part.sex, norms)]),
  )
  const weigh = (pick: (risk: ChartRisk) => number) => {
    let sum = 0
    for (const point of points.values()) if (point) sum += (point.n / rows.length) * pick(point)
    return sum
  }
  const combined = {
    loadControl: weigh((risk) => risk.loadControl),
    support: weigh((risk) => risk.support),
    total: weigh((risk) => risk.total),
  }
  return {
    n: rows.length,
    norms,
    combination: chartRules.combination,
    means: meansOf(rows),
    combined,
    interval90: intervalsOf(parts, points, combined),
    bySex: { male: points.get('male')!, female: points.get('female')!, unanswered: points.get('unanswered')! },
  }
}

function chartOf(sex: RespondentSex): 'male' | 'female' {
  return sex === 'unanswered' ? chartRules.chartOfUnansweredSex : sex
}

function meansOf(rows: readonly ChartRow[]): ChartAxes<number> {
  const of = (axis: keyof ChartAxes<number>) => mean(rows.map((row) => row[axis]))
  return { load: of('load'), control: of('control'), supervisor: of('supervisor'), coworker: of('coworker') }
}

function pointOf(rows: readonly ChartRow[], sex: RespondentSex, norms: ChartNormSetId): ChartPoint | null {
  if (rows.length === 0) return null
  const means = meansOf(rows)
  return { n: rows.length, means, ...chartRisk(means, chartOf(sex), norms) }
}

/** Sampling variances of one person's exponents (A, B and their sum) in a sex; null for fewer than two people. */
function exponentVariance(rows: readonly ChartRow[], sex: RespondentSex) {
  if (rows.length < 2) return null
  const weight = chartCoefficients[chartOf(sex)]
  const a = rows.map((row) => weight.load * row.load + weight.control * row.control)
  const b = rows.map((row) => weight.supervisor * row.supervisor + weight.coworker * row.coworker)
  const [varianceA, varianceB] = [sampleVariance(a), sampleVariance(b)]
  return { loadControl: varianceA, support: varianceB, total: varianceA + varianceB + 2 * sampleCovariance(a, b) }
}

function intervalsOf(
  parts: readonly { sex: RespondentSex; rows: readonly ChartRow[] }[],
  points: ReadonlyMap<RespondentSex, ChartPoint | null>,
  combined: ChartRisk,
): JudgementChart['interval90'] {
  const known = parts.map((part) => ({ ...part, variance: exponentVariance(part.rows, part.sex) }))
  const fallback = known.find((part) => part.variance !== null)?.variance ?? null
  const people = parts.reduce((sum, part) => sum + part.rows.length, 0)
  const z = normalQuantile(0.95)
  const interval = (axis: keyof ChartRisk): Interval => {
    if (fallback === null) return { lo: 0, hi: Number.POSITIVE_INFINITY }
    let variance = 0
    for (const part of known) {
      const point = points.get(part.sex)
      if (!point) continue
      variance += ((point.n / people) * point[axis]) ** 2 * ((part.variance ?? fallback)[axis] / point.n)
    }
    // On the log scale, so that the interval stays above 0 as the risk does.
    const half = (z * Math.sqrt(variance)) / combined[axis]
    return { lo: combined[axis] * Math.exp(-half), hi: combined[axis] * Math.exp(half) }
  }
  return { loadControl: interval('loadControl'), support: interval('support'), total: interval('total') }
}
