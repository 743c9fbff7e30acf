import { leastSquares } from '../statistics/index.ts'
import { shrinkageRules } from './shrinkage.data.ts'
import { valueOf } from './respondents.ts'
import type { AtomValue, Measure, ScoredRespondent } from './respondents.ts'

/**
 * Values of a measure with the differences taken out that sex, age band and job bring along in the whole company.
 *
 * Each value becomes value − expected for the person's sex, age band and job + overall mean, by ordinary least squares with
 * main effects. Below 200 respondents nothing is adjusted (`adjusted` says which). For comparing departments only: the
 * means people see are as answered.
 * Example: if women answer 1 point higher everywhere, an all-women team at the women's mean ends at the company's mean.
 * With no values: [].
 */
export function adjustForCaseMix(
  respondents: readonly ScoredRespondent[],
  measure: Measure,
): { values: AtomValue[]; adjusted: boolean } {
  const rows = respondents.flatMap((respondent) => {
    const value = valueOf(respondent, measure)
    return value === null ? [] : [{ atom: respondent.atom, value, factors: factorsOf(respondent) }]
  })
  if (rows.length < shrinkageRules.caseMix.respondents) {
    return { values: rows.map(({ atom, value }) => ({ atom, value })), adjusted: false }
  }
  const columns = dummyColumns(rows.map((row) => row.factors))
  const cells = new Map<string, { x: number[]; sum: number; weight: number }>()
  for (const { factors, value } of rows) {
    const key = JSON.stringify(factors)
    const cell = cells.get(key)
    if (cell === undefined)
      cells.set(key, { x: [1, ...columns.map(([f, level]) => (factors[f] === level ? 1 : 0))], sum: value, weight: 1 })
    else {
      cell.sum += value
      cell.weight += 1
    }
  }
  const beta = leastSquares([...cells.values()].map(({ x, sum, weight }) => ({ x, y: sum / weight, weight })))
  const expected = new Map([...cells].map(([key, { x }]) => [key, x.reduce((sum, xi, i) => sum + xi * beta[i]!, 0)]))
  const overall = rows.reduce((sum, { value }) => sum + value, 0) / rows.length
  return {
    values: rows.map(({ atom, value, factors }) => ({
      atom,
      value: value - expected.get(JSON.stringify(factors))! + overall,
    })),
    adjusted: true,
  }
}

type Factors = readonly [sex: string, ageBand: string, job: string]

function factorsOf({ sex, ageBand, job }: ScoredRespondent): Factors {
  return [sex, ageBand, job ?? '']
}

/** One 0/1 column for each level of each factor but its first by name, so that the order of people does not matter. */
function dummyColumns(people: readonly Factors[]): [factor: number, level: string][] {
  return [0, 1, 2].flatMap((factor) => {
    const levels = [...new Set(people.map((factors) => factors[factor] ?? ''))].sort()
    return levels.slice(1).map((level): [number, string] => [factor, level])
  })
}
