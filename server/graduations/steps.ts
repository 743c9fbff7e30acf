import { stepRules, type Actor, type StepName } from './steps.data.ts'
import { graduationsOf, type AnyHandle } from './tables.ts'

/** A step of one departure; `dueOn` null: on request. */
export interface Step {
  id: string
  departureId: string
  step: StepName
  actor: Actor
  dueOn: string | null
  doneAt: Date | null
}

const position = new Map<string, number>(stepRules.map((rule, index) => [rule.step, index]))

/** Steps of these departures, by due date, those on request last; on one day in the order of the catalogue. */
export async function listSteps(db: AnyHandle, companyId: string, departureIds: readonly string[]): Promise<Step[]> {
  if (departureIds.length === 0) return []
  const rows = await graduationsOf(db)
    .selectFrom('graduation_step')
    .select(['id', 'departure_id', 'step', 'actor', 'due_on', 'done_at'])
    .where('company_id', '=', companyId)
    .where('departure_id', 'in', [...departureIds])
    .execute()
  const due = (on: string | null) => on ?? '9999-12-31'
  const before = (a: (typeof rows)[number], b: (typeof rows)[number]) =>
    due(a.due_on) === due(b.due_on)
      ? (position.get(a.step) ?? 0) - (position.get(b.step) ?? 0)
      : due(a.due_on) < due(b.due_on)
        ? -1
        : 1
  return rows.sort(before).map((row) => ({
    id: row.id,
    departureId: row.departure_id,
    step: row.step,
    actor: row.actor,
    dueOn: row.due_on,
    doneAt: row.done_at,
  }))
}

/** Ticks a step or takes the tick away. A leaver ticks the own ones, HR ticks any. @returns false when there is no such step */
export async function tickStep(
  db: AnyHandle,
  companyId: string,
  tick: { departureId: string; stepId: string; by: Actor; done: boolean },
  at: Date,
): Promise<boolean> {
  let query = graduationsOf(db)
    .updateTable('graduation_step')
    .set(tick.done ? { done_at: at, done_by: tick.by } : { done_at: null, done_by: null })
    .where('company_id', '=', companyId)
    .where('departure_id', '=', tick.departureId)
    .where('id', '=', tick.stepId)
  if (tick.by === 'leaver') query = query.where('actor', '=', 'leaver')
  const changed = await query.executeTakeFirst()
  return changed.numUpdatedRows > 0n
}
