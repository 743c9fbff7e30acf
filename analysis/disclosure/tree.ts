/** A node of the dated department tree with the people attached to it directly (heads, deputies, a leaf's staff). */
export type DepartmentNode = {
  readonly id: string
  /** `null` for the top (the company; a forest is allowed, its trees are independent). */
  readonly parentId: string | null
  /** Respondents attached to this very node, not to one under it. Whole number, 0 or more. */
  readonly direct: number
  /** Keep this one published if that is possible at all (company, divisions). */
  readonly mustPublish?: boolean
}

/** A checked tree in preorder: a subtree is the contiguous range `at … end(at) − 1`. */
export type Tree = {
  readonly ids: readonly string[]
  readonly indexOf: ReadonlyMap<string, number>
  /** Index of the parent, −1 for a top. */
  readonly parent: readonly number[]
  readonly depth: readonly number[]
  /** One past the last index of the node's subtree. */
  readonly end: readonly number[]
  readonly mustPublish: readonly boolean[]
}

/**
 * Checks the nodes and lays them out in preorder, siblings in the order given.
 *
 * @throws RangeError for a duplicate id, an unknown parent or a cycle, naming the id
 */
export function layOutTree(nodes: readonly Omit<DepartmentNode, 'direct'>[]): Tree {
  const known = new Set<string>()
  for (const { id } of nodes) {
    if (known.has(id)) throw new RangeError(`Department ${id} appears twice`)
    known.add(id)
  }
  const children = new Map<string | null, Omit<DepartmentNode, 'direct'>[]>()
  for (const node of nodes) {
    if (node.parentId !== null && !known.has(node.parentId)) {
      throw new RangeError(`Department ${node.id} lies under the unknown ${node.parentId}`)
    }
    const siblings = children.get(node.parentId)
    if (siblings === undefined) children.set(node.parentId, [node])
    else siblings.push(node)
  }
  const ids: string[] = []
  const parent: number[] = []
  const depth: number[] = []
  const mustPublish: boolean[] = []
  const indexOf = new Map<string, number>()
  const open = (children.get(null) ?? []).toReversed()
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const above = node.parentId === null ? -1 : indexOf.get(node.parentId)!
    indexOf.set(node.id, ids.length)
    ids.push(node.id)
    parent.push(above)
    depth.push(above === -1 ? 0 : depth[above]! + 1)
    mustPublish.push(node.mustPublish ?? false)
    open.push(...(children.get(node.id) ?? []).toReversed())
  }
  if (ids.length < nodes.length) {
    const lost = nodes.find((node) => !indexOf.has(node.id))!
    throw new RangeError(`Department ${lost.id} lies on a cycle, or under one`)
  }
  const end = ids.map((_, at) => at + 1)
  for (let at = ids.length - 1; at >= 0; at--) {
    const above = parent[at]!
    if (above !== -1) end[above] = Math.max(end[above]!, end[at]!)
  }
  return { ids, indexOf, parent, depth, end, mustPublish }
}

/** Sums of a count over each subtree, from the counts of the people attached directly. */
export function subtreeTotals(tree: Tree, direct: readonly number[]): number[] {
  const totals = [...direct]
  for (let at = totals.length - 1; at >= 0; at--) {
    const above = tree.parent[at]!
    if (above !== -1) totals[above] = totals[above]! + totals[at]!
  }
  return totals
}

/**
 * ρ(v): what a chosen node holds that no chosen node under it holds. Entry at chosen nodes; what no chosen node covers
 * is in `uncovered`.
 */
export function residualsOf(
  tree: Tree,
  direct: readonly number[],
  chosen: ReadonlySet<number>,
): { residuals: Map<number, number>; uncovered: number } {
  const owner = nearestChosen(tree, chosen)
  const residuals = new Map<number, number>([...chosen].map((at) => [at, 0]))
  let uncovered = 0
  for (const [at, count] of direct.entries()) {
    const by = owner[at]!
    if (by === -1) uncovered += count
    else residuals.set(by, residuals.get(by)! + count)
  }
  return { residuals, uncovered }
}

/** For each node the nearest chosen node at or above it, −1 where there is none. */
export function nearestChosen(tree: Tree, chosen: ReadonlySet<number>): number[] {
  const owner: number[] = []
  for (const [at, above] of tree.parent.entries()) {
    owner.push(chosen.has(at) ? at : above === -1 ? -1 : owner[above]!)
  }
  return owner
}

/** Whole numbers, 0 or more, one for each node in the tree's order; absent entries count 0. */
export function countsInOrder(tree: Tree, counts: ReadonlyMap<string, number>, what: string): number[] {
  for (const [id, count] of counts) {
    if (!tree.indexOf.has(id)) throw new RangeError(`${what}: unknown department ${id}`)
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${what}: ${count} at department ${id}`)
  }
  return tree.ids.map((id) => counts.get(id) ?? 0)
}
