import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { normaliseCrockford, randomCrockford } from '../ids.ts'

/**
 * The personal code: what a person needs, beyond the link, to go on elsewhere and to open the result. 14 characters of
 * Crockford base32 in groups of 4, 5 and 5: 70 random bits, so a fast hash with a salt suffices. It is shown once and
 * binds when the last group is retyped, which a scanner that presses buttons cannot do.
 */
export const codeLength = 14
/** Characters of the last group, which is retyped. */
export const lastGroupLength = 5
const firstGroups = codeLength - lastGroupLength

/** A new code, 14 characters, lower case, without separators. */
export function makeCode(): string {
  return randomCrockford(codeLength)
}

/** As people read it. Example: `k7wq29tmxe4hzc` is K7WQ-29TMX-E4HZC. */
export function showCode(code: string): string {
  return [code.slice(0, 4), code.slice(4, firstGroups), code.slice(firstGroups)].join('-').toUpperCase()
}

/** What the browser keeps between start and binding, so that only the last group has to be typed. Useless by itself: 25 bits are missing. */
export function firstGroupsOf(code: string): string {
  return code.slice(0, firstGroups)
}

/**
 * The code a person means: all of it, or its last group when the browser still holds the rest. Case, separators and
 * look-alikes are forgiven; undefined when it has neither length.
 */
export function readTypedCode(
  typed: string,
  heldGroups: string | undefined,
): { code: string; isWhole: boolean } | undefined {
  const clean = normaliseCrockford(typed)
  if (clean.length === codeLength) return { code: clean, isWhole: true }
  if (clean.length === lastGroupLength && heldGroups?.length === firstGroups)
    return { code: heldGroups + clean, isWhole: false }
  return undefined
}

export interface CodeVerifier {
  salt: Buffer
  hash: Buffer
}

const hashOf = (code: string, salt: Buffer) =>
  Buffer.from(hkdfSync('sha256', code, salt, 'hanamichi personal code', 32))

/** What the database keeps of a code: salt and HKDF-SHA256. */
export function verifierOf(code: string): CodeVerifier {
  const salt = randomBytes(16)
  return { salt, hash: hashOf(code, salt) }
}

export function fitsVerifier(code: string, verifier: CodeVerifier): boolean {
  return timingSafeEqual(hashOf(code, verifier.salt), verifier.hash)
}

/** Wrong codes in a row before the last group alone is no longer taken for a while. */
export const attemptsBeforeRest = 10
/** How long that lasts, minutes. */
export const restMinutes = 15

export interface Attempts {
  failedAttempts: number
  lockedUntil: Date | null
}

/**
 * What a try does: right forgets earlier ones; the tenth wrong one in a row makes the code rest. While it rests the whole
 * code still opens (70 bits are not guessed over a network), only the 25 bits of the last group are not looked at: so
 * nobody who holds a forwarded link can lock the person out by typing nonsense.
 */
export function decideAttempt(
  before: Attempts,
  tried: { isRight: boolean; isWhole: boolean },
  at: Date,
): { outcome: 'right' | 'wrong' | 'resting'; after: Attempts } {
  const isResting = before.lockedUntil !== null && before.lockedUntil > at
  if (isResting && !(tried.isRight && tried.isWhole)) return { outcome: 'resting', after: before }
  if (tried.isRight) return { outcome: 'right', after: { failedAttempts: 0, lockedUntil: null } }
  const failedAttempts = before.failedAttempts + 1
  if (failedAttempts < attemptsBeforeRest) return { outcome: 'wrong', after: { failedAttempts, lockedUntil: null } }
  return {
    outcome: 'resting',
    after: { failedAttempts: 0, lockedUntil: new Date(at.getTime() + restMinutes * 60_000) },
  }
}
