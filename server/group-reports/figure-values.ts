import { roundTo } from '../../analysis/disclosure/index.ts'
import type { GroupFigures } from '../../analysis/groups/index.ts'
import type { ChartValue, GapValue, IntervalValue } from './content.ts'

/** The distance from the company on one measure, rounded; 0 for the company itself. */
export function gapOf(figures: GroupFigures, measure: string): GapValue {
  const found = figures.gaps.find((gap) => gap.measure === measure)
  if (!found) return { gap: 0, lo: 0, hi: 0, notable: false }
  const half = 1.6448536269514722 * found.se
  return {
    gap: roundTo(found.gap, 2),
    lo: roundTo(found.gap - half, 2),
    hi: roundTo(found.gap + half, 2),
    notable: found.clear,
  }
}

/** A group's point on the chart: risks in whole numbers, because decimals would describe a single woman among forty men. */
export function chartOf({ chart }: GroupFigures): ChartValue {
  if (!chart) return none()
  const { means, combined, interval90 } = chart
  const whole = ({ lo, hi }: IntervalValue) => ({ lo: roundTo(lo, 0), hi: roundTo(Math.min(hi, 999), 0) })
  return {
    means: {
      load: roundTo(means.load, 1),
      control: roundTo(means.control, 1),
      supervisor: roundTo(means.supervisor, 1),
      coworker: roundTo(means.coworker, 1),
    },
    loadControl: roundTo(combined.loadControl, 0),
    support: roundTo(combined.support, 0),
    total: roundTo(combined.total, 0),
    interval90: {
      loadControl: whole(interval90.loadControl),
      support: whole(interval90.support),
      total: whole(interval90.total),
    },
  }
}

export function none(): never {
  throw new Error('a figure was asked for a group without answers')
}

export function intervalOf({ lo, hi }: IntervalValue, decimals: number): IntervalValue {
  return { lo: roundTo(lo, decimals), hi: roundTo(hi, decimals) }
}
