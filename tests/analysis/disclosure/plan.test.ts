import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  auditLedger,
  auditTree,
  decideFloor,
  ledgerOfPlan,
  planDisclosure,
} from '../../../analysis/disclosure/index.ts'
import type { DepartmentNode } from '../../../analysis/disclosure/index.ts'
import { chooseSafeSet, publishingWeights } from '../../../analysis/disclosure/optimum.ts'
import { planWith } from '../../../analysis/disclosure/plan.ts'
import { layOutTree, subtreeTotals } from '../../../analysis/disclosure/tree.ts'
import { smallDerivable, subsetsOf } from './brute-force.ts'
import { tree, treesOf } from './trees.ts'

const ten = decideFloor()
const flat = (units: Record<string, number>) => tree('C', 0, ...Object.entries(units).map(([id, n]) => tree(id, n)))
const published = (nodes: DepartmentNode[]) => planDisclosure(nodes, ten).published.map(({ id }) => id)

/** The optimum with weight = n, as the known answers are stated. */
function optimum(nodes: DepartmentNode[], k: number): { ids: string[]; value: number } {
  const laid = layOutTree(nodes)
  const direct = laid.ids.map((id) => nodes.find((node) => node.id === id)!.direct)
  const totals = subtreeTotals(laid, direct)
  const chosen = chooseSafeSet(laid, { masses: [direct], caps: [k] }, totals, () => true)
  return { ids: [...chosen].map((at) => laid.ids[at]!), value: [...chosen].reduce((sum, at) => sum + totals[at]!, 0) }
}

describe('known instances', () => {
  test.each([
    ['T-a: one small unit takes one sibling with it', flat({ A: 40, B: 25, D: 6 }), ['C', 'A'], 111],
    ['T-b: residual 7 with A', flat({ A: 40, B: 4, D: 3 }), ['C'], 47],
    ['T-c: residual 12', flat({ A: 40, B: 7, D: 5 }), ['C', 'A'], 92],
    ['T-d: all', flat({ A: 40, B: 10, D: 12 }), ['C', 'A', 'B', 'D'], 124],
    ['T-e: nine people', flat({ A: 4, B: 3, D: 2 }), [], 0],
    [
      'T2: two levels',
      tree(
        'C',
        0,
        tree('H1', 0, tree('a', 14), tree('b', 11), tree('c', 5)),
        tree('H2', 0, tree('d', 22), tree('e', 9)),
      ),
      ['C', 'H1', 'a', 'H2'],
      136,
    ],
    [
      'T3: heads attached directly',
      tree('C', 3, tree('H1', 2, tree('a', 14), tree('b', 11)), tree('H2', 0, tree('d', 22), tree('e', 19))),
      ['C', 'a', 'H2', 'd', 'e'],
      167,
    ],
  ])('%s', (_, nodes, ids, value) => {
    expect(optimum(nodes, 10)).toEqual({ ids, value })
    expect(published(nodes)).toEqual(ids)
  })

  test('T-a: the rest is published with the units it is made of, and withheld units look alike', () => {
    const plan = planDisclosure(flat({ A: 40, B: 25, D: 6 }), ten)
    expect(plan.rests).toEqual([
      {
        kind: 'rest',
        id: 'C',
        respondents: 31,
        members: ['C', 'B', 'D'],
        parts: [
          { id: 'B', scope: 'whole' },
          { id: 'D', scope: 'whole' },
        ],
      },
    ])
    expect(plan.withheld).toEqual(['B', 'D'])
  })

  test('T3: heads are a part of the rest, a unit with a published one inside is named by its pieces', () => {
    const nodes = tree('C', 3, tree('H1', 2, tree('a', 14), tree('b', 11)), tree('H2', 0, tree('d', 22), tree('e', 19)))
    const [rest, ...others] = planDisclosure(nodes, ten).rests
    expect(others).toEqual([])
    expect(rest).toMatchObject({ id: 'C', respondents: 16 })
    expect(rest!.parts).toEqual([
      { id: 'C', scope: 'direct' },
      { id: 'H1', scope: 'direct' },
      { id: 'b', scope: 'whole' },
    ])
  })

  test('what must be published costs others their place', () => {
    const free = flat({ A: 40, B: 25, D: 6 })
    expect(published(free)).toEqual(['C', 'A'])
    expect(published(free.map((node) => (node.id === 'B' ? { ...node, mustPublish: true } : node)))).toEqual(['C', 'B'])
  })

  test('equal weights: the smallest id is published, whatever the order of input', () => {
    const nodes = flat({ B: 20, A: 20, Z: 5 })
    expect(published(nodes)).toEqual(['C', 'A'])
    expect(published([nodes[0]!, nodes[3]!, nodes[2]!, nodes[1]!])).toEqual(['C', 'A'])
  })

  test('9 respondents are withheld and 10 published; a raised floor is obeyed', () => {
    expect(published(tree('C', 9))).toEqual([])
    expect(published(tree('C', 10))).toEqual(['C'])
    expect(planDisclosure(tree('C', 14), decideFloor(15)).published).toEqual([])
    expect(() => decideFloor(9)).toThrow(RangeError)
    expect(() => decideFloor(12.5)).toThrow(RangeError)
  })

  test('a unit without any respondent is withheld and endangers nobody', () => {
    const plan = planDisclosure(flat({ A: 40, B: 12, E: 0 }), ten)
    expect(plan.published.map(({ id }) => id)).toEqual(['C', 'A', 'B'])
    expect(plan.withheld).toEqual(['E'])
    expect(plan.rests).toEqual([])
  })
})

