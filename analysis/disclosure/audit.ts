import { reduceLedger } from './blocks.ts'
import type { Block, ReducedLedger } from './blocks.ts'
import { solveFor, toEchelon, toReduced } from './elimination.ts'
import type { Row } from './elimination.ts'
import { respondentsOf, toColumns } from './ledger.ts'
import type { Columns, Ledger } from './ledger.ts'
import { findSmallGroups } from './small-groups.ts'
import type { SmallGroupSearch } from './small-groups.ts'
import type { Solve } from './solver.ts'

/** `coefficient` times the cell's figures, summed, gives the exposed group's: a whole number or "p/q". */
export type CertificateTerm = { readonly cell: string; readonly coefficient: string }

/** A group under the floor whose figures can be computed from published ones. */
export type Exposure = {
  readonly atoms: readonly string[]
  readonly respondents: number
  readonly from: readonly CertificateTerm[]
}

export type AuditVerdict = {
  readonly safe: boolean
  /** True when every block was decided by whole-number arithmetic; false when a floating-point search denied one. */
  readonly exact: boolean
  readonly exposed: readonly Exposure[]
  /** Cells of blocks that could not be decided; these make the verdict unsafe. */
  readonly undecided: readonly string[]
  /** The cell to drop next, never a released one; absent when safe, or when released cells alone expose somebody. */
  readonly drop?: string
  readonly cells: number
}

export type AuditOptions = {
  /** Searcher for blocks beyond the budget (see `fromHighs`); without it such a block is undecided, hence unsafe. */
  readonly solve?: Solve
  /** Branches per connected part before the solver is asked. */
  readonly budget?: number
  /** Exposures listed at most per connected part. */
  readonly limit?: number
}

/**
 * The release gate: can the figures of any group of 1 … k−1 respondents be computed from the cells of the ledger?
 *
 * A group is derivable when its 0/1 indicator lies in the row space of cells × super-atoms. Cells are reduced to
 * disjoint remainders and connected blocks; in each, large columns (≥ k people) are eliminated first, the rows left
 * without large columns span the vectors that vanish there, and their 0/1 combinations are enumerated. Exact rational
 * (BigInt) arithmetic throughout. Design: super-atoms, elimination "big columns first" and the integer search are the
 * disclosure auditor's; rounding of published figures is never counted as protection.
 *
 * @returns a verdict with a certificate for each exposure found (unions of separate exposures are not listed again), and
 *   the cell to drop: withdrawing it and auditing again, until safe, ends in a safe ledger; `keepSafeCells` keeps more
 * @throws RangeError for unknown atoms, double ids or counts that are no whole numbers
 * @example atoms {p1…p12: 1 each, p13: 1}; cells A = {p1…p12} released, A' = {p1…p13} → unsafe, p13 = A' − A, drop A'
 */
export function auditLedger(ledger: Ledger, options: AuditOptions = {}): AuditVerdict {
  const columns = toColumns(ledger)
  const reduced = reduceLedger(columns)
  const search = { budget: options.budget ?? 500_000, limit: options.limit ?? 20, solve: options.solve }
  const exposed: Exposure[] = []
  const undecided = new Set<string>()
  let exact = true
  for (const block of reduced.blocks) {
    for (const part of smallParts(block, reduced.sizes, ledger.floor)) {
      const answer = findSmallGroups({ rows: part, sizes: reduced.sizes, floor: ledger.floor }, search)
      if (answer.certainty !== 'exact') exact = false
      if (answer.certainty === 'undecided') {
        for (const { row } of part) for (const cell of row.from.keys()) undecided.add(ledger.cells[cell]!.id)
      }
      exposed.push(...describe(ledger, columns, reduced, part, answer))
    }
  }
  const drop = cellToDrop(ledger, exposed, undecided)
  const safe = exposed.length === 0 && undecided.size === 0
  const verdict = { safe, exact, exposed, undecided: [...undecided], cells: ledger.cells.length }
  return drop === undefined ? verdict : { ...verdict, drop }
}

type ReducedRow = { readonly lead: number; readonly row: Row }

/** Connected parts of the block's derivable vectors that vanish on all large columns. */
function smallParts(block: Block, sizes: readonly number[], floor: number): ReducedRow[][] {
  if (block.columns.every((column) => sizes[column]! >= floor)) return []
  const large = (column: number) => sizes[column]! >= floor
  // large columns first; among small ones the heavier first, so that few leading columns fit under the floor
  const order = block.columns.toSorted((a, b) => Number(large(b)) - Number(large(a)) || sizes[b]! - sizes[a]! || a - b)
  const position = new Map(order.map((column, at) => [column, at]))
  const rank = (column: number) => position.get(column)!
  const echelon = toEchelon(block.rows, rank)
  const small = [...echelon.keys()].filter((lead) => !large(lead))
  return connected(toReduced(echelon, small, rank))
}

