import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  auditFigure,
  decideFloor,
  discloseFigure,
  discloseMean,
  discloseShare,
  planDisclosure,
} from '../../../analysis/disclosure/index.ts'
import type { Disclosed, DisclosedFigure, DisclosurePlan } from '../../../analysis/disclosure/index.ts'
import { tree, treesOf } from './trees.ts'

const ten = decideFloor()
const countsOf = (counts: Record<string, number>) => new Map(Object.entries(counts))
const flat = (units: Record<string, number>) => tree('C', 0, ...Object.entries(units).map(([id, n]) => tree(id, n)))
const planOf = (units: Record<string, number>) => planDisclosure(flat(units), ten)

/** `{ C: 71, A: 40, B: null … }`: value where shown, null where withheld. */
function seen<T>(figures: ReadonlyMap<string, Disclosed<T>>): Record<string, T | null> {
  return Object.fromEntries([...figures].map(([id, figure]) => [id, figure.kind === 'shown' ? figure.value : null]))
}
const size = (plan: DisclosurePlan, counts: Record<string, number>) =>
  discloseFigure(plan, { counts: countsOf(counts), value: (_, n) => n })

describe('a figure under its own counts', () => {
  test('all answered: the plan, with the rest', () => {
    const figure = size(planOf({ A: 40, B: 25, D: 6 }), { A: 40, B: 25, D: 6 })
    expect(seen(figure.departments)).toEqual({ C: 71, A: 40, B: null, D: null })
    expect(seen(figure.rests)).toEqual({ C: 31 })
    expect(figure.departments.get('B')).toEqual(figure.departments.get('D'))
  })

  test('a unit of 12 with 9 valid answers is withheld in this figure, and so is its smallest sibling', () => {
    const plan = planOf({ A: 40, B: 25, D: 12 })
    expect(plan.withheld).toEqual([])
    const figure = size(plan, { A: 40, B: 25, D: 9 })
    expect(seen(figure.departments)).toEqual({ C: 74, A: 40, B: null, D: null })
  })

  test('one missing answer in the rest can break the residual: then a department goes', () => {
    const plan = planOf({ A: 40, B: 20, D: 6, E: 4 })
    expect(plan.rests).toMatchObject([{ id: 'C', respondents: 10 }])
    const figure = size(plan, { A: 40, B: 20, D: 6, E: 3 })
    expect(seen(figure.departments)).toEqual({ C: 69, A: 40, B: null, D: null, E: null })
    // the planned rest (D and E) is no residual of this figure any more
    expect(seen(figure.rests)).toEqual({ C: null })
    expect(auditFigure(plan, countsOf({ A: 40, B: 20, D: 6, E: 3 }), figure)).toEqual({ safe: true, exposed: [] })
  })

  test('nobody answered: nothing is shown', () => {
    const figure = size(planOf({ A: 40, B: 25 }), {})
    expect(seen(figure.departments)).toEqual({ C: null, A: null, B: null })
  })

  test('the value is computed for shown groups only', () => {
    const asked: string[] = []
    discloseFigure(planOf({ A: 40, B: 25, D: 6 }), {
      counts: countsOf({ A: 40, B: 25, D: 6 }),
      value: ({ kind, id }) => asked.push(`${kind} ${id}`),
    })
    expect(asked).toEqual(['department C', 'department A', 'rest C'])
  })

  test('a derived figure is shown only where what it derives from is shown exactly', () => {
    const plan = planOf({ A: 40, B: 25, D: 12 })
    const counts = countsOf({ A: 40, B: 25, D: 12 })
    const mean = discloseMean(plan, { counts, sums: countsOf({ A: 100, B: 60, D: 12 }), lowest: 1, highest: 4 })
    const risk = discloseFigure(plan, { counts, value: () => 100, onlyWhere: [mean] })
    expect(mean.departments.get('D')).toMatchObject({ kind: 'shown', value: { kind: 'nearLowest' } })
    expect(seen(risk.departments)).toEqual({ C: 100, A: 100, B: null, D: null })
  })

  test('auditFigure finds a figure that does not fit its counts', () => {
    const plan = planOf({ A: 40, B: 25, D: 12 })
    const figure = size(plan, { A: 40, B: 25, D: 12 })
    expect(auditFigure(plan, countsOf({ A: 40, B: 25, D: 9 }), figure).exposed).toEqual([
      { id: 'D', what: 'total', respondents: 9 },
    ])
  })

  test('unknown departments and impossible counts are named', () => {
    const plan = planOf({ A: 40 })
    expect(() => size(plan, { X: 1 })).toThrow(/unknown department X/)
    expect(() => size(plan, { A: -1 })).toThrow(/-1 at department A/)
    const counts = countsOf({ A: 12 })
    const mean = (sum: number) => discloseMean(plan, { counts, sums: countsOf({ A: sum }), lowest: 1, highest: 4 })
    expect(() => mean(11)).toThrow(/11 of 12 answers/)
    expect(() => mean(49)).toThrow(/49 of 12 answers/)
    expect(() => mean(20.5)).toThrow(/20.5 of 12 answers/)
  })
})

