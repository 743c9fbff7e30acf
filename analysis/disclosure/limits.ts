import { show, withhold } from './disclosed.ts'
import type { Disclosed } from './disclosed.ts'
import { assemble, shownDepartments, unbrokenRests, withholdEverywhere } from './figure.ts'
import type { DisclosedFigure } from './figure.ts'
import { chooseSafeSet, publishingWeights } from './optimum.ts'
import { withholdPinnedMarks } from './pinned.ts'
import type { DisclosurePlan, PublishedGroup } from './plan.ts'
import { disclosureRules, roundTo } from './rules.ts'
import { countsInOrder, nearestChosen, subtreeTotals } from './tree.ts'

/** A group mean, 1 decimal (or as its request says); a marker where (nearly) everybody chose the lowest or the highest value. */
export type MeanFigure =
  | { readonly kind: 'exact'; readonly mean: number }
  | { readonly kind: 'nearLowest' }
  | { readonly kind: 'nearHighest' }

/** A share of people, to 1 %; a band where 2 or fewer, or n−2 or more, are positive. */
export type ShareFigure =
  | { readonly kind: 'exact'; readonly share: number; readonly positives: number }
  | { readonly kind: 'atMost'; readonly people: number }
  | { readonly kind: 'atLeast'; readonly people: number }

export type MeanRequest = {
  /** Valid answers among the people attached directly to each department; absent = 0. */
  readonly counts: ReadonlyMap<string, number>
  /** Sum of their whole-number scores. */
  readonly sums: ReadonlyMap<string, number>
  /** Lowest and highest score one person can have. */
  readonly lowest: number
  readonly highest: number
  /** How many of these whole numbers make one point of the scale (a mean of three items: 3); absent = 1. */
  readonly unit?: number
  /** Places of the mean in points; absent = 1. */
  readonly decimals?: number
  readonly basis?: string
}

export type ShareRequest = {
  readonly counts: ReadonlyMap<string, number>
  /** How many of them are positive (high-stress). */
  readonly positives: ReadonlyMap<string, number>
  /** A stored committee resolution on showing high-stress shares exists (guideline: deliberated beforehand). */
  readonly resolved: boolean
  readonly basis?: string
}

/**
 * Discloses the means of a whole-number scale: floor, residual rule and extreme-value rule, then rounding.
 *
 * @throws RangeError for unknown departments, counts or sums that are no whole numbers, sums outside n·lowest…n·highest
 * @example 12 people, scale 3…12, sum 37 (one point above the lowest possible) → { kind: 'nearLowest' }, n 12
 */
export function discloseMean(plan: DisclosurePlan, request: MeanRequest): DisclosedFigure<MeanFigure> {
  const { counts, sums, lowest, highest, unit = 1, decimals = disclosureRules.rounding.meanDecimals, basis } = request
  return discloseSums<MeanFigure>(plan, { counts, sums, lowest, highest }, (mark, sum, n) => {
    if (mark === 'low') return show({ kind: 'nearLowest' }, n, plan.floor, basis)
    if (mark === 'high') return show({ kind: 'nearHighest' }, n, plan.floor, basis)
    const mean = roundTo(sum / n / unit, decimals)
    return show({ kind: 'exact', mean }, n, plan.floor, basis)
  })
}

/**
 * Discloses shares of people: as {@link discloseMean} with a score of 0 or 1. Withheld everywhere with reason
 * `noResolution` unless a resolution is stored.
 *
 * @example 12 of 12 positive → { kind: 'atLeast', people: 10 }; 5 of 40 → { kind: 'exact', share: 0.13, positives: 5 }
 */
export function discloseShare(plan: DisclosurePlan, request: ShareRequest): DisclosedFigure<ShareFigure> {
  const { counts, positives, resolved, basis } = request
  if (!resolved) return withholdEverywhere(plan, 'noResolution')
  const people = disclosureRules.extremeMargin.points
  return discloseSums<ShareFigure>(plan, { counts, sums: positives, lowest: 0, highest: 1 }, (mark, sum, n) => {
    if (mark === 'low') return show({ kind: 'atMost', people }, n, plan.floor, basis)
    if (mark === 'high') return show({ kind: 'atLeast', people: n - people }, n, plan.floor, basis)
    const share = roundTo(sum / n, disclosureRules.rounding.shareDecimals)
    return show({ kind: 'exact', share, positives: sum }, n, plan.floor, basis)
  })
}

