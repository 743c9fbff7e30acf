import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrateJobs } from './jobs-schema.ts'

const here = import.meta.dirname

/** Work roles and request roles the runtime login may take; never the look-up owner or backup. */
const runtimeRoles =
  'employee implementer clerk physician hr manager leaver alumni admin setup sign_in mailer jobs scheduler analysis turnover chain'
    .split(' ')
    .map((name) => `hanamichi_${name}`)

export interface MigrationReport {
  applied: string[]
  already: number
}

/**
 * Brings a database to the current schema: roles, numbered SQL files in order (each in its own transaction), job tables, grants of the runtime login.
 * Safe to run at any time and by several processes at once (advisory lock). Forward only.
 * @param ownerUrl login that owns the database, with CREATEROLE and NOINHERIT
 * @param runtimeLogin name of the login the server uses
 * @param at the present, as it is written down beside each file that is applied
 * @throws when a file that was applied has changed since
 */
export async function migrate(ownerUrl: string, runtimeLogin: string, at: Date): Promise<MigrationReport> {
  const client = new Client({ connectionString: ownerUrl, application_name: 'hanamichi migrate' })
  await client.connect()
  try {
    await client.query("SELECT pg_advisory_lock(hashtext('hanamichi migrate'))")
    await refuseInheritingOwner(client)
    await client.query(await readFile(join(here, 'roles.sql'), 'utf8'))
    await client.query('CREATE SCHEMA IF NOT EXISTS hanamichi')
    await client.query('SET search_path = hanamichi')
    await client.query(
      'CREATE TABLE IF NOT EXISTS migration (number integer PRIMARY KEY, name text NOT NULL, sha256 text NOT NULL, applied_at timestamptz NOT NULL)',
    )
    const report = await applyFiles(client, at)
    await migrateJobs(ownerUrl)
    await grantRuntime(client, runtimeLogin)
    return report
  } finally {
    await client.end()
  }
}

// Row-level policies apply to a login by the roles it inherits: an inheriting owner would read through views with the wrong ones.
async function refuseInheritingOwner(client: Client): Promise<void> {
  const { rows } = await client.query<{ inherits: boolean }>(
    'SELECT rolinherit AND NOT rolsuper AS inherits FROM pg_roles WHERE rolname = current_user',
  )
  if (rows[0]?.inherits)
    throw new Error('the login of MIGRATION_DATABASE_URL must be NOINHERIT: ALTER ROLE <login> NOINHERIT CREATEROLE')
}

async function applyFiles(client: Client, at: Date): Promise<MigrationReport> {
  const done = new Map<number, string>()
  const { rows } = await client.query<{ number: number; sha256: string }>('SELECT number, sha256 FROM migration')
  for (const row of rows) done.set(row.number, row.sha256)
  const report: MigrationReport = { applied: [], already: 0 }
  const folder = join(here, 'migrations')
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()) {
    const text = await readFile(join(folder, file), 'utf8')
    const sha256 = createHash('sha256').update(text).digest('hex')
    const number = Number(file.slice(0, 4))
    const before = done.get(number)
    if (before === sha256) {
      report.already++
      continue
    }
    if (before) throw new Error(`migration ${file} was applied in another form; migrations never change, add a new one`)
    try {
      await client.query('BEGIN')
      await client.query(text)
      await client.query('INSERT INTO migration VALUES ($1, $2, $3, $4)', [number, file, sha256, at])
      await client.query('COMMIT')
    } catch (error) {
      await client.query('ROLLBACK')
      throw new Error(`migration ${file}: ${(error as Error).message}`, { cause: error })
    }
    report.applied.push(file)
  }
  return report
}

async function grantRuntime(client: Client, login: string): Promise<void> {
  const name = client.escapeIdentifier(login)
  const { rows } = await client.query<{ rolinherit: boolean; rolsuper: boolean; rolbypassrls: boolean }>(
    'SELECT rolinherit, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = $1',
    [login],
  )
  const role = rows[0]
  if (!role) throw new Error(`the login ${login} of DATABASE_URL does not exist; create it with LOGIN NOINHERIT`)
  if (role.rolinherit || role.rolsuper || role.rolbypassrls)
    throw new Error(`the login ${login} of DATABASE_URL must be NOINHERIT, not superuser and without BYPASSRLS`)
  const { rows: member } = await client.query<{ rolname: string }>(
    "SELECT r.rolname FROM pg_roles r WHERE r.rolname = ANY($1) AND NOT pg_has_role($2, r.oid, 'MEMBER')",
    [runtimeRoles, login],
  )
  for (const missing of member) {
    try {
      await client.query(`GRANT ${client.escapeIdentifier(missing.rolname)} TO ${name}`)
    } catch (error) {
      // another database of the same cluster granted it at the same moment
      if ((error as { code?: string }).code !== '23505' && (error as { code?: string }).code !== 'XX000') throw error
    }
  }
  await client.query(`GRANT USAGE ON SCHEMA hanamichi TO ${name}`)
  const { rows: functions } = await client.query<{ signature: string }>(
    "SELECT p.oid::regprocedure::text AS signature FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE r.rolname = 'hanamichi_lookup' AND p.pronamespace = 'hanamichi'::regnamespace",
  )
  await client.query('SET ROLE hanamichi_lookup')
  for (const row of functions) await client.query(`GRANT EXECUTE ON FUNCTION ${row.signature} TO ${name}`)
  await client.query('RESET ROLE')
}
