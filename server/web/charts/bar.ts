import { scaleLinear } from 'd3-scale'
import { drawSvg, element, ink, line, paragraph, textWidth, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

export type BarRow =
  | {
      readonly label: string
      readonly value: number
      /** Interval; leave both out for a figure that is counted, not estimated. */
      readonly low?: number | undefined
      readonly high?: number | undefined
      /** The figure as printed, with n: "12.4% (n=34)". */
      readonly text: string
    }
  | { readonly label: string; readonly withheld: string }

export type BarWithInterval = Frame & {
  readonly rows: readonly BarRow[]
  readonly domain: readonly [number, number]
  readonly ticks: readonly { readonly value: number; readonly text: string }[]
  /** A line across all bars, e.g. the company's own figure. */
  readonly reference?: { readonly value: number; readonly label: string } | undefined
}

const nameWidth = 176
const plotLeft = 190
const plotRight = 500
const width = 660
const rowHeight = 32

/** Horizontal bars from the left end of `domain`, each with its interval as a whisker and its figure in words. */
export function barWithInterval(chart: BarWithInterval): string {
  const x = scaleLinear([...chart.domain], [plotLeft, plotRight]).clamp(true)
  const top = chart.reference ? 26 : 8
  const bottom = top + chart.rows.length * rowHeight
  let content = ''
  for (const tick of chart.ticks) {
    content += line(x(tick.value), top, x(tick.value), bottom, { stroke: ink.faint })
    content += words(tick.text, x(tick.value), bottom + 18, { 'font-size': 12, 'text-anchor': 'middle' })
  }
  chart.rows.forEach((row, index) => {
    const middle = top + (index + 0.5) * rowHeight
    content += paragraph(wrap(row.label, nameWidth, 13).slice(0, 2), 0, middle, 13)
    if ('value' in row) content += drawBar(row, middle, x)
  })
  content += line(plotLeft, top, plotLeft, bottom, { stroke: ink.axis })
  if (chart.reference) {
    const at = x(chart.reference.value)
    content += line(at, top - 4, at, bottom, { stroke: ink.text, 'stroke-width': 1.6, 'stroke-dasharray': '4 3' })
    content += words(chart.reference.label, at, top - 9, { 'font-size': 12, 'text-anchor': 'middle' })
  }
  // Last, so that the reference line does not run through their words.
  chart.rows.forEach((row, index) => {
    if ('withheld' in row) content += drawWithheld(row.withheld, top + (index + 0.5) * rowHeight)
  })
  return drawSvg(chart, { width, height: bottom + 26, wide: true }, content)
}

function drawBar(row: Extract<BarRow, { value: number }>, middle: number, x: (value: number) => number): string {
  const bar = { x: plotLeft, y: middle - 9, width: Math.max(0, x(row.value) - plotLeft), height: 18 }
  let content =
    element('rect', { ...bar, fill: ink.markLight }) +
    line(x(row.value), middle - 9, x(row.value), middle + 9, { stroke: ink.mark, 'stroke-width': 2.4 })
  if (row.low !== undefined && row.high !== undefined) {
    const whisker = { stroke: ink.text, 'stroke-width': 1.4 }
    content += line(x(row.low), middle, x(row.high), middle, whisker)
    for (const end of [row.low, row.high]) content += line(x(end), middle - 4, x(end), middle + 4, whisker)
  }
  return content + words(row.text, plotRight + 14, middle + 4.5, { 'font-size': 12.5 })
}

function drawWithheld(text: string, middle: number): string {
  const box = { x: plotLeft + 4, y: middle - 10, width: textWidth(text, 12) + 16, height: 20, rx: 4 }
  return (
    element('rect', { ...box, fill: ink.shade, stroke: ink.axis, 'stroke-dasharray': '1.5 2.5' }) +
    words(text, plotLeft + 12, middle + 4, { 'font-size': 12, fill: ink.quiet })
  )
}
