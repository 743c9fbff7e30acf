import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { loginOf } from '../database/open.ts'
import { startEmbedded } from '../database/embedded.ts'
import { migrate } from '../database/migrate.ts'

/** `hanamichi migrate` */
export async function migrateCommand(): Promise<void> {
  const config = readConfig(process.env)
  if (config.databaseUrl && !config.migrationDatabaseUrl)
    throw new Error('MIGRATION_DATABASE_URL (the owner login) is needed to migrate a PostgreSQL of your own')
  const server = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir })
  try {
    const ownerUrl = server?.ownerUrl ?? config.migrationDatabaseUrl!
    const login = config.databaseUrl ? await loginOf(config.databaseUrl) : 'hanamichi_runtime'
    const report = await migrate(ownerUrl, login, systemClock.now())
    for (const file of report.applied) process.stdout.write(`applied ${file}\n`)
    process.stdout.write(`${report.applied.length} applied, ${report.already} already there\n`)
  } finally {
    await server?.stop()
  }
}
