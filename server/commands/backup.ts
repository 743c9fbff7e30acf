import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { backupTo, type BackupReport } from '../database/backup.ts'
import { openDatabase } from '../database/open.ts'
import { restoreFrom } from '../database/restore.ts'

async function withOwner(work: (ownerUrl: string) => Promise<BackupReport>): Promise<BackupReport> {
  const database = await openDatabase(readConfig(process.env), systemClock.now())
  try {
    if (!database.ownerUrl) throw new Error('MIGRATION_DATABASE_URL (the owner login) is needed for backup and restore')
    return await work(database.ownerUrl)
  } finally {
    await database.stop()
  }
}

/** `hanamichi backup FILE` */
export async function backupCommand(file: string): Promise<void> {
  const report = await withOwner((ownerUrl) => backupTo(ownerUrl, file, systemClock.now()))
  process.stdout.write(
    `${file}: ${report.rows} rows of ${report.tables} tables. The key file is not in it: keep it elsewhere.\n`,
  )
}

/** `hanamichi restore FILE` */
export async function restoreCommand(file: string): Promise<void> {
  const report = await withOwner((ownerUrl) => restoreFrom(ownerUrl, file))
  process.stdout.write(
    `${report.rows} rows of ${report.tables} tables restored. Put back the key file that belongs to these data.\n`,
  )
}
