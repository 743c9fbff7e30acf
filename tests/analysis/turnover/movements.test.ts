import { describe, expect, test } from 'vitest'
import * as fc from 'fast-check'
import {
  ageBandOf,
  companyHistory,
  countMovements,
  sumHistories,
  tenureBandOf,
} from '../../../analysis/turnover/index.ts'
import { addMonths, daysBefore, fullYears, monthsBetween, monthsUntil } from '../../../analysis/turnover/months.ts'
import type { EmploymentRow, MovementCell } from '../../../analysis/turnover/index.ts'

const employment = (change: Partial<EmploymentRow> = {}): EmploymentRow => ({
  sex: 'female',
  bornOn: '1990-06-15',
  hiredOn: '2024-01-10',
  employmentType: 'regular',
  memberships: [{ unit: 'a', from: '2024-01-10', until: null }],
  leaving: { on: '2024-03-31', kind: 'voluntary' },
  ...change,
})
const brief = (cells: MovementCell[]) =>
  cells.map(({ unit, month, personMonths, voluntaryLeavers }) => `${unit} ${month} ${personMonths} ${voluntaryLeavers}`)

describe('dates', () => {
  test('months and days', () => {
    expect(addMonths('2024-01', -2)).toBe('2023-11')
    expect(monthsUntil('2024-02', 3)).toEqual(['2023-12', '2024-01', '2024-02'])
    expect(monthsBetween('2023-11', '2024-02')).toBe(3)
    expect(daysBefore('2024-03-31', 30)).toBe('2024-03-01')
    expect(fullYears('2000-05-02', '2024-05-01')).toBe(23)
    expect(fullYears('2000-05-01', '2024-05-01')).toBe(24)
    expect(() => addMonths('2024-13', 1)).toThrow(RangeError)
  })

  test('bands at their edges', () => {
    expect(
      ['1995-01-01', '1994-01-01', '1985-01-01', '1965-01-02', '1965-01-01'].map((born) =>
        ageBandOf(born, '2025-01-01'),
      ),
    ).toEqual(['30-39', '30-39', '40-49', '50-59', '60-'])
    expect(ageBandOf('1995-01-02', '2025-01-01')).toBe('-29')
    expect(ageBandOf(null, '2025-01-01')).toBe('unknown')
    expect(
      ['2024-04-02', '2024-04-01', '2022-04-01', '2015-04-01'].map((hired) => tenureBandOf(hired, '2025-04-01')),
    ).toEqual(['-0', '1-2', '3-9', '10-'])
  })
})