describe('extreme values', () => {
  const counts = { A: 40, B: 25, D: 20, E: 12 }
  const share = (positives: Record<string, number>, resolved = true) =>
    discloseShare(planOf(counts), { counts: countsOf(counts), positives: countsOf(positives), resolved })

  test('without a resolution no share is shown anywhere', () => {
    const figure = share({ A: 8, B: 5, D: 6, E: 4 }, false)
    for (const disclosed of figure.departments.values()) {
      expect(disclosed).toMatchObject({ kind: 'withheld', reason: 'noResolution' })
    }
  })

  test('ordinary shares, to one per cent, with the number of people', () => {
    const figure = share({ A: 5, B: 5, D: 6, E: 4 })
    expect(seen(figure.departments)).toEqual({
      C: { kind: 'exact', share: 0.21, positives: 20 },
      A: { kind: 'exact', share: 0.13, positives: 5 },
      B: { kind: 'exact', share: 0.2, positives: 5 },
      D: { kind: 'exact', share: 0.3, positives: 6 },
      E: { kind: 'exact', share: 0.33, positives: 4 },
    })
  })

  test('12 of 12 is a band; the smallest sibling goes, because company − others would give it back', () => {
    const figure = share({ A: 8, B: 5, D: 6, E: 12 })
    expect(seen(figure.departments)).toEqual({
      C: { kind: 'exact', share: 0.32, positives: 31 },
      A: { kind: 'exact', share: 0.2, positives: 8 },
      B: { kind: 'exact', share: 0.2, positives: 5 },
      D: null,
      E: { kind: 'atLeast', people: 10 },
    })
  })

  test.each([
    [2, { kind: 'atMost', people: 2 }],
    [3, { kind: 'exact', share: 0.25, positives: 3 }],
    [9, { kind: 'exact', share: 0.75, positives: 9 }],
    [10, { kind: 'atLeast', people: 10 }],
  ])('%d of 12', (positives, value) => {
    expect(share({ A: 8, B: 5, D: 6, E: positives }).departments.get('E')).toMatchObject({
      kind: 'shown',
      value,
      n: 12,
    })
  })

  test('an extreme 「その他合算」 is no exact number either, and cannot be subtracted', () => {
    const units = { A: 40, B: 30, D: 6, E: 7 }
    const plan = planOf(units)
    expect(plan.rests).toMatchObject([{ id: 'C', respondents: 13 }])
    const positives = countsOf({ A: 8, B: 9, D: 0, E: 1 })
    const figure = discloseShare(plan, { counts: countsOf(units), positives, resolved: true })
    expect(seen(figure.departments)).toMatchObject({ C: { kind: 'exact' }, A: { kind: 'exact' }, B: null })
    expect(seen(figure.rests)).toEqual({ C: { kind: 'atMost', people: 2 } })
  })

  test('two bands that a total would pin down: the smaller is withheld', () => {
    const units = { A: 40, D: 13, E: 12 }
    const figure = discloseShare(planOf(units), {
      counts: countsOf(units),
      positives: countsOf({ A: 9, D: 2, E: 2 }),
      resolved: true,
    })
    // company and A exact leave 4 for D and E: "2 or fewer" twice would say 2 and 2
    expect(seen(figure.departments)).toEqual({
      C: { kind: 'exact', share: 0.2, positives: 13 },
      A: { kind: 'exact', share: 0.23, positives: 9 },
      D: { kind: 'atMost', people: 2 },
      E: null,
    })
  })

  test('means: everybody at the limit, or two points from it, is a marker; three points is a mean', () => {
    const mean = (sum: number) =>
      discloseMean(planOf(counts), {
        counts: countsOf(counts),
        sums: countsOf({ A: 300, B: 190, D: 130, E: sum }),
        lowest: 3,
        highest: 12,
      }).departments.get('E')
    expect(mean(36)).toMatchObject({ value: { kind: 'nearLowest' } })
    expect(mean(38)).toMatchObject({ value: { kind: 'nearLowest' } })
    expect(mean(39)).toMatchObject({ value: { kind: 'exact', mean: 3.3 }, n: 12, floor: 10 })
    expect(mean(142)).toMatchObject({ value: { kind: 'nearHighest' } })
    expect(mean(144)).toMatchObject({ value: { kind: 'nearHighest' } })
  })

  test('everybody high-stress in the whole company', () => {
    expect(seen(share(counts).departments)).toEqual({
      C: { kind: 'atLeast', people: 95 },
      A: { kind: 'atLeast', people: 38 },
      B: { kind: 'atLeast', people: 23 },
      D: { kind: 'atLeast', people: 18 },
      E: { kind: 'atLeast', people: 10 },
    })
  })
})

