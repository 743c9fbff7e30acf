import { linearForm } from './solver.ts'
import type { Solve } from './solver.ts'

export type SumBounds = {
  readonly least: number
  readonly most: number
  /** Uncertainty left about the group's mean, in points; 0 means the mean is known. */
  readonly width: number
}

/**
 * What published sums tell about the sum of a withheld group, by linear programming: every person's score lies between
 * `lowest` and `highest`, so an atom's sum lies between n·lowest and n·highest.
 *
 * @param cells published groups with their exact sums
 * @throws RangeError when no scores are possible that give these sums, or the solver fails
 * @example Af 2, Am 18, Cf 10, Cm 12, scores 1…4; sums A 48, C 55, F 46, M 57 → Af between 6 and 8, width 1
 */
export function boundSum(
  data: {
    readonly atoms: ReadonlyMap<string, number>
    readonly cells: readonly { readonly atoms: readonly string[]; readonly sum: number }[]
    readonly lowest: number
    readonly highest: number
  },
  group: readonly string[],
  solve: Solve,
): SumBounds {
  const { atoms, cells, lowest, highest } = data
  const names = new Map([...atoms.keys()].map((atom, index) => [atom, `x${index}`]))
  const form = (members: readonly string[]) =>
    linearForm(
      members.map((atom) => {
        const name = names.get(atom)
        if (name === undefined) throw new RangeError(`Unknown atom ${atom}`)
        return [1, name] as const
      }),
    )
  const equations = cells.map((cell) => ` ${form(cell.atoms)} = ${cell.sum}`)
  const limits = [...atoms].map(([atom, n]) => ` ${n * lowest} <= ${names.get(atom)!} <= ${n * highest}`)
  const bound = (direction: 'Minimize' | 'Maximize') => {
    const model = [direction, ` ${form(group)}`, 'Subject To', ...equations, 'Bounds', ...limits, 'End'].join('\n')
    const answer = solve(model)
    if (answer.status !== 'optimal') throw new RangeError(`No scores give these sums (${answer.status})`)
    return Math.round(answer.objective * 1e6) / 1e6
  }
  const n = group.reduce((sum, atom) => sum + (atoms.get(atom) ?? 0), 0)
  const [least, most] = [bound('Minimize'), bound('Maximize')]
  return { least, most, width: n === 0 ? 0 : (most - least) / n }
}
