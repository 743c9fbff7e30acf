import { timingSafeEqual } from 'node:crypto'
import { normaliseCrockford, randomCrockford } from '../ids.ts'

// State of this process on purpose: the code proves that who sets up can read this server's console. It is never stored.
let current: string | undefined

/**
 * Makes the code that the first visit asks for (60 random bits, `xxxx-xxxx-xxxx`); `serve` prints it on the console while there is no company.
 * A new one takes the place of the old.
 */
export function createSetupCode(): string {
  current = randomCrockford(12)
  return current.match(/.{4}/g)!.join('-')
}

/** Whether this is the code of this process; case, hyphens and look-alikes are forgiven. Without a code nothing fits. */
export function isSetupCode(typed: string): boolean {
  if (current === undefined) return false
  const given = Buffer.from(normaliseCrockford(typed))
  const expected = Buffer.from(current)
  return given.length === expected.length && timingSafeEqual(given, expected)
}

/** The code has done its work. */
export function forgetSetupCode(): void {
  current = undefined
}
