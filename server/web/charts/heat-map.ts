import { drawSvg, element, escapeXml, halo, ink, line, paragraph, pattern, textWidth, words, wrap } from './svg.ts'
import type { Frame } from './svg.ts'

export type HeatCell =
  | {
      readonly kind: 'value'
      /** The figure as it is printed. */
      readonly text: string
      /** −1 (far better than the reference) to 1 (far worse). */
      readonly strength: number
      /** True when the difference is beyond chance; only then the cell is tinted. */
      readonly notable: boolean
    }
  | { readonly kind: 'withheld' }

export type HeatMap = Frame & {
  readonly columns: readonly { readonly label: string }[]
  readonly rows: readonly {
    readonly label: string
    /** Depth in the tree of departments, 0 on top. */
    readonly depth?: number | undefined
    /** Printed after the name, e.g. "n=34". */
    readonly note?: string | undefined
    readonly cells: readonly HeatCell[]
  }[]
  readonly legend: {
    readonly worse: string
    readonly better: string
    readonly usual: string
    readonly withheld: string
  }
}

const cellWidth = 40
const rowHeight = 30
const nameWidth = 230
const size = 13
/** Room for the longest Japanese scale name (13 characters) in one line; longer ones, mostly English, take two. */
const headerRoom = 172

type Fill = 'worseStrong' | 'worse' | 'better' | 'betterStrong' | 'withheld'
const strongFrom = 0.5

/**
 * Departments × scales. Only what differs beyond chance is tinted: orange rising hatch for worse, blue falling hatch for
 * better (a pair that all common colour visions tell apart), bold where strong. A withheld cell is dotted; a row that is
 * withheld throughout says so once.
 */
export function heatMap(chart: HeatMap): string {
  const headerLines = chart.columns.map((column) => wrap(column.label, headerRoom, size))
  const headerHeight = Math.max(60, ...headerLines.flat().map((text) => textWidth(text, size))) + 14
  const width = nameWidth + chart.columns.length * cellWidth + 8
  let content = `<defs>${definePatterns(chart.id)}</defs>`
  headerLines.forEach((lines, index) => {
    content += drawHeader(lines, nameWidth + (index + 0.5) * cellWidth, headerHeight - 6)
  })
  let y = headerHeight
  content += line(0, y, width - 8, y, { stroke: ink.axis })
  for (const row of chart.rows) {
    content += drawName(row, y)
    content += drawCells(chart, row.cells, y)
    y += rowHeight
    content += line(0, y, width - 8, y)
  }
  return drawSvg(chart, { width, height: y + 44, wide: true }, content + drawLegend(chart, y + 28))
}

function drawHeader(lines: readonly string[], x: number, bottom: number): string {
  // Vertical lines run right to left, as Japanese is set; Latin words turn with them.
  const step = size * 1.2
  return lines
    .map((text, index) =>
      words(text, x + ((lines.length - 1) / 2 - index) * step, bottom - textWidth(text, size), {
        'font-size': size,
        'writing-mode': 'vertical-rl',
        'dominant-baseline': 'central',
      }),
    )
    .join('')
}

function drawName({ label, depth = 0, note }: HeatMap['rows'][number], y: number): string {
  const indent = 2 + depth * 12
  const room = nameWidth - indent - 12 - (note ? textWidth(note, 11) + 8 : 0)
  const lines = wrap(label, room, size)
  const fitted = lines.length > 1 ? wrap(label, room, 11).slice(0, 2) : lines
  const name = paragraph(fitted, indent, y + rowHeight / 2, lines.length > 1 ? 11 : size, {
    'font-weight': depth === 0 ? 700 : 400,
  })
  if (!note) return name
  return (
    name +
    words(note, nameWidth - 10, y + rowHeight / 2 + 4, { 'font-size': 11, 'text-anchor': 'end', fill: ink.quiet })
  )
}

function drawCells(chart: HeatMap, cells: readonly HeatCell[], y: number): string {
  const box = { y: y + 1, height: rowHeight - 2 }
  if (cells.length > 0 && cells.every((cell) => cell.kind === 'withheld')) {
    const all = { ...box, x: nameWidth + 1, width: cells.length * cellWidth - 2, fill: `url(#${chart.id}-withheld)` }
    const text = chart.legend.withheld
    const middle = nameWidth + (cells.length * cellWidth) / 2
    const plate = {
      ...box,
      y: y + 5,
      height: rowHeight - 10,
      x: middle - textWidth(text, 12) / 2 - 8,
      width: textWidth(text, 12) + 16,
      fill: ink.paper,
    }
    const label = words(text, middle, y + rowHeight / 2 + 4, {
      'font-size': 12,
      'text-anchor': 'middle',
      fill: ink.quiet,
    })
    return element('rect', all) + element('rect', plate) + label
  }
  return cells
    .map((cell, index) => {
      const x = nameWidth + index * cellWidth
      const fill = fillOf(cell)
      const ground = fill
        ? element('rect', { ...box, x: x + 1, width: cellWidth - 2, fill: `url(#${chart.id}-${fill})` })
        : ''
      return ground + drawFigure(cell, x + cellWidth / 2, y + rowHeight / 2 + 4.5, fill, chart)
    })
    .join('')
}

function drawFigure(cell: HeatCell, x: number, y: number, fill: Fill | undefined, chart: HeatMap): string {
  if (cell.kind === 'withheld')
    return element(
      'rect',
      { x: x - 1, y: y - 5, width: 2, height: 2, fill: ink.axis },
      element('title', {}, escapeXml(chart.legend.withheld)),
    )
  const weight = fill === 'worseStrong' || fill === 'betterStrong' ? 700 : 400
  return words(cell.text, x, y, {
    'font-size': 12.5,
    'text-anchor': 'middle',
    'font-weight': weight,
    fill: fill ? ink.text : ink.quiet,
    ...(fill && fill !== 'withheld' ? { ...halo, stroke: ink[fill] } : {}),
  })
}

function fillOf(cell: HeatCell): Fill | undefined {
  if (cell.kind === 'withheld') return 'withheld'
  if (!cell.notable) return undefined
  const side = cell.strength > 0 ? 'worse' : 'better'
  return Math.abs(cell.strength) >= strongFrom ? `${side}Strong` : side
}

function definePatterns(id: string): string {
  return (
    pattern(`${id}-worse`, 'rising', ink.worseLine, ink.worse) +
    pattern(`${id}-worseStrong`, 'rising', ink.worseLine, ink.worseStrong) +
    pattern(`${id}-better`, 'falling', ink.betterLine, ink.better) +
    pattern(`${id}-betterStrong`, 'falling', ink.betterLine, ink.betterStrong) +
    pattern(`${id}-withheld`, 'dots', ink.axis, ink.shade)
  )
}

function drawLegend({ id, legend }: HeatMap, y: number): string {
  const entries: readonly (readonly [readonly Fill[], string])[] = [
    [['worse', 'worseStrong'], legend.worse],
    [['better', 'betterStrong'], legend.better],
    [[], legend.usual],
    [['withheld'], legend.withheld],
  ]
  let x = 0
  let content = ''
  for (const [fills, text] of entries) {
    for (const fill of fills) {
      content += element('rect', { x, y: y - 12, width: 22, height: 15, fill: `url(#${id}-${fill})` })
      x += 24
    }
    if (fills.length === 0) {
      content += element('rect', { x: x + 0.5, y: y - 11.5, width: 21, height: 14, fill: ink.paper, stroke: ink.grid })
      x += 24
    }
    content += words(text, x + 4, y, { 'font-size': 12 })
    x += textWidth(text, 12) + 28
  }
  return content
}