describe('person-months and leavers', () => {
  test('worked example: half a month and one leaver in the month of leaving', () => {
    expect(brief(countMovements([employment()], '2024-04'))).toEqual(['a 2024-02 1 0', 'a 2024-03 0.5 1'])
  })

  test('a leaver belongs to the unit held thirty days before', () => {
    const moved = employment({
      memberships: [
        { unit: 'a', from: '2024-01-10', until: '2024-03-10' },
        { unit: 'personnel', from: '2024-03-10', until: null },
      ],
    })
    expect(brief(countMovements([moved], '2024-04'))).toContain('a 2024-03 0.5 1')
    // Moved more than thirty days before: the new unit, though the exposure of February was the old one's.
    const early = employment({
      memberships: [
        { unit: 'a', from: '2024-01-10', until: '2024-02-28' },
        { unit: 'b', from: '2024-02-28', until: null },
      ],
    })
    expect(brief(countMovements([early], '2024-04'))).toEqual(['a 2024-02 1 0', 'b 2024-03 0.5 1'])
  })

  test('hired and gone within a month has half a month of exposure', () => {
    const short = employment({ leaving: { on: '2024-01-25', kind: 'voluntary' } })
    expect(brief(countMovements([short], '2024-04'))).toEqual(['a 2024-01 0.5 1'])
  })

  test('other ways of leaving end the exposure and are no event', () => {
    const retired = employment({ leaving: { on: '2024-03-31', kind: 'other' } })
    expect(brief(countMovements([retired], '2024-04'))).toEqual(['a 2024-02 1 0', 'a 2024-03 0.5 0'])
  })

  test('only the window counts', () => {
    const long = employment({
      hiredOn: '2010-04-01',
      leaving: null,
      memberships: [{ unit: 'a', from: '2010-04-01', until: null }],
    })
    const cells = countMovements([long], '2024-04')
    expect(cells.reduce((sum, cell) => sum + cell.personMonths, 0)).toBe(36)
    expect(cells[0]?.month).toBe('2021-05')
    expect(
      countMovements(
        [employment({ leaving: { on: '2020-01-01', kind: 'voluntary' }, hiredOn: '2019-01-01' })],
        '2024-04',
      ),
    ).toEqual([])
  })

  test('merged and renamed units count for the one that continues them', () => {
    const successors = new Map([
      ['a', 'a2'],
      ['a2', 'ab'],
    ])
    expect(brief(countMovements([employment()], '2024-04', { successors }))).toEqual([
      'ab 2024-02 1 0',
      'ab 2024-03 0.5 1',
    ])
    expect(() =>
      countMovements([employment()], '2024-04', {
        successors: new Map([
          ['a', 'b'],
          ['b', 'a'],
        ]),
      }),
    ).toThrow(/successor/)
  })

  test('leave of absence can be counted or not', async () => {
    const { turnoverParameters } = await import('../../../analysis/turnover/index.ts')
    const away = employment({ absences: [{ from: '2024-02-01', until: '2024-02-20' }] })
    expect(brief(countMovements([away], '2024-04'))).toHaveLength(2)
    const parameters = { ...turnoverParameters, absenceCounts: false }
    expect(brief(countMovements([away], '2024-04', { parameters }))).toEqual(['a 2024-03 0.5 1'])
  })

  test('strata change with age and tenure', () => {
    const cells = countMovements(
      [
        employment({
          hiredOn: '2023-04-01',
          bornOn: '1994-03-15',
          leaving: null,
          memberships: [{ unit: 'a', from: '2023-04-01', until: null }],
        }),
      ],
      '2024-05',
    )
    expect(cells.find(({ month }) => month === '2024-03')).toMatchObject({ ageBand: '-29', tenureBand: '-0' })
    expect(cells.find(({ month }) => month === '2024-04')).toMatchObject({ ageBand: '30-39', tenureBand: '1-2' })
  })

  test.each([
    ['an impossible date', { hiredOn: '2024-02-30' }, /2024-02-30|day/],
    ['no date', { hiredOn: '2024/02/01' }, /Not a day/],
    ['an end before the beginning', { leaving: { on: '2023-12-31', kind: 'other' } }, /ends before/],
    [
      'two units at once',
      {
        memberships: [
          { unit: 'a', from: '2024-01-10', until: null },
          { unit: 'b', from: '2024-02-01', until: null },
        ],
      },
      /two units/,
    ],
  ] as [string, Partial<EmploymentRow>, RegExp][])('%s is refused', (_, change, message) => {
    expect(() => countMovements([employment(change)], '2024-04')).toThrow(message)
  })

  test('nobody', () => {
    expect(countMovements([], '2024-04')).toEqual([])
  })
})

const cell = (change: Partial<MovementCell>): MovementCell => ({
  unit: 'a',
  month: '2024-04',
  sex: 'male',
  ageBand: '30-39',
  tenureBand: '3-9',
  employmentType: 'regular',
  personMonths: 12,
  voluntaryLeavers: 0,
  ...change,
})

