import {
  decideFloor,
  discloseFigure,
  discloseMean,
  discloseShare,
  planDisclosure,
  roundTo,
  type DisclosedFigure,
  type DisclosurePlan,
  type Ledger,
  type MeanFigure,
  type PublishedGroup,
  type Solve,
} from '../../analysis/disclosure/index.ts'
import {
  analyseGroups,
  chartRules,
  chartScales,
  type GroupFigures,
  type ReportGroup,
  type ScoredRespondent,
} from '../../analysis/groups/index.ts'
import { assembleGroups, type ReportFigures } from './assemble-groups.ts'
import { auditReport, figureAt, keyOf, type AuditedFigure, type ReportVerdict } from './audit-report.ts'
import type { ChartValue, GapValue, StoredContent } from './content.ts'
import { chartOf, gapOf, intervalOf, none } from './figure-values.ts'
import { comparableOnly, differencesOf, findingsOf, isExact } from './findings-of.ts'
import type { ReportInput } from './report-input.ts'

/** A changed method is a new version, never another reading of an old report. */
export const groupMethodVersion = 'group-2026-01'

export interface ReportDraft {
  content: StoredContent
  verdict: ReportVerdict
  /** what the verdict is about */
  audited: readonly AuditedFigure[]
  /** one ledger for each set of people that figures share */
  ledgers: readonly { population: string; ledger: Ledger }[]
  plan: DisclosurePlan
  /** the groups that were analysed: published departments and remainders */
  groups: readonly ReportGroup[]
  /** departments whose high-stress share may be shown in some form */
  stressShown: ReadonlySet<string>
}

/**
 * Everything that will be released, computed and audited. Pure: the same input gives the same content.
 *
 * The four scales of the judgement chart and the risks made of them use the same people (those with all four), so that nobody can be
 * singled out by subtracting one figure's people from another's.
 */
export function draftReport(input: ReportInput, solve?: Solve): ReportDraft {
  const respondents = withCommonChartPeople(input.respondents)
  const everybody = countBy(respondents)
  const plan = planCampaign(input, everybody)
  const groups = groupsOf(plan, input.invited)
  const analysed = analyseGroups({ respondents, measures: input.measures, groups, presenteeism: input.presenteeism })
  const byKey = new Map(analysed.map((figures) => [figures.id, figures]))
  const of = (group: PublishedGroup): GroupFigures => byKey.get(keyOf(group))!

  const audited: AuditedFigure[] = []
  const keep = <T>(
    name: string,
    counts: ReadonlyMap<string, number>,
    figure: DisclosedFigure<T>,
  ): DisclosedFigure<T> => {
    audited.push({ name, counts, figure })
    return figure
  }

  const means = new Map<
    string,
    {
      mean: DisclosedFigure<MeanFigure>
      gap: DisclosedFigure<GapValue>
      comparable: DisclosedFigure<{ kind: MeanFigure['kind'] }>
    }
  >()
  for (const measure of input.measures) {
    const { unit } = measure
    const values = respondents.flatMap((one) => {
      const value = (measure.kind === 'item' ? one.items[measure.id] : one.scales[measure.id]) ?? null
      return value === null ? [] : [{ atom: one.atom, value: Math.round(value * unit) }]
    })
    const counts = countBy(values)
    const [lowest, highest] = [Math.floor(measure.range[0] * unit), Math.ceil(measure.range[1] * unit)]
    const mean = keep(measure.id, counts, discloseMean(plan, { counts, sums: sumBy(values), lowest, highest, unit }))
    const comparable = comparableOnly(groups, mean)
    const gap = keep(
      `${measure.id}.gap`,
      counts,
      discloseFigure(plan, { counts, onlyWhere: [comparable], value: (group) => gapOf(of(group), measure.id) }),
    )
    means.set(measure.id, { mean, gap, comparable })
  }

  const response = keep(
    'response',
    everybody,
    discloseFigure(plan, {
      counts: everybody,
      value: (group, n) => {
        const { invited } = of(group)
        return { respondents: n, invited, rate: invited > 0 ? roundTo(n / invited, 2) : null }
      },
    }),
  )
  const chart = discloseChart()
  const { highStress, highStressInterval } = discloseStress()
  const { presenteeism, presenteeismInterval } = disclosePresenteeism()
  const allowed = (key: string, measure: string) => {
    const found = means.get(measure)
    return found !== undefined && isExact(figureAt(found.comparable, key))
  }
  // a shorter form may count a scale of the same name from fewer items: a finding tells of all its items or is left out
  const asked = new Set(input.measures.flatMap((measure) => measure.items))
  const findings = keep(
    'findings',
    everybody,
    discloseFigure(plan, {
      counts: everybody,
      value: (group) =>
        findingsOf(of(group), {
          measure: (id) => allowed(keyOf(group), id),
          chart: figureAt(chart, keyOf(group))?.kind === 'shown',
          asked,
        }),
    }),
  )
  const differences = keep(
    'differences',
    everybody,
    discloseFigure(plan, {
      counts: everybody,
      value: (group) => differencesOf(of(group), (id) => allowed(keyOf(group), id)),
    }),
  )

  const scaleIds = input.measures.filter((measure) => measure.kind !== 'item').map((measure) => measure.id)
  const figures: ReportFigures = {
    response,
    highStress,
    highStressInterval,
    chart,
    presenteeism,
    presenteeismInterval,
    findings,
    differences,
    scales: new Map(scaleIds.map((id) => [id, means.get(id)!])),
  }
  const content: StoredContent = {
    format: 1,
    campaign: input.campaign,
    floor: plan.floor,
    questionnaires: [...input.questionnaires],
    criteriaMethod: input.criteriaMethod,
    criteriaHash: input.criteriaHash,
    criteriaOwn: input.criteriaOwn,
    highStressShareResolvedOn: input.highStressShareResolvedOn,
    turnoverRiskPurpose: input.turnoverRiskPurpose,
    chartNorms: chartRules.norms,
    menShare: input.menShare,
    caseMixAdjusted: analysed.some((one) => one.differences.caseMixAdjusted),
    presenteeismAsked: input.presenteeismAsked,
    scaleIds: scaleIds.filter((id) => !input.furtherIds.includes(id)),
    furtherIds: [...input.furtherIds],
    groups: assembleGroups(plan, input.tree, figures),
  }
  const { verdict, ledgers } = auditReport(plan, audited, solve)
  const stressShown = new Set([...highStress.departments].filter(([, one]) => one.kind === 'shown').map(([id]) => id))
  return { content, verdict, audited, ledgers, plan, groups, stressShown }

  function discloseChart(): DisclosedFigure<ChartValue> {
    const onChart = respondents.filter((one) =>
      Object.values(chartScales).every((id) => (one.scales[id] ?? null) !== null),
    )
    const counts = countBy(onChart)
    const axes = Object.values(chartScales).flatMap((id) => means.get(id)?.mean ?? [])
    if (axes.length < 4)
      return keep('chart', new Map(), discloseFigure(plan, { counts: new Map(), value: () => none() }))
    return keep(
      'chart',
      counts,
      discloseFigure(plan, { counts, onlyWhere: axes, basis: chartRules.norms, value: (group) => chartOf(of(group)) }),
    )
  }

  function discloseStress() {
    const judged = respondents.filter((one) => one.highStress !== null)
    const counts = countBy(judged)
    const positives = countBy(judged.filter((one) => one.highStress))
    const resolved = input.highStressShareResolvedOn !== null
    const highStress = keep(
      'highStress',
      counts,
      discloseShare(plan, {
        counts,
        positives,
        resolved,
        basis: input.criteriaOwn ? `criteria ${input.criteriaHash.slice(0, 12)}` : input.criteriaMethod,
      }),
    )
    const highStressInterval = keep(
      'highStressInterval',
      counts,
      discloseFigure(plan, { counts, onlyWhere: [highStress], value: (group) => intervalOf(of(group).highStress!, 2) }),
    )
    return { highStress, highStressInterval }
  }

  function disclosePresenteeism() {
    const counts = countBy(input.presenteeism)
    const [lowest, highest] = input.presenteeismRange
    const presenteeism = keep(
      'presenteeism',
      counts,
      discloseMean(plan, { counts, sums: sumBy(input.presenteeism), lowest, highest }),
    )
    const presenteeismInterval = keep(
      'presenteeismInterval',
      counts,
      discloseFigure(plan, {
        counts,
        onlyWhere: [presenteeism],
        value: (group) => intervalOf(of(group).presenteeism!, 1),
      }),
    )
    return { presenteeism, presenteeismInterval }
  }
}

