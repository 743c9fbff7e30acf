import { timingSafeEqual } from 'node:crypto'
import { databaseIdentity } from '../database/identity.ts'
import { crockfordOf, normaliseCrockford } from '../ids.ts'
import type { Services } from '../services.ts'

/** 60 bits */
const length = 12

async function codeOf(services: Services): Promise<string> {
  const identity = await databaseIdentity(services.database)
  return crockfordOf(services.vault.installationHash('set-up code', identity).subarray(0, length))
}

/**
 * The code that the first visit asks for (60 bits, `xxxx-xxxx-xxxx`); `serve` prints it on the console while there is no company. It proves that who
 * sets up can read this server's console. Stored nowhere: whatever process holds the outer key and this database finds the same one, and with another
 * key or another database it is another.
 */
export async function findSetupCode(services: Services): Promise<string> {
  return (await codeOf(services)).match(/.{4}/g)!.join('-')
}

/** Whether this is the code of this installation; case, hyphens and look-alikes are forgiven. */
export async function isSetupCode(services: Services, typed: string): Promise<boolean> {
  const given = Buffer.from(normaliseCrockford(typed))
  const expected = Buffer.from(await codeOf(services))
  return given.length === expected.length && timingSafeEqual(given, expected)
}
