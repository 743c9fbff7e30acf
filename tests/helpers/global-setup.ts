import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../server/database/embedded.ts'
import { migrate } from '../../server/database/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** `${login}` and `${database}` stand for what they say */
    databaseUrlPattern: string
  }
}

const template = 'hanamichi_template'

/**
 * One server for the whole run and one migrated template database; each test file clones it (about 40 ms).
 * TEST_DATABASE_URL (superuser of a PostgreSQL to test on) takes the place of the embedded engine.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  let folder: string | undefined
  let stop = async (): Promise<void> => {}
  let pattern: string
  if (given) {
    await createLogins(given)
    const url = new URL(given)
    pattern = `postgresql://\${login}:test@${url.host || 'localhost'}/\${database}${url.search}`
  } else {
    folder = await mkdtemp(join(tmpdir(), 'hanamichi-test-'))
    const server = await startEmbedded({ dataDir: folder, throwAway: true })
    stop = server.stop
    pattern = decodeURIComponent(server.urlFor('hanamichi_owner', 'DATABASE'))
      .replace('hanamichi_owner', '${login}')
      .replace('DATABASE', '${database}')
  }
  const superuser = given ?? fill(pattern, 'postgres', 'postgres')
  const admin = new Client({ connectionString: superuser })
  await admin.connect()
  for (const name of await leftovers(admin))
    await admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(name)} WITH (FORCE)`)
  await admin.query(`CREATE DATABASE ${template} OWNER hanamichi_owner`)
  await migrate(fill(pattern, 'hanamichi_owner', template), 'hanamichi_runtime', new Date())
  project.provide('databaseUrlPattern', pattern)
  return async () => {
    for (const name of await leftovers(admin))
      await admin.query(`DROP DATABASE IF EXISTS ${admin.escapeIdentifier(name)} WITH (FORCE)`)
    await admin.end()
    await stop()
    if (folder) await rm(folder, { recursive: true, force: true })
  }
}

export function fill(pattern: string, login: string, database: string): string {
  return pattern.replace('${login}', login).replace('${database}', database)
}

async function leftovers(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ datname: string }>(
    "SELECT datname FROM pg_database WHERE datname LIKE 'hanamichi_test_%' OR datname = $1",
    [template],
  )
  return rows.map((row) => row.datname)
}

async function createLogins(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  await client.query(`DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanamichi_owner') THEN
      CREATE ROLE hanamichi_owner LOGIN CREATEROLE CREATEDB NOINHERIT PASSWORD 'test'; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanamichi_runtime') THEN
      CREATE ROLE hanamichi_runtime LOGIN NOINHERIT PASSWORD 'test'; END IF;
  END $$`)
  await client.end()
}
