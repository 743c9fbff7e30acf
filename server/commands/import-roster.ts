import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { openDatabase } from '../database/open.ts'
import { openServices } from '../open-services.ts'
import { importRosterCommand } from '../roster/index.ts'
import { openKey } from '../vault/index.ts'

/** `hanamichi import-roster FILE`: wrong lines or an unreadable file end with 2 and change nothing. */
export async function importRoster(options: {
  file: string
  kind: 'departments' | 'employees'
  effectiveOn: string
  companyKey: string | undefined
  apply: boolean
}): Promise<void> {
  const config = readConfig(process.env)
  const database = await openDatabase(config, systemClock.now())
  try {
    const { key } = await openKey(config, database)
    const { services, close } = await openServices({
      config,
      clock: systemClock,
      runtimeUrl: database.runtimeUrl,
      outerKey: key,
    })
    try {
      await services.vault.check()
      const summary = await importRosterCommand({
        services,
        ...options,
        locale: /^ja/i.test(process.env['LANG'] ?? '') ? 'ja' : 'en',
        onProgress: (done, total) => {
          if (process.stderr.isTTY) process.stderr.write(`\r${done}/${total}`)
        },
      })
      if (process.stderr.isTTY) process.stderr.write('\r')
      process.stdout.write(`${summary.lines.join('\n')}\n`)
      process.exitCode = summary.exitCode
    } finally {
      await close()
    }
  } finally {
    await database.stop()
  }
}
