import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { startEmbedded } from '../../server/database/embedded.ts'
import { migrate } from '../../server/database/migrate.ts'
import { writeSchema } from './schema-text.ts'

export const schemaFile = resolve(import.meta.dirname, '../../server/database/schema.sql')

/** `npm run schema`: writes the snapshot from a database that is migrated for it and thrown away. */
async function renew(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-schema-'))
  const server = await startEmbedded({ dataDir: folder, throwAway: true })
  try {
    await migrate(server.ownerUrl, 'hanamichi_runtime', new Date())
    const client = new Client({ connectionString: server.ownerUrl })
    await client.connect()
    await writeFile(schemaFile, await writeSchema(client))
    await client.end()
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) await renew()
