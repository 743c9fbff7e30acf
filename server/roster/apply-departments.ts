import { newId } from '../ids.ts'
import { addDays } from './cells.ts'
import type { DepartmentPlan, KnownDepartment } from './department-changes.ts'
import { rosterOf, type AnyHandle } from './tables.ts'

/** All departments with every version and what continues them. */
export async function knownDepartments(db: AnyHandle, companyId: string): Promise<KnownDepartment[]> {
  const tables = rosterOf(db)
  const departments = await tables
    .selectFrom('department')
    .select(['id', 'code'])
    .where('company_id', '=', companyId)
    .orderBy('code')
    .execute()
  const versions = await tables
    .selectFrom('department_version')
    .select(['id', 'department_id', 'name', 'parent_id', 'from_on', 'until_on'])
    .where('company_id', '=', companyId)
    .orderBy('from_on')
    .execute()
  const successions = await tables
    .selectFrom('department_succession')
    .select(['predecessor_id', 'successor_id'])
    .where('company_id', '=', companyId)
    .execute()
  const known = new Map<string, KnownDepartment>(
    departments.map((one) => [one.id, { id: one.id, code: one.code, versions: [], successorIds: [] }]),
  )
  for (const one of versions)
    known.get(one.department_id)?.versions.push({
      id: one.id,
      name: one.name,
      parentId: one.parent_id,
      fromOn: one.from_on,
      untilOn: one.until_on,
    })
  for (const one of successions) known.get(one.predecessor_id)?.successorIds.push(one.successor_id)
  return [...known.values()]
}

/** Carries out the plans of a departments file in the caller's transaction. */
export async function applyDepartments(
  db: AnyHandle,
  companyId: string,
  lines: readonly { code: string; id: string; plan: DepartmentPlan }[],
  at: Date,
): Promise<void> {
  const tables = rosterOf(db)
  const idOf = new Map((await knownDepartments(db, companyId)).map((one) => [one.code, one.id]))
  const fresh = lines.filter((one) => !idOf.has(one.code))
  for (const one of fresh) idOf.set(one.code, one.id)
  for (let start = 0; start < fresh.length; start += 5_000)
    await tables
      .insertInto('department')
      .values(fresh.slice(start, start + 5_000).map((one) => ({ company_id: companyId, id: one.id, code: one.code })))
      .execute()
  const idFor = (code: string | null) => (code === null ? null : idOf.get(code)!)

  for (const { plan } of lines) {
    const change = plan.begin?.closes
      ? { versionId: plan.begin.closes, set: { until_on: addDays(plan.begin.fromOn, -1) } }
      : plan.correct && {
          versionId: plan.correct.versionId,
          set: { name: plan.correct.name, parent_id: idFor(plan.correct.parentCode), until_on: plan.correct.untilOn },
        }
    if (!change) continue
    await tables
      .updateTable('department_version')
      .set(change.set)
      .where('company_id', '=', companyId)
      .where('id', '=', change.versionId)
      .execute()
  }
  const begun = lines.flatMap(({ code, plan: { begin } }) =>
    begin
      ? [
          {
            company_id: companyId,
            id: newId(at),
            department_id: idOf.get(code)!,
            name: begin.name,
            parent_id: idFor(begin.parentCode),
            from_on: begin.fromOn,
            until_on: begin.untilOn,
          },
        ]
      : [],
  )
  for (let start = 0; start < begun.length; start += 5_000)
    await tables
      .insertInto('department_version')
      .values(begun.slice(start, start + 5_000))
      .execute()
  const successions = lines.flatMap(({ code, plan: { successors } }) =>
    (successors?.codes ?? []).map((successor) => ({
      company_id: companyId,
      id: newId(at),
      predecessor_id: idOf.get(code)!,
      successor_id: idOf.get(successor)!,
      on_date: successors!.onDate,
    })),
  )
  for (let start = 0; start < successions.length; start += 5_000)
    await tables
      .insertInto('department_succession')
      .values(successions.slice(start, start + 5_000))
      .execute()
}
