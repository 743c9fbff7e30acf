import { show, withhold } from './disclosed.ts'
import type { Disclosed } from './disclosed.ts'
import { unbrokenRests } from './figure.ts'
import type { DisclosedFigure } from './figure.ts'
import { discloseShare } from './limits.ts'
import type { ShareFigure } from './limits.ts'
import type { DisclosurePlan, PublishedGroup } from './plan.ts'
import { disclosureRules, roundTo } from './rules.ts'
import { countsInOrder, subtreeTotals } from './tree.ts'
import type { Tree } from './tree.ts'

/**
 * How the answers to one question are spread, as finely as may be told: shares of classes of options (by their position), or
 * only that (nearly) nobody or everybody is in the upper class of the coarsest level.
 */
export type DistributionFigure =
  | {
      readonly kind: 'exact'
      readonly classes: readonly { readonly options: readonly number[]; readonly share: number }[]
    }
  | { readonly kind: 'atMost' | 'atLeast'; readonly options: readonly number[]; readonly people: number }

export type DistributionRequest = {
  /** Of the people attached directly to each department, how many gave each option; absent = nobody answered. */
  readonly answers: ReadonlyMap<string, readonly number[]>
  /** Number of options. */
  readonly options: number
  /**
   * Ways to put options together, the finest first; each is a partition of all options that the one before refines, and the
   * last has two classes.
   */
  readonly levels: readonly (readonly (readonly number[])[])[]
}

/**
 * Discloses how answers are spread over options. Each group gets the finest level at which neither it nor any residual has a
 * class of 1 or 2 people, nor one of nobody (a class that nobody in the whole company chose is left out of this).
 *
 * Safety: levels are nested and so are the sets of groups that are exact on them. Whatever set of answers (department × option) can
 * be added up from all of it is, in each residual of the finer set, either made of whole classes of the coarser residuals in it, or
 * of the same options in all of them: three people or more, or nobody. And no single number in between is pinned: by the limits
 * max(0, row + column − all) and min(row, column) it would have to be all of its class or none, which no residual allows. Who
 * knows from elsewhere that a number is 0 can do more; so can they with any table. Where the coarsest level is not exact either,
 * {@link discloseShare} says "2 or fewer" or "n−2 or more", or nothing.
 *
 * @throws RangeError for levels that are no such chain, and for counts as in discloseShare
 * @example 12 people, options 1…5 with 0, 1, 4, 4, 3; levels [1][2][3][4][5], [12][3][45], [123][45] → at the last: 42 % and 58 %
 */