describe('broken input is named', () => {
  test.each([
    ['twice', [...tree('A', 1), ...tree('A', 2)], /A appears twice/],
    ['unknown parent', [{ id: 'A', parentId: 'X', direct: 1 }], /A lies under the unknown X/],
    [
      'cycle',
      [...tree('C', 1), { id: 'A', parentId: 'B', direct: 1 }, { id: 'B', parentId: 'A', direct: 1 }],
      /A lies on a cycle/,
    ],
    ['negative', tree('A', -1), /-1 at department A/],
    ['fraction', tree('A', 1.5), /1.5 at department A/],
  ])('%s', (_, nodes, message) => {
    expect(() => planDisclosure(nodes, ten)).toThrow(message)
  })
})

describe('properties', () => {
  const small = treesOf({ nodes: 8, direct: 9 })
  const floors = fc.integer({ min: 1, max: 8 })

  test('the tree theorem equals brute force over the row space', () => {
    let unsafe = 0
    fc.assert(
      fc.property(small, floors, fc.nat(255), (nodes, k, choice) => {
        const ids = nodes.filter((_, at) => (choice >> at) & 1).map(({ id }) => id)
        const laid = layOutTree(nodes)
        const cells = ids.map((id) => members(nodes, id)).filter((cell) => cell.some((at) => nodes[at]!.direct > 0))
        const exposed = smallDerivable(
          nodes.map(({ direct }) => direct),
          cells,
          k,
        )
        const verdict = auditTree(nodes, ids, k)
        const empty = verdict.exposed.every(({ respondents }) => respondents === 0)
        expect(laid.ids).toHaveLength(nodes.length)
        expect(verdict.safe || empty).toBe(exposed.length === 0)
        if (exposed.length > 0) unsafe++
      }),
      { seed: 21, numRuns: 250 },
    )
    expect(unsafe).toBeGreaterThan(30)
  })

  test('the dynamic programme equals the best of all safe sets', () => {
    fc.assert(
      fc.property(small, floors, (nodes, k) => {
        const laid = layOutTree(nodes)
        const direct = laid.ids.map((id) => nodes.find((node) => node.id === id)!.direct)
        const totals = subtreeTotals(laid, direct)
        const weights = publishingWeights(laid, totals)
        const value = (set: Iterable<number>) => [...set].reduce((sum, at) => sum + weights[at]!, 0)
        const safeSets = [[], ...subsetsOf(nodes.length)].filter(
          (set) =>
            auditTree(
              nodes,
              set.map((at) => laid.ids[at]!),
              k,
            ).safe,
        )
        const best = Math.max(...safeSets.map(value))
        const candidates = safeSets.filter((set) => value(set) === best)
        const most = Math.max(...candidates.map((set) => set.length))
        const names = candidates
          .filter((set) => set.length === most)
          .map((set) => set.map((at) => laid.ids[at]!).sort())
        const chosen = planWith(nodes, k)
          .published.map(({ id }) => id)
          .sort()
        expect(chosen).toEqual(names.sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1))[0])
      }),
      { seed: 22, numRuns: 150 },
    )
  })

  test('k = 1 publishes every department that has respondents; under k people nothing is published', () => {
    fc.assert(
      fc.property(treesOf({ nodes: 40, direct: 30 }), (nodes) => {
        const all = planWith(nodes, 1)
        const peopled = all.departments.filter(({ respondents }) => respondents > 0).map(({ id }) => id)
        expect(all.published.map(({ id }) => id)).toEqual(peopled)
        const everybody = nodes.reduce((sum, { direct }) => sum + direct, 0)
        expect(planWith(nodes, everybody + 1).published).toEqual([])
      }),
      { seed: 23, numRuns: 60 },
    )
  })

  test('renaming departments and shuffling them leaves the number published unchanged', () => {
    const shuffled = treesOf({ nodes: 30, direct: 14 }).chain((nodes) =>
      fc.tuple(fc.constant(nodes), fc.shuffledSubarray(nodes, { minLength: nodes.length })),
    )
    fc.assert(
      fc.property(shuffled, ([nodes, order]) => {
        const name = new Map(order.map(({ id }, at) => [id, `n${at}`]))
        const renamed = order.map((node) => ({
          ...node,
          id: name.get(node.id)!,
          parentId: node.parentId === null ? null : name.get(node.parentId)!,
        }))
        expect(planDisclosure(renamed, ten).published).toHaveLength(planDisclosure(nodes, ten).published.length)
      }),
      { seed: 24, numRuns: 100 },
    )
  })

  test('every plan passes both auditors, its rests included; rests and published departments hold the floor', () => {
    fc.assert(
      fc.property(treesOf({ nodes: 60, direct: 14 }), (nodes) => {
        const plan = planDisclosure(nodes, ten)
        const ids = plan.published.map(({ id }) => id)
        expect(auditTree(nodes, ids, 10)).toEqual({ safe: true, exposed: [] })
        expect(auditLedger(ledgerOfPlan(plan))).toMatchObject({ safe: true, exact: true })
        for (const group of [...plan.published, ...plan.rests]) {
          const people = group.members.map((id) => nodes.find((node) => node.id === id)!.direct)
          expect(people.reduce((sum, n) => sum + n, 0)).toBe(group.respondents)
          expect(group.respondents).toBeGreaterThanOrEqual(10)
        }
      }),
      { seed: 25, numRuns: 100 },
    )
  })
})

function members(nodes: readonly DepartmentNode[], id: string): number[] {
  const inside = new Set([id])
  // parents come before their children in these trees
  for (const node of nodes) if (node.parentId !== null && inside.has(node.parentId)) inside.add(node.id)
  return nodes.map((_, at) => at).filter((at) => inside.has(nodes[at]!.id))
}
