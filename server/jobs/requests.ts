import { sql, type Kysely } from 'kysely'
import { fromKysely, type PgBoss } from 'pg-boss'
import { jobQueue } from '../database/jobs-schema.ts'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import type { JobRequestTable, JobTables } from './tables.ts'

/** What pg-boss holds of a job: a name and ids, nothing else. */
export interface JobData {
  name: string
  companyId: string
  objectId: string
}

/**
 * Leaves a piece of work behind in the caller's transaction: it happens if and only if the transaction commits, after `startAfter` by the
 * passed clock, at least once. Any role that may write may ask; none may read what others asked for.
 */
export async function requestJob(
  // oxlint-disable-next-line typescript/no-explicit-any -- asked for inside any capability's transaction
  db: Kysely<any>,
  companyId: string,
  name: string,
  objectId: string,
  at: Date,
  startAfter: Date = at,
): Promise<void> {
  await (db as Kysely<JobTables>)
    .insertInto('job_request')
    .values({
      company_id: companyId,
      id: newId(at),
      name,
      object_id: objectId,
      start_after: startAfter,
      created_at: at,
    })
    .execute()
}

// the relay serves every company: its policy asks for no company, the transaction only wants one named
const noCompany = '00000000-0000-0000-0000-000000000000'

/** Hands what is due in the outbox to pg-boss; removing here and putting there is one transaction. Returns how many. */
export async function relayRequests(services: Services, boss: PgBoss): Promise<number> {
  const at = services.clock.now()
  return services.database.as<JobTables, number>({ role: 'jobs', companyId: noCompany }, at, async (db) => {
    const { rows } = await sql<JobRequestTable>`
      WITH due AS MATERIALIZED (
        SELECT company_id, id FROM job_request WHERE start_after <= ${at} ORDER BY start_after, id LIMIT 500 FOR UPDATE SKIP LOCKED
      )
      DELETE FROM job_request r USING due WHERE r.company_id = due.company_id AND r.id = due.id
      RETURNING r.company_id, r.id, r.name, r.object_id`.execute(db)
    if (rows.length === 0) return 0
    const jobs = rows.map((row) => {
      const data: JobData = { name: row.name, companyId: row.company_id, objectId: row.object_id }
      return { id: row.id, data }
    })
    await boss.insert(jobQueue, jobs, { db: fromKysely(db) })
    return rows.length
  })
}
