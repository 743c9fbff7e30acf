import type { Database } from './connection.ts'

/**
 * Tells this database from any other, before anything stands in it: the identifier that its cluster got at birth, and its number there. The same for
 * every process and through restarts; a copy restored elsewhere is another one. No secret.
 * @example 7571234567890123456/16389
 */
export async function databaseIdentity(database: Database): Promise<string> {
  const [row] = await database.lookUp<{ identity: string }>(
    `SELECT c.system_identifier || '/' || d.oid AS identity
     FROM pg_catalog.pg_control_system() c, pg_catalog.pg_database d WHERE d.datname = current_database()`,
    [],
  )
  return row!.identity
}
