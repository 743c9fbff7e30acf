import pg from 'pg'
import { PgBoss } from 'pg-boss'

/**
 * Creates or updates pg-boss's tables (schema `pgboss`) under the owner's login and hands them to the role `hanamichi_jobs`.
 * The server itself starts pg-boss with `migrate: false`: the runtime login owns nothing.
 */
export async function migrateJobs(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({ connectionString: ownerUrl, schema: 'pgboss', supervise: false, schedule: false, max: 2 })
  const failures: Error[] = []
  boss.on('error', (error) => failures.push(error))
  await boss.start()
  await boss.stop({ graceful: false, close: true })
  if (failures[0]) throw failures[0]
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query(
      'GRANT USAGE, CREATE ON SCHEMA pgboss TO hanamichi_jobs; GRANT ALL ON ALL TABLES IN SCHEMA pgboss TO hanamichi_jobs; ' +
        'GRANT ALL ON ALL SEQUENCES IN SCHEMA pgboss TO hanamichi_jobs; GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA pgboss TO hanamichi_jobs',
    )
  } finally {
    await client.end()
  }
}
