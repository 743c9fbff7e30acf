import { sql, type Kysely } from 'kysely'
import { setPersonnelAuthority, type PersonnelAuthority } from '../access/index.ts'
import { newId } from '../ids.ts'
import { rosterOf, type AnyHandle } from './tables.ts'

export interface EmployeeImport {
  companyId: string
  importId: string
  effectiveOn: string
}

const planColumns = sql.raw(`jsonb_to_record(l.plan) AS t(
  "employeeId" uuid, "employmentId" uuid, "assignmentId" uuid, step text, place text, person boolean, code text, family text, given text,
  sex text, birth date, email text, pin text, kind text, takes boolean, joined date, "joinedBefore" date, until date,
  "departmentId" uuid, "workplaceCode" text, starts date)`)

/** Carries out the plans of all lines in the caller's transaction: a handful of statements, whatever the number of lines. */
export async function applyEmployees(db: AnyHandle, run: EmployeeImport, at: Date): Promise<void> {
  const { companyId, importId } = run
  await sql`SELECT set_config('enable_nestloop', 'off', true), set_config('jit', 'off', true)`.execute(db)
  await applyWorkplaces(db, run, at)
  const lines = sql`FROM roster_import_line l CROSS JOIN LATERAL ${planColumns}
    WHERE l.company_id = ${companyId} AND l.import_id = ${importId} AND l.plan <> '{}'`
  const done = (statement: ReturnType<typeof sql>) => statement.execute(db)

  await done(sql`INSERT INTO employee (company_id, id, employee_code, family_name, given_name, sex, birth_on, email, paper_pin_hash)
    SELECT ${companyId}, l.ids[1], t.code, t.family, t.given, t.sex, t.birth, t.email, t.pin ${lines} AND t."employeeId" IS NULL`)
  await done(sql`UPDATE employee p SET family_name = c.family, given_name = c.given, sex = c.sex, birth_on = c.birth, email = c.email, paper_pin_hash = c.pin
    FROM (SELECT t.* ${lines} AND t.person AND t."employeeId" IS NOT NULL) c WHERE p.company_id = ${companyId} AND p.id = c."employeeId"`)

  // a renewal ends what it follows on the day before, unless that had ended by itself
  await done(sql`UPDATE employment e SET until_on = c.joined - 1
    FROM (SELECT t.* ${lines} AND t.step = 'renew') c WHERE e.company_id = ${companyId} AND e.id = c."employmentId"`)
  await done(sql`UPDATE assignment a SET until_on = c.joined - 1
    FROM (SELECT t.* ${lines} AND t.step = 'renew') c WHERE a.company_id = ${companyId} AND a.id = c."assignmentId"`)
  await done(sql`INSERT INTO employment (company_id, id, employee_id, kind, from_on, until_on, takes_stress_check)
    SELECT ${companyId}, l.ids[2], coalesce(t."employeeId", l.ids[1]), t.kind, t.joined, t.until, t.takes ${lines} AND t.step IN ('new', 'renew')`)
  // the day of joining corrected: what began with it begins there too
  await done(sql`UPDATE assignment a SET from_on = c.joined
    FROM (SELECT t.* ${lines} AND t.step = 'correct') c
    WHERE a.company_id = ${companyId} AND a.employment_id = c."employmentId" AND a.from_on = c."joinedBefore"`)
  await done(sql`UPDATE employment e SET kind = c.kind, takes_stress_check = c.takes, from_on = c.joined, until_on = c.until
    FROM (SELECT t.* ${lines} AND t.step IN ('same', 'correct')) c WHERE e.company_id = ${companyId} AND e.id = c."employmentId"
      AND (e.kind, e.takes_stress_check, e.from_on, e.until_on) IS DISTINCT FROM (c.kind, c.takes, c.joined, c.until)`)

  await done(sql`UPDATE assignment a SET until_on = c.starts - 1
    FROM (SELECT t.* ${lines} AND t.place = 'move') c WHERE a.company_id = ${companyId} AND a.id = c."assignmentId"`)
  await done(sql`UPDATE assignment a SET department_id = c."departmentId", workplace_id = w.id, until_on = c.until
    FROM (SELECT t.* ${lines} AND t.place = 'correct') c JOIN workplace w ON w.company_id = ${companyId} AND w.code = c."workplaceCode"
    WHERE a.company_id = ${companyId} AND a.id = c."assignmentId"`)
  await done(sql`UPDATE assignment a SET until_on = c.until
    FROM (SELECT t.* ${lines} AND t.place = 'same') c
    WHERE a.company_id = ${companyId} AND a.id = c."assignmentId" AND a.until_on IS DISTINCT FROM c.until`)
  await done(sql`INSERT INTO assignment (company_id, id, employment_id, department_id, workplace_id, from_on, until_on)
    SELECT ${companyId}, c.id, c.employment, c."departmentId", w.id, c.starts, c.until
    FROM (SELECT l.ids[3] AS id, CASE WHEN t.step IN ('new', 'renew') THEN l.ids[2] ELSE t."employmentId" END AS employment, t.*
      ${lines} AND t.place IN ('new', 'move')) c
    JOIN workplace w ON w.company_id = ${companyId} AND w.code = c."workplaceCode"`)

  await applyAuthority(db, run, at)
  await countHeads(db, companyId, run.effectiveOn)
}

