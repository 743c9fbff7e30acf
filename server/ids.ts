import { randomBytes, randomUUID } from 'node:crypto'
import { v7 } from 'uuid'
import { drawer } from './random.ts'

const randomOfId = drawer(16)

/** A new row id: UUIDv7, ordered by the passed clock, 74 random bits from the system's generator. */
export function newId(at: Date): string {
  return v7({ msecs: at.getTime(), random: randomOfId() })
}

/**
 * A row id that tells no time (UUIDv4, 122 random bits): for rows of the employer's side, which must not be paired with rows of the
 * person's side by the moment both were made. Ids in time's order would do just that.
 */
export function timelessId(): string {
  return randomUUID()
}

// Crockford's base32 without i, l, o, u: nothing that is misread on paper or on a phone
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** `length` random characters of Crockford base32 (5 bits each), lower case. */
export function randomCrockford(length: number): string {
  return crockfordOf(randomBytes(length))
}

/** A character of Crockford base32, lower case, for each byte (its low 5 bits). */
export function crockfordOf(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += alphabet[byte & 31]
  return text
}

/** Forgives what people type: case, spaces, hyphens and the look-alikes i, l (1) and o (0). */
export function normaliseCrockford(typed: string): string {
  return typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\-‐‑‒–—―ー_.]/g, '')
    .replace(/[il]/g, '1')
    .replace(/o/g, '0')
}
