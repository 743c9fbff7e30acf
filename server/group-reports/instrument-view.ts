import type { Disclosed, DistributionFigure, MeanFigure } from '../../analysis/disclosure/index.ts'
import type { MeanMeasure, SpreadMeasure } from '../../analysis/groups/index.ts'
import { barWithInterval, spreadChart, type BarRow, type SpreadRow } from '../web/charts/index.ts'
import type { InstrumentContent, InstrumentGroup } from './instrument-content.ts'
import type { InstrumentTitles } from './instrument-titles.ts'
import { isShown, nameOf, partsOf } from './report-data.ts'
import { footOf } from './report-view.ts'
import { figureCell, sayInterval, sayShare, type Cell, type Words } from './words.ts'

/** What a page about an instrument beside the stress check is made of: disclosed figures and nothing else. */
export interface InstrumentData {
  content: InstrumentContent
  contentHash: string
  methodVersion: string
  titles: InstrumentTitles
}

/** View model of an instrument's report, for HR and for the implementer's preview. */
export function instrumentView(data: InstrumentData, words: Words): Record<string, unknown> {
  const { content, titles } = data
  const { measures, groups } = content
  const company = groups.find((group) => group.kind === 'company')!
  return {
    campaignName: content.campaign.name,
    instrumentName: titles.instrument,
    period: words.t('period', {
      from: words.date(content.campaign.opensOn),
      to: words.date(content.campaign.closesOn),
    }),
    lead: leadOf(company, content, words),
    overview: overviewTable(data, words),
    recommendations: measures.recommendations.map(({ id }) => recommendationSection(data, id, words)),
    means: measures.means.map((measure, index) => meanSection(data, measure, index, words)),
    spreads: measures.spreads.map((measure, index) => spreadSection(data, measure, index, words)),
    chosen: measures.chosen.map(({ id, options }) => chosenSection(data, id, options, words)),
    hasFreeText: titles.version.items.some(({ item }) => item.type === 'text' || item.type === 'date'),
    foot: footOf(data, words),
  }
}

// a manager's page holds several instruments, for several departments
const pictureId = ({ questionnaires, groups }: InstrumentContent) => `${questionnaires[0]!.slug}-${groups.at(-1)!.id}`

function leadOf(company: InstrumentGroup, content: InstrumentContent, words: Words): string {
  const { response } = company.figures
  if (response.kind === 'withheld') return words.t('sentence.companyWithheld', { floor: words.number(content.floor) })
  const { respondents, invited, rate } = response.value
  return words.t('sentence.taking', {
    respondents: words.number(respondents),
    invited: words.number(invited),
    rate: rate === null ? '–' : words.percent(rate),
  })
}

/** A mean in its own unit: 3.4, 18.5%, 1.2 days; a share of one whole with two places. */
export function sayMeanOf(
  words: Words,
  mean: MeanFigure,
  measure: Pick<MeanMeasure, 'decimals'>,
  unit: string,
): string {
  return mean.kind === 'exact' ? `${words.number(mean.mean, measure.decimals)}${unit}` : words.t(`mean.${mean.kind}`)
}

export function meanCell(data: InstrumentData, group: InstrumentGroup, measure: MeanMeasure, words: Words): Cell {
  const { mean, interval } = group.means[measure.id]!
  return figureCell(mean, (value, n) => ({
    text: sayMeanOf(words, value, measure, data.titles.unit(measure.id)),
    note: `${interval.kind === 'shown' ? `${sayInterval(words, interval.value, measure.decimals)} ` : ''}n=${words.number(n)}`,
  }))
}

export function responseCell(group: InstrumentGroup, words: Words): Cell {
  return figureCell(group.figures.response, (value) => ({
    text: words.t('people', { n: words.number(value.respondents) }),
    note: words.t('ofInvited', {
      invited: words.number(value.invited),
      rate: value.rate === null ? '–' : words.percent(value.rate),
    }),
  }))
}

export function scoreCell(group: InstrumentGroup, id: string, words: Words): Cell {
  return figureCell(group.recommendations[id], (value, n) => ({
    text: signed(words, value.score),
    note: `${words.t('interval', { lo: signed(words, value.lo), hi: signed(words, value.hi) })} n=${words.number(n)}`,
  }))
}

