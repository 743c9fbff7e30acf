import { sql } from 'kysely'
import { rosterOf, type AnyHandle } from './tables.ts'

export interface PersonRow {
  employeeCode: string
  name: string
  email: string | null
  employmentKind: string
  employedFromOn: string
  employedUntilOn: string | null
  departmentName: string
  workplaceName: string
}

/** People on the day per department and workplace. */
export async function headcounts(
  db: AnyHandle,
  companyId: string,
  on: string,
  workplaceIds?: readonly string[],
): Promise<{ departmentId: string; workplaceId: string; people: number; takers: number }[]> {
  const { rows } = await sql<{ department_id: string; workplace_id: string; people: number; takers: number }>`
    SELECT department_id, workplace_id, count(*) AS people, count(*) FILTER (WHERE takes_stress_check) AS takers
    FROM roster_assignment WHERE company_id = ${companyId} AND ${holdsOn(on)} AND ${within(workplaceIds)}
    GROUP BY department_id, workplace_id`.execute(db)
  return rows.map((row) => ({
    departmentId: row.department_id,
    workplaceId: row.workplace_id,
    people: row.people,
    takers: row.takers,
  }))
}

/** People on the day, by code: of one department, or whose code, name or address contains what was typed. */
export async function findPeople(
  db: AnyHandle,
  companyId: string,
  on: string,
  wanted: {
    departmentId?: string | undefined
    typed?: string | undefined
    workplaceIds?: readonly string[] | undefined
    from: number
    most: number
  },
): Promise<PersonRow[]> {
  const like = wanted.typed ? `%${wanted.typed.replaceAll(/[\\%_]/g, String.raw`\$&`)}%` : null
  const { rows } = await sql<{
    employee_code: string
    name: string
    email: string | null
    employment_kind: string
    employed_from_on: string
    employed_until_on: string | null
    department_name: string
    workplace_name: string
  }>`
    SELECT r.employee_code, r.family_name || ' ' || r.given_name AS name, r.email, r.employment_kind, r.employed_from_on, r.employed_until_on,
      coalesce(v.name, d.code) AS department_name, w.name AS workplace_name
    FROM roster_assignment r
    JOIN department d ON d.company_id = r.company_id AND d.id = r.department_id
    JOIN workplace w ON w.company_id = r.company_id AND w.id = r.workplace_id
    LEFT JOIN department_version v ON v.company_id = r.company_id AND v.department_id = r.department_id
      AND v.from_on <= ${on} AND (v.until_on IS NULL OR v.until_on >= ${on})
    WHERE r.company_id = ${companyId} AND ${holdsOn(on)} AND ${within(wanted.workplaceIds)}
      AND (${wanted.departmentId ?? null}::uuid IS NULL OR r.department_id = ${wanted.departmentId ?? null}::uuid)
      AND (${like}::text IS NULL OR r.employee_code ILIKE ${like} OR r.family_name || r.given_name ILIKE replace(${like}, ' ', '')
        OR r.email ILIKE ${like})
    ORDER BY r.employee_code OFFSET ${wanted.from} LIMIT ${wanted.most}`.execute(db)
  return rows.map((row) => ({
    employeeCode: row.employee_code,
    name: row.name,
    email: row.email,
    employmentKind: row.employment_kind,
    employedFromOn: row.employed_from_on,
    employedUntilOn: row.employed_until_on,
    departmentName: row.department_name,
    workplaceName: row.workplace_name,
  }))
}

/** A workplace as the page to set its number shows it. */
export async function findWorkplace(
  db: AnyHandle,
  companyId: string,
  id: string,
): Promise<{ id: string; code: string; name: string; headcountFor50: number | null; isGiven: boolean } | undefined> {
  const row = await rosterOf(db)
    .selectFrom('workplace')
    .select(['id', 'code', 'name', 'headcount_for_50', 'headcount_source'])
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst()
  return (
    row && {
      id: row.id,
      code: row.code,
      name: row.name,
      headcountFor50: row.headcount_for_50,
      isGiven: row.headcount_source === 'given',
    }
  )
}

/** Gives the number that decides about 50 by hand, or (null) lets the roster count it again. */
export async function giveHeadcount(db: AnyHandle, companyId: string, id: string, heads: number | null): Promise<void> {
  await rosterOf(db)
    .updateTable('workplace')
    .set(heads === null ? { headcount_source: 'roster' } : { headcount_source: 'given', headcount_for_50: heads })
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .execute()
}

function holdsOn(on: string) {
  return sql`assigned_from_on <= ${on} AND (assigned_until_on IS NULL OR assigned_until_on >= ${on})
    AND employed_from_on <= ${on} AND (employed_until_on IS NULL OR employed_until_on >= ${on})`
}

function within(workplaceIds: readonly string[] | undefined) {
  return workplaceIds ? sql`workplace_id = ANY(${workplaceIds}::uuid[])` : sql`true`
}
