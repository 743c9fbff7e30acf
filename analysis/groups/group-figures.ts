import { recommendationScore } from '../scoring/index.ts'
import { benjaminiHochberg, meanInterval, varianceRatioP, wilsonInterval } from '../statistics/index.ts'
import { adjustForCaseMix } from './case-mix.ts'
import { gapsOf, topDifferences } from './differences.ts'
import { decideFindings } from './findings.ts'
import { findingRules } from './findings.data.ts'
import { placeGroups } from './group-tree.ts'
import { judgementChart } from './judgement-chart.ts'
import { gather, indexByAtom, valueOf } from './respondents.ts'
import { meanFigures } from './scale-figures.ts'
import type { ChartNormSetId } from './judgement-chart.data.ts'
import type { Finding, Spread } from './findings.ts'
import type { Gap } from './differences.ts'
import type { Interval } from '../statistics/index.ts'
import type { JudgementChart } from './judgement-chart.ts'
import type { LooseAnswer, Measure, ReportGroup, ScoredRespondent } from './respondents.ts'
import type { MeanFigure, MeanFigures } from './scale-figures.ts'
import type { PlacedGroup } from './group-tree.ts'
import type { RecommendationScore } from '../scoring/index.ts'

/** High-stress people among those with a verdict; share in 0..1 with Wilson's 95 % interval. */
export type HighStressFigure = { readonly n: number; readonly count: number; readonly share: number } & Interval

/** Mean loss of a presenteeism question (points of 100) with Student's 95 % interval. */
export type PresenteeismFigure = NonNullable<ReturnType<typeof meanInterval>>

/**
 * Everything computed for one group, **before** disclosure control.
 *
 * Each figure carries its own `n`, because missing answers lower it and other instruments have other respondents: the gate
 * must apply floor and residual rule to each n, not to `respondents` alone. `responseRate` is respondents over invited, null
 * if nobody was invited.
 */
export type GroupFigures = {
  readonly id: string
  readonly parent: string | null
  readonly respondents: number
  readonly invited: number
  readonly responseRate: number | null
  /** By scale id; null where nobody has a value. */
  readonly scales: Readonly<Record<string, MeanFigure | null>>
  readonly highStress: HighStressFigure | null
  readonly chart: JudgementChart | null
  readonly presenteeism: PresenteeismFigure | null
  readonly recommendation: RecommendationScore | null
  /** Distance from the top group on every measure, in the order of the measures; empty for the top group. */
  readonly gaps: readonly Gap[]
  /** 「会社平均と比べて差が大きい項目」 and their counterpart; empty for the top group. */
  readonly differences: {
    readonly worse: readonly Gap[]
    readonly better: readonly Gap[]
    readonly caseMixAdjusted: boolean
  }
  readonly findings: readonly Finding[]
}

/** Input of {@link analyseGroups}. */
export type GroupAnalysisInput = {
  readonly respondents: readonly ScoredRespondent[]
  /** See `measuresOf`: the scales to report, and the single items that findings read. */
  readonly measures: readonly Measure[]
  readonly groups: readonly ReportGroup[]
  /** Loss in points (100 − answer of the single-item question). */
  readonly presenteeism?: readonly LooseAnswer[] | undefined
  /** Answers of 0 to 10. */
  readonly recommendation?: readonly LooseAnswer[] | undefined
  readonly chartNorms?: ChartNormSetId | undefined
}

/** Usual bands of the recommendation question (0–10). */
const recommendationBands = { promoters: [9, 10], detractors: [0, 6] } as const

/**
 * Figures of every reported group, parents before children.
 *
 * Pass the groups that will be published and no others: shrinking, comparing and spreading use the reported groups only, so
 * nothing about an unreported one can be read back from the results. Respondents in an atom of no group are left out.
 * Sources: at each function. Worked example: tests/analysis/groups/group-figures.test.ts.
 * With no groups: []. A group without respondents: counts 0, all figures null.
 * @throws RangeError if the groups are no tree
 */
