import { drawSvg, element, ink, line, paragraph, textWidth, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

export type SpreadRow =
  | {
      readonly label: string
      readonly depth?: number | undefined
      /** Printed at the end of the row, e.g. "n=34". */
      readonly note: string
      /** Lowest class first; `from`, `to`: which of the legend's entries it holds. Shares of 1. */
      readonly parts: readonly {
        readonly share: number
        readonly from: number
        readonly to: number
        /** Options without an order that were put together: no place between light and dark. */
        readonly pooled?: boolean | undefined
      }[]
    }
  | { readonly label: string; readonly depth?: number | undefined; readonly withheld: string }

export type SpreadChart = Frame & {
  readonly rows: readonly SpreadRow[]
  /** Names of the classes, lowest first. */
  readonly legend: readonly string[]
  /** Name of what was put together where options have no order. */
  readonly pooled?: string | undefined
  /** A share as it is printed in its part. */
  readonly say: (share: number) => string
}

const nameWidth = 190
const plotLeft = 204
const plotRight = 604
const width = 670
const rowHeight = 30

/** Bars of 100 % cut into classes of answers, from light (lowest) to dark; classes that were put together share one part. */
export function spreadChart(chart: SpreadChart): string {
  const { lines, height: legendHeight } = placeLegend(
    chart.pooled === undefined ? chart.legend : [...chart.legend, chart.pooled],
  )
  const top = legendHeight + 6
  let content = ''
  for (const { x, y, text, index } of lines) {
    content += element('rect', {
      x,
      y: y - 11,
      width: 16,
      height: 14,
      fill: index < chart.legend.length ? tint(index, chart.legend.length) : ink.shade,
      stroke: ink.axis,
    })
    content += words(text, x + 22, y, { 'font-size': 12 })
  }
  chart.rows.forEach((row, at) => {
    const middle = top + (at + 0.5) * rowHeight
    const indent = (row.depth ?? 0) * 10
    content += paragraph(wrap(row.label, nameWidth - indent, 13).slice(0, 2), indent, middle, 13)
    content += 'withheld' in row ? drawWithheld(row.withheld, middle) : drawParts(row, middle, chart)
    content += line(0, middle + rowHeight / 2, width, middle + rowHeight / 2, { stroke: ink.faint })
  })
  return drawSvg(chart, { width, height: top + chart.rows.length * rowHeight + 6, wide: true }, content)
}

function drawParts(row: Extract<SpreadRow, { note: string }>, middle: number, chart: SpreadChart): string {
  const whole = row.parts.reduce((sum, { share }) => sum + share, 0) || 1
  let x = plotLeft
  let content = ''
  for (const { share, from, to, pooled } of row.parts) {
    const wide = ((plotRight - plotLeft) * share) / whole
    const step = (from + to) / 2
    const text = chart.say(share)
    content += element('rect', {
      x,
      y: middle - 10,
      width: wide,
      height: 20,
      fill: pooled ? ink.shade : tint(step, chart.legend.length),
      stroke: ink.axis,
      'stroke-width': 0.8,
    })
    if (textWidth(text, 11.5) + 6 < wide)
      content += words(text, x + wide / 2, middle + 4, {
        'font-size': 11.5,
        'text-anchor': 'middle',
        fill: !pooled && isDark(step, chart.legend.length) ? ink.paper : ink.text,
      })
    x += wide
  }
  return content + words(row.note, plotRight + 8, middle + 4.5, { 'font-size': 11.5, fill: ink.quiet })
}

function drawWithheld(text: string, middle: number): string {
  const box = { x: plotLeft + 4, y: middle - 10, width: textWidth(text, 12) + 16, height: 20, rx: 4 }
  return (
    element('rect', { ...box, fill: ink.shade, stroke: ink.axis, 'stroke-dasharray': '1.5 2.5' }) +
    words(text, plotLeft + 12, middle + 4, { 'font-size': 12, fill: ink.quiet })
  )
}

function placeLegend(legend: readonly string[]) {
  let [x, y] = [0, 14]
  const lines = legend.map((text, index) => {
    const wide = textWidth(text, 12) + 42
    if (x > 0 && x + wide > width) [x, y] = [0, y + 20]
    const placed = { x, y, text, index }
    x += wide
    return placed
  })
  return { lines, height: y + 8 }
}

const light = [238, 243, 255] as const
const dark = [0, 23, 193] as const
const depthOf = (step: number, count: number) => (count > 1 ? (step / (count - 1)) * 0.85 : 0)
const isDark = (step: number, count: number) => depthOf(step, count) > 0.45

/** From the palest to nearly the colour of marks; never so dark that neighbours cannot be told apart. */
function tint(step: number, count: number): string {
  const share = depthOf(step, count)
  const mixed = light.map((from, at) => Math.round(from + (dark[at]! - from) * share))
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
