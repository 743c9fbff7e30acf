import type { Actor, StepName } from './steps.data.ts'
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

/** Steps of these departures, by due date, those on request last. */
export async function listSteps(db: AnyHandle, companyId: string, departureIds: readonly string[]): Promise<Step[]> {
  if (departureIds.length === 0) return []
  const rows = await graduationsOf(db)
    .selectFrom('graduation_step')
    .select(['id', 'departure_id', 'step', 'actor', 'due_on', 'done_at'])
    .where('company_id', '=', companyId)
    .where('departure_id', 'in', [...departureIds])
    .orderBy('due_on', (order) => order.asc().nullsLast())
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
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
