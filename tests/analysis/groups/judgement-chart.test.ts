import { describe, expect, test } from 'vitest'
import cases from './cases.json' with { type: 'json' }
import { chartRisk, judgementChart } from '../../../analysis/groups/index.ts'
import { person } from './people.ts'

const axes = ([load, control, supervisor, coworker]: number[]) => ({
  load: load!,
  control: control!,
  supervisor: supervisor!,
  coworker: coworker!,
})
const people = (sex: 'male' | 'female' | 'unanswered', count: number, means: number[]) =>
  Array.from({ length: count }, () =>
    person(
      'a',
      { quantitativeLoad: means[0]!, control: means[1]!, supervisorSupport: means[2]!, coworkerSupport: means[3]! },
      { sex },
    ),
  )

describe('judgement chart', () => {
  test.each(cases.derived)('$id', ({ male, female }) => {
    for (const [sex, wanted] of [
      ['male', male],
      ['female', female],
    ] as const) {
      const { loadControl, support, total } = chartRisk(axes(wanted.means), sex)
      expect(loadControl).toBeCloseTo(wanted.riskA_B_total[0]!, 5)
      expect(support).toBeCloseTo(wanted.riskA_B_total[1]!, 5)
      expect(total).toBeCloseTo(wanted.riskA_B_total[2]!, 5)
      // The group as a whole meets the same figures.
      const chart = judgementChart(people(sex, 12, wanted.means))
      expect(chart?.combined.total).toBeCloseTo(wanted.riskA_B_total[2]!, 5)
    }
  })

  test('total is the product of both risks', () => {
    const { riskA, riskB, total } = cases.product
    expect((riskA * riskB) / 100).toBe(total)
    const risk = chartRisk({ load: 10, control: 6, supervisor: 5, coworker: 7 }, 'female')
    expect(risk.total).toBeCloseTo((risk.loadControl * risk.support) / 100, 10)
  })

  test.each(cases.published.rows)('published row of n = %d is reached by some share of men', (...row) => {
    const [, load, control, supervisor, coworker, riskA, riskB, total] = row
    const means = axes([load!, control!, supervisor!, coworker!])
    const [men, women] = [chartRisk(means, 'male'), chartRisk(means, 'female')]
    // Inputs are rounded to 0.1 and the share of men is unknown: between the sexes, within 3 points.
    for (const [wanted, pick] of [
      [riskA!, 'loadControl'],
      [riskB!, 'support'],
      [total!, 'total'],
    ] as const) {
      expect(wanted).toBeGreaterThanOrEqual(Math.min(men[pick], women[pick]) - 3)
      expect(wanted).toBeLessThanOrEqual(Math.max(men[pick], women[pick]) + 3)
    }
  })

  test('sexes are combined by head count, unanswered sex on the men’s chart', () => {
    const men = people('male', 30, [9.5, 7, 7, 7.5])
    const women = people('female', 10, [9.5, 7, 7, 7.5])
    const chart = judgementChart([...men, ...women])
    expect(chart?.combined.loadControl).toBeCloseTo(0.75 * 115.130951 + 0.25 * 109.198812, 5)
    expect(chart?.combined.support).toBeCloseTo(0.75 * 111.260042 + 0.25 * 102.952754, 5)
    expect(chart?.combined.total).toBeCloseTo(0.75 * 128.094745 + 0.25 * 112.423185, 5)
    expect(chart?.bySex.female).toMatchObject({ n: 10 })
    expect(chart?.bySex.unanswered).toBeNull()
    expect(judgementChart(people('unanswered', 5, [9.5, 7, 7, 7.5]))?.combined.total).toBeCloseTo(128.094745, 5)
  })

  test('a missing answer keeps its person off the chart; nobody, no chart', () => {
    const chart = judgementChart([person('a'), person('a', { control: null })])
    expect(chart?.n).toBe(1)
    expect(judgementChart([])).toBeNull()
    expect(judgementChart([person('a', { control: null })])).toBeNull()
  })

  test('norm sets are data', () => {
    const group = people('male', 10, [8.7, 8, 7.6, 8.1])
    expect(judgementChart(group, 'legacy')?.combined.total).toBeCloseTo(100, 10)
    expect(judgementChart(group)?.combined.total).not.toBeCloseTo(100, 1)
  })

  test('the interval holds the risk and narrows with more people', () => {
    const mixed = (times: number) =>
      Array.from({ length: times }, () => [
        person('a', { quantitativeLoad: 5 }),
        person('a', { quantitativeLoad: 11 }),
        person('a', { control: 4 }, { sex: 'female' }),
        person('a', { control: 10 }, { sex: 'female' }),
      ]).flat()
    const [few, many] = [judgementChart(mixed(3))!, judgementChart(mixed(30))!]
    for (const axis of ['loadControl', 'total'] as const) {
      expect(few.interval90[axis].lo).toBeLessThan(few.combined[axis])
      expect(few.interval90[axis].hi).toBeGreaterThan(few.combined[axis])
      const width = ({ lo, hi }: { lo: number; hi: number }) => Math.log(hi / lo)
      expect(width(many.interval90[axis])).toBeLessThan(width(few.interval90[axis]) / 2.9)
    }
    expect(judgementChart([person('a')])?.interval90.total).toEqual({ lo: 0, hi: Number.POSITIVE_INFINITY })
  })
})
