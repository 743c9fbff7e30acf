import type { Disclosed } from '../../analysis/disclosure/index.ts'
import { heatMap } from '../web/charts/index.ts'
import type { AssessedValue } from './assessment-content.ts'
import type { ReportedGroup } from './content.ts'
import { heatCell } from './report-charts.ts'
import { nameOf, sameMembers, tagOf, type ReportData } from './report-data.ts'
import { findingView, footOf, inHalves } from './report-view.ts'
import {
  figureCell,
  sayInterval,
  sayMean,
  sayPercentInterval,
  sayRisk,
  sayShare,
  type Cell,
  type Words,
} from './words.ts'

/** One published department: what we see, how sure we are, what differs, what its risk is made of. */
export function departmentView(data: ReportData, group: ReportedGroup, words: Words): Record<string, unknown> {
  const { content, assessment, previous, titles } = data
  const company = content.groups.find((one) => one.kind === 'company')!
  const last = previous?.content.groups.find((one) => one.kind === group.kind && one.id === group.id)
  const before = last && sameMembers(last, group) ? last : undefined
  const turnover = assessment?.departments.get(group.id)
  const { findings, differences } = group.figures
  return {
    departmentName: group.name,
    campaignName: content.campaign.name,
    lead: leadOf(group, turnover, words),
    above: content.groups.find((one) => one.kind !== 'rest' && one.id === group.parent)?.name ?? '',
    keyFigures: keyFigures(data, group, company, before, words),
    hasBefore: before !== undefined,
    sure: howSure(group, turnover, words),
    heat: heatOf(data, company, group, words, content.scaleIds, 'department-heat'),
    scales: scaleTable(data, company, group, words, content.scaleIds),
    further:
      content.furtherIds.length > 0
        ? {
            heats: inHalves(content.furtherIds).map((ids, index) =>
              heatOf(data, company, group, words, ids, `department-heat-further-${index}`),
            ),
            table: scaleTable(data, company, group, words, content.furtherIds),
          }
        : undefined,
    worse: differences.kind === 'shown' ? differences.value.worse.map((one) => differenceLine(one, titles, words)) : [],
    better:
      differences.kind === 'shown' ? differences.value.better.map((one) => differenceLine(one, titles, words)) : [],
    findings: findings.kind === 'shown' ? findings.value.map((one) => findingView(one, titles, words)) : [],
    turnover:
      assessment && turnover?.kind === 'shown' ? turnoverView(turnover.value, assessment.months, words) : undefined,
    purpose: content.turnoverRiskPurpose,
    foot: footOf(data, words),
  }
}

function keyFigures(
  { content: { highStressShareResolvedOn, presenteeismAsked }, previous }: ReportData,
  group: ReportedGroup,
  company: ReportedGroup,
  before: ReportedGroup | undefined,
  words: Words,
) {
  const resolved = highStressShareResolvedOn !== null
  // other questions or other criteria: a figure of last time that means something else is not put beside this one
  const row = (label: string, say: (one: ReportedGroup) => Cell, what?: 'chart' | 'highStress' | 'presenteeism') => ({
    cells: [
      { text: words.t(`column.${label}`), heading: true },
      say(group),
      say(company),
      ...(before ? [what && !previous?.[what] ? { text: words.t('notComparable'), numeric: true } : say(before)] : []),
    ],
  })
  return {
    columns: ['figure', 'here', 'company', ...(before ? ['lastTime'] : [])].map((key) => ({
      label: key === 'here' ? group.name : words.t(`column.${key}`),
      numeric: key !== 'figure',
    })),
    rows: [
      row('response', ({ figures }) =>
        figureCell(figures.response, (value) => ({
          text: words.t('people', { n: words.number(value.respondents) }),
          note: words.t('ofInvited', {
            invited: words.number(value.invited),
            rate: value.rate === null ? '–' : words.percent(value.rate),
          }),
        })),
      ),
      ...(['total', 'loadControl', 'support'] as const).map((axis) =>
        row(
          axis === 'total' ? 'totalRisk' : axis,
          ({ figures }) =>
            figureCell(figures.chart, (value, n) => ({
              text: words.number(value[axis]),
              note: `${sayInterval(words, value.interval90[axis])} n=${words.number(n)}`,
            })),
          'chart',
        ),
      ),
      ...(resolved
        ? [
            row(
              'highStress',
              ({ figures: { highStress, highStressInterval } }) =>
                figureCell(highStress, (value, n) => ({
                  text: sayShare(words, value),
                  note:
                    value.kind === 'exact' && highStressInterval.kind === 'shown'
                      ? `${sayPercentInterval(words, highStressInterval.value)} n=${words.number(n)}`
                      : `n=${words.number(n)}`,
                })),
              'highStress',
            ),
          ]
        : []),
      ...(presenteeismAsked
        ? [
            row('presenteeism', ({ figures: { presenteeism, presenteeismInterval } }) =>
              figureCell(presenteeism, (value, n) => ({
                text:
                  value.kind === 'exact'
                    ? words.t('points', { value: words.number(value.mean, 1) })
                    : sayMean(words, value),
                note:
                  presenteeismInterval.kind === 'shown'
                    ? `${sayInterval(words, presenteeismInterval.value, 1)} n=${words.number(n)}`
                    : `n=${words.number(n)}`,
              })),
            ),
          ]
        : []),
    ],
  }
}

