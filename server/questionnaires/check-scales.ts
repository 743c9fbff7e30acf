import { itemsOfFormula, numericRange, reachableRange } from '../../analysis/scoring/index.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Place, Report } from './findings.ts'
import type { Questionnaire, Scale } from '../../survey-definitions/schema.ts'

/** A scale counts real items once each, declares the range it reaches, and its point table has no hole. */
export function checkScale(
  scale: Scale,
  place: Place,
  items: ReadonlyMap<string, AskedItem>,
  definition: Questionnaire,
  report: Report,
): void {
  const seen = new Set<string>()
  let calculable = true
  for (const key of ['plus', 'minus'] as const) {
    for (const [index, id] of scale.formula[key].entries()) {
      const asked = items.get(id)
      const at: Place = [...place, 'formula', key, index]
      if (!asked) report(at, 'item-unknown', `scale "${scale.id}" names the item "${id}", which does not exist`)
      else if (!numericRange(asked)) {
        report(at, 'item-without-number', `"${id}" has no number to calculate with; give its options integer values`)
      } else if (seen.has(id)) report(at, 'item-repeated', `scale "${scale.id}" counts "${id}" twice; remove one`)
      calculable &&= asked !== undefined && numericRange(asked) !== undefined
      seen.add(id)
    }
  }
  if (itemsOfFormula(scale.formula).length === 0) {
    report([...place, 'formula'], 'formula-empty', `scale "${scale.id}" counts no item; add plus or minus`)
    calculable = false
  }
  if (calculable) {
    const [low, high] = reachableRange(scale.formula, (id) => numericRange(items.get(id)!)!)
    if (scale.range[0] !== low || scale.range[1] !== high) {
      report(
        [...place, 'range'],
        'range-wrong',
        `the formula reaches ${low} to ${high}; write range: [${low}, ${high}]`,
      )
    }
    checkPointTable(scale, [low, high], place, definition, report)
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
      report(at, 'point-columns', what)
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
