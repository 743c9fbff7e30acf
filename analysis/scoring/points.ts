import type { Scale } from '../../survey-definitions/schema.ts'

export type Sex = 'male' | 'female'

/** Evaluation point of a raw value, or null when the table has no cell for it. */
export type PointOf = (raw: number, sex: Sex) => number | null

/**
 * Prepares a scale's point table (素点換算表) for look-up. The evaluation point runs from 1 (most stress) to the number
 * of columns (least): the column's number where a high raw value is good, its mirror image where it is bad. Blank columns
 * keep their number, so that one-item scales skip a point, as the official table prints it.
 *
 * Example: quantitative load (negative), men's table 3–5, 6–7, 8–9, 10–11, 12: raw 11 stands in column 4 and gives point 2
 * (https://wic-net.com/material/document/17187/267). A scale without a table gives undefined.
 */
export function compilePoints(scale: Pick<Scale, 'point_table' | 'polarity'>): PointOf | undefined {
  const table = scale.point_table
  if (!table) return undefined
  const points = { male: pointByRaw(table.male, scale.polarity), female: pointByRaw(table.female, scale.polarity) }
  return (raw, sex) => points[sex].get(raw) ?? null
}

function pointByRaw(
  cells: readonly (readonly [number, number] | null)[],
  polarity: Scale['polarity'],
): ReadonlyMap<number, number> {
  const points = new Map<number, number>()
  for (const [index, cell] of cells.entries()) {
    if (!cell) continue
    const point = polarity === 'positive' ? index + 1 : cells.length - index
    for (let raw = cell[0]; raw <= cell[1]; raw++) points.set(raw, point)
  }
  return points
}