/** What stands out, in a sentence or two. */
function leadOf(group: ReportedGroup, turnover: Disclosed<AssessedValue> | undefined, words: Words): string {
  const { findings } = group.figures
  const found = findings.kind === 'shown' ? findings.value : []
  const said =
    found.length === 0
      ? words.text('findings.none')
      : words.t('department.found', {
          count: words.number(found.length),
          names: words.list(found.map(({ id }) => words.text(`findings.${id}.title`))),
        })
  if (turnover?.kind !== 'shown') return said
  return said + words.t('department.status', { status: words.text(`turnover.status.${turnover.value.status}`) })
}

/** Sentences on how far these figures carry. */
function howSure(group: ReportedGroup, turnover: Disclosed<AssessedValue> | undefined, words: Words): string[] {
  const said: string[] = []
  const { response, chart } = group.figures
  if (response.kind === 'shown') {
    const { rate } = response.value
    said.push(words.t(response.n < 30 ? 'sure.few' : 'sure.enough', { n: words.number(response.n) }))
    if (rate !== null && rate < 0.5) said.push(words.t('sure.lowRate', { rate: words.percent(rate) }))
  }
  if (chart.kind === 'shown') {
    const { lo, hi } = chart.value.interval90.total
    said.push(
      words.t(lo > 100 || hi < 100 ? 'sure.riskClear' : 'sure.riskOpen', { interval: sayInterval(words, { lo, hi }) }),
    )
  }
  if (turnover?.kind === 'shown') {
    const { missedDoubling, unvalidated } = turnover.value
    if (unvalidated) said.push(words.text('turnover.unvalidated'))
    if (missedDoubling !== null)
      said.push(words.text('turnover.missedDoubling', { probability: words.percent(missedDoubling) }))
  }
  return said
}

function heatOf(
  { titles }: ReportData,
  company: ReportedGroup,
  group: ReportedGroup,
  words: Words,
  ids: readonly string[],
  id: string,
): string {
  return heatMap({
    id,
    title: words.t('heat.title'),
    description: words.t('heat.description'),
    columns: ids.map((id) => ({ label: titles.scale(id) })),
    rows: [company, group].map((one) => ({
      label: nameOf(one, words),
      depth: one === company ? 0 : 1,
      note: one.figures.response.kind === 'shown' ? `n=${words.number(one.figures.response.n)}` : undefined,
      cells: ids.map((id) => heatCell(one, id, words)),
    })),
    legend: {
      worse: words.t('heat.worse'),
      better: words.t('heat.better'),
      usual: words.t('heat.usual'),
      withheld: words.text('web.withheld.short'),
    },
  })
}

function scaleTable(
  { titles }: ReportData,
  company: ReportedGroup,
  group: ReportedGroup,
  words: Words,
  ids: readonly string[],
) {
  return {
    columns: ['scale', 'here', 'company', 'gap'].map((key) => ({
      label: key === 'here' ? group.name : words.t(`column.${key}`),
      numeric: key !== 'scale',
    })),
    rows: ids.map((id) => {
      const mean = (one: ReportedGroup) =>
        figureCell(one.scales[id]?.mean, (value, n) => ({ text: sayMean(words, value), note: `n=${words.number(n)}` }))
      return {
        cells: [
          { text: titles.scale(id), heading: true, note: words.t(`polarity.${titles.polarity(id)}`) },
          mean(group),
          mean(company),
          figureCell(group.scales[id]?.gap, ({ gap, lo, hi, notable }) => ({
            text: notable
              ? words.t(gap > 0 ? 'gap.worse' : 'gap.better', { size: words.number(Math.abs(gap), 2) })
              : words.t('gap.chance'),
            note: words.t('interval', { lo: words.number(lo, 2), hi: words.number(hi, 2) }),
          })),
        ],
      }
    }),
  }
}

function differenceLine(
  one: { scale: string; gap: number; n: number },
  titles: { scale: (id: string) => string },
  words: Words,
): string {
  return words.t('difference', {
    scale: titles.scale(one.scale),
    size: words.number(Math.abs(one.gap), 2),
    n: words.number(one.n),
  })
}

function turnoverView(value: AssessedValue, months: number, words: Words) {
  const { leavers, survey, risk, nextYear } = value
  const { risk: estimate, ...interval } = sayRisk(words, value)
  const multiplier = words.number(survey.multiplier, value.decimals)
  const summary = value.unvalidated
    ? words.text('turnover.summaryNoHistory', { multiplier, ...interval })
    : words.text('turnover.summary', {
        months: words.number(months),
        observed: words.number(leavers.observed),
        expected: words.number(leavers.expected, 1),
        multiplier,
        risk: estimate,
        ...interval,
        probability: words.percent(risk.probability),
      })
  return {
    status: words.text(`turnover.status.${value.status}`),
    tag: tagOf(value.status),
    summary,
    judged: value.status !== 'insufficient',
    reasons: value.reasons.map((reason) => words.text(`turnover.reasons.${reason}`)),
    use: survey.use === 'none' ? words.text('turnover.surveyNotUsed') : words.text(`turnover.surveyUse.${survey.use}`),
    leavers: words.t(`leavers.${leavers.beyond}`, {
      observed: words.number(leavers.observed),
      expected: words.number(leavers.expected, 1),
      years: words.number(leavers.personYears, 0),
    }),
    nextYear: words.text('turnover.nextYear', {
      mean: words.number(nextYear.mean, 1),
      lo: words.number(nextYear.lo),
      hi: words.number(nextYear.hi),
    }),
    flaggedIn: value.flaggedIn ?? '',
  }
}
