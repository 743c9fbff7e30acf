import type { PublishedGroup } from './plan.ts'
import type { Tree } from './tree.ts'

type MarkedGroup = { readonly group: PublishedGroup; readonly mark: 'low' | 'high' }

type Region = {
  readonly tree: Tree
  /** For each node its nearest exactly published node, −1 for none. */
  readonly owner: readonly number[]
  /** People and points above the lowest possible sum, of those attached directly to each node. */
  readonly counts: readonly number[]
  readonly low: readonly number[]
  /** Points between the lowest and the highest value of one person. */
  readonly range: number
  readonly margin: number
  readonly marked: readonly MarkedGroup[]
}

/**
 * The marked groups whose band a reader could narrow with exact totals; their markers have to go.
 *
 * Within the remainder of an exactly published node the points of the marked groups and of everybody else add up to a
 * known total. Two groups marked "2 or fewer" that make up a remainder of 4 would be pinned to 2 and 2. A band keeps
 * its full width when the total lies at least `margin` away from both the least and the most the remainder could hold;
 * until it does, the marker of the smallest group (then smallest id) is withheld, which widens the remainder's limits.
 *
 * @example remainder of 24 people with 4 points: a (12) "≤ 2", b (12) "≤ 2" → b's and a's limits touch, one is withheld
 */
export function withholdPinnedMarks(region: Region): Set<PublishedGroup> {
  const { tree, owner, margin } = region
  const withheld = new Set<PublishedGroup>()
  const byOwner = Map.groupBy(region.marked, ({ group }) => owner[tree.indexOf.get(group.members[0]!)!]!)
  for (const [top, groups] of byOwner) {
    if (top === -1) continue // no exact total above: nothing to subtract from
    const inside = Array.from({ length: tree.end[top]! - top }, (_, i) => top + i).filter((at) => owner[at] === top)
    const total = inside.reduce((sum, at) => sum + region.low[at]!, 0)
    const bySize = groups.toSorted((a, b) => people(region, a.group) - people(region, b.group) || order(a, b))
    for (;;) {
      const standing = bySize.filter(({ group }) => !withheld.has(group))
      const { least, most } = limits(region, inside, standing)
      const next = standing[0]
      if (next === undefined || (total - least >= margin && most - total >= margin)) break
      withheld.add(next.group)
    }
  }
  return withheld
}

/** Least and most points the remainder can hold as far as the standing markers tell. */
function limits(region: Region, inside: readonly number[], standing: readonly MarkedGroup[]) {
  const { tree, counts, range, margin } = region
  const covered = new Set<number>()
  let least = 0
  let most = 0
  // larger groups first: a marked group inside another adds nothing to the limits of the remainder
  for (const { group, mark } of standing.toReversed()) {
    const members = group.members.map((id) => tree.indexOf.get(id)!)
    if (members.some((at) => covered.has(at))) continue
    for (const at of members) covered.add(at)
    const capacity = people(region, group) * range
    least += mark === 'low' ? 0 : capacity - margin
    most += mark === 'low' ? margin : capacity
  }
  for (const at of inside) if (!covered.has(at)) most += counts[at]! * range
  return { least, most }
}

function people(region: Region, group: PublishedGroup): number {
  return group.members.reduce((sum, id) => sum + region.counts[region.tree.indexOf.get(id)!]!, 0)
}

function order(a: MarkedGroup, b: MarkedGroup): number {
  const [left, right] = [`${a.group.id} ${a.group.kind}`, `${b.group.id} ${b.group.kind}`]
  return left < right ? -1 : left > right ? 1 : 0
}
