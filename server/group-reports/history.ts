import {
  companyHistory,
  countMovements,
  type CompanyHistory,
  type EmploymentRow,
  type Month,
} from '../../analysis/turnover/index.ts'
import { movements, successions, type Movement, type Succession } from '../roster/index.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

/**
 * The company's history of leaving up to a month (role turnover: movements without names and facts of departures, nothing of any survey).
 * Departments that were merged into one other go on as that one; what was split counts in the company alone.
 */
export async function readHistory(db: AnyHandle, companyId: string, lastMonth: Month): Promise<CompanyHistory> {
  const facts = await reportsOf(db)
    .selectFrom('departure_fact')
    .select(['employment_id', 'leaving_on', 'voluntary'])
    .where('company_id', '=', companyId)
    .execute()
  const leavings = new Map(
    facts.map((fact) => [fact.employment_id, { on: fact.leaving_on, voluntary: fact.voluntary }]),
  )
  const rows = employmentsOf(await movements(db, companyId), leavings)
  const successors = singleSuccessors(await successions(db, companyId))
  return companyHistory(countMovements(rows, lastMonth, { successors }), lastMonth)
}

/** Assignments as employments. Until HR has confirmed a departure as the person's own will, an end is an end and no event. */
export function employmentsOf(
  rows: readonly Movement[],
  leavings: ReadonlyMap<string, { on: string; voluntary: boolean }>,
): EmploymentRow[] {
  return [...Map.groupBy(rows, (row) => row.employmentId).values()].map((own) => {
    const first = own[0]!
    const fact = leavings.get(first.employmentId)
    const on = fact?.on ?? first.employedUntilOn
    return {
      sex: first.sex ?? 'unanswered',
      bornOn: first.birthOn,
      hiredOn: first.employedFromOn,
      employmentType: first.employmentKind,
      memberships: own.map((row) => ({
        unit: row.departmentId,
        from: row.assignedFromOn,
        until: row.assignedUntilOn === null ? null : dayAfter(row.assignedUntilOn),
      })),
      leaving: on === null ? null : { on, kind: fact?.voluntary ? 'voluntary' : 'other' },
    }
  })
}

/** Predecessors with exactly one successor; a split has no single one that continues it. */
export function singleSuccessors(all: readonly Succession[]): Map<string, string> {
  const byPredecessor = Map.groupBy(all, (one) => one.predecessorId)
  return new Map(
    [...byPredecessor].flatMap(([from, to]) => (to.length === 1 ? [[from, to[0]!.successorId] as const] : [])),
  )
}

function dayAfter(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + 1)
  return at.toISOString().slice(0, 10)
}
