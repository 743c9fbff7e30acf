import { Client } from 'pg'
import { PgBoss } from 'pg-boss'

/** The one queue of pg-boss; a job's name and ids are its data. */
export const jobQueue = 'hanamichi'

/**
 * Creates or updates pg-boss's tables (schema `pgboss`) and the queue under the owner's login, and lets the role `hanamichi_jobs` use them.
 * The server itself starts pg-boss with `migrate: false`: the runtime login owns nothing and creates nothing.
 */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema: 'pgboss',
    supervise: false,
    schedule: false,
    registerInstance: false,
    max: 2,
  })
  const failures: Error[] = []
  boss.on('error', (error) => failures.push(error))
  await boss.start()
  const settings = {
    // a handler that fails is tried again for about two hours
    retryLimit: 10,
    retryDelay: 5,
    retryBackoff: true,
    retryDelayMax: 1800,
    // a process that dies leaves its job to others after a minute without a sign of life
    heartbeatSeconds: 60,
    expireInSeconds: 3600,
    deleteAfterSeconds: 7 * 24 * 3600,
    retentionSeconds: 30 * 24 * 3600,
  }
  await boss.createQueue(jobQueue, settings)
  await boss.updateQueue(jobQueue, settings)
  await boss.stop({ graceful: false, close: true })
  if (failures[0]) throw failures[0]
  const client = new Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query(
      'GRANT USAGE ON SCHEMA pgboss TO hanamichi_jobs, hanamichi_backup; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA pgboss TO hanamichi_jobs; ' +
        'GRANT USAGE ON ALL SEQUENCES IN SCHEMA pgboss TO hanamichi_jobs; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO hanamichi_jobs; ' +
        // a backup takes along what waits
        'GRANT SELECT ON pgboss.job TO hanamichi_backup',
    )
  } finally {
    await client.end()
  }
}
