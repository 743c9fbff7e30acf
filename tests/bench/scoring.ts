import { itemsOfFormula } from '../../analysis/scoring/index.ts'
import { findVersion, loadShippedQuestionnaires } from '../../server/questionnaires/index.ts'
import type { Answers } from '../../analysis/scoring/index.ts'
import { median } from './load.ts'

const people = 20_000
const times = 5

export interface ScoringSpeed {
  /** people a second, one core: checked, scored, both verdicts */
  scorer: number
  /** the same sums over the same answers in one typed array: nothing checked, no points, no verdict, nothing named */
  bareLoop: number
}

/** Scoring of the 57-item form in this process, beside a bare loop over the same answers. */
export async function measureScoring(rounds: number): Promise<ScoringSpeed> {
  const version = findVersion(await loadShippedQuestionnaires(), 'stress-check-57')!
  const ids = version.items.map(({ id }) => id)
  const width = ids.length
  // a small generator of its own: every run scores the same people
  let state = 20_261_123
  const next = () => (state = (state * 48_271) % 2_147_483_647)
  const table = Int8Array.from({ length: people * width }, () => 1 + (next() % 4))
  const answers: Answers[] = Array.from({ length: people }, (_none, row) =>
    Object.fromEntries(ids.map((id, column) => [id, table[row * width + column]])),
  )
  const scales = version.definition.scales.map(({ formula }) => {
    const plus = new Set(formula.method === 'sum' ? formula.plus : [])
    return itemsOfFormula(formula).map((id) => ({ column: ids.indexOf(id), sign: plus.has(id) ? 1 : -1 }))
  })
  const perSecond = (work: () => number): number => {
    const began = performance.now()
    let seen = 0
    for (let time = 0; time < times; time++) seen += work()
    if (seen === 0) throw new Error('nothing was scored')
    return (people * times) / ((performance.now() - began) / 1000)
  }
  const scored = () => {
    let high = 0
    for (const [index, row] of answers.entries())
      if (version.score(row, index % 2 ? 'male' : 'female').simpleSum?.highStress) high++
    return high
  }
  const sums = new Float64Array(scales.length)
  const bare = () => {
    let seen = 0
    for (let row = 0; row < people; row++) {
      for (const [index, parts] of scales.entries()) {
        let sum = 0
        for (const { column, sign } of parts) sum += sign * table[row * width + column]!
        sums[index] = sum
      }
      if (sums[0]! < 0) seen++
    }
    return seen
  }
  perSecond(scored)
  perSecond(bare)
  const pairs = Array.from({ length: rounds }, () => ({ scorer: perSecond(scored), bareLoop: perSecond(bare) }))
  return { scorer: median(pairs.map((pair) => pair.scorer)), bareLoop: median(pairs.map((pair) => pair.bareLoop)) }
}
