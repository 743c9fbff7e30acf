import { scaleLog } from 'd3-scale'
import { drawSvg, element, ink, line, paragraph, textWidth, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

export type ForestRow =
  | {
      readonly label: string
      /** Printed under the axis column, e.g. "1.42 (1.05–1.93)". */
      readonly text: string
      /** Relative risk and its 90 % interval, all above 0. */
      readonly point: number
      readonly low: number
      readonly high: number
      /** The status in words, e.g. 要注意; `strong` sets it bold with a solid mark. */
      readonly status: string
      readonly strong?: boolean | undefined
    }
  | { readonly label: string; readonly withheld: string }

export type ForestPlot = Frame & {
  /** Drawn in the order given: the table beside the picture has the same. */
  readonly rows: readonly ForestRow[]
  readonly xLabel: string
  /** Headings of the columns for name, figure and status. */
  readonly headings: { readonly name: string; readonly figure: string; readonly status: string }
  /** Ends of the axis (default 0.25 to 4); an interval that reaches beyond ends in an arrow. */
  readonly domain?: readonly [number, number] | undefined
  readonly ticks?: readonly number[] | undefined
}

const nameWidth = 210
const plotLeft = 226
const plotRight = 586
const figureLeft = 606
const statusLeft = 730
const width = 860
const rowHeight = 30
const top = 34

/** Risk per department against the reference line at 1.0: point, 90 % interval, log axis, figure and status in words. */
export function forestPlot(chart: ForestPlot): string {
  const domain = chart.domain ?? [0.25, 4]
  const ticks = chart.ticks ?? [0.25, 0.5, 1, 2, 4]
  const x = scaleLog([...domain], [plotLeft, plotRight])
  const bottom = top + chart.rows.length * rowHeight
  const heading = { 'font-weight': 700, 'font-size': 12.5, fill: ink.quiet }
  let content = words(chart.headings.name, 0, 18, heading) + words(chart.headings.figure, figureLeft, 18, heading)
  content +=
    words(chart.headings.status, statusLeft, 18, heading) + line(0, top - 6, width, top - 6, { stroke: ink.axis })
  for (const tick of ticks) {
    const reference = tick === 1
    content += line(x(tick), top, x(tick), bottom, reference ? { stroke: ink.text, 'stroke-width': 1.6 } : {})
    content += words(String(tick), x(tick), bottom + 18, {
      'font-size': 12,
      'text-anchor': 'middle',
      'font-weight': reference ? 700 : 400,
    })
  }
  chart.rows.forEach((row, index) => {
    const middle = top + (index + 0.5) * rowHeight
    content += paragraph(wrap(row.label, nameWidth, 13).slice(0, 2), 0, middle, 13)
    content += 'withheld' in row ? drawWithheld(row.withheld, middle) : drawRow(row, middle, x, domain)
    content += line(0, middle + rowHeight / 2, width, middle + rowHeight / 2, { stroke: ink.faint })
  })
  content += words(chart.xLabel, (plotLeft + plotRight) / 2, bottom + 40, { 'text-anchor': 'middle' })
  return drawSvg(chart, { width, height: bottom + 52, wide: true }, content)
}

function drawWithheld(text: string, middle: number): string {
  const box = { x: plotLeft + 4, y: middle - 10, width: textWidth(text, 12) + 16, height: 20, rx: 4 }
  return (
    element('rect', { ...box, fill: ink.shade, stroke: ink.axis, 'stroke-dasharray': '1.5 2.5' }) +
    words(text, plotLeft + 12, middle + 4, { 'font-size': 12, fill: ink.quiet })
  )
}

function drawRow(
  row: Extract<ForestRow, { point: number }>,
  middle: number,
  x: (value: number) => number,
  [low, high]: readonly [number, number],
): string {
  const inside = (value: number) => Math.min(high, Math.max(low, value))
  const stroke = { stroke: ink.mark, 'stroke-width': 2 }
  let content = line(x(inside(row.low)), middle, x(inside(row.high)), middle, stroke)
  content +=
    row.low < low
      ? arrow(x(low), middle, -1)
      : line(x(inside(row.low)), middle - 5, x(inside(row.low)), middle + 5, stroke)
  content +=
    row.high > high
      ? arrow(x(high), middle, 1)
      : line(x(inside(row.high)), middle - 5, x(inside(row.high)), middle + 5, stroke)
  const point = x(inside(row.point))
  content += element('rect', {
    x: point - 5.5,
    y: middle - 5.5,
    width: 11,
    height: 11,
    fill: row.strong ? ink.mark : ink.paper,
    stroke: ink.mark,
    'stroke-width': 2,
  })
  content += words(row.text, figureLeft, middle + 4.5, { 'font-size': 12.5 })
  return content + words(row.status, statusLeft, middle + 4.5, { 'font-weight': row.strong ? 700 : 400 })
}

function arrow(x: number, y: number, direction: 1 | -1): string {
  return element('path', { d: `M${x},${y} l${-7 * direction},-5 v10 z`, fill: ink.mark })
}
