import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { Client } from 'pg'
import type { Config } from '../config.ts'
import type { OpenedDatabase } from '../database/open.ts'
import { createOuterKey, readOuterKey, type OuterKey } from './outer-key.ts'

/**
 * The outer key of this installation: read from KEY_FILE, or made when the database is new.
 * @throws with what to do when the file lies inside the data folder (a copy of the data would hold both), or is gone while data need it
 */
export async function openKey(config: Config, database: OpenedDatabase): Promise<{ key: OuterKey; made: boolean }> {
  if (database.embedded && (await liesIn(config.keyFile, config.dataDir)))
    throw new Error(
      `KEY_FILE (${config.keyFile}) lies inside DATA_DIR (${config.dataDir}): whoever copies the data would have the key with them. Choose a place outside.`,
    )
  const known = await readOuterKey(config.keyFile)
  if (known) return { key: known, made: false }
  if (await holdsSealedData(database.runtimeUrl))
    throw new Error(
      `the key file ${config.keyFile} is missing, but this database holds data sealed with it. Put the file back or set KEY_FILE to where it is; ` +
        'without it sealed records cannot be read by anybody. No new key was made.',
    )
  try {
    return { key: await createOuterKey(config.keyFile), made: true }
  } catch (error) {
    // another process made it at the same moment
    const theirs = (error as NodeJS.ErrnoException).code === 'EEXIST' ? await readOuterKey(config.keyFile) : undefined
    if (theirs) return { key: theirs, made: false }
    throw new Error(`the key file ${config.keyFile} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}

async function liesIn(file: string, folder: string): Promise<boolean> {
  const path = relative(await real(folder), await real(file))
  return !path.startsWith('..') && !isAbsolute(path)
}

// links resolved as far as the path exists
async function real(path: string): Promise<string> {
  const whole = resolve(path)
  try {
    return await realpath(whole)
  } catch {
    const parent = dirname(whole)
    return parent === whole ? whole : resolve(await real(parent), relative(parent, whole))
  }
}

async function holdsSealedData(runtimeUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: runtimeUrl })
  await client.connect()
  try {
    return ((await client.query('SELECT 1 FROM hanamichi.list_wrapping_key_checks()')).rowCount ?? 0) > 0
  } finally {
    await client.end()
  }
}
