import { sql } from 'kysely'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { renewalGapDays } from './rules.ts'
import { graduationsOf, type AnyHandle, type GraduationTables } from './tables.ts'

interface Ended {
  employment_id: string
  employed_until_on: string
}

/**
 * Brings drafts in line with the roster (role hr): each employment with an end date and no live departure gets a draft, a draft of the roster whose
 * end date moved moves with it, and one whose employment goes on or was renewed is cancelled. Drafts mail nobody; what HR confirmed stays as it is.
 * Safe to run twice and at the same time.
 */
export async function openDraftsForEndedEmployments(
  db: AnyHandle,
  companyId: string,
  at: Date,
): Promise<{ opened: number; moved: number; cancelled: number }> {
  const tables = graduationsOf(db)
  const ended = sql<Ended>`
    SELECT DISTINCT e.employment_id, e.employed_until_on FROM roster_assignment e
    WHERE e.company_id = ${companyId} AND e.employed_until_on IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM roster_assignment n
        WHERE n.company_id = e.company_id AND n.employee_id = e.employee_id AND n.employment_id <> e.employment_id
          AND n.employed_from_on > e.employed_from_on AND n.employed_from_on <= e.employed_until_on + ${renewalGapDays}::integer)`
  const moved = await sql`
    UPDATE departure d SET leaving_on = e.employed_until_on,
      notice_on = CASE WHEN d.notice_on > e.employed_until_on THEN NULL ELSE d.notice_on END,
      last_working_on = CASE WHEN d.last_working_on > e.employed_until_on THEN NULL ELSE d.last_working_on END
    FROM (${ended}) e
    WHERE d.company_id = ${companyId} AND d.employment_id = e.employment_id AND d.state = 'draft' AND d.source = 'roster'
      AND d.leaving_on <> e.employed_until_on`.execute(tables)
  const cancelled = await sql`
    UPDATE departure d SET state = 'cancelled'
    WHERE d.company_id = ${companyId} AND d.state = 'draft' AND d.source = 'roster'
      AND NOT EXISTS (SELECT FROM (${ended}) e WHERE e.employment_id = d.employment_id)`.execute(tables)
  const { rows } = await sql<Ended>`
    SELECT e.employment_id, e.employed_until_on FROM (${ended}) e
    WHERE NOT EXISTS (SELECT FROM departure d WHERE d.company_id = ${companyId} AND d.employment_id = e.employment_id AND d.state <> 'cancelled')
    ORDER BY e.employed_until_on, e.employment_id`.execute(tables)
  let opened = 0
  for (let start = 0; start < rows.length; start += 2_000) {
    const made = await tables
      .insertInto('departure')
      .values(
        rows.slice(start, start + 2_000).map((row) => ({
          company_id: companyId,
          id: newId(at),
          employment_id: row.employment_id,
          state: 'draft' as const,
          kind: null,
          notice_on: null,
          last_working_on: null,
          leaving_on: row.employed_until_on,
          source: 'roster' as const,
          confirmed_by: null,
          confirmed_at: null,
          created_at: at,
        })),
      )
      // opened by hand or by another import at the same moment
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    opened += Number(made.numInsertedOrUpdatedRows ?? 0)
  }
  return { opened, moved: Number(moved.numAffectedRows ?? 0), cancelled: Number(cancelled.numAffectedRows ?? 0) }
}

/** The job 'graduations.find-leavers' that the roster leaves behind when an import was applied. */
export async function findLeavers(services: Services, companyId: string, at: Date): Promise<void> {
  await services.database.as<GraduationTables, unknown>({ role: 'hr', companyId }, at, (db) =>
    openDraftsForEndedEmployments(db, companyId, at),
  )
}

/** Opens a draft by hand, before the roster knows. @returns the draft, or the live departure there is already */
export async function openDraft(
  db: AnyHandle,
  companyId: string,
  draft: { employmentId: string; noticeOn: string | null; lastWorkingOn: string | null; leavingOn: string },
  at: Date,
): Promise<{ departureId: string; isNew: boolean }> {
  const tables = graduationsOf(db)
  const id = newId(at)
  const made = await tables
    .insertInto('departure')
    .values({
      company_id: companyId,
      id,
      employment_id: draft.employmentId,
      state: 'draft',
      kind: null,
      notice_on: draft.noticeOn,
      last_working_on: draft.lastWorkingOn,
      leaving_on: draft.leavingOn,
      source: 'hr',
      confirmed_by: null,
      confirmed_at: null,
      created_at: at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (Number(made.numInsertedOrUpdatedRows ?? 0) > 0) return { departureId: id, isNew: true }
  const live = await tables
    .selectFrom('departure')
    .select('id')
    .where('company_id', '=', companyId)
    .where('employment_id', '=', draft.employmentId)
    .where('state', '<>', 'cancelled')
    .executeTakeFirstOrThrow()
  return { departureId: live.id, isNew: false }
}
