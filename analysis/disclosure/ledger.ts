import type { DisclosurePlan } from './plan.ts'

/**
 * One published cell: the set of atoms whose people it sums over. Publishing it reveals every statistic's sum over
 * them, because mean × n is published.
 */
export type LedgerCell = {
  readonly id: string
  readonly atoms: readonly string[]
  /** Already released: it cannot be taken back, so it is never the cell to drop. */
  readonly released?: boolean
  /** Greater is kept longer; absent = 0. Equal ones: fewest respondents is dropped first, then by id. */
  readonly priority?: number
}

/**
 * Everything ever released about one set of respondents, and what is to be added: screens, exports, old organisation,
 * other dimensions. Atoms are opaque groups of people who are in exactly the same cells; a later round has atoms of its
 * own, except where the same people are counted again with the same answers.
 */
export type Ledger = {
  /** The floor k. A plain number, so that instances with other floors can be audited; reports pass theirs. */
  readonly floor: number
  /** Respondents of each atom. */
  readonly atoms: ReadonlyMap<string, number>
  readonly cells: readonly LedgerCell[]
}

/** A ledger with its cells as sets of super-atoms: atoms of the same membership are one column. Atoms of 0 vanish. */
export type Columns = {
  readonly sizes: readonly number[]
  readonly atomsOf: readonly (readonly string[])[]
  readonly columnOf: ReadonlyMap<string, number>
  /** For each cell its columns, ascending. */
  readonly sets: readonly (readonly number[])[]
}

/**
 * @throws RangeError for a floor under 1, an unknown atom, an atom twice in a cell, a cell id twice, or a count that is
 *   no whole number ≥ 0
 */
export function toColumns(ledger: Ledger): Columns {
  if (!Number.isSafeInteger(ledger.floor) || ledger.floor < 1) throw new RangeError(`A floor of ${ledger.floor}`)
  for (const [atom, n] of ledger.atoms) {
    if (!Number.isSafeInteger(n) || n < 0) throw new RangeError(`Atom ${atom} holds ${n} respondents`)
  }
  const memberships = new Map<string, number[]>()
  const ids = new Set<string>()
  for (const [index, cell] of ledger.cells.entries()) {
    if (ids.has(cell.id)) throw new RangeError(`Cell ${cell.id} appears twice`)
    ids.add(cell.id)
    for (const atom of cell.atoms) {
      const n = ledger.atoms.get(atom)
      if (n === undefined) throw new RangeError(`Cell ${cell.id} names the unknown atom ${atom}`)
      const cells = memberships.get(atom)
      if (cells?.at(-1) === index) throw new RangeError(`Cell ${cell.id} names atom ${atom} twice`)
      if (cells === undefined) memberships.set(atom, [index])
      else cells.push(index)
    }
  }
  return groupColumns(memberships, ledger.atoms, ledger.cells.length)
}

function groupColumns(
  memberships: ReadonlyMap<string, readonly number[]>,
  respondents: ReadonlyMap<string, number>,
  cellCount: number,
): Columns {
  const columns = new Map<string, number>()
  const sizes: number[] = []
  const atomsOf: string[][] = []
  const columnOf = new Map<string, number>()
  const sets: number[][] = Array.from({ length: cellCount }, () => [])
  for (const [atom, cells] of memberships) {
    if (respondents.get(atom) === 0) continue
    const key = cells.join(' ')
    let column = columns.get(key)
    if (column === undefined) {
      column = sizes.length
      columns.set(key, column)
      sizes.push(0)
      atomsOf.push([])
      for (const cell of cells) sets[cell]!.push(column)
    }
    columnOf.set(atom, column)
    sizes[column] = sizes[column]! + respondents.get(atom)!
    atomsOf[column]!.push(atom)
  }
  return { sizes, atomsOf, columnOf, sets }
}

/**
 * Builds atoms from people: for each respondent the cells that include them; those with the same cells are one atom.
 *
 * @param memberships one entry per respondent: ids of the cells of `cells` this person is counted in
 * @param cells ids with release state and priority
 * @example two people in {all, sales}, one in {all} → atoms of 2 and 1, cells all (3 people) and sales (2)
 */
export function ledgerOf(
  floor: number,
  memberships: Iterable<readonly string[]>,
  cells: readonly Omit<LedgerCell, 'atoms'>[],
): Ledger {
  const order = new Map(cells.map(({ id }, index) => [id, index]))
  const atomByKey = new Map<string, string>()
  const atoms = new Map<string, number>()
  const members: string[][] = cells.map(() => [])
  for (const ids of memberships) {
    const indexes = [...new Set(ids)].map((id) => {
      const index = order.get(id)
      if (index === undefined) throw new RangeError(`A respondent is counted in the unknown cell ${id}`)
      return index
    })
    const key = indexes.sort((a, b) => a - b).join(' ')
    let atom = atomByKey.get(key)
    if (atom === undefined) {
      atom = `a${atomByKey.size + 1}`
      atomByKey.set(key, atom)
      for (const index of indexes) members[index]!.push(atom)
    }
    atoms.set(atom, (atoms.get(atom) ?? 0) + 1)
  }
  return { floor, atoms, cells: cells.map((cell, index) => ({ ...cell, atoms: members[index]! })) }
}

/**
 * The ledger of one plan: an atom per department (its directly attached people), a cell per published department and
 * per 「その他合算」 (id `rest:` + department). Joined with other cells of the same people, build it by {@link ledgerOf}.
 */
export function ledgerOfPlan(plan: DisclosurePlan): Ledger {
  const total = new Map(plan.departments.map(({ id, respondents }) => [id, respondents]))
  const atoms = new Map(total)
  for (const { id, parentId } of plan.departments) {
    if (parentId !== null) atoms.set(parentId, atoms.get(parentId)! - total.get(id)!)
  }
  const cells = [...plan.published, ...plan.rests].map(({ kind, id, members }) => ({
    id: kind === 'rest' ? `rest:${id}` : id,
    atoms: members,
  }))
  return { floor: plan.floor, atoms, cells }
}

/** Respondents of a cell. */
export function respondentsOf(ledger: Ledger, cell: LedgerCell): number {
  return cell.atoms.reduce((sum, atom) => sum + (ledger.atoms.get(atom) ?? 0), 0)
}
