import { sql } from 'kysely'
import type { Services } from '../services.ts'
import { newId } from '../ids.ts'
import { knownDepartments } from './apply-departments.ts'
import { readHeader, type Header } from './columns.ts'
import { judgeDepartments, type DepartmentLine } from './department-changes.ts'
import type { Encoding } from './encoding.ts'
import { RosterFileFault } from './file-fault.ts'
import { parseDepartment } from './parse-department.ts'
import { paperPinHash } from './paper-pin.ts'
import { parseEmployee } from './parse-employee.ts'
import { readCsv } from './read-csv.ts'
import type { Remark } from './remarks.ts'
import type { AnyHandle, ImportKind, Outcome } from './tables.ts'

/** Lines written in one transaction: a reader elsewhere never waits, and progress can be seen. */
const batchLines = 1_000
const mostLines = 1_000_000

interface StagedLine {
  line: number
  outcome: Outcome
  fields: object
  remarks: readonly Remark[]
  ids: readonly string[]
  plan: object
}

export interface Staged {
  header: Header
  lines: number
  /** workplaces the file names: code → name, '' where no line names it */
  workplaces: ReadonlyMap<string, string>
}

export interface StagingRun {
  companyId: string
  importId: string
  kind: ImportKind
  effectiveOn: string
  path: string
  encoding: Encoding
}

/**
 * Reads the file as a stream and stores every line with what it shows by itself. Departments, which are few, are compared at once;
 * employees afterwards, by the database. @throws {RosterFileFault}
 */
export async function stageFile(
  services: Services,
  run: StagingRun,
  onLines: (lines: number) => Promise<void>,
): Promise<Staged> {
  const records = readCsv(run.path, run.encoding)
  const first = await records.next()
  if (first.done) throw new RosterFileFault('empty')
  const header = readHeader(run.kind, first.value.cells)
  if (header.missing.length > 0) throw new RosterFileFault('columns_missing', { fields: header.missing.join(',') })
  if (header.twice.length > 0) throw new RosterFileFault('columns_twice', { fields: header.twice.join(',') })
  const at = services.clock.now()
  const as = <Result>(work: (db: AnyHandle) => Promise<Result>) =>
    services.database.as({ role: 'hr', companyId: run.companyId }, services.clock.now(), (db) => work(db as AnyHandle))
  const firstLines = new Map<string, number>()
  const workplaces = new Map<string, string>()
  const departments: DepartmentLine[] = []
  let batch: StagedLine[] = []
  let lines = 0
  const flush = async (): Promise<void> => {
    const full = batch
    batch = []
    if (full.length > 0) await as((db) => insertLines(db, run, full))
    await onLines(lines)
  }

  for await (const { line, cells } of records) {
    lines++
    if (lines > mostLines) throw new RosterFileFault('too_many_lines', { maximum: mostLines })
    const tooMany = cells.slice(header.width).some((cell) => cell.trim() !== '') || cells.length < header.width
    const shape: Remark[] = tooMany ? [{ code: 'cells', params: { count: cells.length, wanted: header.width } }] : []
    if (run.kind === 'departments') {
      const { fields, remarks } = parseDepartment(cells, header.places)
      departments.push({ line, fields, remarks: [...shape, ...remarks] })
      continue
    }
    const { fields, remarks } = parseEmployee(cells, header.places)
    remarks.unshift(...shape)
    noteDuplicate(firstLines, fields.employee_code, line, remarks)
    noteWorkplace(workplaces, fields.workplace_code, fields.workplace_name, remarks)
    const { paper_pin: pin, ...kept } = fields
    const stored = {
      ...kept,
      authority_over: [...fields.authority_over].sort(),
      paper_pin_hash:
        pin === null || fields.employee_code === null
          ? null
          : await paperPinHash(services, run.companyId, fields.employee_code, pin),
    }
    const ids = [newId(at), newId(at), newId(at)]
    const outcome = remarks.length > 0 ? 'wrong' : 'unchanged'
    batch.push({ line, outcome, fields: stored, remarks, ids, plan: {} })
    if (batch.length >= batchLines) await flush()
  }
  if (run.kind === 'departments') {
    const known = await as((db) => knownDepartments(db, run.companyId))
    const judged = judgeDepartments(departments, known, run.effectiveOn)
    for (const [place, one] of judged.entries()) {
      batch.push({ ...one, fields: departments[place]!.fields, ids: [newId(at)] })
      if (batch.length >= batchLines) await flush()
    }
  }
  await flush()
  if (lines === 0) throw new RosterFileFault('empty')
  return { header, lines, workplaces }
}

function noteDuplicate(first: Map<string, number>, code: string | null, line: number, remarks: Remark[]): void {
  if (code === null) return
  const before = first.get(code)
  if (before === undefined) first.set(code, line)
  else remarks.push({ code: 'duplicate_code', field: 'employee_code', params: { value: code, line: before } })
}

function noteWorkplace(known: Map<string, string>, code: string | null, name: string | null, remarks: Remark[]): void {
  if (code === null) return
  const before = known.get(code) ?? ''
  if (name !== null && before !== '' && before !== name)
    remarks.push({
      code: 'workplace_name_differs',
      field: 'workplace_name',
      params: { value: code, before, after: name },
    })
  if (before === '') known.set(code, name ?? '')
}

// COPY is refused where row-level security holds; arrays are nearly as fast
async function insertLines(db: AnyHandle, run: StagingRun, lines: readonly StagedLine[]): Promise<void> {
  await sql`INSERT INTO roster_import_line (company_id, import_id, line, outcome, fields, remarks, ids, plan)
    SELECT ${run.companyId}, ${run.importId}, t.line, t.outcome, t.fields, t.remarks, string_to_array(t.ids, ' ')::uuid[], t.plan
    FROM unnest(${lines.map((one) => one.line)}::integer[], ${lines.map((one) => one.outcome)}::text[],
      ${lines.map((one) => JSON.stringify(one.fields))}::jsonb[], ${lines.map((one) => JSON.stringify(one.remarks))}::jsonb[],
      ${lines.map((one) => one.ids.join(' '))}::text[], ${lines.map((one) => JSON.stringify(one.plan))}::jsonb[])
      AS t(line, outcome, fields, remarks, ids, plan)`.execute(db)
}
