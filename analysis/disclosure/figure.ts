import { show, withhold } from './disclosed.ts'
import type { Disclosed, WithheldReason } from './disclosed.ts'
import { chooseSafeSet, publishingWeights } from './optimum.ts'
import type { DisclosurePlan, PublishedGroup } from './plan.ts'
import { countsInOrder, nearestChosen, residualsOf, subtreeTotals } from './tree.ts'

/** One figure for every department of the plan, and for each of its 「その他合算」 by the id of the whole it belongs to. */
export type DisclosedFigure<T> = {
  readonly departments: ReadonlyMap<string, Disclosed<T>>
  readonly rests: ReadonlyMap<string, Disclosed<T>>
}

/** A value that may be shown exactly or only as a band or marker. */
export type Limited = { readonly kind: 'exact' | 'atMost' | 'atLeast' | 'nearLowest' | 'nearHighest' }

export type FigureRequest<T> = {
  /** Valid answers used in this figure among the people attached directly to each department; absent = 0. */
  readonly counts: ReadonlyMap<string, number>
  /** Computes the figure of a group; called for groups that are shown, and for no other. `n`: valid answers used. */
  readonly value: (group: PublishedGroup, n: number) => T
  readonly basis?: string
  /** For figures derived from others (a risk from means): shown only where each of these is shown exactly. */
  readonly onlyWhere?: readonly DisclosedFigure<Limited>[]
}

/**
 * Discloses one figure for the groups of a plan under the figure's **own** counts.
 *
 * A planned department is shown only in a set that satisfies the tree theorem for these counts as well (every residual
 * 0 or at least the floor). Where the whole planned set does, all of it is shown; otherwise the departments withdrawn
 * are those of least total weight (the optimum restricted to the plan, so deterministic). Nothing outside the plan ever
 * appears. A 「その他合算」 is shown where its whole and all its planned parts are, so that it is exactly a residual.
 * `onlyWhere` only takes groups away, which cannot make a safe set unsafe.
 *
 * @throws RangeError for unknown departments or counts that are not whole numbers ≥ 0
 * @example planned A 12 and company 30 with 9 valid answers in A: A withheld, company shown with its own n
 */
export function discloseFigure<T>(plan: DisclosurePlan, request: FigureRequest<T>): DisclosedFigure<T> {
  const direct = countsInOrder(plan.tree, request.counts, 'Valid answers')
  const shown = shownDepartments(plan, direct)
  const everywhere = request.onlyWhere ?? []
  return assemble(plan, direct, shown, (group, n) => {
    const side = group.kind === 'department' ? 'departments' : 'rests'
    const allowed = everywhere.every((figure) => {
      const other = figure[side].get(group.id)
      return other?.kind === 'shown' && other.value.kind === 'exact'
    })
    return allowed ? show(request.value(group, n), n, plan.floor, request.basis) : withhold('tooFew')
  })
}

/** Every department and rest withheld for one reason (a share without resolution). */
export function withholdEverywhere(plan: DisclosurePlan, reason: WithheldReason): DisclosedFigure<never> {
  return {
    departments: new Map(plan.departments.map(({ id }) => [id, withhold(reason)])),
    rests: new Map(plan.rests.map(({ id }) => [id, withhold(reason)])),
  }
}

/** The planned departments (indexes) that stay safe under a figure's own direct counts. */
export function shownDepartments(plan: DisclosurePlan, direct: readonly number[]): Set<number> {
  const { tree, floor } = plan
  const planned = new Set(plan.published.map(({ id }) => tree.indexOf.get(id)!))
  const totals = subtreeTotals(tree, direct)
  const { residuals } = residualsOf(tree, direct, planned)
  const safe = [...planned].every((at) => {
    const residual = residuals.get(at)!
    return totals[at]! >= floor && (residual === 0 || residual >= floor)
  })
  if (safe) return planned
  const rule = { masses: [direct], caps: [floor] }
  return chooseSafeSet(tree, rule, publishingWeights(tree, totals), (at) => planned.has(at))
}

/**
 * Calls `make` for each shown department and each rest that is still exactly a residual of at least the floor;
 * withholds all others.
 */
export function assemble<T>(
  plan: DisclosurePlan,
  direct: readonly number[],
  shown: ReadonlySet<number>,
  make: (group: PublishedGroup, n: number) => Disclosed<T>,
): DisclosedFigure<T> {
  const { tree, floor } = plan
  const totals = subtreeTotals(tree, direct)
  const departments = new Map<string, Disclosed<T>>(tree.ids.map((id) => [id, withhold('tooFew')]))
  for (const group of plan.published) {
    const at = tree.indexOf.get(group.id)!
    if (shown.has(at)) departments.set(group.id, make(group, totals[at]!))
  }
  const unbroken = unbrokenRests(plan, shown)
  const rests = new Map<string, Disclosed<T>>()
  for (const group of plan.rests) {
    const n = group.members.reduce((sum, id) => sum + direct[tree.indexOf.get(id)!]!, 0)
    const residual = unbroken.has(group.id) && n >= floor
    rests.set(group.id, residual ? make(group, n) : withhold('tooFew'))
  }
  return { departments, rests }
}

/** Ids of planned rests whose whole is shown and from whose whole no planned department has been withdrawn. */
export function unbrokenRests(plan: DisclosurePlan, shown: ReadonlySet<number>): Set<string> {
  const { tree } = plan
  const planned = new Set(plan.published.map(({ id }) => tree.indexOf.get(id)!))
  const owner = nearestChosen(tree, planned)
  const broken = new Set<number>()
  for (const at of planned) {
    const above = tree.parent[at]!
    if (!shown.has(at) && above !== -1 && owner[above] !== -1) broken.add(owner[above]!)
  }
  return new Set(
    plan.rests
      .map(({ id }) => id)
      .filter((id) => shown.has(tree.indexOf.get(id)!) && !broken.has(tree.indexOf.get(id)!)),
  )
}
