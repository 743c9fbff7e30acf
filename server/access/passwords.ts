import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane at least
const current = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32

export const shortestPassword = 12
export const longestPassword = 200

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const prepared = (password: string) => Buffer.from(password.normalize('NFKC'))

/**
 * Hashes a password with argon2id; parameters and salt stand in the answer (PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`).
 * Takes tens of milliseconds and 19 MiB: never inside a transaction.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive('argon2id', { message: prepared(password), nonce: salt, tagLength, ...current })
  return `$argon2id$v=19$m=${current.memory},t=${current.passes},p=${current.parallelism}$${base64(salt)}$${base64(hash)}`
}

// hash of nothing anybody knows, with the current parameters: makes an unknown account cost what a known one does
let decoy: Promise<string> | undefined

/**
 * Whether a password fits a hash. Without a hash (unknown account, invitation not yet accepted) it works just as long and says no.
 * @throws when the stored text is no argon2id hash
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(24).toString('base64'))
  const text = stored ?? (await decoy)
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(text)
  if (!match) throw new Error('a stored password hash is not argon2id')
  const expected = Buffer.from(match[5]!, 'base64')
  const found = await derive('argon2id', {
    message: prepared(password),
    nonce: Buffer.from(match[4]!, 'base64'),
    tagLength: expected.length,
    memory: Number(match[1]),
    passes: Number(match[2]),
    parallelism: Number(match[3]),
  })
  return timingSafeEqual(found, expected) && stored !== undefined
}

/** Which rule a new password breaks, as a text key; undefined when it may be used. Length counts, not signs (NIST SP 800-63B 3.1.1). */
export function faultOfPassword(password: string, known: { email: string; name: string }): string | undefined {
  if (password.length < shortestPassword) return 'access.errors.passwordShort'
  if (password.length > longestPassword) return 'access.errors.passwordLong'
  const folded = password.normalize('NFKC').toLowerCase()
  if (new Set(folded).size < 5) return 'access.errors.passwordSimple'
  const local = known.email.split('@')[0] ?? ''
  const obvious = [
    known.email.toLowerCase(),
    local.toLowerCase(),
    known.name.normalize('NFKC').toLowerCase(),
    'hanamichi',
    'password',
  ]
  const rest = obvious.filter((word) => word.length >= 4).reduce((text, word) => text.replaceAll(word, ''), folded)
  return rest.length < shortestPassword / 2 ? 'access.errors.passwordSimple' : undefined
}
