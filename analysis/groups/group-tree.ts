import type { ReportGroup } from './respondents.ts'

/** Reported groups from the top down, each with its top group, and whether any reported group lies below it. */
export type PlacedGroup = { readonly group: ReportGroup; readonly top: string; readonly isFinest: boolean }

/**
 * Orders reported groups so that a parent comes before its children, and checks that they are a tree.
 *
 * Example: section under division under company, given in any order → company, division, section; only section is finest.
 * With no groups: [].
 * @throws RangeError for a duplicate id, an unknown parent or a cycle, naming the id
 */
export function placeGroups(groups: readonly ReportGroup[]): PlacedGroup[] {
  const byId = new Map(groups.map((group) => [group.id, group]))
  const parents = new Set(groups.map((group) => group.parent))
  const placed = new Map<string, PlacedGroup>()
  const place = (group: ReportGroup, below: ReadonlySet<string>): PlacedGroup => {
    const done = placed.get(group.id)
    if (done !== undefined) return done
    if (below.has(group.id)) throw new RangeError(`Group ${group.id} lies on a cycle`)
    let top = group.id
    if (group.parent !== null) {
      const parent = byId.get(group.parent)
      if (parent === undefined) throw new RangeError(`Group ${group.id} lies under the unknown ${group.parent}`)
      top = place(parent, new Set([...below, group.id])).top
    }
    const result = { group, top, isFinest: !parents.has(group.id) }
    placed.set(group.id, result)
    return result
  }
  const seen = new Set<string>()
  for (const group of groups) {
    if (seen.has(group.id)) throw new RangeError(`Group ${group.id} appears twice`)
    seen.add(group.id)
    place(group, new Set())
  }
  return [...placed.values()]
}
