import { randomBytes, timingSafeEqual } from 'node:crypto'
import { sql } from 'kysely'
import type { Transaction } from '../database/connection.ts'
import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { decideSlowing, originOf, windowSeconds } from './slowing.ts'
import type { AccessTables } from './tables.ts'

type Handle = Transaction<AccessTables>

/** Where an attempt comes from and at whose account it aims, as keyed hashes. */
export interface Attempt {
  accountHash: Buffer
  originHash: Buffer
  knownDevice: boolean
}

export const deviceCookie = 'hanamichi_device'

const deviceMac = (vault: Vault, companyId: string, email: string, nonce: string) =>
  vault.lookUpHash(companyId, 'sign-in device', `${email}|${nonce}`)

/** A cookie that lets this browser be an origin of its own for this account; it opens nothing. */
export async function createDeviceCookie(vault: Vault, companyId: string, email: string): Promise<string> {
  const nonce = randomBytes(16).toString('base64url')
  return `${nonce}.${(await deviceMac(vault, companyId, email, nonce)).toString('base64url')}`
}

/** Hashes of one attempt; `email` need not belong to anybody. */
export async function describeAttempt(
  vault: Vault,
  companyId: string,
  attempt: { step: 'password' | 'code'; email: string; address: string; device: string | undefined },
): Promise<Attempt> {
  const email = attempt.email.trim().toLowerCase()
  const [nonce = '', mac = ''] = (attempt.device ?? '').split('.')
  const expected = await deviceMac(vault, companyId, email, nonce)
  const given = Buffer.from(mac, 'base64url')
  const knownDevice = nonce !== '' && given.length === expected.length && timingSafeEqual(given, expected)
  const origin = knownDevice ? `device ${nonce}` : `address ${originOf(attempt.address)}`
  return {
    accountHash: await vault.lookUpHash(companyId, 'sign-in account', `${attempt.step} ${email}`),
    originHash: await vault.lookUpHash(companyId, 'sign-in origin', origin),
    knownDevice,
  }
}

/**
 * Counts an attempt as failed until {@link forgiveAttempts}; tells how long to wait before answering. One at a time per account, so that a
 * hundred at once count as a hundred.
 * @throws {Problem} too_many_requests
 */
export async function countAttempt(
  db: Handle,
  companyId: string,
  step: 'password' | 'code',
  attempt: Attempt,
  at: Date,
): Promise<{ waitMilliseconds: number }> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${attempt.accountHash.toString('hex')}, 0))`.execute(db)
  const recently = new Date(at.getTime() - windowSeconds.origin * 1000)
  const lately = new Date(at.getTime() - windowSeconds.account * 1000)
  const failed = await db
    .selectFrom('sign_in_attempt')
    .select(({ fn }) => [
      fn
        .countAll<number>()
        .filterWhere('at', '>', recently)
        .filterWhere('account_hash', '=', attempt.accountHash)
        .filterWhere('origin_hash', '=', attempt.originHash)
        .as('here'),
      fn
        .countAll<number>()
        .filterWhere('at', '>', recently)
        .filterWhere('origin_hash', '=', attempt.originHash)
        .as('origin'),
      fn.countAll<number>().filterWhere('account_hash', '=', attempt.accountHash).as('account'),
    ])
    .where('company_id', '=', companyId)
    .where('succeeded', '=', false)
    .where('at', '>', lately)
    .where((where) =>
      where.or([where('account_hash', '=', attempt.accountHash), where('origin_hash', '=', attempt.originHash)]),
    )
    .executeTakeFirstOrThrow()
  const decision = decideSlowing(step, failed, attempt.knownDevice)
  if (decision.refuse) throw new Problem('too_many_requests')
  await db
    .insertInto('sign_in_attempt')
    .values({
      company_id: companyId,
      id: newId(at),
      account_hash: attempt.accountHash,
      origin_hash: attempt.originHash,
      at,
      succeeded: false,
    })
    .execute()
  return { waitMilliseconds: decision.waitMilliseconds }
}

/** It was the person after all: what failed from here no longer counts. */
export async function forgiveAttempts(db: Handle, companyId: string, attempt: Attempt): Promise<void> {
  await db
    .updateTable('sign_in_attempt')
    .set({ succeeded: true })
    .where('company_id', '=', companyId)
    .where('account_hash', '=', attempt.accountHash)
    .where('origin_hash', '=', attempt.originHash)
    .where('succeeded', '=', false)
    .execute()
}

/** Forgets attempts older than a day (role `jobs`). */
export async function forgetAttempts(db: Handle, companyId: string, at: Date): Promise<void> {
  await db
    .deleteFrom('sign_in_attempt')
    .where('company_id', '=', companyId)
    .where('at', '<', new Date(at.getTime() - 24 * 3600 * 1000))
    .execute()
}
