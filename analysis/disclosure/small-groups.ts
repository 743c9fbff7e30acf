import type { Row } from './elimination.ts'
import { greatestCommonDivisor } from './elimination.ts'
import { linearForm } from './solver.ts'
import type { Solve } from './solver.ts'

/** Part of the space of derivable vectors that vanish on every large column, in reduced form. */
export type SmallSpace = {
  /** Rows with their leading columns; no row has an entry in the leading column of another. */
  readonly rows: readonly { readonly lead: number; readonly row: Row }[]
  readonly sizes: readonly number[]
  readonly floor: number
}

/** Choices of rows (index → taken once, divided by the leading entry) whose sum is the indicator of a small group. */
export type SmallGroupSearch = {
  readonly found: readonly (readonly number[])[]
  /** `exact`: every combination was ruled in or out by whole-number arithmetic. */
  readonly certainty: 'exact' | 'searched' | 'undecided'
}

/**
 * Finds the 0/1 vectors with 1 … k−1 people in the space.
 *
 * In reduced form the entry of a 0/1 vector at a leading column is the coefficient of that row, so coefficients are 0
 * or 1: a depth-first walk over them, which gives up a branch as soon as a column that no later row touches is not 0
 * or 1, or the people reach k. Past `budget` branches, or with coefficients beyond safe integers, the solver searches
 * (binaries only, no bound on coefficients needed); what it finds is checked here, what it denies is `searched`.
 */
export function findSmallGroups(
  space: SmallSpace,
  options: { readonly budget: number; readonly limit: number; readonly solve: Solve | undefined },
): SmallGroupSearch {
  const table = scaleRows(space)
  if (table === undefined) return { found: [], certainty: 'undecided' }
  const walked = walk(space, table, options)
  if (walked !== undefined) return { found: walked, certainty: 'exact' }
  if (options.solve === undefined) return { found: [], certainty: 'undecided' }
  return ask(space, table, options.solve)
}

/** Entries as whole numbers over one common unit: a column is 0 or 1 when its sum is 0 or `unit`. */
type Table = {
  readonly unit: number
  readonly entries: readonly (readonly (readonly [column: number, entry: number])[])[]
  /** Columns that no later row touches. */
  readonly closing: readonly (readonly number[])[]
}

function scaleRows({ rows }: SmallSpace): Table | undefined {
  let unit = 1n
  for (const { lead, row } of rows) {
    const pivot = row.entries.get(lead)!
    unit = (unit / greatestCommonDivisor(unit, pivot)) * pivot
  }
  const lastTouch = new Map<number, number>()
  const entries = rows.map(({ lead, row }, index) => {
    const factor = unit / row.entries.get(lead)!
    return [...row.entries].map(([column, entry]) => {
      lastTouch.set(column, index)
      return [column, Number(entry * factor)] as const
    })
  })
  const magnitude = entries.flat().reduce((sum, [, entry]) => sum + Math.abs(entry), Number(unit))
  if (magnitude > Number.MAX_SAFE_INTEGER) return undefined
  const closing: number[][] = rows.map(() => [])
  for (const [column, index] of lastTouch) closing[index]!.push(column)
  return { unit: Number(unit), entries, closing }
}

function walk(
  { rows, sizes, floor }: SmallSpace,
  { unit, entries, closing }: Table,
  { budget, limit }: { readonly budget: number; readonly limit: number },
): number[][] | undefined {
  const sums = new Map<number, number>()
  const found: number[][] = []
  const taken: number[] = []
  let branches = 0
  const finished = descend(0, 0)
  return finished || found.length > 0 ? found : undefined

  function descend(index: number, people: number): boolean {
    if (++branches > budget) return false
    if (index === rows.length) {
      if (people > 0) found.push([...taken])
      return found.length < limit
    }
    if (!close(index, people)) return false
    for (const [column, entry] of entries[index]!) sums.set(column, (sums.get(column) ?? 0) + entry)
    taken.push(index)
    const goOn = close(index, people)
    taken.pop()
    for (const [column, entry] of entries[index]!) sums.set(column, sums.get(column)! - entry)
    return goOn
  }

  /** Goes on to the next row when the columns decided by now are 0 or 1 and the people below the floor. */
  function close(index: number, people: number): boolean {
    let total = people
    for (const column of closing[index]!) {
      const sum = sums.get(column) ?? 0
      if (sum === unit) total += sizes[column]!
      else if (sum !== 0) return true
    }
    return total >= floor || descend(index + 1, total)
  }
}

function ask({ rows, sizes, floor }: SmallSpace, { unit, entries }: Table, solve: Solve): SmallGroupSearch {
  const columns = new Map<number, [number, string][]>()
  for (const [index, row] of entries.entries()) {
    for (const [column, entry] of row) {
      const terms = columns.get(column) ?? []
      terms.push([entry, `y${index}`])
      columns.set(column, terms)
    }
  }
  const people = linearForm([...columns.keys()].map((column) => [sizes[column]!, `x${column}`]))
  const equations = [...columns].map(([column, terms]) => ` ${linearForm([...terms, [-unit, `x${column}`]])} = 0`)
  const binaries = [...columns.keys()].map((column) => `x${column}`).concat(rows.map((_, index) => `y${index}`))
  const model = [
    `Minimize\n ${people}\nSubject To\n ${people} >= 1\n ${people} <= ${floor - 1}`,
    ...equations,
    `Binary\n ${binaries.join('\n ')}\nEnd`,
  ].join('\n')
  const { status, values } = solve(model)
  if (status === 'infeasible') return { found: [], certainty: 'searched' }
  if (status !== 'optimal') return { found: [], certainty: 'undecided' }
  const taken = [...rows.keys()].filter((index) => Math.round(values.get(`y${index}`) ?? 0) === 1)
  const sums = new Map<number, number>()
  for (const index of taken)
    for (const [column, entry] of entries[index]!) sums.set(column, (sums.get(column) ?? 0) + entry)
  let total = 0
  for (const [column, sum] of sums) {
    if (sum !== 0 && sum !== unit) return { found: [], certainty: 'undecided' }
    if (sum === unit) total += sizes[column]!
  }
  return total >= 1 && total < floor ? { found: [taken], certainty: 'exact' } : { found: [], certainty: 'undecided' }
}
