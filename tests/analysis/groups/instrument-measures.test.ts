import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  levelsOf,
  lossInMoney,
  lossScaleOf,
  measuresOfInstrument,
  personFigures,
} from '../../../analysis/groups/index.ts'
import { addedUp, compileScorer, listItems } from '../../../analysis/scoring/index.ts'
import { pairedDifferenceInterval } from '../../../analysis/statistics/index.ts'
import { findVersion, shippedQuestionnaires } from '../../../server/questionnaires/index.ts'

const shipped = await shippedQuestionnaires()
const form = (slug: string) => findVersion(shipped, slug)!.definition

describe('measures of an instrument', () => {
  test('recommendation: its scale, the spread of eleven numbers with three named classes, its score; no free text', () => {
    const { means, spreads, chosen, recommendations } = measuresOfInstrument(form('recommendation'))
    expect(means).toMatchObject([
      { id: 'recommendation', of: 'scale', range: [0, 10], unit: 1, decimals: 1, loss: null },
    ])
    expect(spreads).toHaveLength(1)
    expect(spreads[0]!.named).toEqual([
      [0, 1, 2, 3, 4, 5, 6],
      [7, 8],
      [9, 10],
    ])
    expect(chosen).toEqual([])
    expect(recommendations).toMatchObject([{ id: 'recommendationScore', item: 'recommend' }])
    expect(JSON.stringify([means, spreads, chosen])).not.toContain('reason')
  })

  test('QQ: exact in whole numbers; 0 days lose nothing, and have no decline', () => {
    const definition = form('presenteeism-qq')
    const measures = measuresOfInstrument(definition)
    const score = compileScorer(definition)
    const of = (answers: Record<string, number>) =>
      personFigures(definition, measures, answers, score(answers, null)).means
    expect(measures.means.slice(0, 2)).toMatchObject([
      { id: 'declineRate', unit: 100, decimals: 2, loss: null },
      { id: 'lostDays', unit: 100, decimals: 1, loss: { basis: 'days', share: 1 / 30 } },
    ])
    expect(of({ days: 18, quantity: 6, quality: 5 })).toMatchObject({ declineRate: 70, lostDays: 1260 })
    expect(of({ days: 0 })).toMatchObject({ declineRate: null, lostDays: 0 })
    expect(of({ days: 3 })).toMatchObject({ declineRate: null, lostDays: null })
    // the person's own scale stays empty, as the published version says
    expect(score({ days: 0 }, null).scales['lostDays']).toBeNull()
    expect(addedUp(definition.scales[1]!.formula, { days: 0 }, null)).toBe(0)
  })

  test('every shipped instrument: figures of a person are whole numbers within their range, classes are all answers', () => {
    for (const { definition } of shipped) {
      const measures = measuresOfInstrument(definition)
      const score = compileScorer(definition)
      const answers = Object.fromEntries(
        listItems(definition).flatMap(({ id, item, options }) =>
          item.type === 'single'
            ? [[id, options[0]!.value]]
            : item.type === 'rating' || item.type === 'number'
              ? [[id, item.max]]
              : [],
        ),
      )
      const { means, spreads } = personFigures(definition, measures, answers, score(answers, null))
      for (const { id, range, unit } of measures.means) {
        const value = means[id]
        if (value == null) continue
        expect(Number.isSafeInteger(value)).toBe(true)
        expect(value).toBeGreaterThanOrEqual(Math.floor(range[0] * unit))
        expect(value).toBeLessThanOrEqual(Math.ceil(range[1] * unit))
      }
      for (const { id, of } of measures.spreads) if (of === 'item') expect(spreads[id]).not.toBeNull()
    }
  })
})

