import { heads, smallestMerges } from './merges.ts'
import type { MergeUnit } from './merges.ts'
import { planWith } from './plan.ts'
import type { DisclosurePlan, RestPart } from './plan.ts'
import type { Floor } from './rules.ts'

/** A department with the employees attached directly to it, before anybody has answered. */
export type RosterNode = {
  readonly id: string
  readonly parentId: string | null
  readonly headcount: number
  readonly mustPublish?: boolean
}

/** Units under one parent that together would reach the floor; `scope: 'direct'` are people attached to the parent. */
export type MergeOffer = {
  readonly parentId: string | null
  readonly units: readonly RestPart[]
  readonly headcount: number
}

export type GroupPreview = {
  readonly responseRate: number
  /** Heads a group needs so that this response rate gives the floor. */
  readonly headsNeeded: number
  readonly reportable: readonly string[]
  readonly withheld: readonly string[]
  /** 「その他合算」 that would be shown, by the department they belong to. */
  readonly rests: readonly { readonly id: string; readonly parts: readonly RestPart[]; readonly headcount: number }[]
  readonly offers: readonly MergeOffer[]
  /** Units under the floor that no merge with siblings lifts; they appear in the figures of those above only. */
  readonly stuck: readonly RestPart[]
}

/**
 * Which groups can be reported with this roster, for each assumed response rate: the plan that would be made if the
 * same share answered everywhere (headcounts against ⌈floor ÷ rate⌉), and merges for units that stay under it.
 *
 * A merge is a change of the tree to be made and frozen before the campaign opens; it is advice, and the plan is made
 * anew from real respondents at closing.
 *
 * @param responseRates each in (0, 1]
 * @throws RangeError for another rate or a broken tree
 * @example floor 10, rate 0.5: a unit needs 20 heads; siblings of 12 and 9 are offered as one of 21
 */
export function previewGroups(
  nodes: readonly RosterNode[],
  options: { readonly floor: Floor; readonly responseRates: readonly number[] },
): GroupPreview[] {
  return options.responseRates.map((responseRate) => {
    if (!(responseRate > 0 && responseRate <= 1)) throw new RangeError(`A response rate of ${responseRate}`)
    // 10 / 0.1 must not become 101 by binary representation
    const headsNeeded = Math.ceil(options.floor / responseRate - 1e-9)
    const plan = planWith(
      nodes.map(({ headcount, ...node }) => ({ ...node, direct: headcount })),
      headsNeeded,
    )
    return {
      responseRate,
      headsNeeded,
      reportable: plan.published.map(({ id }) => id),
      withheld: plan.withheld,
      rests: plan.rests.map(({ id, parts, respondents }) => ({ id, parts, headcount: respondents })),
      ...offerMerges(nodes, plan, headsNeeded),
    }
  })
}

function offerMerges(nodes: readonly RosterNode[], plan: DisclosurePlan, needed: number) {
  const byParent = Map.groupBy(plan.departments, ({ parentId }) => parentId)
  const direct = new Map(nodes.map(({ id, headcount }) => [id, headcount]))
  const total = new Map(plan.departments.map(({ id, respondents }) => [id, respondents]))
  const offers: MergeOffer[] = []
  const stuck: RestPart[] = []
  for (const [parentId, children] of byParent) {
    // a parent under the floor is itself the unit to be merged, one level up
    if (parentId !== null && total.get(parentId)! < needed) continue
    const siblings: MergeUnit[] = children.map(({ id, respondents, published }) => {
      return { id, scope: 'whole', headcount: respondents, withheld: !published }
    })
    if (parentId !== null) {
      siblings.push({ id: parentId, scope: 'direct', headcount: direct.get(parentId)!, withheld: true })
    }
    const found = smallestMerges(siblings, needed)
    for (const units of found.merges) offers.push({ parentId, units: units.map(toPart), headcount: heads(units) })
    stuck.push(...found.stuck.map(toPart))
  }
  return { offers, stuck }
}

function toPart({ id, scope }: MergeUnit): RestPart {
  return { id, scope }
}
