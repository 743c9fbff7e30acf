import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * The key that is not in the database. It wraps company keys; what belongs to the whole installation and to no company (the code of the first visit) is
 * told apart by keys derived from it. It never lies in the data folder or its backups.
 */
export interface OuterKey {
  key: Buffer
  /** HMAC of a constant: tells whether a key fits a database, reveals nothing about it. */
  check: Buffer
}

function outerKey(key: Buffer): OuterKey {
  return { key, check: createHmac('sha256', key).update('hanamichi outer key').digest() }
}

/** Reads the key from text: 64 hexadecimal digits. @throws with what to do */
export function parseOuterKey(text: string, from: string): OuterKey {
  const trimmed = text.trim()
  if (!/^[0-9a-f]{64}$/i.test(trimmed)) throw new Error(`${from} must hold 64 hexadecimal digits (32 bytes)`)
  return outerKey(Buffer.from(trimmed, 'hex'))
}

/** Reads the key file; undefined when there is none. */
export async function readOuterKey(path: string): Promise<OuterKey | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return text === undefined ? undefined : parseOuterKey(text, `the key file ${path}`)
}

/** Makes a new key file, readable by this user alone; never overwrites one. */
export async function createOuterKey(path: string): Promise<OuterKey> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const key = randomBytes(32)
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${key.toString('hex')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  return outerKey(key)
}
