import { scaleLinear, scaleSqrt } from 'd3-scale'
import { placeLabels } from './labels.ts'
import { drawSvg, element, escapeXml, halo, ink, line, words } from './svg.ts'
import type { Frame } from './svg.ts'

export type FunnelPlot = Frame & {
  readonly xLabel: string
  readonly yLabel: string
  readonly points: readonly {
    readonly label: string
    /** Written beside the dot; empty for dots that need no name. */
    readonly mark: string
    /** Expected number of events. */
    readonly expected: number
    /** Observed ÷ expected. */
    readonly ratio: number
    /** Outside the outer limits: drawn solid. */
    readonly strong?: boolean | undefined
  }[]
  /** Control limits as curves over the expected number, e.g. 90 % and 99 % Poisson limits; the caller computes them. */
  readonly limits: readonly {
    readonly label: string
    readonly curve: readonly { readonly expected: number; readonly low: number; readonly high: number }[]
  }[]
}

const box = { left: 60, right: 620, top: 20, bottom: 380 }

/**
 * Observed ÷ expected against expected, with the limits chance alone would keep to: small departments scatter widely and
 * mean little. Square-root axis for the expected number, so that small ones have room.
 */
export function funnelPlot(chart: FunnelPlot): string {
  const curves = chart.limits.flatMap((limit) => limit.curve)
  const most = Math.max(1, ...curves.map((at) => at.expected), ...chart.points.map((point) => point.expected))
  const inView = curves.filter((at) => at.expected > most * 0.05).map((at) => at.high)
  const highest = Math.max(2, ...chart.points.map((point) => point.ratio * 1.1), ...inView)
  const x = scaleSqrt([0, most], [box.left, box.right])
  const y = scaleLinear([0, highest], [box.bottom, box.top])
  const clip = `${chart.id}-clip`
  let content = `<defs>${element('clipPath', { id: clip }, element('rect', { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top }))}</defs>`
  for (const tick of y.ticks(5)) {
    content += line(box.left, y(tick), box.right, y(tick), { stroke: ink.faint })
    content += words(String(tick), box.left - 8, y(tick) + 4, { 'font-size': 12, 'text-anchor': 'end' })
  }
  for (const tick of x.ticks(6)) {
    content += line(x(tick), box.bottom, x(tick), box.bottom + 5, { stroke: ink.axis })
    content += words(String(tick), x(tick), box.bottom + 20, { 'font-size': 12, 'text-anchor': 'middle' })
  }
  content += line(box.left, y(1), box.right, y(1), { stroke: ink.text, 'stroke-width': 1.6 })
  chart.limits.forEach((limit, index) => {
    content += drawLimit(limit, index, x, y, clip)
  })
  content +=
    line(box.left, box.bottom, box.right, box.bottom, { stroke: ink.axis }) +
    line(box.left, box.top, box.left, box.bottom, { stroke: ink.axis })
  content += drawPoints(chart, x, y)
  content += words(chart.xLabel, (box.left + box.right) / 2, box.bottom + 42, { 'text-anchor': 'middle' })
  const middle = (box.top + box.bottom) / 2
  content += words(chart.yLabel, 18, middle, { 'text-anchor': 'middle', transform: `rotate(-90 18 ${middle})` })
  return drawSvg(chart, { width: 720, height: box.bottom + 54, wide: true }, content)
}

type Scale = (value: number) => number

function drawLimit(limit: FunnelPlot['limits'][number], index: number, x: Scale, y: Scale, clip: string): string {
  const path = (side: 'low' | 'high') =>
    `M${limit.curve.map((at) => `${x(at.expected).toFixed(1)},${y(at[side]).toFixed(1)}`).join(' L')}`
  const curve = { fill: 'none', stroke: ink.axis, 'stroke-width': 1.2, 'stroke-dasharray': index === 0 ? '6 3' : '2 3' }
  const last = limit.curve.at(-1)
  const label = last
    ? words(limit.label, x(last.expected) + 6, y(last.high) + 4, { 'font-size': 12, fill: ink.quiet })
    : ''
  const both = element('path', { d: path('low'), ...curve }) + element('path', { d: path('high'), ...curve })
  return element('g', { 'clip-path': `url(#${clip})` }, both) + label
}

function drawPoints(chart: FunnelPlot, x: Scale, y: Scale): string {
  let content = ''
  for (const point of chart.points) {
    const dot = {
      cx: x(point.expected),
      cy: y(point.ratio),
      r: 5.5,
      fill: point.strong ? ink.mark : ink.paper,
      stroke: ink.mark,
      'stroke-width': 1.8,
    }
    content += element('circle', dot, element('title', {}, escapeXml(point.label)))
  }
  const named = chart.points.filter((point) => point.mark !== '')
  const anchors = named.map((point) => ({ x: x(point.expected), y: y(point.ratio), r: 5.5, text: point.mark }))
  for (const label of placeLabels(anchors, box, 12))
    content += words(label.text, label.x, label.y, { 'font-size': 12, ...halo })
  return content
}
