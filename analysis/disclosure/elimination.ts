/**
 * A row of an exact linear system: `entries` by column, and `from`, which whole-number combination of the original rows
 * it is. Both are kept together without common factor, so coefficients stay small.
 */
export type Row = { readonly entries: ReadonlyMap<number, bigint>; readonly from: ReadonlyMap<number, bigint> }

/** Rows in echelon form by their leading column. */
export type Echelon = ReadonlyMap<number, Row>

/**
 * Exact Gaussian elimination over whole numbers (each row is defined up to a factor), columns taken in `rank` order.
 *
 * @param rank position of a column in the elimination order; lower is eliminated first
 * @returns one row per leading column; their span is the row space of the input
 * @example rows [1,1,0] and [0,1,1] → leads 0 and 1
 */
export function toEchelon(rows: readonly Row[], rank: (column: number) => number): Echelon {
  const echelon = new Map<number, Row>()
  for (const row of rows) {
    const rest = reduce(row, echelon, rank)
    const lead = leadOf(rest, rank)
    if (lead !== undefined) echelon.set(lead, rest)
  }
  return echelon
}

/** Subtracts echelon rows while the leading column of what is left has one. */
function reduce(row: Row, echelon: Echelon, rank: (column: number) => number): Row {
  let rest = row
  for (;;) {
    const lead = leadOf(rest, rank)
    const pivot = lead === undefined ? undefined : echelon.get(lead)
    if (lead === undefined || pivot === undefined) return rest
    rest = combine(rest, pivot.entries.get(lead)!, pivot, -rest.entries.get(lead)!)
  }
}

/**
 * The reduced form of some echelon rows: each leading column has an entry in its own row only.
 *
 * @returns rows with positive leading entries, in the order of their leading columns
 */
export function toReduced(
  echelon: Echelon,
  leads: readonly number[],
  rank: (column: number) => number,
): { lead: number; row: Row }[] {
  const reduced = new Map<number, Row>()
  for (const lead of leads.toSorted((a, b) => rank(b) - rank(a))) {
    let row = echelon.get(lead)!
    for (const [column, done] of reduced) {
      const entry = row.entries.get(column)
      if (entry !== undefined) row = combine(row, done.entries.get(column)!, done, -entry)
    }
    reduced.set(lead, row.entries.get(lead)! < 0n ? combine(row, -1n, row, 0n) : row)
  }
  return [...reduced].map(([lead, row]) => ({ lead, row })).toReversed()
}

/** The combination of echelon rows that equals `target`, as numerator per original row over one denominator. */
export function solveFor(
  target: ReadonlyMap<number, bigint>,
  echelon: Echelon,
  rank: (column: number) => number,
): { numerators: ReadonlyMap<number, bigint>; denominator: bigint } | undefined {
  // the target enters as row −1 with coefficient 1; reduced to nothing, d·target + Σ c·row = 0 remains
  const rest = reduce({ entries: target, from: new Map([[-1, 1n]]) }, echelon, rank)
  if (rest.entries.size > 0) return undefined
  const sign = rest.from.get(-1)! < 0n ? -1n : 1n
  const numerators = new Map([...rest.from].filter(([row]) => row !== -1).map(([row, c]) => [row, -c * sign]))
  return { numerators, denominator: rest.from.get(-1)! * sign }
}

function leadOf(row: Row, rank: (column: number) => number): number | undefined {
  let lead: number | undefined
  for (const column of row.entries.keys()) if (lead === undefined || rank(column) < rank(lead)) lead = column
  return lead
}

/** a·x + b·y without common factor. */
function combine(a: Row, x: bigint, b: Row, y: bigint): Row {
  const entries = addScaled(a.entries, x, b.entries, y)
  const from = addScaled(a.from, x, b.from, y)
  let common = 0n
  for (const value of [...entries.values(), ...from.values()]) {
    common = greatestCommonDivisor(common, value)
    if (common === 1n) return { entries, from }
  }
  if (common === 0n) return { entries, from }
  return { entries: divide(entries, common), from: divide(from, common) }
}

function addScaled(
  a: ReadonlyMap<number, bigint>,
  x: bigint,
  b: ReadonlyMap<number, bigint>,
  y: bigint,
): Map<number, bigint> {
  const sum = new Map<number, bigint>()
  for (const [key, value] of a) sum.set(key, value * x)
  if (y !== 0n) for (const [key, value] of b) sum.set(key, (sum.get(key) ?? 0n) + value * y)
  for (const [key, value] of sum) if (value === 0n) sum.delete(key)
  return sum
}

function divide(values: ReadonlyMap<number, bigint>, by: bigint): Map<number, bigint> {
  return new Map([...values].map(([key, value]) => [key, value / by]))
}

export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
