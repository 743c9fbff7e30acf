import { scaleLinear } from 'd3-scale'
import { drawSvg, element, ink, line, paragraph, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

/** One scale over rounds. `values` and `reference` have an entry a round; undefined where there is none to show. */
export type TrendPanel = {
  readonly title: string
  readonly values: readonly (number | undefined)[]
  /** Another line to compare with, e.g. the company's. */
  readonly reference?: readonly (number | undefined)[] | undefined
  /** Lowest and highest value the scale can have: all of it is drawn, so that small changes look small. */
  readonly range: readonly [number, number]
  /** The last value as printed. */
  readonly text: string
}

export type TrendChart = Frame & {
  readonly panels: readonly TrendPanel[]
  /** Short names of the rounds, the oldest first. */
  readonly rounds: readonly string[]
  readonly legend?: { readonly own: string; readonly reference: string } | undefined
}

const columns = 3
const panelWidth = 216
const panelHeight = 138
const plot = { left: 30, right: 190, top: 40, bottom: 106 } as const

/** Small multiples: one panel a scale, each with its own axis over the same rounds; a missing round leaves a gap. */
export function trendChart(chart: TrendChart): string {
  const head = chart.legend ? 26 : 4
  const rows = Math.ceil(chart.panels.length / columns)
  let content = chart.legend ? drawLegend(chart.legend) : ''
  chart.panels.forEach((panel, at) => {
    const x = (at % columns) * panelWidth
    const y = head + Math.floor(at / columns) * panelHeight
    content += element('g', { transform: `translate(${x} ${y})` }, drawPanel(panel, chart.rounds))
  })
  return drawSvg(chart, { width: columns * panelWidth, height: head + rows * panelHeight, wide: true }, content)
}

function drawPanel(panel: TrendPanel, rounds: readonly string[]): string {
  const x = scaleLinear([0, Math.max(1, rounds.length - 1)], [plot.left + 8, plot.right - 8])
  const y = scaleLinear([...panel.range], [plot.bottom, plot.top])
  let content = paragraph(wrap(panel.title, panelWidth - 22, 12.5).slice(0, 2), 0, 16, 12.5, { 'font-weight': 700 })
  for (const tick of panel.range) {
    content += line(plot.left, y(tick), plot.right, y(tick))
    content += words(String(tick), plot.left - 5, y(tick) + 4, {
      'font-size': 10.5,
      'text-anchor': 'end',
      fill: ink.quiet,
    })
  }
  rounds.forEach((round, at) => {
    content += words(round, x(at), plot.bottom + 15, { 'font-size': 10.5, 'text-anchor': 'middle', fill: ink.quiet })
  })
  if (panel.reference)
    content += drawLine(panel.reference, x, y, { stroke: ink.axis, 'stroke-width': 1.6, 'stroke-dasharray': '4 3' })
  content += drawLine(panel.values, x, y, { stroke: ink.mark, 'stroke-width': 2.2 })
  panel.values.forEach((value, at) => {
    if (value !== undefined) content += element('circle', { cx: x(at), cy: y(value), r: 3.4, fill: ink.mark })
  })
  const last = panel.values.findLastIndex((value) => value !== undefined)
  if (last !== -1)
    content += words(panel.text, x(last) + 7, y(panel.values[last]!) + 4, { 'font-size': 12, 'font-weight': 700 })
  return content
}

function drawLine(
  values: readonly (number | undefined)[],
  x: (at: number) => number,
  y: (value: number) => number,
  attributes: Readonly<Record<string, string | number>>,
): string {
  let d = ''
  values.forEach((value, at) => {
    if (value === undefined) return
    const begins = at === 0 || values[at - 1] === undefined
    d += `${begins ? 'M' : 'L'}${Math.round(x(at) * 10) / 10},${Math.round(y(value) * 10) / 10} `
  })
  return d === '' ? '' : element('path', { d: d.trim(), fill: 'none', ...attributes })
}

function drawLegend({ own, reference }: NonNullable<TrendChart['legend']>): string {
  const after = 330
  return (
    line(0, 12, 26, 12, { stroke: ink.mark, 'stroke-width': 2.2 }) +
    words(own, 32, 16, { 'font-size': 12 }) +
    line(after, 12, after + 26, 12, { stroke: ink.axis, 'stroke-width': 1.6, 'stroke-dasharray': '4 3' }) +
    words(reference, after + 32, 16, { 'font-size': 12 })
  )
}