function connected(rows: readonly ReducedRow[]): ReducedRow[][] {
  const parts: { rows: ReducedRow[]; columns: Set<number> }[] = []
  for (const row of rows) {
    const columns = new Set(row.row.entries.keys())
    const touching = parts.filter((part) => !part.columns.isDisjointFrom(columns))
    const joined = { rows: [...touching.flatMap((part) => part.rows), row], columns }
    for (const part of touching) {
      for (const column of part.columns) columns.add(column)
      parts.splice(parts.indexOf(part), 1)
    }
    parts.push(joined)
  }
  return parts.map((part) => part.rows)
}

function describe(
  ledger: Ledger,
  columns: Columns,
  reduced: ReducedLedger,
  rows: readonly ReducedRow[],
  { found }: SmallGroupSearch,
): Exposure[] {
  return found.map((taken) => {
    const entries = addRows(
      taken.map((index) => rows[index]!),
      (row) => row.entries,
    )
    const atoms = [...entries.keys()]
      .flatMap((column) => reduced.columnsOf[column]!)
      .flatMap((column) => columns.atomsOf[column]!)
    const respondents = atoms.reduce((sum, atom) => sum + ledger.atoms.get(atom)!, 0)
    const from = addRows(
      taken.map((index) => rows[index]!),
      (row) => row.from,
    )
    return { atoms: atoms.sort(), respondents, from: terms(ledger, from) }
  })
}

type Fraction = { readonly numerator: bigint; readonly denominator: bigint }

/** Sum of rows, each divided by its leading entry; zeros left out. */
function addRows(rows: readonly ReducedRow[], part: (row: Row) => ReadonlyMap<number, bigint>): Map<number, Fraction> {
  const sum = new Map<number, Fraction>()
  for (const { lead, row } of rows) {
    const pivot = row.entries.get(lead)!
    for (const [key, value] of part(row)) {
      const before = sum.get(key) ?? { numerator: 0n, denominator: 1n }
      const numerator = before.numerator * pivot + value * before.denominator
      sum.set(key, { numerator, denominator: before.denominator * pivot })
    }
  }
  for (const [key, { numerator }] of sum) if (numerator === 0n) sum.delete(key)
  return sum
}

function terms(ledger: Ledger, from: ReadonlyMap<number, Fraction>): CertificateTerm[] {
  return [...from]
    .sort(([a], [b]) => a - b)
    .map(([cell, fraction]) => ({ cell: ledger.cells[cell]!.id, coefficient: fractionText(fraction) }))
}

function fractionText({ numerator, denominator }: Fraction): string {
  const wanted = denominator < 0n ? -1n : 1n
  const [top, bottom] = [numerator * wanted, denominator * wanted]
  let [x, y] = [top < 0n ? -top : top, bottom]
  while (y !== 0n) [x, y] = [y, x % y]
  return bottom === x ? `${top / x}` : `${top / x}/${bottom / x}`
}

/** Among the unreleased cells of the first exposure: lowest priority, fewest respondents, smallest id. */
function cellToDrop(ledger: Ledger, exposed: readonly Exposure[], undecided: ReadonlySet<string>): string | undefined {
  const cells = new Map(ledger.cells.map((cell) => [cell.id, cell]))
  const choices = [...exposed.map(({ from }) => from.map(({ cell }) => cell)), [...undecided]]
  for (const ids of choices) {
    const droppable = ids.map((id) => cells.get(id)!).filter((cell) => cell.released !== true)
    const [first] = droppable.sort(
      (a, b) =>
        (a.priority ?? 0) - (b.priority ?? 0) ||
        respondentsOf(ledger, a) - respondentsOf(ledger, b) ||
        (a.id < b.id ? -1 : 1),
    )
    if (first !== undefined) return first.id
  }
  return undefined
}

/**
 * Whether the figures of one particular group, of any size, can be computed from the ledger, and how.
 *
 * @param atoms the group; atoms without respondents do not matter
 * @returns the certificate, or undefined when the group is not derivable
 * @example A (14) and B (12) with A∪B (15) published: A∩B (11) = A + B − A∪B
 */
export function deriveGroup(ledger: Ledger, atoms: readonly string[]): CertificateTerm[] | undefined {
  const columns = toColumns(ledger)
  const wanted = new Set(atoms.filter((atom) => ledger.atoms.get(atom) !== 0))
  const target = new Map<number, bigint>()
  for (const atom of wanted) {
    const column = columns.columnOf.get(atom)
    // unknown to every cell, or inseparable from an atom outside the group
    if (column === undefined || !columns.atomsOf[column]!.every((other) => wanted.has(other))) return undefined
    target.set(column, 1n)
  }
  const rows = columns.sets.map((set, cell) => ({
    entries: new Map(set.map((column) => [column, 1n])),
    from: new Map([[cell, 1n]]),
  }))
  const byColumn = (column: number) => column
  const solved = solveFor(target, toEchelon(rows, byColumn), byColumn)
  if (solved === undefined) return undefined
  const { numerators, denominator } = solved
  return terms(ledger, new Map([...numerators].map(([cell, numerator]) => [cell, { numerator, denominator }])))
}