describe('expected leavers', () => {
  test('one stratum: everybody has the company’s rate', () => {
    const history = companyHistory(
      [cell({ personMonths: 1080, voluntaryLeavers: 9 }), cell({ unit: 'b', personMonths: 120, voluntaryLeavers: 1 })],
      '2024-04',
    )
    expect(history).toMatchObject({ observed: 10, personYears: 100 })
    expect(sumHistories(history, ['b']).expected.at(-1)).toBeCloseTo(1, 12)
    expect(sumHistories(history, ['b']).yearlyExpected).toBeCloseTo(12, 12)
    expect(history.ratesBySex.male).toBeCloseTo(0.1, 12)
    expect(history.ratesBySex.female).toBeCloseTo(0.1, 12)
  })

  test('the young leave more: a unit of young people expects more', () => {
    const cells = [
      cell({ unit: 'mixed', ageBand: '-29', personMonths: 600, voluntaryLeavers: 15 }),
      cell({ unit: 'mixed', ageBand: '50-59', personMonths: 600, voluntaryLeavers: 1 }),
      cell({ unit: 'young', ageBand: '-29', personMonths: 240, voluntaryLeavers: 6 }),
      cell({ unit: 'old', ageBand: '50-59', personMonths: 240, voluntaryLeavers: 0 }),
    ]
    const history = companyHistory(cells, '2024-04')
    const expected = (unit: string) => sumHistories(history, [unit]).expected.at(-1)!
    expect(expected('young')).toBeGreaterThan(3 * expected('old'))
    // λ of the young: (21 + 20·λ0)/(70 + 20) with λ0 = 22/140.
    const raw = { young: (21 + (20 * 22) / 140) / 90, old: (1 + (20 * 22) / 140) / 90 }
    const scale = 22 / (70 * raw.young + 70 * raw.old)
    expect(expected('young')).toBeCloseTo(20 * raw.young * scale, 10)
  })

  test('expected leavers sum to the observed ones', () => {
    const cells = fc.array(
      fc
        .record({
          unit: fc.constantFrom('a', 'b', 'c', 'd'),
          month: fc.constantFrom('2023-01', '2023-09', '2024-04'),
          sex: fc.constantFrom('male' as const, 'female' as const, 'unanswered' as const),
          ageBand: fc.constantFrom('-29', '30-39', '60-'),
          personMonths: fc.integer({ min: 1, max: 200 }),
          voluntaryLeavers: fc.integer({ min: 0, max: 6 }),
        })
        .map((change) => cell(change)),
      { minLength: 1, maxLength: 40 },
    )
    fc.assert(
      fc.property(cells, (rows) => {
        const history = companyHistory(rows, '2024-04')
        const total = sumHistories(history, ['a', 'b', 'c', 'd'])
        const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
        expect(sum(total.expected)).toBeCloseTo(history.observed, 8)
        expect(sum(total.observed)).toBe(history.observed)
      }),
    )
  })

  test('a sourced baseline moves the rates towards it, not their total', () => {
    const cells = [
      cell({ unit: 'a', ageBand: '-29', personMonths: 120, voluntaryLeavers: 2 }),
      cell({ unit: 'b', ageBand: '50-59', personMonths: 120, voluntaryLeavers: 2 }),
    ]
    const flat = companyHistory(cells, '2024-04')
    const tilted = companyHistory(cells, '2024-04', { baseline: ({ ageBand }) => (ageBand === '-29' ? 0.3 : 0.1) })
    const expected = (history: typeof flat, unit: string) => sumHistories(history, [unit]).expected.at(-1)!
    expect(expected(tilted, 'a')).toBeGreaterThan(expected(flat, 'a'))
    expect(expected(tilted, 'a') + expected(tilted, 'b')).toBeCloseTo(4, 10)
  })

  test('nobody left: nothing is expected; nothing is divided by zero', () => {
    const history = companyHistory([cell({})], '2024-04')
    expect(sumHistories(history, ['a', 'unknown'])).toMatchObject({ yearlyExpected: 0 })
    expect(sumHistories(history, ['a']).expected.every((value) => value === 0)).toBe(true)
    expect(companyHistory([], '2024-04')).toMatchObject({ observed: 0, personYears: 0 })
  })

  test.each([
    ['negative exposure', cell({ personMonths: -1 }), /Negative movements of a/],
    ['leavers without exposure', cell({ personMonths: 0, voluntaryLeavers: 1 }), /Leavers without exposure in a/],
  ])('%s is refused', (_, row, message) => {
    expect(() => companyHistory([row], '2024-04')).toThrow(message)
  })
})
