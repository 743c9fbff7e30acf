import type { BaseLogger } from 'pino'
import { PgBoss } from 'pg-boss'
import { poolOptions } from '../database/connection.ts'

/**
 * pg-boss under the runtime login, acting as `hanamichi_jobs` on every connection. It owns nothing and changes no schema: that is the
 * work of `migrate` (server/database/jobs-schema.ts). Time of day and schedules are ours (ticks, due columns), so its own scheduler stays off.
 */
export async function startBoss(runtimeUrl: string, log: Pick<BaseLogger, 'error'>): Promise<PgBoss> {
  const options = poolOptions(runtimeUrl, 2)
  const boss = new PgBoss({
    ...options,
    application_name: 'hanamichi jobs',
    options: `${options.options} -c role=hanamichi_jobs`,
    schema: 'pgboss',
    migrate: false,
    createSchema: false,
    schedule: false,
    supervise: true,
    // its indexes belong to the owner's login; the database's autovacuum is the operator's business
    reindex: false,
    monitorVacuum: false,
    registerInstance: false,
  })
  boss.on('error', (error) => log.error({ fault: error.name, code: (error as { code?: unknown }).code }, 'jobs'))
  await boss.start()
  return boss
}
