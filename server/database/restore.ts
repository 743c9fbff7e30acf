import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { extract } from 'tar-stream'
import { parseHeader, parseManifest, tablesInOrder, type BackupHeader, type BackupManifest } from './backup-format.ts'
import type { BackupReport } from './backup.ts'

/**
 * Reads a file of {@link backupTo} into an empty database of the same schema: all of it, or nothing. Counts and hashes of every table are checked
 * before anything is kept.
 * @throws with a plain message: not a backup, damaged, another schema, database not empty
 */
export async function restoreFrom(ownerUrl: string, file: string): Promise<BackupReport> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'hanamichi restore' })
  await client.connect()
  try {
    await client.query('BEGIN')
    const { rows: migrations } = await client.query<BackupHeader['migrations'][number]>(
      'SELECT number, name, sha256 FROM hanamichi.migration ORDER BY number',
    )
    await client.query('SET LOCAL ROLE hanamichi_backup')
    const report = await readInto(client, file, migrations)
    await client.query('COMMIT')
    return report
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  } finally {
    await client.end()
  }
}

interface Entry {
  name: string
  content: AsyncIterable<Buffer>
}

async function readInto(client: Client, file: string, migrations: BackupHeader['migrations']): Promise<BackupReport> {
  const entries = entriesOf(file)
  try {
    return await readEntries(client, file, migrations, entries)
  } finally {
    // closes the file when something failed half-way
    await entries.return(undefined)
  }
}

async function readEntries(
  client: Client,
  file: string,
  migrations: BackupHeader['migrations'],
  entries: AsyncGenerator<Entry, undefined>,
): Promise<BackupReport> {
  const first = await entries.next()
  const header =
    first.done || first.value.name !== 'header.json' ? undefined : parseHeader(await textOf(first.value, file))
  if (!header) throw new Error(`${file} is not a backup of Hanamichi`)
  requireSameSchema(header, migrations)
  const here = new Map((await tablesInOrder(client)).map((table) => [table.name, table.columns]))
  await requireEmpty(client, [...here.keys()])

  const read: BackupManifest = { tables: [] }
  let manifest: BackupManifest | undefined
  let entry = await nextOf(entries)
  for (const table of header.tables) {
    if (!here.has(table.name)) throw new Error(`${file} holds a table that this version does not know: ${table.name}`)
    const hash = createHash('sha256')
    const parts = async function* () {
      while (entry?.name.startsWith(`tables/${table.name}/`)) {
        for await (const chunk of entry.content) {
          hash.update(chunk)
          yield chunk
        }
        entry = await nextOf(entries)
      }
    }
    const rows = await readTable(client, table, Readable.from(parts()))
    read.tables.push({ name: table.name, rows, sha256: hash.digest('hex') })
  }
  if (entry?.name === 'manifest.json') manifest = parseManifest(await textOf(entry, file))
  if (!manifest) throw new Error(`${file} is not whole: its end is missing`)
  for (const [index, table] of manifest.tables.entries()) {
    const got = read.tables[index]
    if (got?.name !== table.name || got.rows !== table.rows || got.sha256 !== table.sha256)
      throw new Error(`${file} is damaged: table ${table.name}`)
  }
  if (manifest.tables.length !== read.tables.length) throw new Error(`${file} is damaged: tables are missing`)
  return { tables: read.tables.length, rows: read.tables.reduce((sum, table) => sum + table.rows, 0) }
}

/** PostgreSQL does not COPY into a table with row-level security: the rows go through a temporary one. */
async function readTable(client: Client, table: BackupHeader['tables'][number], rows: Readable): Promise<number> {
  const target = `hanamichi.${client.escapeIdentifier(table.name)}`
  const columns = table.columns.map((column) => client.escapeIdentifier(column)).join(', ')
  await client.query(`CREATE TEMPORARY TABLE restored (LIKE ${target}) ON COMMIT DROP`)
  const stream = client.query(copyFrom(`COPY restored (${columns}) FROM STDIN`))
  try {
    await pipeline(rows, stream)
  } catch (error) {
    throw new Error(
      `the backup is damaged: table ${table.name} (${(error as { code?: string }).code ?? (error as Error).name})`,
      { cause: error },
    )
  }
  const inserted = await client.query(`INSERT INTO ${target} (${columns}) SELECT ${columns} FROM restored`)
  await client.query('DROP TABLE restored')
  return inserted.rowCount ?? 0
}

function requireSameSchema(header: BackupHeader, here: BackupHeader['migrations']): void {
  const same =
    header.migrations.length === here.length &&
    header.migrations.every(
      (migration, index) => migration.number === here[index]?.number && migration.sha256 === here[index].sha256,
    )
  if (same) return
  const last = header.migrations.at(-1)
  throw new Error(
    `the backup fits another version (its last migration is ${last?.name ?? 'none'}, here it is ${here.at(-1)?.name ?? 'none'}): ` +
      'restore with the version that made it, then update',
  )
}

async function requireEmpty(client: Client, tables: readonly string[]): Promise<void> {
  for (const table of tables) {
    const { rowCount } = await client.query(`SELECT 1 FROM hanamichi.${client.escapeIdentifier(table)} LIMIT 1`)
    if (rowCount) throw new Error(`the database is not empty (${table}): a backup is read into an empty one only`)
  }
}

async function* entriesOf(file: string): AsyncGenerator<Entry, undefined> {
  const archive = extract()
  const reading = pipeline(createReadStream(file), createGunzip(), archive)
  // the same failure ends the loop below
  reading.catch(() => undefined)
  try {
    for await (const entry of archive) yield { name: entry.header.name, content: entry as AsyncIterable<Buffer> }
    await reading
  } catch (error) {
    const code = (error as { code?: string }).code ?? ''
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
      throw new Error(`${file} cannot be read (${code})`, { cause: error })
    throw new Error(`${file} is damaged or not a backup of Hanamichi`, { cause: error })
  }
  return undefined
}

async function nextOf(entries: AsyncGenerator<Entry, undefined>): Promise<Entry | undefined> {
  const next = await entries.next()
  return next.done ? undefined : next.value
}

async function textOf(entry: Entry, file: string): Promise<string> {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of entry.content) chunks.push(chunk)
  } catch (error) {
    throw new Error(`${file} is damaged: ${entry.name} is cut off`, { cause: error })
  }
  return Buffer.concat(chunks).toString('utf8')
}
