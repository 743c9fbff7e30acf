import {
  auditFigure,
  auditLedger,
  type DisclosedFigure,
  type DisclosurePlan,
  type Ledger,
  type Solve,
} from '../../analysis/disclosure/index.ts'

/** What the auditor found. Holds no count of anybody: refusals name figures and groups. */
export interface ReportVerdict {
  safe: boolean
  /** decided by whole-number arithmetic alone */
  exact: boolean
  figures: number
  cells: number
  populations: number
  faults: { figure: string; group: string; what: 'total' | 'residual' | 'derivable' | 'undecided' }[]
}

/** A figure as it was made, with the valid answers it rests on. */
export interface AuditedFigure {
  name: string
  counts: ReadonlyMap<string, number>
  figure: DisclosedFigure<unknown>
}

/** Each figure by the theorem of trees, then everything shown of one population together, exactly. */
export function auditReport(
  plan: DisclosurePlan,
  audited: readonly AuditedFigure[],
  solve?: Solve,
): { verdict: ReportVerdict; ledgers: { population: string; ledger: Ledger }[] } {
  const faults: ReportVerdict['faults'] = []
  for (const { name, counts, figure } of audited) {
    for (const { id, what } of auditFigure(plan, counts, figure).exposed) faults.push({ figure: name, group: id, what })
  }
  const ledgers = ledgersOf(plan, audited)
  let exact = true
  for (const { population, ledger } of ledgers) {
    const found = auditLedger(ledger, solve ? { solve } : {})
    exact &&= found.exact
    for (const exposure of found.exposed) {
      for (const { cell } of exposure.from) faults.push({ figure: population, group: cell, what: 'derivable' })
    }
    for (const cell of found.undecided) faults.push({ figure: population, group: cell, what: 'undecided' })
  }
  const cells = ledgers.reduce((sum, { ledger }) => sum + ledger.cells.length, 0)
  const counted = { figures: audited.length, cells, populations: ledgers.length }
  return { ledgers, verdict: { safe: faults.length === 0, exact, ...counted, faults } }
}

/** How a group is called among the analysed ones. */
export function keyOf(group: { kind: string; id: string }): string {
  return group.kind === 'rest' ? `rest:${group.id}` : group.id
}

export function figureAt<T>(figure: DisclosedFigure<T>, key: string) {
  return key.startsWith('rest:') ? figure.rests.get(key.slice(5)) : figure.departments.get(key)
}

/** Figures with the same valid answers everywhere are one population; all they show is one ledger. */
function ledgersOf(plan: DisclosurePlan, audited: readonly AuditedFigure[]): { population: string; ledger: Ledger }[] {
  const populations = Map.groupBy(audited, ({ counts }) =>
    JSON.stringify([...counts].filter(([, n]) => n > 0).sort(([a], [b]) => (a < b ? -1 : 1))),
  )
  return [...populations.values()].map((same, index) => {
    const atoms = new Map(plan.departments.map(({ id }) => [id, same[0]!.counts.get(id) ?? 0]))
    const cells = [...plan.published, ...plan.rests]
      .filter((group) => same.some(({ figure }) => figureAt(figure, keyOf(group))?.kind === 'shown'))
      .map((group) => ({ id: keyOf(group), atoms: group.members }))
    return { population: `p${index + 1}`, ledger: { floor: plan.floor, atoms, cells } }
  })
}
