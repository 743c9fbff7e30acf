import { numericRange, reachableRange } from '../../analysis/scoring/index.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Place, Report } from './findings.ts'
import type { Composite, Questionnaire, Scale } from '../../survey-definitions/schema.ts'

/** A scale counts real items once each, declares the range it reaches, and its point table has no hole. */
export function checkScale(
  scale: Scale,
  place: Place,
  items: ReadonlyMap<string, AskedItem>,
  definition: Questionnaire,
  report: Report,
): void {
  const calculable = checkCounted(
    partsOfFormula(scale.formula),
    `scale "${scale.id}"`,
    [...place, 'formula'],
    items,
    report,
  )
  if (calculable) {
    const [low, high] = reachableRange(scale.formula, (id) => numericRange(items.get(id)!)!)
    // means and shares have no exact binary form
    if (Math.abs(scale.range[0] - low) > 1e-9 || Math.abs(scale.range[1] - high) > 1e-9) {
      report(
        [...place, 'range'],
        'range-wrong',
        `the formula reaches ${low} to ${high}; write range: [${low}, ${high}]`,
        { low, high },
      )
    }
    checkPointTable(scale, [low, high], place, definition, report)
    checkBands(scale, [low, high], place, report)
  }
}

function checkPointTable(
  scale: Scale,
  [low, high]: readonly [number, number],
  place: Place,
  definition: Questionnaire,
  report: Report,
): void {
  if (!scale.point_table) return
  const columns = definition.point_columns?.length
  for (const sex of ['male', 'female'] as const) {
    const cells = scale.point_table[sex]
    const at: Place = [...place, 'point_table', sex]
    if (cells.length !== columns) {
      const what = `${cells.length} cells, but point_columns has ${columns ?? 'no'} headings; write one cell per heading`
      report(at, 'point-columns', what, { cells: cells.length, columns: columns ?? 0 })
    }
    let next = low
    for (const [index, cell] of cells.entries()) {
      if (!cell) continue
      if (cell[0] !== next || cell[1] < cell[0]) {
        const what = `expected a cell beginning at raw value ${next}; every value from ${low} to ${high} needs one cell`
        report([...at, index], 'point-hole', what)
      }
      next = cell[1] + 1
    }
    if (next !== high + 1) {
      report(at, 'point-hole', `the cells end at ${next - 1}, the scale at ${high}; every raw value needs one cell`)
    }
  }
}

/** A formula's item names as they stand in the file: key, position in its list, id. */
type Part = { readonly id: string; readonly place: Place }

function partsOfFormula(formula: Scale['formula']): Part[] {
  const listed = (lists: Record<string, readonly string[]>): Part[] =>
    Object.entries(lists).flatMap(([key, ids]) => ids.map((id, index) => ({ id, place: [key, index] })))
  if (formula.method === 'sum') return listed({ plus: formula.plus, minus: formula.minus })
  if (formula.method === 'mean') return listed({ items: formula.items, reverse: formula.reverse })
  const { quantity, quality, days } = formula
  const named: Part[] = [
    { id: quantity, place: ['quantity'] },
    { id: quality, place: ['quality'] },
  ]
  return days === undefined ? named : [...named, { id: days, place: ['days'] }]
}

/** Every counted item exists, has numbers, and stands once. Returns whether all can be calculated with. */
function checkCounted(
  parts: readonly Part[],
  who: string,
  place: Place,
  items: ReadonlyMap<string, AskedItem>,
  report: Report,
): boolean {
  const seen = new Set<string>()
  let calculable = parts.length > 0
  if (!calculable) report(place, 'formula-empty', `${who} counts no item; name some`)
  for (const { id, place: inside } of parts) {
    const asked = items.get(id)
    const at: Place = [...place, ...inside]
    if (!asked) report(at, 'item-unknown', `${who} names the item "${id}", which does not exist`, { id })
    else if (!numericRange(asked)) {
      report(at, 'item-without-number', `"${id}" has no number to calculate with; give its options integer values`, {
        id,
      })
    } else if (seen.has(id)) report(at, 'item-repeated', `${who} counts "${id}" twice; remove one`, { id })
    calculable &&= asked !== undefined && numericRange(asked) !== undefined
    seen.add(id)
  }
  return calculable
}

function checkBands(scale: Scale, [low, high]: readonly [number, number], place: Place, report: Report): void {
  let before = Number.NEGATIVE_INFINITY
  for (const [index, band] of (scale.bands ?? []).entries()) {
    const at: Place = [...place, 'bands', index]
    if (band.from > band.to || band.from <= before) {
      report([...at, 'from'], 'band-order', `bands go upwards without overlap; "${band.id}" does not`, { id: band.id })
    }
    if (band.from < low || band.to > high) {
      report(at, 'band-outside', `the scale runs from ${low} to ${high}; "${band.id}" lies outside`, { low, high })
    }
    before = band.to
  }
}

/** A composite means scales of this questionnaire, each once, or items as a scale does. */
export function checkComposite(
  composite: Composite,
  place: Place,
  items: ReadonlyMap<string, AskedItem>,
  scales: ReadonlySet<string>,
  report: Report,
): void {
  const { formula } = composite
  const who = `composite "${composite.id}"`
  if (!('scales' in formula)) {
    checkCounted(partsOfFormula(formula), who, [...place, 'formula'], items, report)
    return
  }
  const seen = new Set<string>()
  for (const [index, id] of formula.scales.entries()) {
    const at: Place = [...place, 'formula', 'scales', index]
    if (!scales.has(id))
      report(at, 'scale-unknown', `there is no scale "${id}"; name one of this questionnaire`, { id })
    else if (seen.has(id)) report(at, 'item-repeated', `${who} counts "${id}" twice; remove one`, { id })
    seen.add(id)
  }
}
