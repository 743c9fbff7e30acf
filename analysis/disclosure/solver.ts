/**
 * A solver of linear and mixed-integer models in CPLEX LP text, passed in so that analysis stays free of loading wasm.
 * It only searches: what it finds is verified by exact arithmetic here.
 */
export type Solve = (model: string) => SolverAnswer

export type SolverAnswer = {
  readonly status: 'optimal' | 'infeasible' | 'other'
  readonly objective: number
  readonly values: ReadonlyMap<string, number>
}

type HighsLike = {
  solve(model: string): {
    readonly Status: string
    readonly ObjectiveValue?: number
    readonly Columns?: Readonly<Record<string, object>>
  }
}

/**
 * Wraps the loaded one-shot HiGHS of the npm package `highs` (MIT).
 *
 * @example const solve = fromHighs(await loadHighs())
 */
export function fromHighs(highs: HighsLike): Solve {
  return (model) => {
    const answer = highs.solve(model)
    const status = answer.Status === 'Optimal' ? 'optimal' : answer.Status === 'Infeasible' ? 'infeasible' : 'other'
    const columns = Object.entries(answer.Columns ?? {})
    const values = new Map(
      columns.map(([name, column]) => [name, 'Primal' in column ? Number(column.Primal) : Number.NaN]),
    )
    return { status, objective: answer.ObjectiveValue ?? Number.NaN, values }
  }
}

/** A linear form in LP text, one term a line (readers limit the length of a line). Zero terms are left out. */
export function linearForm(terms: readonly (readonly [coefficient: number, name: string])[]): string {
  return terms
    .filter(([coefficient]) => coefficient !== 0)
    .map(([coefficient, name]) => `${coefficient < 0 ? '-' : '+'} ${Math.abs(coefficient)} ${name}`)
    .join('\n ')
}