/** Workplaces the file names for the first time, or by another name. */
async function applyWorkplaces(db: AnyHandle, run: EmployeeImport, at: Date): Promise<void> {
  const { rows } = await sql<{ code: string; name: string | null; from_on: string; id: string | null }>`
    SELECT f.code, f.name, f.from_on, w.id FROM (
      SELECT l.fields->>'workplace_code' AS code, max(l.fields->>'workplace_name') AS name,
        min(coalesce(l.fields->>'assigned_on', l.fields->>'joined_on')) AS from_on
      FROM roster_import_line l WHERE l.company_id = ${run.companyId} AND l.import_id = ${run.importId} GROUP BY 1
    ) f LEFT JOIN workplace w ON w.company_id = ${run.companyId} AND w.code = f.code
    WHERE w.id IS NULL OR f.name <> w.name ORDER BY f.code`.execute(db)
  for (const row of rows) {
    if (row.id === null)
      await rosterOf(db)
        .insertInto('workplace')
        .values({
          company_id: run.companyId,
          id: newId(at),
          code: row.code,
          name: row.name ?? row.code,
          headcount_for_50: null,
          headcount_source: 'roster',
          from_on: row.from_on,
          until_on: null,
        })
        .execute()
    else
      await rosterOf(db)
        .updateTable('workplace')
        .set({ name: row.name! })
        .where('company_id', '=', run.companyId)
        .where('id', '=', row.id)
        .execute()
  }
}

async function applyAuthority(db: AnyHandle, run: EmployeeImport, at: Date): Promise<void> {
  const { rows } = await sql<{ code: string; authority: string[] }>`
    SELECT l.plan->>'code' AS code, l.plan->'authority' AS authority FROM roster_import_line l
    WHERE l.company_id = ${run.companyId} AND l.import_id = ${run.importId} AND jsonb_typeof(l.plan->'authority') = 'array'`.execute(
    db,
  )
  if (rows.length === 0) return
  const departments = await rosterOf(db)
    .selectFrom('department')
    .select(['id', 'code'])
    .where('company_id', '=', run.companyId)
    .execute()
  const idOf = new Map(departments.map((one) => [one.code, one.id]))
  const wanted = rows.flatMap((row) =>
    row.authority.map((code): PersonnelAuthority => ({
      employeeCode: row.code,
      departmentId: code === '*' ? undefined : idOf.get(code)!,
    })),
  )
  const codes = rows.map((row) => row.code)
  await setPersonnelAuthority(db, run.companyId, codes, wanted, run.effectiveOn, at)
}

/**
 * The number that decides about 50, for workplaces where nobody gave it: everybody who works there on the day, short part-timers and
 * dispatched workers too, officers not (law S-2: it is not the number of those who take the check).
 */
export async function countHeads(db: AnyHandle, companyId: string, on: string): Promise<void> {
  await sql`UPDATE workplace w SET headcount_for_50 = coalesce(c.heads, 0)
    FROM workplace v LEFT JOIN (
      SELECT a.workplace_id, count(*)::integer AS heads
      FROM assignment a JOIN employment e ON e.company_id = a.company_id AND e.id = a.employment_id
      WHERE a.company_id = ${companyId} AND e.kind <> 'officer'
        AND a.from_on <= ${on} AND (a.until_on IS NULL OR a.until_on >= ${on}) AND (e.until_on IS NULL OR e.until_on >= ${on})
      GROUP BY a.workplace_id
    ) c ON c.workplace_id = v.id
    WHERE w.company_id = ${companyId} AND v.company_id = w.company_id AND v.id = w.id AND w.headcount_source = 'roster'`.execute(
    db as Kysely<unknown>,
  )
}
