import type { Columns } from './ledger.ts'
import type { Row } from './elimination.ts'

/** Rows that share no column with the rows of any other block; columns are positions in `columns`. */
export type Block = { readonly rows: readonly Row[]; readonly columns: readonly number[] }

/** Row space of a ledger in small pieces. `columnsOf[c]` are the super-atoms that make up column c. */
export type ReducedLedger = {
  readonly sizes: readonly number[]
  readonly columnsOf: readonly (readonly number[])[]
  readonly blocks: readonly Block[]
}

/**
 * Takes from each cell the cells it contains, largest first, as long as they are disjoint, and cuts what is left into
 * connected blocks. Each row stays a 0/1 set, the map is unitriangular (only smaller cells are taken off), so the row
 * space is unchanged; a tree falls apart into its residuals (the tree theorem), a unit's own cuts into a block each.
 * Columns that lie in the same remaining rows take equal values throughout the row space and are joined.
 */
export function reduceLedger({ sizes, sets }: Columns): ReducedLedger {
  const remaining: { set: number[]; from: Map<number, bigint> }[] = []
  const containing: number[][] = sizes.map(() => [])
  const ascending = sets.map((_, cell) => cell).sort((a, b) => sets[a]!.length - sets[b]!.length || a - b)
  for (const cell of ascending) {
    const left = new Set(sets[cell])
    const from = new Map([[cell, 1n]])
    const candidates = new Set([...left].flatMap((column) => containing[column]!))
    const largestFirst = [...candidates].sort((a, b) => sets[b]!.length - sets[a]!.length || a - b)
    for (const other of largestFirst) {
      if (left.size === 0) break
      if (sets[other]!.length > left.size || !sets[other]!.every((column) => left.has(column))) continue
      for (const column of sets[other]!) left.delete(column)
      from.set(other, -1n)
    }
    for (const column of sets[cell]!) containing[column]!.push(cell)
    if (left.size > 0) remaining.push({ set: [...left], from })
  }
  return cutIntoBlocks(sizes, remaining)
}

function cutIntoBlocks(
  sizes: readonly number[],
  remaining: readonly { set: readonly number[]; from: ReadonlyMap<number, bigint> }[],
): ReducedLedger {
  const rowsOf = new Map<number, number[]>()
  for (const [row, { set }] of remaining.entries()) {
    for (const column of set) {
      const rows = rowsOf.get(column)
      if (rows === undefined) rowsOf.set(column, [row])
      else rows.push(row)
    }
  }
  const joined = Map.groupBy(rowsOf.keys(), (column) => rowsOf.get(column)!.join(' '))
  const columnsOf = [...joined.values()]
  const entries: Map<number, bigint>[] = remaining.map(() => new Map())
  const leader = remaining.map((_, row) => row)
  for (const [column, members] of columnsOf.entries()) {
    const rows = rowsOf.get(members[0]!)!
    for (const row of rows) {
      entries[row]!.set(column, 1n)
      leader[find(leader, row)] = find(leader, rows[0]!)
    }
  }
  const byLeader = Map.groupBy(remaining.keys(), (row) => find(leader, row))
  const blocks = [...byLeader.values()].map((rows) => ({
    rows: rows.map((row) => ({ entries: entries[row]!, from: remaining[row]!.from })),
    columns: [...new Set(rows.flatMap((row) => [...entries[row]!.keys()]))],
  }))
  const joinedSizes = columnsOf.map((members) => members.reduce((sum, column) => sum + sizes[column]!, 0))
  return { sizes: joinedSizes, columnsOf, blocks }
}

function find(leader: number[], row: number): number {
  let at = row
  while (leader[at] !== at) {
    leader[at] = leader[leader[at]!]!
    at = leader[at]!
  }
  return at
}
