import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  auditFigure,
  decideFloor,
  discloseDistribution,
  planDisclosure,
  type DisclosedFigure,
  type DisclosurePlan,
  type DistributionFigure,
} from '../../../analysis/disclosure/index.ts'

const ladder = [
  [[0], [1], [2], [3]],
  [[0, 1], [2], [3]],
  [
    [0, 1],
    [2, 3],
  ],
]

function make(answers: Record<string, readonly number[]>, parents: Record<string, string | null>, levels = ladder) {
  const direct = (id: string) => (answers[id] ?? []).reduce((sum, n) => sum + n, 0)
  const nodes = Object.entries(parents).map(([id, parentId]) => ({
    id,
    parentId,
    direct: direct(id),
    mustPublish: parentId === null,
  }))
  const plan = planDisclosure(nodes, decideFloor())
  const figure = discloseDistribution(plan, {
    answers: new Map(Object.entries(answers)),
    options: levels[0]!.length,
    levels,
  })
  const counts = new Map(Object.keys(parents).map((id) => [id, direct(id)]))
  return { plan, figure, counts }
}

test('the finest level at which no class holds one or two people', () => {
  const { figure } = make(
    { A: [5, 6, 7, 8], B: [1, 4, 9, 8], D: [6, 6, 6, 6] },
    { company: null, A: 'company', B: 'company', D: 'company' },
  )
  const classes = (id: string) => {
    const one = figure.departments.get(id)!
    return one.kind === 'shown' && one.value.kind === 'exact'
      ? one.value.classes.map(({ options }) => options.join(''))
      : one
  }
  expect(classes('company')).toEqual(['0', '1', '2', '3'])
  expect(classes('A')).toEqual(['0', '1', '2', '3'])
  expect(classes('B')).toEqual(['01', '2', '3'])
  // the company without A and D would leave one person at the first option of B
  expect(classes('D')).toEqual(['01', '2', '3'])
})

test('where not even two classes can be told, only that nearly everybody is in one', () => {
  const { figure } = make({ A: [20, 20, 20, 20], C: [0, 1, 6, 5] }, { company: null, A: 'company', C: 'company' })
  expect(figure.departments.get('C')).toMatchObject({
    kind: 'shown',
    n: 12,
    value: { kind: 'atLeast', options: [2, 3], people: 10 },
  })
})

test('a remainder with a rare class takes the fine figures of a department above or beside it away', () => {
  // company − A leaves B, in which one person chose the first option
  const { figure } = make({ A: [9, 9, 9, 9], B: [1, 9, 9, 9] }, { company: null, A: 'company', B: 'company' })
  const level = (id: string) => {
    const one = figure.departments.get(id)!
    return one.kind === 'shown' && one.value.kind === 'exact' ? one.value.classes.length : 0
  }
  expect([level('company'), level('A'), level('B')].filter((classes) => classes === 4)).toHaveLength(1)
})

test('shares are of the people of the group, to one per cent; a class nobody in the company chose is 0', () => {
  const { figure } = make({ A: [0, 10, 20, 10] }, { company: null, A: 'company' })
  expect(figure.departments.get('A')).toMatchObject({
    kind: 'shown',
    value: { kind: 'exact', classes: [{ share: 0 }, { share: 0.25 }, { share: 0.5 }, { share: 0.25 }] },
  })
})

test('levels that are no chain of partitions are refused', () => {
  const parents = { company: null, A: 'company' }
  for (const levels of [
    [
      [[0], [1], [2]],
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [[[0], [1], [2], [3]]],
    [
      [[0, 2], [1], [3]],
      [
        [0, 1],
        [2, 3],
      ],
    ],
  ])
    expect(() => make({ A: [5, 5, 5, 5] }, parents, levels)).toThrow(RangeError)
})

/** The fewest people in a set of answers (department × option) that can be added up from what is shown, by trying every set. */
function smallest(
  plan: DisclosurePlan,
  figure: DisclosedFigure<DistributionFigure>,
  answers: Record<string, readonly number[]>,
) {
  const ids = Object.keys(answers)
  const isGiven = (option: number) => ids.some((id) => answers[id]![option]! > 0)
  const cells = ids
    .flatMap((id) => answers[id]!.map((n, option) => ({ id, option, n })))
    .filter(({ id, option }) => isGiven(option) && answers[id]!.some((n) => n > 0))
  const rows: number[][] = []
  const add = (members: readonly string[], one: { kind: string; value?: DistributionFigure }) => {
    if (one.kind !== 'shown' || one.value?.kind !== 'exact') return
    for (const { options } of one.value.classes)
      rows.push(cells.map(({ id, option }) => (members.includes(id) && options.includes(option) ? 1 : 0)))
  }
  for (const group of plan.published) add(group.members, figure.departments.get(group.id)!)
  for (const group of plan.rests) add(group.members, figure.rests.get(group.id)!)
  const rank = (matrix: number[][]) => {
    const work = matrix.map((row) => [...row])
    let found = 0
    for (let column = 0; column < cells.length; column++) {
      const pivot = work.findIndex((row, at) => at >= found && Math.abs(row[column]!) > 1e-9)
      if (pivot === -1) continue
      ;[work[found], work[pivot]] = [work[pivot]!, work[found]!]
      for (let at = 0; at < work.length; at++) {
        if (at === found) continue
        const factor = work[at]![column]! / work[found]![column]!
        if (factor !== 0)
          for (let k = column; k < cells.length; k++) work[at]![k] = work[at]![k]! - factor * work[found]![k]!
      }
      found++
    }
    return found
  }
  const base = rank(rows)
  let least = Number.POSITIVE_INFINITY
  for (let mask = 1; mask < 2 ** cells.length; mask++) {
    const vector = cells.map((_, at) => (mask >> at) & 1)
    const people = cells.reduce((sum, { n }, at) => sum + n * vector[at]!, 0)
    if (people < least && people < 3 && rank([...rows, vector]) === base) least = people
  }
  return least
}

test('no set of one or two people can be computed from shares of different fineness, tried against every set', () => {
  const count = fc.oneof(fc.nat(4), fc.integer({ min: 3, max: 12 }))
  const three = fc.tuple(count, count, count)
  fc.assert(
    fc.property(three, three, three, (a, b, c) => {
      const answers = { A: a, B: b, C: c }
      const levels = [
        [[0], [1], [2]],
        [[0], [1, 2]],
      ]
      const { plan, figure, counts } = make(
        answers,
        { company: null, H: 'company', A: 'H', B: 'H', C: 'company' },
        levels,
      )
      expect(auditFigure(plan, counts, figure).exposed).toEqual([])
      expect(smallest(plan, figure, answers)).toBeGreaterThanOrEqual(3)
    }),
    { seed: 5, numRuns: 60 },
  )
})