describe('properties', () => {
  const surveyed = treesOf({ nodes: 25, direct: 14 }).chain((nodes) =>
    fc.record({
      nodes: fc.constant(nodes),
      answered: fc.tuple(...nodes.map(({ direct }) => fc.integer({ min: Math.max(0, direct - 2), max: direct }))),
      rates: fc.tuple(...nodes.map(() => fc.constantFrom(0, 0.1, 0.5, 1))),
    }),
  )

  test('each figure is safe under its own counts, whoever left it out', () => {
    fc.assert(
      fc.property(surveyed, ({ nodes, answered }) => {
        const plan = planDisclosure(nodes, ten)
        const counts = new Map(nodes.map(({ id }, at) => [id, answered[at]!]))
        const figure = discloseFigure(plan, { counts, value: (_, n) => n })
        expect(auditFigure(plan, counts, figure)).toEqual({ safe: true, exposed: [] })
        for (const id of plan.withheld) expect(figure.departments.get(id)!.kind).toBe('withheld')
      }),
      { seed: 41, numRuns: 200 },
    )
  })

  test('no difference of exact shares is extreme, no band can be narrowed', () => {
    fc.assert(
      fc.property(surveyed, ({ nodes, answered, rates }) => {
        const plan = planDisclosure(nodes, ten)
        const counts = new Map(nodes.map(({ id }, at) => [id, answered[at]!]))
        const positives = new Map(nodes.map(({ id }, at) => [id, Math.round(answered[at]! * rates[at]!)]))
        const figure = discloseShare(plan, { counts, positives, resolved: true })
        const kindOf = (id: string) => {
          const disclosed = figure.departments.get(id)!
          return disclosed.kind === 'shown' ? disclosed.value.kind : 'withheld'
        }
        for (const { id } of plan.published) {
          if (kindOf(id) !== 'exact') continue
          const own = exactRemainder(plan, figure, id)
          expectFullBands(own, sum(own, positives))
          const n = sum(own, counts)
          const high = sum(own, positives)
          if (n === 0) continue
          expect(n).toBeGreaterThanOrEqual(10)
          expect(high).toBeGreaterThanOrEqual(3)
          expect(n - high).toBeGreaterThanOrEqual(3)
        }
        function expectFullBands(own: readonly string[], total: number) {
          const banded = [...plan.published, ...plan.rests].flatMap((group) => {
            const shown = (group.kind === 'department' ? figure.departments : figure.rests).get(group.id)!
            if (shown.kind !== 'shown' || shown.value.kind === 'exact' || !own.includes(group.members[0]!)) return []
            const least = shown.value.kind === 'atMost' ? 0 : shown.n - 2
            return [{ members: group.members, least, most: least + 2 }]
          })
          const outermost = banded.filter(
            (band) =>
              !banded.some(
                (other) => other.members.length > band.members.length && other.members.includes(band.members[0]!),
              ),
          )
          const covered = new Set(outermost.flatMap(({ members }) => members))
          const others = sum(
            own.filter((id) => !covered.has(id)),
            counts,
          )
          for (const band of outermost) {
            const rest = outermost.filter((other) => other !== band)
            const most = rest.reduce((points, other) => points + other.most, others)
            const least = rest.reduce((points, other) => points + other.least, 0)
            // what the exact total says about this band is no more than the band itself
            expect(total - most).toBeLessThanOrEqual(band.least)
            expect(total - least).toBeGreaterThanOrEqual(band.most)
          }
        }
        for (const group of [...plan.published, ...plan.rests]) {
          const side = group.kind === 'department' ? figure.departments : figure.rests
          const shown = side.get(group.id)!
          if (shown.kind !== 'shown') continue
          const high = sum(group.members, positives)
          expect(shown.n).toBe(sum(group.members, counts))
          if (shown.value.kind === 'exact') expect(shown.value.positives).toBe(high)
          if (shown.value.kind === 'atMost') expect(high).toBeLessThanOrEqual(2)
          if (shown.value.kind === 'atLeast') expect(high).toBeGreaterThanOrEqual(shown.n - 2)
        }
      }),
      { seed: 42, numRuns: 300 },
    )
  })
})

/** Departments whose direct people are under an exact department but under no deeper exact one. */
function exactRemainder(
  plan: DisclosurePlan,
  figure: DisclosedFigure<{ readonly kind: string }>,
  id: string,
): string[] {
  const exact = plan.published.filter((group) => {
    const disclosed = figure.departments.get(group.id)!
    return disclosed.kind === 'shown' && disclosed.value.kind === 'exact'
  })
  const top = exact.find((group) => group.id === id)!
  const deeper = exact.filter((group) => group.id !== id && top.members.includes(group.id))
  return top.members.filter((member) => !deeper.some((group) => group.members.includes(member)))
}

function sum(ids: readonly string[], of: ReadonlyMap<string, number>): number {
  return ids.reduce((total, id) => total + (of.get(id) ?? 0), 0)
}