const signed = (words: Words, value: number) => `${value > 0 ? '+' : ''}${words.number(value)}`

/** The groups with who answered and the few figures that sum the instrument up. */
function overviewTable(data: InstrumentData, words: Words) {
  const { content, titles } = data
  const summed = content.measures.means.filter(({ of }) => of !== 'item')
  const { recommendations } = content.measures
  const columns = [
    words.t('column.response'),
    ...recommendations.map(({ id }) => titles.measure(id)),
    ...summed.map(({ id }) => titles.mean(id)),
  ]
  return {
    columns,
    span: columns.length,
    rows: content.groups.map((group) => ({
      name: nameOf(group, words),
      parts: group.kind === 'rest' ? partsOf(group, words) : '',
      depthClass: `depth-${group.kind === 'company' ? 0 : Math.min(group.depth, 4)}`,
      isCompany: group.kind === 'company',
      withheldWhole: !isShown(group),
      cells: isShown(group)
        ? [
            responseCell(group, words),
            ...recommendations.map(({ id }) => scoreCell(group, id, words)),
            ...summed.map((measure) => meanCell(data, group, measure, words)),
          ]
        : [],
    })),
  }
}

function nameCell(group: InstrumentGroup, words: Words): Cell {
  const parts = group.kind === 'rest' ? partsOf(group, words) : ''
  return { text: nameOf(group, words), heading: true, ...(parts ? { note: parts } : {}) }
}

function meanSection(data: InstrumentData, measure: MeanMeasure, index: number, words: Words) {
  const { content, titles } = data
  // who is withheld as a whole is named in the overview, once
  const groups = content.groups.filter(isShown)
  const title = titles.mean(measure.id)
  const unit = titles.unit(measure.id)
  const [low, high] = domainOf(data, measure)
  const middle = low + (high - low) / 2
  return {
    title,
    note: measure.polarity ? words.t(`instrument.direction.${measure.polarity}`) : '',
    chart: barWithInterval({
      id: `${pictureId(content)}-mean-${index}`,
      title,
      description: words.t('instrument.meanDescription'),
      rows: groups.map((group): BarRow => {
        const { mean, interval } = group.means[measure.id]!
        const label = nameOf(group, words)
        if (mean.kind === 'withheld') return { label, withheld: words.text('web.withheld.short') }
        const said = `${sayMeanOf(words, mean.value, measure, unit)} (n=${words.number(mean.n)})`
        if (mean.value.kind !== 'exact') return { label, withheld: said }
        const limits = interval.kind === 'shown' ? { low: interval.value.lo, high: interval.value.hi } : {}
        return { label, value: mean.value.mean, text: said, ...limits }
      }),
      domain: [low, high],
      ticks: [low, middle, high].map((value) => ({ value, text: words.number(value) })),
    }),
    table: {
      columns: [
        { label: words.t('column.department'), numeric: false },
        { label: words.t('instrument.mean'), numeric: true },
      ],
      rows: groups.map((group) => ({ cells: [nameCell(group, words), meanCell(data, group, measure, words)] })),
    },
  }
}

/** Counted things (days, minutes, per cent lost) are drawn as far as they reach, scales with all they can be. */
function domainOf({ content, titles }: InstrumentData, { id, range, loss }: MeanMeasure): readonly [number, number] {
  const isCounted = loss !== null || titles.version.items.some((one) => one.id === id && one.item.type === 'number')
  const reached = content.groups.flatMap(({ means }) => {
    const interval = means[id]!.interval
    return interval.kind === 'shown' ? [interval.value.hi] : []
  })
  if (!isCounted || reached.length === 0) return range
  const most = Math.max(...reached) - range[0]
  const step = 10 ** Math.floor(Math.log10(Math.max(most, 0.1)))
  const nice = [1, 2, 4, 6, 8, 10].find((times) => times * step >= most) ?? 10
  return [range[0], Math.min(range[1], range[0] + nice * step)]
}