describe('ways to put classes together', () => {
  const classes = (count: number) => Array.from({ length: count }, (_, at) => ({ kind: 'option' as const, value: at }))

  test('the example of the docstring', () => {
    expect(levelsOf({ classes: classes(5), ordered: true, named: null }, [2, 9, 20, 9, 4])).toEqual([
      [[0], [1], [2], [3], [4]],
      [[0, 1], [2], [3], [4]],
      [[0, 1], [2], [3, 4]],
      [
        [0, 1, 2],
        [3, 4],
      ],
    ])
    expect(levelsOf({ classes: classes(2), ordered: true, named: null }, [1, 2])).toEqual([[[0], [1]]])
  })

  test('others than ordered: the least chosen go together wherever they stand', () => {
    expect(levelsOf({ classes: classes(4), ordered: false, named: null }, [1, 30, 2, 10])).toEqual([
      [[0], [1], [2], [3]],
      [[0, 2], [1], [3]],
      [[0, 2, 3], [1]],
    ])
  })

  test('each level refines the next, the last has two classes; named classes are a level', () => {
    const named = [[0, 1, 2], [3], [4, 5]]
    fc.assert(
      fc.property(
        fc.array(fc.nat(40), { minLength: 6, maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (chosen, ordered, mayBeNamed) => {
          // only ordered answers have named classes
          const isNamed = ordered && mayBeNamed
          const levels = levelsOf({ classes: classes(6), ordered, named: isNamed ? named : null }, chosen)
          expect(levels.at(-1)).toHaveLength(2)
          for (const [at, level] of levels.entries()) {
            expect(level.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
            const next = levels[at + 1]
            if (next)
              for (const one of level)
                expect(next.some((other) => one.every((part) => other.includes(part)))).toBe(true)
            if (ordered) for (const one of level) expect(one).toEqual(one.map((_, step) => one[0]! + step))
          }
          if (isNamed)
            expect(levels.map((level) => JSON.stringify(level.toSorted((a, b) => a[0]! - b[0]!)))).toContain(
              JSON.stringify(named),
            )
        },
      ),
      { seed: 3, numRuns: 200 },
    )
  })
})

describe('money', () => {
  test('the example of the docstring; limits are cut to nothing and the whole pay', () => {
    const percent = { share: 0.01, basis: 'percent' } as const
    const pay = { yen: 400_000, period: 'month', people: 10 } as const
    expect(lossInMoney({ mean: 20, lo: 15, hi: 25 }, percent, pay)).toEqual({
      paid: 48_000_000,
      loss: 9_600_000,
      lo: 7_200_000,
      hi: 12_000_000,
    })
    expect(lossInMoney({ mean: 50, lo: -3, hi: 120 }, percent, { ...pay, period: 'year' })).toMatchObject({
      lo: 0,
      hi: 4_000_000,
    })
    expect(lossInMoney({ mean: 20, lo: 15, hi: 25 }, percent, { ...pay, people: 0 }).loss).toBe(0)
  })

  test('the published example of QQ: 18 days at 0.7, 30 yen a month of 30 days: 12.6 yen a month, 151.2 a year', () => {
    const loss = lossScaleOf(
      form('presenteeism-qq').scales[1]!.formula,
      (id) => listItems(form('presenteeism-qq')).find((one) => one.id === id)?.item,
    )!
    const at = { mean: 12.6, lo: 12.6, hi: 12.6 }
    expect(lossInMoney(at, loss, { yen: 300_000, period: 'month', people: 1 }).loss).toBe(1_512_000)
  })

  test('only what is a share of work is money: SPQ and lost days, no other scale that ships', () => {
    const found = shipped.flatMap(({ slug, definition }) =>
      measuresOfInstrument(definition).means.flatMap(({ id, loss }) => (loss ? [`${slug} ${id} ${loss.basis}`] : [])),
    )
    expect(found).toEqual(['presenteeism-qq lostDays days', 'presenteeism-spq presenteeismLoss percent'])
  })
})

test('interval of a difference of shares: the example of the docstring, the ends of the scale, nobody', () => {
  const { lo, hi } = pairedDifferenceInterval(4, 4, 10)
  expect(lo).toBeCloseTo(-0.489991, 6)
  expect(hi).toBeCloseTo(0.489991, 6)
  expect(pairedDifferenceInterval(10, 0, 10).hi).toBeLessThanOrEqual(1)
  expect(pairedDifferenceInterval(0, 0, 0)).toEqual({ lo: -1, hi: 1 })
})
