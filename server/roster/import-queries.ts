import { sql } from 'kysely'
import { rosterOf, type AnyHandle, type ImportKind, type ImportState, type Outcome } from './tables.ts'
import type { Remark } from './remarks.ts'

/** Lines by outcome; `absent`: people (or departments) in force on the day that the file does not name. They stay as they are. */
export type Counts = Record<Outcome | 'absent', number>

export interface ImportRow {
  id: string
  kind: ImportKind
  state: ImportState
  fileName: string
  fileHash: Buffer
  encoding: string
  effectiveOn: string
  lines: number
  counts: Partial<Counts>
  ignoredColumns: string[]
  appliedBefore: number
  problem: { code: string; params: Record<string, string | number> } | null
  createdBy: string
  createdAt: Date
  appliedAt: Date | null
}

export interface LineRow {
  line: number
  outcome: Outcome
  fields: Record<string, unknown>
  remarks: Remark[]
}

/** One import; undefined when it is not of this company. `lock`: until the end of the transaction. */
export async function findImport(
  db: AnyHandle,
  companyId: string,
  importId: string,
  lock = false,
): Promise<ImportRow | undefined> {
  let query = rosterOf(db)
    .selectFrom('roster_import')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', importId)
  if (lock) query = query.forUpdate()
  const row = await query.executeTakeFirst()
  return row && importOf(row)
}

/** Imports of the company, newest first. */
export async function listImports(db: AnyHandle, companyId: string, most = 50): Promise<ImportRow[]> {
  const rows = await rosterOf(db)
    .selectFrom('roster_import')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most)
    .execute()
  return rows.map(importOf)
}

function importOf(row: {
  id: string
  kind: ImportKind
  state: ImportState
  file_name: string
  file_hash: Buffer
  encoding: string
  effective_on: string
  lines: number
  counts: unknown
  ignored_columns: string[]
  applied_before: number
  problem: unknown
  created_by: string
  created_at: Date
  applied_at: Date | null
}): ImportRow {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    fileName: row.file_name,
    fileHash: row.file_hash,
    encoding: row.encoding,
    effectiveOn: row.effective_on,
    lines: row.lines,
    counts: row.counts as Partial<Counts>,
    ignoredColumns: row.ignored_columns,
    appliedBefore: row.applied_before,
    problem: row.problem as ImportRow['problem'],
    createdBy: row.created_by,
    createdAt: row.created_at,
    appliedAt: row.applied_at,
  }
}

/** The newest day that an applied file of this kind told about. */
export async function newestApplied(db: AnyHandle, companyId: string, kind: ImportKind): Promise<string | undefined> {
  const row = await rosterOf(db)
    .selectFrom('roster_import')
    .select('effective_on')
    .where('company_id', '=', companyId)
    .where('kind', '=', kind)
    .where('state', '=', 'applied')
    .orderBy('effective_on', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.effective_on
}

/** When the very same file was applied before; undefined when it was not. */
export async function sameFileAppliedAt(db: AnyHandle, companyId: string, of: ImportRow): Promise<Date | undefined> {
  const row = await rosterOf(db)
    .selectFrom('roster_import')
    .select('applied_at')
    .where('company_id', '=', companyId)
    .where('kind', '=', of.kind)
    .where('file_hash', '=', of.fileHash)
    .where('state', '=', 'applied')
    .where('id', '<>', of.id)
    .orderBy('applied_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.applied_at ?? undefined
}

export async function countOutcomes(
  db: AnyHandle,
  companyId: string,
  importId: string,
): Promise<Record<Outcome, number>> {
  const rows = await rosterOf(db)
    .selectFrom('roster_import_line')
    .select(['outcome', (row) => row.fn.countAll<number>().as('count')])
    .where('company_id', '=', companyId)
    .where('import_id', '=', importId)
    .groupBy('outcome')
    .execute()
  const counts: Record<Outcome, number> = { added: 0, changed: 0, moved: 0, ended: 0, unchanged: 0, wrong: 0 }
  for (const row of rows) counts[row.outcome] = row.count
  return counts
}

/** Lines of an import in the file's order, one page of them. */
export async function listLines(
  db: AnyHandle,
  companyId: string,
  importId: string,
  page: { show: Outcome | 'differing'; from: number; most: number },
): Promise<LineRow[]> {
  let query = rosterOf(db)
    .selectFrom('roster_import_line')
    .select(['line', 'outcome', 'fields', 'remarks'])
    .where('company_id', '=', companyId)
    .where('import_id', '=', importId)
  query =
    page.show === 'differing'
      ? query.where('outcome', 'not in', ['unchanged', 'wrong'])
      : query.where('outcome', '=', page.show)
  const rows = await query.orderBy('line').offset(page.from).limit(page.most).execute()
  return rows.map((row) => ({
    line: row.line,
    outcome: row.outcome,
    fields: row.fields as Record<string, unknown>,
    remarks: row.remarks as Remark[],
  }))
}

/** People employed (departments in force) on the day that the file does not name, by code. */
export async function listAbsent(
  db: AnyHandle,
  companyId: string,
  of: { importId: string; kind: ImportKind; effectiveOn: string },
  most: number,
): Promise<{ code: string; name: string }[]> {
  const { rows } = await sql<{ code: string; name: string }>`
    ${absent(companyId, of.importId, of.kind, of.effectiveOn)} ORDER BY code LIMIT ${most}`.execute(db)
  return rows
}

export async function countAbsent(
  db: AnyHandle,
  companyId: string,
  importId: string,
  kind: ImportKind,
  effectiveOn: string,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (${absent(companyId, importId, kind, effectiveOn)}) t`.execute(db)
  return rows[0]!.count
}

function absent(companyId: string, importId: string, kind: ImportKind, on: string) {
  const named = (field: string) => sql`SELECT l.fields->>${field} FROM roster_import_line l
    WHERE l.company_id = ${companyId} AND l.import_id = ${importId} AND l.fields->>${field} IS NOT NULL`
  return kind === 'employees'
    ? sql<{
        code: string
        name: string
      }>`SELECT DISTINCT p.employee_code AS code, p.family_name || ' ' || p.given_name AS name
        FROM employee p JOIN employment e ON e.company_id = p.company_id AND e.employee_id = p.id
        WHERE p.company_id = ${companyId} AND e.from_on <= ${on} AND (e.until_on IS NULL OR e.until_on >= ${on})
          AND p.employee_code NOT IN (${named('employee_code')})`
    : sql<{ code: string; name: string }>`SELECT d.code, v.name
        FROM department d JOIN department_version v ON v.company_id = d.company_id AND v.department_id = d.id
        WHERE d.company_id = ${companyId} AND v.from_on <= ${on} AND (v.until_on IS NULL OR v.until_on >= ${on})
          AND d.code NOT IN (${named('department_code')})`
}