type SumRequest = Pick<MeanRequest, 'counts' | 'sums' | 'lowest' | 'highest'>
type Mark = 'exact' | 'low' | 'high'

/**
 * The extreme-value rule on the whole set, residuals included.
 *
 * A sum is *extreme* when it is at most 2 points from its lowest or highest possible value (shares: 2 or fewer, n−2 or
 * more). A marker only for sums exactly at the limit would by itself say "everybody", hence the margin for means too.
 * Exact values are given to the best set of departments whose every residual is neither small nor extreme (otherwise
 * the difference of two exact ones would give the extreme one); the others get their marker, or nothing.
 */
function discloseSums<T>(
  plan: DisclosurePlan,
  request: SumRequest,
  make: (mark: Mark, sum: number, n: number) => Disclosed<T>,
): DisclosedFigure<T> {
  const { tree, floor } = plan
  const { lowest, highest } = request
  const margin = disclosureRules.extremeMargin.points
  if (!Number.isSafeInteger(lowest) || !Number.isSafeInteger(highest) || highest <= lowest) {
    throw new RangeError(`A scale from ${lowest} to ${highest} is no whole-number scale`)
  }
  const counts = countsInOrder(tree, request.counts, 'Valid answers')
  const sums = sumsInOrder(plan, request, counts)
  const low = sums.map((sum, at) => sum - counts[at]! * lowest)
  const high = sums.map((sum, at) => counts[at]! * highest - sum)

  const shown = shownDepartments(plan, counts)
  const exact = chooseSafeSet(
    tree,
    { masses: [counts, low, high], caps: [floor, margin + 1, margin + 1] },
    publishingWeights(tree, subtreeTotals(tree, counts)),
    (at) => shown.has(at),
  )
  const exactRests = unbrokenRests(plan, exact)
  const total = (of: readonly number[], group: PublishedGroup) =>
    group.members.reduce((sum, id) => sum + of[tree.indexOf.get(id)!]!, 0)
  const markOf = (group: PublishedGroup): Mark | undefined => {
    const isExact = group.kind === 'department' ? exact.has(tree.indexOf.get(group.id)!) : exactRests.has(group.id)
    if (isExact) return 'exact'
    if (total(low, group) <= margin) return 'low'
    return total(high, group) <= margin ? 'high' : undefined
  }

  const marked: { group: PublishedGroup; mark: 'low' | 'high' }[] = []
  assemble(plan, counts, shown, (group) => {
    const mark = markOf(group)
    if (mark === 'low' || mark === 'high') marked.push({ group, mark })
    return withhold('tooFew')
  })
  const pinned = withholdPinnedMarks({
    tree,
    owner: nearestChosen(tree, exact),
    counts,
    low,
    range: highest - lowest,
    margin,
    marked,
  })
  return assemble(plan, counts, shown, (group, n) => {
    const mark = markOf(group)
    if (mark === undefined || pinned.has(group)) return withhold('tooFew')
    return make(mark, total(sums, group), n)
  })
}

function sumsInOrder(plan: DisclosurePlan, request: SumRequest, counts: readonly number[]): number[] {
  const { tree } = plan
  for (const id of request.sums.keys()) {
    if (!tree.indexOf.has(id)) throw new RangeError(`Sums: unknown department ${id}`)
  }
  return tree.ids.map((id, at) => {
    const sum = request.sums.get(id) ?? 0
    const n = counts[at]!
    if (!Number.isSafeInteger(sum) || sum < n * request.lowest || sum > n * request.highest) {
      throw new RangeError(`Sums: ${sum} of ${n} answers at department ${id}`)
    }
    return sum
  })
}
