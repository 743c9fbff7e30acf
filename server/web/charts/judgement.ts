import { scaleLinear } from 'd3-scale'
import { attentionArea, drawContour } from './contours.ts'
import type { Plane, Risk } from './contours.ts'
import { placeLabels } from './labels.ts'
import { drawSvg, element, escapeXml, halo, ink, line, pattern, textWidth, words } from './svg.ts'
import type { Frame } from './svg.ts'

export type JudgementPoint = {
  /** The department's name, read out by the picture's tooltip. */
  readonly label: string
  /** What is written beside the dot: a short name, or the number of its row in the table. */
  readonly mark: string
  readonly x: number
  readonly y: number
  /** Respondents in this figure; the dot's area grows with it. */
  readonly n: number
  /** The same department a year before, drawn hollow and joined by a line. */
  readonly before?: { readonly x: number; readonly y: number } | undefined
}

export type JudgementPanel = {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** Ends of the axes; without them they are fitted to the points and the reference, in steps of half a score. */
  readonly xDomain?: readonly [number, number] | undefined
  readonly yDomain?: readonly [number, number] | undefined
  /** Reference means and slopes: risk = 100·exp((x − meanX)·slopeX + (y − meanY)·slopeY). */
  readonly risk: Risk
  readonly points: readonly JudgementPoint[]
}

export type JudgementChart = Frame & {
  readonly panels: readonly JudgementPanel[]
  /** Health-risk contours to draw, e.g. 80, 90, 100, 110, 120, 130, 140. */
  readonly levels: readonly number[]
  /** At and beyond this level the ground is hatched. */
  readonly attentionLevel: number
  readonly legend: {
    readonly now: string
    readonly before: string
    readonly mean: string
    readonly attention: string
    readonly size: string
  }
}

const side = 400
const gap = 76
const top = 40
const left = 56

/**
 * 仕事のストレス判定図 in its usual layout: load × control and supervisor × co-worker support, means of raw scores on the
 * axes, contours of health risk (100 = reference). Contours are straight because the risk is log-linear in both scores
 * (https://mental.m.u-tokyo.ac.jp/old/hanteizu/Technote.htm). This year solid, last year hollow, area by respondents.
 */
export function judgementChart(chart: JudgementChart): string {
  const hatch = `${chart.id}-attention`
  let content = `<defs>${pattern(hatch, 'rising', ink.grid, ink.shade)}</defs>`
  chart.panels.forEach((panel, index) => {
    content += drawPanel(chart, panel, left + index * (side + gap), `${chart.id}-${index}`, hatch)
  })
  const width = left + chart.panels.length * (side + gap) - gap + 16
  const legendY = top + side + 78
  content += drawLegend(chart, legendY, hatch)
  return drawSvg(chart, { width, height: legendY + 16, wide: true }, content)
}

function drawPanel(chart: JudgementChart, panel: JudgementPanel, offset: number, id: string, hatch: string): string {
  const xDomain = panel.xDomain ?? fitDomain(panel, 'x', panel.risk.meanX)
  const yDomain = panel.yDomain ?? fitDomain(panel, 'y', panel.risk.meanY)
  const x = scaleLinear([...xDomain], [offset, offset + side])
  const y = scaleLinear([...yDomain], [top + side, top])
  const plane: Plane = { risk: panel.risk, xDomain, yDomain, x, y }
  const clip = `${id}-clip`
  const frame = { x: offset, y: top, width: side, height: side }
  let content = `<defs>${element('clipPath', { id: clip }, element('rect', frame))}</defs>`
  content += words(panel.title, offset, top - 16, { 'font-size': 15, 'font-weight': 700 })

  let inside = element('path', { d: attentionArea(chart.attentionLevel, plane), fill: `url(#${hatch})` })
  for (const level of chart.levels) inside += drawContour(level, plane)
  content += element('g', { 'clip-path': `url(#${clip})` }, inside)
  for (const tick of x.ticks(6)) {
    content += line(x(tick), top + side, x(tick), top + side + 5, { stroke: ink.axis })
    content += words(String(tick), x(tick), top + side + 20, { 'font-size': 12, 'text-anchor': 'middle' })
  }
  for (const tick of y.ticks(6)) {
    content += line(offset - 5, y(tick), offset, y(tick), { stroke: ink.axis })
    content += words(String(tick), offset - 9, y(tick) + 4, { 'font-size': 12, 'text-anchor': 'end' })
  }
  content += element('rect', { ...frame, fill: 'none', stroke: ink.axis })
  content += words(panel.xLabel, offset + side / 2, top + side + 42, { 'text-anchor': 'middle' })
  const labelX = offset - 38
  content += words(panel.yLabel, labelX, top + side / 2, {
    'text-anchor': 'middle',
    transform: `rotate(-90 ${labelX} ${top + side / 2})`,
  })
  content += drawMean(x(panel.risk.meanX), y(panel.risk.meanY))
  return content + drawPoints(panel, plane, offset)
}

