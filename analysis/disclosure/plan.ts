import { chooseSafeSet, publishingWeights } from './optimum.ts'
import type { Floor } from './rules.ts'
import { countsInOrder, layOutTree, nearestChosen, subtreeTotals } from './tree.ts'
import type { DepartmentNode, Tree } from './tree.ts'

/** A unit inside 「その他合算」: a whole department with all under it, or only the people attached directly to it. */
export type RestPart = { readonly id: string; readonly scope: 'whole' | 'direct' }

/** A group whose figures may be computed for publication. */
export type PublishedGroup = {
  readonly kind: 'department' | 'rest'
  /** The department; for a rest the published department whose remainder it is. */
  readonly id: string
  readonly respondents: number
  /** Departments whose *directly attached* people make up the group: sum over these to get its figures. */
  readonly members: readonly string[]
  /** What 「その他合算（…）」 lists; empty for a department. */
  readonly parts: readonly RestPart[]
}

export type PlannedDepartment = {
  readonly id: string
  readonly parentId: string | null
  readonly depth: number
  readonly respondents: number
  readonly published: boolean
}

/**
 * Which departments of one campaign are published. Holds counts of withheld departments too: it stays inside the wall,
 * pages get figures by `discloseFigure` and its kin.
 */
export type DisclosurePlan = {
  readonly floor: number
  /** All departments in preorder. */
  readonly departments: readonly PlannedDepartment[]
  /** Published departments in preorder. */
  readonly published: readonly PublishedGroup[]
  /** 「その他合算」 of published departments that have withheld people; each holds at least the floor. */
  readonly rests: readonly PublishedGroup[]
  /** Ids of the withheld departments in preorder; small and complementary ones alike. */
  readonly withheld: readonly string[]
  readonly tree: Tree
}

/**
 * Chooses the departments whose figures are published: the optimum of {@link chooseSafeSet} under the floor rule with
 * the weights of {@link publishingWeights}. The floor counts respondents, never headcount.
 *
 * Make the company itself the top node: residues above the topmost published department are protected only because
 * nothing that contains them is published.
 *
 * @param nodes the department tree as of the campaign's date; any order; people attached directly are `direct`
 * @throws RangeError for a broken tree or counts that are not whole numbers ≥ 0
 * @example company (3 direct) > H1 (2 direct) > a 14, b 11 ; company > H2 > d 22, e 19 : published company, H2, a, d, e;
 *   H1 and b withheld (H1 with a and b would expose its two heads); rest of the company: H1 direct, b, company direct
 */
export function planDisclosure(nodes: readonly DepartmentNode[], floor: Floor): DisclosurePlan {
  return planWith(nodes, floor)
}

/** {@link planDisclosure} for any k ≥ 1: previews count heads instead of respondents. Not exported by the door. */
export function planWith(nodes: readonly DepartmentNode[], floor: number): DisclosurePlan {
  if (!Number.isSafeInteger(floor) || floor < 1) throw new RangeError(`A floor of ${floor}`)
  const tree = layOutTree(nodes)
  const direct = countsInOrder(tree, new Map(nodes.map((node) => [node.id, node.direct])), 'Respondents')
  const totals = subtreeTotals(tree, direct)
  const chosen = chooseSafeSet(
    tree,
    { masses: [direct], caps: [floor] },
    publishingWeights(tree, totals),
    (at) => totals[at]! >= floor,
  )
  return describePlan(tree, direct, chosen, floor)
}

/** The plan for an already chosen safe set (node indexes of `tree`). */
function describePlan(
  tree: Tree,
  direct: readonly number[],
  chosen: ReadonlySet<number>,
  floor: number,
): DisclosurePlan {
  const totals = subtreeTotals(tree, direct)
  const owner = nearestChosen(tree, chosen)
  const published: PublishedGroup[] = []
  const rests: PublishedGroup[] = []
  for (const at of [...chosen].sort((a, b) => a - b)) {
    const id = tree.ids[at]!
    const members = tree.ids.slice(at, tree.end[at])
    published.push({ kind: 'department', id, respondents: totals[at]!, members, parts: [] })
    const rest = restOf(tree, at, owner, direct)
    if (rest !== undefined) rests.push(rest)
  }
  const departments = tree.ids.map((id, at) => ({
    id,
    parentId: tree.parent[at] === -1 ? null : tree.ids[tree.parent[at]!]!,
    depth: tree.depth[at]!,
    respondents: totals[at]!,
    published: chosen.has(at),
  }))
  const withheld = departments.filter((department) => !department.published).map(({ id }) => id)
  return { floor, departments, published, rests, withheld, tree }
}

/** The remainder of a published node where somebody is in it besides the published nodes under it. */
function restOf(
  tree: Tree,
  top: number,
  owner: readonly number[],
  direct: readonly number[],
): PublishedGroup | undefined {
  const range = Array.from({ length: tree.end[top]! - top }, (_, i) => top + i)
  const inRest = range.filter((at) => owner[at] === top)
  const respondents = inRest.reduce((sum, at) => sum + direct[at]!, 0)
  // with nothing published below, the remainder is the department itself
  if (respondents === 0 || inRest.length === range.length) return undefined
  const parts: RestPart[] = []
  let named = top
  for (const at of inRest) {
    if (at < named) continue // inside a unit already named whole
    const whole = at !== top && isWhole(at)
    if (whole) {
      parts.push({ id: tree.ids[at]!, scope: 'whole' })
      named = tree.end[at]!
    } else if (direct[at]! > 0) parts.push({ id: tree.ids[at]!, scope: 'direct' })
  }
  return {
    kind: 'rest',
    id: tree.ids[top]!,
    respondents,
    members: inRest.map((at) => tree.ids[at]!),
    parts,
  }

  function isWhole(at: number): boolean {
    for (let i = at; i < tree.end[at]!; i++) if (owner[i] !== top) return false
    return true
  }
}
