import { Client } from 'pg'
import type { Config } from '../config.ts'
import { describeDataFolder, startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'

/** Where the data of this process lie. */
export interface OpenedDatabase {
  /** login of the server: owner of nothing */
  runtimeUrl: string
  /** login of migrations, backup and restore; undefined where only DATABASE_URL is given */
  ownerUrl: string | undefined
  /** true when this process keeps the database itself, in DATA_DIR */
  embedded: boolean
  /** Stops the embedded engine when nobody else uses it; nothing otherwise. Call it after every pool has ended. */
  stop: () => Promise<void>
}

/**
 * Finds the database that the configuration names. The embedded one is joined when it runs, started otherwise, and brought to the current schema;
 * one of your own must have been brought there by `hanamichi migrate`.
 * @param at the present, for migrations
 * @throws with a plain message when it cannot be reached or has no schema yet
 */
export async function openDatabase(config: Config, at: Date): Promise<OpenedDatabase> {
  if (config.databaseUrl) {
    await requireSchema(config.databaseUrl)
    return {
      runtimeUrl: config.databaseUrl,
      ownerUrl: config.migrationDatabaseUrl,
      embedded: false,
      stop: async () => {},
    }
  }
  const server = await startEmbedded({ dataDir: config.dataDir })
  try {
    await migrate(server.ownerUrl, 'hanamichi_runtime', at)
    // the folder may belong to another system user when we are root; the note is a courtesy
    await describeDataFolder(config.dataDir).catch(() => undefined)
  } catch (error) {
    await server.stop()
    throw error
  }
  return { runtimeUrl: server.runtimeUrl, ownerUrl: server.ownerUrl, embedded: true, stop: server.stop }
}

/** The name of the login that an address signs in with. @throws with a plain message when it cannot */
export async function loginOf(url: string): Promise<string> {
  return asking(
    url,
    async (client) => (await client.query<{ name: string }>('SELECT current_user AS name')).rows[0]?.name ?? '',
  )
}

async function requireSchema(url: string): Promise<void> {
  await asking(url, async (client) => {
    try {
      await client.query('SELECT 1 FROM hanamichi.list_companies() LIMIT 1')
    } catch (error) {
      // no such schema, no such function, not granted
      if (['3F000', '42883', '42501'].includes((error as { code?: string }).code ?? ''))
        throw new Error(
          'the database of DATABASE_URL has no current schema for this login: run `hanamichi migrate` with MIGRATION_DATABASE_URL first',
          { cause: error },
        )
      throw error
    }
  })
}

async function asking<Result>(url: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  try {
    await client.connect()
  } catch (error) {
    throw new Error(
      `the database cannot be reached: ${(error as Error).message || String((error as { code?: unknown }).code)}`,
      { cause: error },
    )
  }
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