export function discloseDistribution(
  plan: DisclosurePlan,
  { answers, options, levels }: DistributionRequest,
): DisclosedFigure<DistributionFigure> {
  checkLevels(levels, options)
  const { tree, floor } = plan
  const sumOf = (of: readonly number[], wanted: readonly number[]) =>
    wanted.reduce((sum, option) => sum + (of[option] ?? 0), 0)
  const every = Array.from({ length: options }, (_, option) => option)
  const countOf = (wanted: readonly number[]) => new Map([...answers].map(([id, of]) => [id, sumOf(of, wanted)]))
  const counts = countOf(every)
  const upper = levels.at(-1)![1]!
  const base = discloseShare(plan, { counts, positives: countOf(upper), resolved: true })

  const direct = countsInOrder(tree, counts, 'Valid answers')
  const isExact = (figure: Disclosed<ShareFigure>) => figure.kind === 'shown' && figure.value.kind === 'exact'
  let exact = new Set([...base.departments].flatMap(([id, one]) => (isExact(one) ? [tree.indexOf.get(id)!] : [])))
  let rests = new Set([...base.rests].flatMap(([id, one]) => (isExact(one) ? [id] : [])))
  const finest = { departments: new Map<string, number>(), rests: new Map<string, number>() }
  for (let level = levels.length - 1; level >= 0; level--) {
    if (level < levels.length - 1) {
      const masses = levels[level]!.map((wanted) => countsInOrder(tree, countOf(wanted), 'Answers')).filter((mass) =>
        mass.some((n) => n > 0),
      )
      exact = keepMixed(tree, direct, masses, floor, exact)
      const unbroken = unbrokenRests(plan, exact)
      rests = new Set([...rests].filter((id) => unbroken.has(id)))
    }
    for (const at of exact) finest.departments.set(tree.ids[at]!, level)
    for (const id of rests) finest.rests.set(id, level)
  }

  const groups = { departments: byId(plan.published), rests: byId(plan.rests) }
  const make = (side: 'departments' | 'rests', id: string, figure: Disclosed<ShareFigure>) => {
    if (figure.kind === 'withheld') return withhold(figure.reason)
    const { value, n } = figure
    if (value.kind !== 'exact')
      return show<DistributionFigure>({ kind: value.kind, options: [...upper], people: value.people }, n, floor)
    const level = levels[finest[side].get(id)!]!
    const inGroup = (wanted: readonly number[]) =>
      groups[side].get(id)!.members.reduce((sum, member) => sum + sumOf(answers.get(member) ?? [], wanted), 0)
    const classes = level.map((wanted) => ({
      options: [...wanted],
      share: roundTo(inGroup(wanted) / n, disclosureRules.rounding.shareDecimals),
    }))
    return show<DistributionFigure>({ kind: 'exact', classes }, n, floor)
  }
  return {
    departments: new Map([...base.departments].map(([id, one]) => [id, make('departments', id, one)])),
    rests: new Map([...base.rests].map(([id, one]) => [id, make('rests', id, one)])),
  }
}

function byId(groups: readonly PublishedGroup[]): Map<string, PublishedGroup> {
  return new Map(groups.map((group) => [group.id, group]))
}

/**
 * Of the candidates, groups whose every residual is nobody, or at least the floor with every class above the extreme margin. From
 * the leaves up: where a residual falls short the smallest group below it is given up into it, and at last the group itself.
 */
function keepMixed(
  tree: Tree,
  direct: readonly number[],
  classes: readonly (readonly number[])[],
  floor: number,
  candidates: ReadonlySet<number>,
): Set<number> {
  const least = disclosureRules.extremeMargin.points + 1
  const caps = [floor, ...classes.map(() => least)]
  const residue = [direct, ...classes].map((mass) => [...mass])
  const totals = subtreeTotals(tree, direct)
  const below: number[][] = tree.ids.map(() => [])
  const kept = new Set(candidates)
  const allowed = (at: number) =>
    residue[0]![at] === 0 || residue.every((amounts, index) => amounts[at]! >= caps[index]!)
  const pour = (from: number, into: number) => {
    for (const amounts of residue) amounts[into] = amounts[into]! + amounts[from]!
    below[into]!.push(...below[from]!)
  }
  for (let at = tree.ids.length - 1; at >= 0; at--) {
    if (kept.has(at)) {
      while (!allowed(at) && below[at]!.length > 0) {
        const [smallest] = below[at]!.toSorted((a, b) => totals[a]! - totals[b]! || b - a)
        below[at] = below[at]!.filter((one) => one !== smallest)
        kept.delete(smallest!)
        pour(smallest!, at)
      }
      if (!allowed(at)) kept.delete(at)
    }
    const above = tree.parent[at]!
    if (above === -1) continue
    if (kept.has(at)) below[above]!.push(at)
    else pour(at, above)
  }
  return kept
}

function checkLevels(levels: DistributionRequest['levels'], options: number): void {
  const wrong = () => {
    throw new RangeError('The levels of a distribution are partitions, each refining the next, the last of two classes')
  }
  if (levels.at(-1)?.length !== 2) wrong()
  for (const [index, level] of levels.entries()) {
    const all = level.flat().toSorted((a, b) => a - b)
    if (all.length !== options || all.some((option, at) => option !== at) || level.some((one) => one.length === 0))
      wrong()
    const coarser = levels[index + 1]
    if (coarser && !level.every((one) => coarser.some((other) => one.every((option) => other.includes(option)))))
      wrong()
  }
}