/** The groups of a campaign that may be told of at all; the company stays if that is possible. */
export function planCampaign(
  { tree, floor }: Pick<ReportInput, 'tree' | 'floor'>,
  answered: ReadonlyMap<string, number>,
): DisclosurePlan {
  const nodes = tree.map(({ id, parentId }) => ({
    id,
    parentId,
    direct: answered.get(id) ?? 0,
    mustPublish: parentId === null,
  }))
  return planDisclosure(nodes, decideFloor(floor))
}

/** Published departments and remainders as nested groups, each under the nearest published one above it. */
function groupsOf(plan: DisclosurePlan, invited: ReadonlyMap<string, number>): ReportGroup[] {
  const parents = new Map(plan.departments.map(({ id, parentId }) => [id, parentId]))
  const published = new Set(plan.published.map(({ id }) => id))
  const above = (id: string): string | null => {
    for (let at = parents.get(id) ?? null; at !== null; at = parents.get(at) ?? null) if (published.has(at)) return at
    return null
  }
  return [...plan.published, ...plan.rests].map((group) => ({
    id: keyOf(group),
    parent: group.kind === 'rest' ? group.id : above(group.id),
    atoms: group.members,
    invited: group.members.reduce((sum, id) => sum + (invited.get(id) ?? 0), 0),
  }))
}

/** Who lacks one scale of the chart counts in none of the four. */
function withCommonChartPeople(respondents: readonly ScoredRespondent[]): ScoredRespondent[] {
  const axes = Object.values(chartScales)
  return respondents.map((one) => {
    if (axes.every((id) => (one.scales[id] ?? null) !== null)) return one
    return {
      ...one,
      scales: { ...one.scales, ...Object.fromEntries(axes.filter((id) => id in one.scales).map((id) => [id, null])) },
    }
  })
}

function countBy(rows: readonly { readonly atom: string }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { atom } of rows) counts.set(atom, (counts.get(atom) ?? 0) + 1)
  return counts
}

function sumBy(rows: readonly { readonly atom: string; readonly value: number }[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const { atom, value } of rows) sums.set(atom, (sums.get(atom) ?? 0) + value)
  return sums
}
