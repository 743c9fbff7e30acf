import { recheckPersonnelAuthority } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { requestJob } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { noticeAddressChanges } from './address-notices.ts'
import { applyDepartments } from './apply-departments.ts'
import { applyEmployees } from './apply-employees.ts'
import type { DepartmentPlan } from './department-changes.ts'
import { findImport } from './import-queries.ts'
import { appliedImports, lockRoster } from './imports.ts'
import { rosterOf, type AnyHandle } from './tables.ts'

export interface Application {
  companyId: string
  importId: string
  /** staff user, or the nil UUID for the command line */
  userId: string
  requestId?: string
}

export interface Applied {
  /** applied before: nothing was done now */
  already: boolean
  /** roles that personnel authority took away */
  revoked: { userId: string; role: string }[]
}

const nobody = '00000000-0000-0000-0000-000000000000'

/** Applies a preview in one transaction of its own; see {@link applyImportIn}. */
export async function applyImport(services: Services, application: Application): Promise<Applied> {
  const at = services.clock.now()
  const { companyId, userId } = application
  return services.database.as({ role: 'hr', companyId, subjectId: userId }, at, (db) =>
    applyImportIn(db as AnyHandle, application, at),
  )
}

/**
 * Applies a preview, all of it or nothing, in the caller's transaction (role `hr`). The second time it does nothing and says so.
 * Addresses that go out of use are told so once. Roles that the new personnel authority bars are taken away in the same transaction; leavers are looked for by a job after it.
 * @throws {Problem} not_found; wrong_state while it is read, failed or was discarded; invalid_input when a line is wrong;
 *   conflict when another import was applied since the comparison
 */
export async function applyImportIn(db: AnyHandle, application: Application, at: Date): Promise<Applied> {
  const { companyId, importId, userId } = application
  await lockRoster(db, companyId)
  const found = await findImport(db, companyId, importId, true)
  if (!found) throw new Problem('not_found')
  if (found.state === 'applied') return { already: true, revoked: [] }
  if (found.state !== 'previewed') throw new Problem('wrong_state')
  if ((found.counts.wrong ?? 0) > 0)
    throw new Problem('invalid_input', [{ field: 'import', key: 'roster.apply.wrong' }])
  if ((await appliedImports(db, companyId)) !== found.appliedBefore)
    throw new Problem('conflict', [{ field: 'import', key: 'roster.apply.stale' }])

  if (found.kind === 'departments')
    await applyDepartments(db, companyId, await departmentPlans(db, companyId, importId), at)
  else await applyEmployees(db, { companyId, importId, effectiveOn: found.effectiveOn }, at)

  await rosterOf(db)
    .updateTable('roster_import')
    .set({ state: 'applied', applied_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', importId)
    .execute()
  const actor =
    userId === nobody ? ({ kind: 'operator', id: undefined } as const) : ({ kind: 'staff', id: userId } as const)
  const requestId = application.requestId ?? 'roster-import'
  if (found.kind === 'employees') await noticeAddressChanges(db, { companyId, importId, actor, requestId }, at)
  await recordAudit(db, companyId, at, {
    actorKind: actor.kind,
    actorId: actor.id,
    actorRole: 'hr',
    action: 'roster.applied',
    reason: 'roster.audit.applied',
    objectKind: 'roster_import',
    objectId: importId,
    requestId,
  })
  if (found.kind === 'employees') await requestJob(db, companyId, 'graduations.find-leavers', importId, at)
  return { already: false, ...(await recheckPersonnelAuthority(db, companyId, at)) }
}

async function departmentPlans(
  db: AnyHandle,
  companyId: string,
  importId: string,
): Promise<{ code: string; id: string; plan: DepartmentPlan }[]> {
  const rows = await rosterOf(db)
    .selectFrom('roster_import_line')
    .select(['fields', 'ids', 'plan'])
    .where('company_id', '=', companyId)
    .where('import_id', '=', importId)
    .where('outcome', '<>', 'unchanged')
    .orderBy('line')
    .execute()
  return rows.map((row) => ({
    code: (row.fields as { department_code: string }).department_code,
    id: row.ids[0]!,
    plan: row.plan as DepartmentPlan,
  }))
}

/** Throws a preview away with its lines; what was applied stays. @throws {Problem} not_found, wrong_state */
export async function discardImport(db: AnyHandle, companyId: string, importId: string): Promise<void> {
  const found = await findImport(db, companyId, importId, true)
  if (!found) throw new Problem('not_found')
  if (found.state === 'discarded') return
  if (found.state === 'applied') throw new Problem('wrong_state')
  await rosterOf(db)
    .deleteFrom('roster_import_line')
    .where('company_id', '=', companyId)
    .where('import_id', '=', importId)
    .execute()
  await rosterOf(db)
    .updateTable('roster_import')
    .set({ state: 'discarded' })
    .where('company_id', '=', companyId)
    .where('id', '=', importId)
    .execute()
}