function recommendationSection(data: InstrumentData, id: string, words: Words) {
  const { content, titles } = data
  const groups = content.groups.filter(isShown)
  const title = titles.measure(id)
  return {
    title,
    chart: barWithInterval({
      id: `${pictureId(content)}-score-${id}`,
      title,
      description: words.t('instrument.scoreDescription'),
      rows: groups.map((group): BarRow => {
        const figure = group.recommendations[id]
        const label = nameOf(group, words)
        if (figure?.kind !== 'shown') return { label, withheld: words.text('web.withheld.short') }
        const { score, lo, hi } = figure.value
        return { label, value: score, low: lo, high: hi, text: `${signed(words, score)} (n=${words.number(figure.n)})` }
      }),
      domain: [-100, 100],
      ticks: [-100, -50, 0, 50, 100].map((value) => ({ value, text: signed(words, value) })),
      reference: { value: 0, label: '0' },
    }),
    table: {
      columns: [
        { label: words.t('column.department'), numeric: false },
        { label: title, numeric: true },
      ],
      rows: groups.map((group) => ({ cells: [nameCell(group, words), scoreCell(group, id, words)] })),
    },
  }
}

/** A spread in words: every class with its share, or that nearly nobody or everybody is in the upper one. */
export function saySpread(
  titles: InstrumentTitles,
  measure: SpreadMeasure,
  figure: DistributionFigure,
  words: Words,
): string {
  const part = (positions: readonly number[], share: string) =>
    words.t('instrument.class', { name: titles.classes(measure, positions), share })
  if (figure.kind === 'exact')
    return words.list(figure.classes.map((one) => part(one.options, words.percent(one.share))))
  return part(figure.options, sayShare(words, { kind: figure.kind, people: figure.people }))
}

function spreadSection(data: InstrumentData, measure: SpreadMeasure, index: number, words: Words) {
  const { content, titles } = data
  const groups = content.groups.filter(isShown)
  const title = titles.spread(measure)
  const spread = (group: InstrumentGroup): Disclosed<DistributionFigure> => group.spreads[measure.id]!
  return {
    title,
    chart: spreadChart({
      id: `${pictureId(content)}-spread-${index}`,
      title,
      description: words.t('instrument.spreadDescription'),
      legend: measure.classes.map((_, at) => titles.classes(measure, [at])),
      pooled: measure.ordered || measure.classes.length < 3 ? undefined : words.t('instrument.pooled'),
      say: (share) => words.percent(share),
      rows: groups.map((group): SpreadRow => {
        const figure = spread(group)
        const at = { label: nameOf(group, words), depth: group.depth }
        if (figure.kind === 'withheld') return { ...at, withheld: words.text('web.withheld.short') }
        if (figure.value.kind !== 'exact') return { ...at, withheld: saySpread(titles, measure, figure.value, words) }
        return {
          ...at,
          note: `n=${words.number(figure.n)}`,
          parts: figure.value.classes.map(({ options, share }) => ({
            share,
            from: Math.min(...options),
            to: Math.max(...options),
            pooled: !measure.ordered && options.length > 1,
          })),
        }
      }),
    }),
    table: {
      columns: [
        { label: words.t('column.department'), numeric: false },
        { label: words.t('instrument.spread'), numeric: false },
      ],
      rows: groups.map((group) => ({
        cells: [
          nameCell(group, words),
          {
            ...figureCell(spread(group), (value, n) => ({
              text: saySpread(titles, measure, value, words),
              note: `n=${words.number(n)}`,
            })),
            numeric: false,
          },
        ],
      })),
    },
  }
}

function chosenSection(data: InstrumentData, id: string, options: readonly (string | number)[], words: Words) {
  const { content, titles } = data
  const groups = content.groups.filter(isShown)
  return {
    title: titles.item(id),
    table: {
      columns: [
        { label: words.t('column.department'), numeric: false },
        ...options.map((option) => ({ label: titles.option(id, String(option)), numeric: true })),
      ],
      rows: groups.map((group) => ({
        cells: [
          nameCell(group, words),
          ...options.map((option) =>
            figureCell(group.chosen[id]?.[String(option)], (value, n) => ({
              text: sayShare(words, value),
              note: `n=${words.number(n)}`,
            })),
          ),
        ],
      })),
    },
  }
}
