import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { pack, type Pack } from 'tar-stream'
import { tablesInOrder, type BackupHeader, type BackupManifest } from './backup-format.ts'

const chunkBytes = 1024 * 1024

export interface BackupReport {
  tables: number
  rows: number
}

/**
 * Writes every row of every company into one file (.tar.gz of PostgreSQL's COPY text), as they stood at one instant, while the server goes on.
 * What is sealed stays sealed, and the key file is never in it: keep that apart. The file appears under its name only when it is whole.
 * @param ownerUrl login of migrations; reads as `hanamichi_backup`, which sees all rows and may change none
 */
export async function backupTo(ownerUrl: string, file: string, at: Date): Promise<BackupReport> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'hanamichi backup' })
  await client.connect()
  const partial = `${file}.part`
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const { rows: migrations } = await client.query<BackupHeader['migrations'][number]>(
      'SELECT number, name, sha256 FROM hanamichi.migration ORDER BY number',
    )
    await client.query('SET LOCAL ROLE hanamichi_backup')
    const header: BackupHeader = {
      format: 'hanamichi-backup',
      version: 1,
      at: at.toISOString(),
      migrations,
      tables: await tablesInOrder(client),
    }
    const archive = pack()
    // readable by this user alone; an older half-written one is replaced. On the disk before it is closed, and closed by the stream alone
    const onDisk = createWriteStream(partial, { mode: 0o600, flush: true })
    // the first fault ends the pipeline, which then listens no more; what was still on its way to a full disk fails after it
    onDisk.on('error', () => undefined)
    const written = pipeline(archive, createGzip(), onDisk)
    // failures of writing surface below, where the entries wait
    written.catch(() => archive.destroy())
    const manifest = await Promise.race([fill(archive, client, header, at), written.then(() => undefined)])
    archive.finalize()
    await written
    if (!manifest) throw new Error('the backup ended before it was whole')
    await rename(partial, file)
    return { tables: manifest.tables.length, rows: manifest.tables.reduce((sum, table) => sum + table.rows, 0) }
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

async function fill(archive: Pack, client: Client, header: BackupHeader, at: Date): Promise<BackupManifest> {
  await addEntry(archive, 'header.json', Buffer.from(JSON.stringify(header)), at)
  const manifest: BackupManifest = { tables: [] }
  for (const table of header.tables) {
    const hash = createHash('sha256')
    const stream = client.query(copyTo(`COPY (${selectOf(table.name, table.columns, client)}) TO STDOUT`))
    let waiting: Buffer[] = []
    let bytes = 0
    let part = 0
    const flush = async () => {
      const content = Buffer.concat(waiting)
      waiting = []
      bytes = 0
      await addEntry(archive, `tables/${table.name}/${String(++part).padStart(6, '0')}.copy`, content, at)
    }
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      hash.update(chunk)
      waiting.push(chunk)
      bytes += chunk.length
      if (bytes >= chunkBytes) await flush()
    }
    if (bytes > 0) await flush()
    manifest.tables.push({ name: table.name, rows: stream.rowCount, sha256: hash.digest('hex') })
  }
  await addEntry(archive, 'manifest.json', Buffer.from(JSON.stringify(manifest)), at)
  return manifest
}

function selectOf(table: string, columns: readonly string[], client: Client): string {
  const list = columns.map((column) => client.escapeIdentifier(column)).join(', ')
  const select = `SELECT ${list} FROM hanamichi.${client.escapeIdentifier(table)}`
  if (table !== 'job_request') return select
  // what pg-boss has taken over and not finished goes back into the outbox: a job may run twice, none may be lost
  const fromBoss: Record<string, string> = {
    company_id: "(data->>'companyId')::uuid",
    id: 'id',
    name: "data->>'name'",
    object_id: "(data->>'objectId')::uuid",
    start_after: 'created_on',
    created_at: 'created_on',
  }
  const boss = columns.map((column) => fromBoss[column] ?? 'NULL').join(', ')
  return `${select} UNION ALL SELECT ${boss} FROM pgboss.job WHERE name = 'hanamichi' AND state IN ('created', 'retry', 'active')`
}

function addEntry(archive: Pack, name: string, content: Buffer, at: Date): Promise<void> {
  return new Promise((done, fail) => {
    const entry = archive.entry({ name, size: content.length, mode: 0o600, mtime: at }, content, (error) =>
      error ? fail(error) : done(),
    )
    // an archive that breaks amid an entry tells the entry too, and an error nobody listens to would end the process
    entry.on('error', fail)
  })
}
