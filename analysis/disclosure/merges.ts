/** A unit that may be merged: a department with all under it, or the people attached directly to the parent. */
export type MergeUnit = {
  readonly id: string
  readonly scope: 'whole' | 'direct'
  readonly headcount: number
  /** Not reported by itself with this roster (too small, or withheld to protect a small one). */
  readonly withheld: boolean
}

/**
 * Smallest merges among siblings by which every unit under `needed` heads reaches it.
 *
 * Smallest unit first: fewest partners, then fewest people, then smallest ids; partners that are withheld anyway come
 * before reported ones, so that a merge costs a visible unit only if it must. Each unit is in one merge at most; one
 * that finds no partners joins the smallest merge already made.
 *
 * @returns groups of units in the order of their smallest member, and the units for which siblings are too few
 * @example B 7, D 5, A 40, needed 10 → one merge of D and B (12 heads)
 */
export function smallestMerges(
  siblings: readonly MergeUnit[],
  needed: number,
): { readonly merges: readonly (readonly MergeUnit[])[]; readonly stuck: readonly MergeUnit[] } {
  const order = (a: MergeUnit, b: MergeUnit) => a.headcount - b.headcount || (a.id < b.id ? -1 : 1)
  const free = new Set(siblings.filter((unit) => unit.headcount > 0).sort(order))
  const merges: MergeUnit[][] = []
  const stuck: MergeUnit[] = []
  for (const unit of siblings.toSorted(order)) {
    if (!free.has(unit) || unit.headcount >= needed) continue
    free.delete(unit)
    const lacking = needed - unit.headcount
    const hidden = [...free].filter((other) => other.withheld)
    const partners = fewestReaching(hidden, lacking) ?? fewestReaching([...free], lacking)
    if (partners !== undefined) {
      for (const partner of partners) free.delete(partner)
      merges.push([unit, ...partners])
      continue
    }
    const smallest = merges.toSorted((a, b) => heads(a) - heads(b))[0]
    if (smallest === undefined) stuck.push(unit)
    else smallest.push(unit)
  }
  return { merges, stuck }
}

export function heads(units: readonly MergeUnit[]): number {
  return units.reduce((sum, unit) => sum + unit.headcount, 0)
}

/** Fewest units, then fewest people, then smallest ids, that together hold `lacking` heads. */
function fewestReaching(units: readonly MergeUnit[], lacking: number): MergeUnit[] | undefined {
  // best[h]: fewest units with exactly h heads, h < lacking; the last unit added carries the sum over the line
  const best = new Map<number, MergeUnit[]>([[0, []]])
  let answer: MergeUnit[] | undefined
  for (const unit of units.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    for (const [sum, chosen] of [...best].sort(([a], [b]) => b - a)) {
      const next = [...chosen, unit]
      const total = sum + unit.headcount
      if (total < lacking) {
        const now = best.get(total)
        if (now === undefined || now.length > next.length) best.set(total, next)
      } else if (
        answer === undefined ||
        next.length < answer.length ||
        (next.length === answer.length && total < heads(answer))
      ) {
        answer = next
      }
    }
  }
  return answer
}
