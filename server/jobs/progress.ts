import type { Kysely } from 'kysely'
import { newId } from '../ids.ts'
import type { ProblemCode } from '../web/problems.ts'
import type { JobProgressTable, JobTables } from './tables.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- shown and moved on inside any capability's transaction
type Handle = Kysely<any>

const tables = (db: Handle) => db as Kysely<JobTables>

export interface Progress {
  id: string
  name: string
  done: number
  total: number
  state: JobProgressTable['state']
  problem: string | undefined
}

/** Begins to tell how far a long piece of work is. `audience`: the role that may watch. Returns its id. */
export async function startProgress(
  db: Handle,
  companyId: string,
  progress: { name: string; objectId: string; audience: string; total: number },
  at: Date,
): Promise<string> {
  const id = newId(at)
  await tables(db)
    .insertInto('job_progress')
    .values({
      company_id: companyId,
      id,
      name: progress.name,
      object_id: progress.objectId,
      audience: progress.audience,
      done: 0,
      total: progress.total,
      state: 'running',
      problem: null,
      updated_at: at,
    })
    .execute()
  return id
}

/** Says how much is done by now (and how much there is, when that was not known before). In a transaction of its own, so that others see it. */
export async function advanceProgress(
  db: Handle,
  companyId: string,
  id: string,
  done: number,
  at: Date,
  total?: number,
): Promise<void> {
  await tables(db)
    .updateTable('job_progress')
    .set({ done, updated_at: at, ...(total !== undefined && { total }) })
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .execute()
}

/** Ends it: done, or failed with a Problem to show. */
export async function finishProgress(
  db: Handle,
  companyId: string,
  id: string,
  at: Date,
  problem?: ProblemCode,
): Promise<void> {
  await tables(db)
    .updateTable('job_progress')
    .set((row) => ({
      state: problem ? 'failed' : 'done',
      problem: problem ?? null,
      updated_at: at,
      ...(problem === undefined && { done: row.ref('total') }),
    }))
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .execute()
}

/** The latest progress of one thing, for the role that may watch it. */
export async function findProgress(
  db: Handle,
  companyId: string,
  objectId: string,
  audience: string,
): Promise<Progress | undefined> {
  const row = await tables(db)
    .selectFrom('job_progress')
    .select(['id', 'name', 'done', 'total', 'state', 'problem'])
    .where('company_id', '=', companyId)
    .where('object_id', '=', objectId)
    .where('audience', '=', audience)
    .orderBy('updated_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { ...row, problem: row.problem ?? undefined }
}
