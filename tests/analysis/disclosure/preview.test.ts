import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideFloor, previewGroups } from '../../../analysis/disclosure/index.ts'
import type { RosterNode } from '../../../analysis/disclosure/index.ts'
import { treesOf } from './trees.ts'

const floor = decideFloor()
const company = (units: Record<string, number>, heads = 0): RosterNode[] => [
  { id: 'C', parentId: null, headcount: heads },
  ...Object.entries(units).map(([id, headcount]) => ({ id, parentId: 'C', headcount })),
]
const preview = (nodes: RosterNode[], responseRate = 1) => {
  const [only] = previewGroups(nodes, { floor, responseRates: [responseRate] })
  return only!
}

describe('which groups a roster can give', () => {
  test('everybody answers: small units are withheld and offered as one', () => {
    expect(preview(company({ A: 40, B: 7, D: 5 }))).toEqual({
      responseRate: 1,
      headsNeeded: 10,
      reportable: ['C', 'A'],
      withheld: ['B', 'D'],
      rests: [
        {
          id: 'C',
          headcount: 12,
          parts: [
            { id: 'B', scope: 'whole' },
            { id: 'D', scope: 'whole' },
          ],
        },
      ],
      offers: [
        {
          parentId: 'C',
          headcount: 12,
          units: [
            { id: 'D', scope: 'whole' },
            { id: 'B', scope: 'whole' },
          ],
        },
      ],
      stuck: [],
    })
  })

  test('at half, a unit needs twice the heads; at a tenth no rounding slips in', () => {
    const half = preview(company({ A: 40, B: 19, D: 21 }), 0.5)
    expect(half).toMatchObject({ headsNeeded: 20, reportable: ['C', 'A'] })
    expect(half.offers).toMatchObject([{ units: [{ id: 'B' }, { id: 'D' }], headcount: 40 }])
    expect(preview(company({ A: 100 }), 0.1).headsNeeded).toBe(100)
  })

  test('a merge costs a reported unit only if it must, and then the smallest', () => {
    expect(preview(company({ A: 40, B: 25, D: 6 })).offers).toMatchObject([{ units: [{ id: 'D' }, { id: 'B' }] }])
    expect(preview(company({ A: 40, B: 4, D: 3 })).offers).toMatchObject([
      { units: [{ id: 'D' }, { id: 'A' }, { id: 'B' }], headcount: 47 },
    ])
  })

  test('heads attached directly are offered a unit to join', () => {
    expect(preview(company({ A: 40, B: 25 }, 2)).offers).toEqual([
      {
        parentId: 'C',
        headcount: 27,
        units: [
          { id: 'C', scope: 'direct' },
          { id: 'B', scope: 'whole' },
        ],
      },
    ])
  })

  test('a division under the floor is itself what is merged; a company under it is stuck', () => {
    const nodes: RosterNode[] = [
      ...company({ A: 40, H: 1 }),
      { id: 'x', parentId: 'H', headcount: 4 },
      { id: 'y', parentId: 'H', headcount: 3 },
    ]
    expect(preview(nodes).offers).toMatchObject([{ parentId: 'C', units: [{ id: 'H' }, { id: 'A' }], headcount: 48 }])
    expect(preview(company({ A: 4, B: 5 }))).toMatchObject({
      reportable: [],
      offers: [],
      stuck: [{ id: 'C', scope: 'whole' }],
    })
  })

  test('several rates at once, each by itself; other rates are refused', () => {
    const nodes = company({ A: 40, B: 12 })
    const both = previewGroups(nodes, { floor, responseRates: [1, 0.8] })
    expect(both.map(({ reportable }) => reportable)).toEqual([['C', 'A', 'B'], ['C']])
    for (const rate of [0, 1.1, Number.NaN]) expect(() => preview(nodes, rate)).toThrow(RangeError)
  })

  test('every offer reaches the floor, no unit is in two, and every small unit is in one or stuck', () => {
    fc.assert(
      fc.property(treesOf({ nodes: 30, direct: 12 }), (tree) => {
        const nodes = tree.map(({ direct, ...node }) => ({ ...node, headcount: direct }))
        const { offers, stuck, headsNeeded } = preview(nodes, 0.8)
        const units = [...offers.flatMap((offer) => offer.units), ...stuck].map(({ id, scope }) => `${scope} ${id}`)
        expect(new Set(units).size).toBe(units.length)
        for (const offer of offers) {
          expect(offer.headcount).toBeGreaterThanOrEqual(headsNeeded)
          expect(offer.units.length).toBeGreaterThan(1)
        }
        const total = (id: string): number =>
          nodes.reduce(
            (sum, node) => sum + (node.id === id ? node.headcount : node.parentId === id ? total(node.id) : 0),
            0,
          )
        for (const { id, parentId } of nodes) {
          const merged = parentId === null || total(parentId) >= headsNeeded
          if (merged && total(id) > 0 && total(id) < headsNeeded) expect(units).toContain(`whole ${id}`)
        }
      }),
      { seed: 51, numRuns: 150 },
    )
  })
})