export function analyseGroups(input: GroupAnalysisInput): GroupFigures[] {
  const placed = placeGroups(input.groups)
  const covered = new Set(input.groups.flatMap((group) => group.atoms))
  const respondents = input.respondents.filter((respondent) => covered.has(respondent.atom))
  const byAtom = indexByAtom(respondents)
  const presenteeism = indexByAtom(input.presenteeism ?? [])
  const recommendation = indexByAtom(input.recommendation ?? [])

  const answered = input.measures.map((measure) => ({
    measure,
    figures: meanFigures(answersOf(respondents, measure), placed),
  }))
  const compared = input.measures.map((measure) => {
    const { values, adjusted } = adjustForCaseMix(respondents, measure)
    return { measure, adjusted, figures: meanFigures(values, placed) }
  })
  const caseMixAdjusted = compared.some(({ adjusted }) => adjusted)
  const spreads = spreadsOf(answered, placed)

  return placed.map(({ group, top }): GroupFigures => {
    const people = gather(byAtom, group)
    const gaps = group.id === top ? [] : gapsOf(group.id, top, compared)
    const chart = judgementChart(people, input.chartNorms)
    return {
      id: group.id,
      parent: group.parent,
      respondents: people.length,
      invited: group.invited,
      responseRate: group.invited > 0 ? people.length / group.invited : null,
      scales: Object.fromEntries(
        answered.flatMap(({ measure, figures }) =>
          measure.kind !== 'item' ? [[measure.id, figures.byGroup.get(group.id) ?? null]] : [],
        ),
      ),
      highStress: highStressFigure(people),
      chart,
      presenteeism: meanInterval(gather(presenteeism, group).map(({ value }) => value)),
      recommendation: recommendationScore(
        gather(recommendation, group).map(({ value }) => value),
        { promoters: [...recommendationBands.promoters], detractors: [...recommendationBands.detractors] },
      ),
      gaps,
      differences: { worse: topDifferences(gaps, 'worse'), better: topDifferences(gaps, 'better'), caseMixAdjusted },
      findings: decideFindings({ gaps, chart, spreads: spreads.get(group.id) ?? [] }),
    }
  })
}

function answersOf(respondents: readonly ScoredRespondent[], measure: Measure) {
  return respondents.flatMap((respondent) => {
    const value = valueOf(respondent, measure)
    return value === null ? [] : [{ atom: respondent.atom, value }]
  })
}

/** Share of high stress with Wilson's interval; null when nobody has a verdict. */
export function highStressFigure(people: readonly Pick<ScoredRespondent, 'highStress'>[]): HighStressFigure | null {
  const verdicts = people.flatMap(({ highStress }) => (highStress === null ? [] : [highStress]))
  if (verdicts.length === 0) return null
  const count = verdicts.filter(Boolean).length
  return { n: verdicts.length, count, share: count / verdicts.length, ...wilsonInterval(count, verdicts.length) }
}

/** Spread of the measures that a rule asks about, in the finest groups, each against the usual spread within groups. */
function spreadsOf(
  measures: readonly { readonly measure: Measure; readonly figures: MeanFigures }[],
  placed: readonly PlacedGroup[],
): Map<string, Spread[]> {
  const result = new Map<string, Spread[]>()
  const wanted = new Set(findingRules.flatMap(({ evidence }) => (evidence.kind === 'spread' ? [evidence.measure] : [])))
  for (const { measure, figures } of measures) {
    if (!wanted.has(measure.id)) continue
    const { sigma2, degreesOfFreedom } = figures.variance
    const rows = placed.flatMap(({ group, isFinest, top }) => {
      const own = figures.byGroup.get(group.id)
      if (!isFinest || group.id === top || !own || !(sigma2 > 0)) return []
      const p = varianceRatioP({ n: own.n, variance: own.sd ** 2 }, { degreesOfFreedom, variance: sigma2 })
      return [{ id: group.id, n: own.n, ratio: own.sd / Math.sqrt(sigma2), p }]
    })
    const adjusted = benjaminiHochberg(rows.map(({ p }) => p))
    for (const [index, { id, n, ratio }] of rows.entries()) {
      const list = result.get(id) ?? []
      list.push({ measure: measure.id, n, ratio, adjustedP: adjusted[index]! })
      result.set(id, list)
    }
  }
  return result
}
