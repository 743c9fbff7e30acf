import { drawSvg, element, ink, line, paragraph, pattern, textWidth, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

export type ProfileChart = Frame & {
  /** Above the left edge: the side that weighs on a person (point 1). */
  readonly worstLabel: string
  /** Above the right edge (point 5). */
  readonly bestLabel: string
  readonly groups: readonly {
    readonly label: string
    readonly scales: readonly {
      readonly label: string
      /** Evaluation point 1 (weighs most) to 5, null when it could not be worked out. */
      readonly point: number | null
    }[]
  }[]
  /** Printed in a row without a point. */
  readonly missingLabel: string
}

const width = 360
const labelWidth = 172
const left = 198
const right = 346
const rowHeight = 31
const size = 13.5
const smallest = 12

/**
 * One person's scales as dots on five steps, in groups, the heavier side on the left and named in words. Dots carry
 * their number; the two heaviest steps lie on a hatched band and their dots are square, so nothing rests on colour.
 */
export function profileChart(chart: ProfileChart): string {
  const at = (point: number) => left + ((point - 1) * (right - left)) / 4
  const hatch = `${chart.id}-band`
  let y = 40
  let content = `<defs>${pattern(hatch, 'rising', ink.grid, ink.shade)}</defs>`
  content += words(chart.worstLabel, left - 14, 16, { 'font-size': 12, 'font-weight': 700 })
  content += words(chart.bestLabel, right + 12, 16, { 'font-size': 12, 'text-anchor': 'end', fill: ink.quiet })
  content += line(left - 12, 24, right + 12, 24, { stroke: ink.axis })
  content += element('path', { d: `M${left - 14},24 l8,-4 v8 z`, fill: ink.text })

  for (const group of chart.groups) {
    const rows = group.scales.length
    content += words(group.label, 4, y + 10, { 'font-size': 14, 'font-weight': 700 })
    y += 20
    const bottom = y + rows * rowHeight
    content += element('rect', {
      x: at(1) - 16,
      y,
      width: at(2) - at(1) + 32,
      height: rows * rowHeight,
      fill: `url(#${hatch})`,
    })
    for (const point of [1, 2, 3, 4, 5]) content += line(at(point), y, at(point), bottom)
    for (const scale of group.scales) {
      content += drawRow(scale, y + rowHeight / 2, at, chart.missingLabel)
      y += rowHeight
    }
    content += line(4, y, right + 12, y, { stroke: ink.axis })
    for (const point of [1, 2, 3, 4, 5]) {
      content += words(String(point), at(point), y + 13, { 'font-size': 11, 'text-anchor': 'middle', fill: ink.quiet })
    }
    y += 34
  }
  return drawSvg(chart, { width, height: y - 14, shown: 500 }, content)
}

function drawRow(
  scale: ProfileChart['groups'][number]['scales'][number],
  middle: number,
  at: (point: number) => number,
  missingLabel: string,
): string {
  // A label that is a little too long is set smaller before it is broken.
  const fitted = Math.max(smallest, Math.min(size, labelWidth / textWidth(scale.label, 1)))
  const label = paragraph(wrap(scale.label, labelWidth, fitted), 4, middle, fitted)
  if (scale.point === null)
    return label + words(missingLabel, at(3), middle + 4, { 'font-size': 12, 'text-anchor': 'middle', fill: ink.quiet })
  const x = at(scale.point)
  const heavy = scale.point <= 2
  const shape = heavy
    ? element('rect', { x: x - 10, y: middle - 10, width: 20, height: 20, rx: 3, fill: ink.text })
    : element('circle', { cx: x, cy: middle, r: 10, fill: ink.mark })
  const number = words(String(scale.point), x, middle + 4.5, {
    'font-weight': 700,
    'text-anchor': 'middle',
    fill: ink.paper,
  })
  return label + line(at(1), middle, at(5), middle, { stroke: ink.faint }) + shape + number
}
