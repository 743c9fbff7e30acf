import { sql } from 'kysely'
import type { Readable } from 'node:stream'
import { personnelAuthorityOn } from '../access/index.ts'
import { newId } from '../ids.ts'
import { advanceProgress, finishProgress, startProgress } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { countAbsent, countOutcomes, newestApplied, type Counts } from './import-queries.ts'
import { readFacts } from './encoding.ts'
import { judgeEmployees } from './employee-changes.ts'
import { RosterFileFault } from './file-fault.ts'
import { spool, type SpooledFile } from './spool.ts'
import { stageFile, type Staged } from './staging.ts'
import { rosterOf, type AnyHandle, type ImportKind } from './tables.ts'

export interface NewImport {
  companyId: string
  kind: ImportKind
  fileName: string
  /** the day whose state the file tells, yyyy-mm-dd */
  effectiveOn: string
  /** staff user, or the nil UUID for the command line */
  createdBy: string
}

export interface BegunImport extends NewImport {
  importId: string
  progressId: string
}

export interface Previewed {
  importId: string
  counts: Counts
  wrong: number
}

export type OnProgress = (done: number, total: number) => void

/**
 * Reads a roster file, compares it with the roster and stores a preview: nothing of the roster changes. The stream is put down in a
 * temporary file that is removed afterwards. @throws {RosterFileFault} when the file cannot be read; the import then says why.
 */
export async function importRosterFile(
  services: Services,
  input: NewImport & { stream: Readable },
  onProgress?: OnProgress,
): Promise<Previewed> {
  const { stream, ...wanted } = input
  const file = await spool(stream)
  let begun: BegunImport
  try {
    begun = await services.database.as({ role: 'hr', companyId: input.companyId }, services.clock.now(), (db) =>
      beginImport(db as AnyHandle, wanted, file.hash, services.clock.now()),
    )
  } catch (error) {
    await file.remove()
    throw error
  }
  return readImport(services, begun, file, onProgress)
}

/** Writes the import down as begun, in the caller's transaction. */
export async function beginImport(db: AnyHandle, input: NewImport, hash: Buffer, at: Date): Promise<BegunImport> {
  const importId = newId(at)
  await rosterOf(db)
    .insertInto('roster_import')
    .values({
      company_id: input.companyId,
      id: importId,
      kind: input.kind,
      state: 'reading',
      file_name: input.fileName.slice(0, 200),
      file_hash: hash,
      encoding: '',
      effective_on: input.effectiveOn,
      lines: 0,
      counts: '{}',
      columns: [],
      ignored_columns: [],
      applied_before: 0,
      problem: null,
      created_by: input.createdBy,
      created_at: at,
      applied_at: null,
    })
    .execute()
  const progress = { name: 'roster.import', objectId: importId, audience: 'hr', total: 0 }
  const progressId = await startProgress(db, input.companyId, progress, at)
  return { ...input, importId, progressId }
}