/** Both axes are at least three scores long, so that chance differences do not fill the panel. */
function fitDomain(panel: JudgementPanel, axis: 'x' | 'y', mean: number): readonly [number, number] {
  const values = panel.points.flatMap((point) => (point.before ? [point[axis], point.before[axis]] : [point[axis]]))
  let low = Math.floor((Math.min(mean, ...values) - 0.2) * 2) / 2
  let high = Math.ceil((Math.max(mean, ...values) + 0.2) * 2) / 2
  while (high - low < 3) [low, high] = [low - 0.5, high + 0.5]
  return [low, high]
}

function drawMean(x: number, y: number): string {
  return element('path', { d: `M${x - 6},${y} h12 M${x},${y - 6} v12`, stroke: ink.text, 'stroke-width': 2.4 })
}

const radius = (n: number) => Math.min(15, 2.2 + Math.sqrt(n) * 0.85)

function drawPoints(panel: JudgementPanel, { x, y }: Plane, offset: number): string {
  let content = ''
  for (const point of panel.points) {
    if (!point.before) continue
    const [a, b] = [x(point.before.x), y(point.before.y)]
    content += line(a, b, x(point.x), y(point.y), { stroke: ink.mark, 'stroke-width': 1, 'stroke-opacity': 0.7 })
    content += element('circle', {
      cx: a,
      cy: b,
      r: 4,
      fill: ink.paper,
      stroke: ink.mark,
      'stroke-width': 1.6,
    })
  }
  // Large dots first, so that a small department is never hidden under a large one.
  for (const point of [...panel.points].sort((a, b) => b.n - a.n)) {
    const tooltip = element('title', {}, escapeXml(`${point.label} (n=${point.n})`))
    content += element(
      'circle',
      {
        cx: x(point.x),
        cy: y(point.y),
        r: radius(point.n),
        fill: ink.mark,
        'fill-opacity': 0.82,
        stroke: ink.paper,
        'stroke-width': 1.4,
      },
      tooltip,
    )
  }
  const anchors = panel.points.map((point) => ({ x: x(point.x), y: y(point.y), r: radius(point.n), text: point.mark }))
  for (const label of placeLabels(anchors, { left: offset, right: offset + side, top, bottom: top + side }, 12))
    content += words(label.text, label.x, label.y, { 'font-size': 12, 'font-weight': 700, ...halo })
  return content
}

function drawLegend(chart: JudgementChart, y: number, hatch: string): string {
  const { legend } = chart
  const dot = (filled: boolean) =>
    element('circle', {
      cx: 8,
      cy: -4,
      r: 6,
      fill: filled ? ink.mark : ink.paper,
      stroke: ink.mark,
      'stroke-width': 1.6,
    })
  const entries: readonly (readonly [string, string])[] = [
    [dot(true), legend.now],
    [dot(false), legend.before],
    [drawMean(8, -4), legend.mean],
    [
      element('rect', { x: 0, y: -11, width: 16, height: 13, fill: `url(#${hatch})`, stroke: ink.axis }),
      legend.attention,
    ],
    ['', legend.size],
  ]
  let x = left
  let content = ''
  for (const [picture, text] of entries) {
    const shift = picture === '' ? 0 : 22
    content += element('g', { transform: `translate(${x} ${y})` }, picture + words(text, shift, 0, { 'font-size': 12 }))
    x += shift + textWidth(text, 12) + 22
  }
  return content
}
