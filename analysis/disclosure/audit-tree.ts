import type { DisclosedFigure } from './figure.ts'
import type { DisclosurePlan } from './plan.ts'
import { countsInOrder, layOutTree, residualsOf, subtreeTotals } from './tree.ts'
import type { DepartmentNode, Tree } from './tree.ts'

export type TreeVerdict = {
  readonly safe: boolean
  /** Published departments whose own count (`total`) or remainder (`residual`) is 1 … k−1, or that are empty. */
  readonly exposed: readonly {
    readonly id: string
    readonly what: 'total' | 'residual'
    readonly respondents: number
  }[]
}

/**
 * The exact check for one tree (safety theorem of nested sets): safe if and only if every published department has at
 * least k respondents and every residual is 0 or at least k. O(nodes).
 *
 * @throws RangeError for a broken tree or an unknown department
 * @example company 71 = A 40, B 25, D 6: {company, A} safe; {company, A, B} exposes the residual 6 of the company
 */
export function auditTree(nodes: readonly DepartmentNode[], published: Iterable<string>, floor: number): TreeVerdict {
  const tree = layOutTree(nodes)
  const direct = countsInOrder(tree, new Map(nodes.map((node) => [node.id, node.direct])), 'Respondents')
  const chosen = new Set<number>()
  for (const id of published) {
    const at = tree.indexOf.get(id)
    if (at === undefined) throw new RangeError(`Published department ${id} is not in the tree`)
    chosen.add(at)
  }
  return checkTree(tree, direct, direct, chosen, floor)
}

/**
 * The same check on what was really made: the departments shown in a figure and the 「その他合算」 shown beside them, under that
 * figure's own counts. A remainder's people lie under its whole and under no planned department below, so all that is shown is
 * nested, and the theorem holds with the remainders as further nodes. Run on each figure before release.
 *
 * @example company 71 = A 40, B 25, rest 6 with A and the rest shown: the rest is exposed by its own total
 */
export function auditFigure(
  plan: DisclosurePlan,
  counts: ReadonlyMap<string, number>,
  figure: DisclosedFigure<unknown>,
): TreeVerdict {
  const { tree, floor } = plan
  const direct = countsInOrder(tree, counts, 'Valid answers')
  const remaining = [...direct]
  const exposed: TreeVerdict['exposed'][number][] = []
  for (const { id, members } of plan.rests) {
    if (figure.rests.get(id)?.kind !== 'shown') continue
    let respondents = 0
    for (const member of members) {
      const at = tree.indexOf.get(member)!
      respondents += direct[at]!
      remaining[at] = 0
    }
    if (respondents < floor) exposed.push({ id, what: 'residual', respondents })
  }
  const chosen = new Set<number>()
  for (const [id, disclosed] of figure.departments) if (disclosed.kind === 'shown') chosen.add(tree.indexOf.get(id)!)
  const verdict = checkTree(tree, direct, remaining, chosen, floor)
  return { safe: verdict.safe && exposed.length === 0, exposed: [...verdict.exposed, ...exposed] }
}

/** `remaining` are the people not in a remainder that is shown by itself. */
function checkTree(
  tree: Tree,
  direct: readonly number[],
  remaining: readonly number[],
  chosen: ReadonlySet<number>,
  floor: number,
): TreeVerdict {
  const totals = subtreeTotals(tree, direct)
  const { residuals } = residualsOf(tree, remaining, chosen)
  const exposed: TreeVerdict['exposed'][number][] = []
  for (const at of [...chosen].sort((a, b) => a - b)) {
    const id = tree.ids[at]!
    const residual = residuals.get(at)!
    if (totals[at]! < floor) exposed.push({ id, what: 'total', respondents: totals[at]! })
    else if (residual !== 0 && residual < floor) exposed.push({ id, what: 'residual', respondents: residual })
  }
  return { safe: exposed.length === 0, exposed }
}