/** Reads a begun import to its preview and removes the file. @throws {RosterFileFault} */
export async function readImport(
  services: Services,
  begun: BegunImport,
  file: SpooledFile,
  onProgress?: OnProgress,
): Promise<Previewed> {
  const { companyId, importId, progressId } = begun
  const as = <Result>(work: (db: AnyHandle, at: Date) => Promise<Result>) => {
    const at = services.clock.now()
    return services.database.as({ role: 'hr', companyId }, at, (db) => work(db as AnyHandle, at))
  }
  try {
    if (file.bytes === 0) throw new RosterFileFault('empty')
    const newest = await as((db) => newestApplied(db, companyId, begun.kind))
    if (newest !== undefined && newest > begun.effectiveOn)
      throw new RosterFileFault('older_than_applied', { applied: newest })
    const facts = await readFacts(file.path)
    await as((db, at) => advanceProgress(db, companyId, progressId, 0, at, facts.lines))
    const run = { ...begun, path: file.path, encoding: facts.encoding }
    const staged = await stageFile(services, run, async (lines) => {
      await as((db, at) => advanceProgress(db, companyId, progressId, Math.min(lines, facts.lines), at))
      onProgress?.(Math.min(lines, facts.lines), facts.lines)
    })
    const counts = await as(async (db, at) => {
      await lockRoster(db, companyId)
      if (begun.kind === 'employees') await judge(db, begun, staged)
      const found: Counts = {
        ...(await countOutcomes(db, companyId, importId)),
        absent: await countAbsent(db, companyId, importId, begun.kind, begun.effectiveOn),
      }
      const applied = await appliedImports(db, companyId)
      await rosterOf(db)
        .updateTable('roster_import')
        .set({
          state: 'previewed',
          encoding: facts.encoding,
          lines: staged.lines,
          counts: JSON.stringify(found),
          columns: [...staged.header.places.keys()],
          ignored_columns: staged.header.ignored,
          applied_before: applied,
        })
        .where('company_id', '=', companyId)
        .where('id', '=', importId)
        // discarded while it was being read: then it stays so
        .where('state', '=', 'reading')
        .execute()
      await finishProgress(db, companyId, progressId, at)
      return found
    })
    onProgress?.(facts.lines, facts.lines)
    return { importId, counts, wrong: counts.wrong }
  } catch (error) {
    await as((db, at) => failImport(db, begun, error, at))
    throw error
  } finally {
    await file.remove()
  }
}

/** One comparison or application at a time in a company. */
export async function lockRoster(db: AnyHandle, companyId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`roster ${companyId}`}, 0))`.execute(db)
}

/** How many imports were applied so far: tells whether a comparison still holds. */
export async function appliedImports(db: AnyHandle, companyId: string): Promise<number> {
  const { count } = await rosterOf(db)
    .selectFrom('roster_import')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('company_id', '=', companyId)
    .where('state', '=', 'applied')
    .executeTakeFirstOrThrow()
  return count
}

async function judge(db: AnyHandle, begun: BegunImport, staged: Staged): Promise<void> {
  const { companyId, importId, effectiveOn } = begun
  const stored = await rosterOf(db).selectFrom('workplace').select('code').where('company_id', '=', companyId).execute()
  const named = [...staged.workplaces].filter(([, name]) => name !== '').map(([code]) => code)
  const departments = await rosterOf(db)
    .selectFrom('department')
    .select(['id', 'code'])
    .where('company_id', '=', companyId)
    .execute()
  const codeOf = new Map(departments.map((one) => [one.id, one.code]))
  const authority = new Map<string, string[]>()
  for (const one of await personnelAuthorityOn(db, companyId, effectiveOn)) {
    const over = one.departmentId === undefined ? '*' : (codeOf.get(one.departmentId) ?? '')
    authority.set(one.employeeCode, [...(authority.get(one.employeeCode) ?? []), over])
  }
  await judgeEmployees(db, {
    companyId,
    importId,
    effectiveOn,
    columns: [...staged.header.places.keys()],
    workplaceCodes: [...stored.map((one) => one.code), ...named],
    authority: [...authority].map(([code, codes]) => ({ employee_code: code, codes: [...new Set(codes)].sort() })),
  })
}

async function failImport(db: AnyHandle, begun: BegunImport, error: unknown, at: Date): Promise<void> {
  const problem =
    error instanceof RosterFileFault ? { code: error.code, params: error.params } : { code: 'interrupted', params: {} }
  await rosterOf(db)
    .deleteFrom('roster_import_line')
    .where('company_id', '=', begun.companyId)
    .where('import_id', '=', begun.importId)
    .execute()
  await rosterOf(db)
    .updateTable('roster_import')
    .set({ state: 'failed', problem: JSON.stringify(problem) })
    .where('company_id', '=', begun.companyId)
    .where('id', '=', begun.importId)
    .execute()
  const code = error instanceof RosterFileFault ? 'unsupported_file' : 'unexpected'
  await finishProgress(db, begun.companyId, begun.progressId, at, code)
}
