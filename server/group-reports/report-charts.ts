import { chartCoefficients, chartNorms, chartRules, type ChartNormSetId } from '../../analysis/groups/index.ts'
import { forestPlot, heatMap, judgementChart, type HeatCell, type JudgementPoint } from '../web/charts/index.ts'
import type { ChartValue, ReportedGroup, ReportFrame } from './content.ts'
import { comparableContent } from './earlier-report.ts'
import { byRisk, isShown, nameOf, sameMembers, type Marks, type ReportData } from './report-data.ts'
import { sayMean, sayRisk, type Words } from './words.ts'

/** Departments × scales; a cell is tinted only where the group differs from the company beyond chance. */
export function drawHeatMap(
  { content, titles }: ReportData,
  words: Words,
  ids = content.scaleIds,
  id = 'heat',
): string {
  return heatMap({
    id,
    title: words.t('heat.title'),
    description: words.t('heat.description'),
    columns: ids.map((id) => ({ label: titles.scale(id) })),
    rows: content.groups.map((group) => ({
      label: nameOf(group, words),
      depth: group.depth,
      note: group.figures.response.kind === 'shown' ? `n=${words.number(group.figures.response.n)}` : undefined,
      cells: ids.map((id) => heatCell(group, id, words)),
    })),
    legend: {
      worse: words.t('heat.worse'),
      better: words.t('heat.better'),
      usual: words.t('heat.usual'),
      withheld: words.text('web.withheld.short'),
    },
  })
}

export function heatCell(group: ReportedGroup, scale: string, words: Words): HeatCell {
  const figures = group.scales[scale]
  if (!figures || figures.mean.kind === 'withheld') return { kind: 'withheld' }
  const text =
    figures.mean.value.kind === 'exact'
      ? sayMean(words, figures.mean.value)
      : words.t(`mean.short.${figures.mean.value.kind}`)
  if (figures.gap.kind === 'withheld') return { kind: 'value', text, strength: 0, notable: false }
  const { gap, notable } = figures.gap.value
  return { kind: 'value', text, strength: Math.max(-1, Math.min(1, gap)), notable }
}

/**
 * The judgement chart. Its contours are mixed from the men's and the women's chart by the share of men among those asked; the exact
 * risks, computed by sex, stand in the table.
 */
export function drawJudgement({ content, previous }: ReportData, marks: Marks, words: Words): string {
  const before = new Map(
    comparableContent(previous, 'chart')?.groups.map((group) => [`${group.kind}${group.id}`, group]),
  )
  const points = content.groups.flatMap((group) => {
    const { chart } = group.figures
    if (group.kind === 'rest' || chart.kind === 'withheld') return []
    const last = before.get(`${group.kind}${group.id}`)
    const lastChart =
      last && sameMembers(last, group) && last.figures.chart.kind === 'shown' ? last.figures.chart.value : undefined
    return [{ group, value: chart.value, n: chart.n, last: lastChart }]
  })
  const pointsOn = (x: keyof ChartValue['means'], y: keyof ChartValue['means']): JudgementPoint[] =>
    points.map(({ group, value, n, last }) => ({
      label: group.name,
      mark: group.kind === 'company' ? words.t('judgement.company') : (marks.get(group.id) ?? ''),
      x: value.means[x],
      y: value.means[y],
      n,
      ...(last ? { before: { x: last.means[x], y: last.means[y] } } : {}),
    }))
  const axis = mixedAxes(content)
  return judgementChart({
    id: 'judgement-chart',
    title: words.t('judgement.title'),
    description: words.t('judgement.description'),
    panels: [
      {
        title: words.t('judgement.loadControl'),
        xLabel: words.t('judgement.load'),
        yLabel: words.t('judgement.control'),
        risk: axis('load', 'control'),
        points: pointsOn('load', 'control'),
      },
      {
        title: words.t('judgement.support'),
        xLabel: words.t('judgement.supervisor'),
        yLabel: words.t('judgement.coworker'),
        risk: axis('supervisor', 'coworker'),
        points: pointsOn('supervisor', 'coworker'),
      },
    ],
    levels: [70, 80, 90, 100, 110, 120, 130, 140, 150],
    attentionLevel: chartRules.attention,
    legend: {
      now: words.t('judgement.now'),
      before: words.t('judgement.before'),
      mean: words.t('judgement.mean'),
      attention: words.t('judgement.attention'),
      size: words.t('judgement.size'),
    },
  })
}

function mixedAxes({ chartNorms: set, menShare }: Pick<ReportFrame, 'chartNorms' | 'menShare'>) {
  const norms = chartNorms[set as ChartNormSetId]
  const mix = (male: number, female: number) => menShare * male + (1 - menShare) * female
  return (x: keyof typeof norms.male, y: keyof typeof norms.male) => ({
    meanX: mix(norms.male[x], norms.female[x]),
    meanY: mix(norms.male[y], norms.female[y]),
    slopeX: mix(chartCoefficients.male[x], chartCoefficients.female[x]),
    slopeY: mix(chartCoefficients.male[y], chartCoefficients.female[y]),
  })
}

/** Risk of every published department with its interval, the highest first; those withheld are named as such. */
export function drawForest({ content, assessment }: ReportData, words: Words): string {
  const withheld = content.groups.filter((group) => group.kind === 'department' && !isShown(group))
  const judged = byRisk(content, assessment!)
  return forestPlot({
    id: 'forest',
    title: words.t('forest.title'),
    description: words.t('forest.description'),
    rows: [
      ...judged.map(({ group, figure: { value } }) => {
        const status = words.text(`turnover.status.${value.status}`)
        if (value.status === 'insufficient') return { label: group.name, withheld: status }
        const { risk, lo, hi } = sayRisk(words, value)
        return {
          label: group.name,
          text: words.t('forest.figure', { value: risk, lo, hi }),
          point: Math.max(0.01, value.risk.estimate),
          low: Math.max(0.01, value.risk.lo),
          high: value.risk.hi,
          status,
          strong: value.status === 'high',
        }
      }),
      ...withheld.map((group) => ({ label: group.name, withheld: words.text('web.withheld.short') })),
    ],
    xLabel: words.t('forest.axis'),
    headings: {
      name: words.t('column.department'),
      figure: words.t('forest.heading'),
      status: words.t('column.status'),
    },
  })
}
