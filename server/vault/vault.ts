import { createHmac, createSecretKey, hkdfSync, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto'
import { sql, type Kysely } from 'kysely'
import type { Database } from '../database/connection.ts'
import { keptQuery } from '../database/kept-query.ts'
import { newId } from '../ids.ts'
import { decrypt, encrypt, keyIdOf, pack, unpack, type Place } from './envelope.ts'
import type { OuterKey } from './outer-key.ts'
import type { VaultTables } from './tables.ts'

export type Area = 'staff' | 'stress' | 'exit' | 'alumni' | 'employer'

/** Whose record and of which type: exactly one data key. */
export interface KeyOf {
  area: Area
  subjectId: string
  recordType: string
}

/** Where a sealed value lies; bound into it. */
export interface SealedAt {
  table: string
  rowId: string
}

/** Data keys made ready for a batch; sealing and opening with them touches no database. */
export interface ReadyKeys {
  holds: (of: KeyOf) => boolean
  seal: (of: KeyOf, at: SealedAt, value: unknown) => Buffer
  /** @throws {KeyUnavailable} when the value was sealed under a key that is not in this batch */
  open: <Value>(at: SealedAt, sealed: Buffer) => Value
}

export interface Vault {
  /** Tells one outer key from another, for people who compare a backup with it; reveals nothing about the key. */
  fingerprint: string
  /** @throws a plain message when the key outside the database does not fit the company keys inside */
  check: () => Promise<void>
  /** Makes a company's first key (set-up, role `setup`). */
  createCompanyKey: (db: Handle, companyId: string, at: Date) => Promise<void>
  /** Finds or makes the data keys of a batch in two statements; seal with the result. */
  readyKeys: (db: Handle, companyId: string, of: readonly KeyOf[], at: Date) => Promise<ReadyKeys>
  /** The keys that the transaction's own subject has already, in one statement sent at the call; makes none. */
  ownKeys: (db: Handle, area: Area, recordTypes: readonly string[]) => Promise<ReadyKeys>
  /** Seals one value (JSON). For many, use {@link Vault.readyKeys}. */
  seal: (db: Handle, companyId: string, of: KeyOf, at: SealedAt, value: unknown, now: Date) => Promise<Buffer>
  /** Opens one value. @throws {KeyUnavailable} when its data key was shredded or is not this role's to read */
  open: <Value>(db: Handle, companyId: string, at: SealedAt, sealed: Buffer) => Promise<Value>
  /** Opens many in one statement; undefined where the key was shredded or is out of reach. Same order as given. */
  openMany: <Value>(
    db: Handle,
    companyId: string,
    sealed: readonly (SealedAt & { sealed: Buffer })[],
  ) => Promise<(Value | undefined)[]>
  /** Keyed hash to find a thing again without telling it (HMAC-SHA-256 under a key derived from the company key, per purpose). */
  lookUpHash: (companyId: string, purpose: string, value: string) => Promise<Buffer>
  /**
   * Keyed hash for what belongs to the whole installation (HMAC-SHA-256 under a key derived from the outer key, per purpose): the same in every process
   * that holds the key, in the database nowhere.
   */
  installationHash: (purpose: string, value: string) => Buffer
  /** Destroys data keys: what they sealed is gone for good. Returns how many. */
  shred: (db: Handle, companyId: string, of: { area: Area; subjectId: string; recordType?: string }) => Promise<number>
}

// oxlint-disable-next-line typescript/no-explicit-any -- any capability's handle may open its own sealed columns
type Handle = Kysely<any>

export class KeyUnavailable extends Error {
  constructor() {
    super('the key of this record was destroyed or is not for this role')
    this.name = 'KeyUnavailable'
  }
}

interface DataKey {
  id: string
  key: KeyObject
}

interface CompanyKey {
  id: string
  key: KeyObject
}

/** Envelope encryption: data key per subject and record type, wrapped by the company key, wrapped by a key outside the database. */
export function createVault(database: Database, outer: OuterKey): Vault {
  const companyKeys = new Map<string, CompanyKey[]>()
  // Spares the same person's next page the unwrapping. It opens nothing by itself: the wrapped key is read at each use, so
  // that a shredded one is gone at once, and what unwraps it (the company key) is in this process anyway.
  const unwrapped = new Map<string, { companyId: string; wrapped: Buffer; key: KeyObject }>()

  async function keysOf(companyId: string): Promise<CompanyKey[]> {
    const known = companyKeys.get(companyId)
    if (known) return known
    const rows = await database.lookUp<{ id: string; wrapped: Buffer; wrapping_key_check: Buffer }>(
      'SELECT id, wrapped, wrapping_key_check FROM find_company_keys($1)',
      [companyId],
    )
    const keys = rows.map((row) => {
      if (!timingSafeEqual(row.wrapping_key_check, outer.check)) throw new Error(wrongKey)
      return {
        id: row.id,
        key: createSecretKey(decrypt(outer.key, row.wrapped, Buffer.from(`${companyId}|${row.id}`))),
      }
    })
    if (keys.length === 0) throw new Error('this company has no key yet')
    companyKeys.set(companyId, keys)
    return keys
  }

  async function companyKey(companyId: string, id?: string): Promise<CompanyKey> {
    let keys = await keysOf(companyId)
    if (id && !keys.some((key) => key.id === id)) {
      companyKeys.delete(companyId) // made by another process since
      keys = await keysOf(companyId)
    }
    const found = id ? keys.find((key) => key.id === id) : keys[0]
    if (!found) throw new Error('a data key names a company key that does not exist')
    return found
  }

  const boundKey = (companyId: string, of: KeyOf) =>
    Buffer.from(`${companyId}|${of.area}|${of.subjectId}|${of.recordType}`)
  const nameOf = (of: KeyOf) => `${of.area}|${of.subjectId}|${of.recordType}`

  async function unwrap(
    companyId: string,
    row: { id: string; company_key_id: string; wrapped: Buffer; area: string; subject_id: string; record_type: string },
  ): Promise<KeyObject> {
    const of = { area: row.area as Area, subjectId: row.subject_id, recordType: row.record_type }
    const { key } = await companyKey(companyId, row.company_key_id)
    return createSecretKey(decrypt(key, row.wrapped, boundKey(companyId, of)))
  }

  async function unwrapOwn(row: Parameters<typeof unwrap>[1] & { company_id: string }): Promise<KeyObject> {
    const known = unwrapped.get(row.id)
    if (known && known.companyId === row.company_id && known.wrapped.equals(row.wrapped)) return known.key
    const key = await unwrap(row.company_id, row)
    // the oldest goes first
    if (unwrapped.size >= mostUnwrapped) unwrapped.delete(unwrapped.keys().next().value!)
    unwrapped.set(row.id, { companyId: row.company_id, wrapped: row.wrapped, key })
    return key
  }

  function batchOf(companyId: string, keys: ReadonlyMap<string, DataKey>): ReadyKeys {
    const byId = new Map([...keys.values()].map((one) => [one.id, one.key]))
    return {
      holds: (of) => keys.has(nameOf(of)),
      open<Value>(place: SealedAt, sealed: Buffer) {
        const key = byId.get(keyIdOf(sealed))
        if (!key) throw new KeyUnavailable()
        return JSON.parse(
          unpack(key, sealed, { companyId, table: place.table, rowId: place.rowId }).toString(),
        ) as Value
      },
      seal(of, place, value) {
        const key = keys.get(nameOf(of))
        if (!key) throw new KeyUnavailable()
        return pack(key.id, key.key, Buffer.from(JSON.stringify(value)), {
          companyId,
          table: place.table,
          rowId: place.rowId,
        })
      },
    }
  }

  const vault: Vault = {
    fingerprint: outer.check
      .subarray(0, 8)
      .toString('hex')
      .replace(/(.{4})(?=.)/g, '$1 '),

    async check() {
      const rows = await database.lookUp<{ wrapping_key_check: Buffer }>(
        'SELECT wrapping_key_check FROM list_wrapping_key_checks()',
        [],
      )
      if (rows.some((row) => !timingSafeEqual(row.wrapping_key_check, outer.check))) throw new Error(wrongKey)
    },

    async createCompanyKey(db: Kysely<VaultTables>, companyId, at) {
      const id = newId(at)
      const key = randomBytes(32)
      await db
        .insertInto('company_key')
        .values({
          company_id: companyId,
          id,
          wrapped: encrypt(outer.key, key, Buffer.from(`${companyId}|${id}`)),
          wrapping_key_check: outer.check,
          created_at: at,
          retired_at: null,
        })
        .execute()
      // not cached: the transaction may still be rolled back
    },

    async readyKeys(db: Kysely<VaultTables>, companyId, of, at) {
      const current = await companyKey(companyId)
      const wanted = new Map(of.map((one) => [nameOf(one), one]))
      const ready = new Map<string, DataKey>()
      const fetchKnown = async (names: KeyOf[]) => {
        for (let start = 0; start < names.length; start += 5_000) {
          const part = names.slice(start, start + 5_000)
          const rows = await db
            .selectFrom('data_key')
            .select(['id', 'area', 'subject_id', 'record_type', 'company_key_id', 'wrapped'])
            .where('company_id', '=', companyId)
            .where('subject_id', 'in', [...new Set(part.map((one) => one.subjectId))])
            .where('record_type', 'in', [...new Set(part.map((one) => one.recordType))])
            .execute()
          for (const row of rows) {
            const name = nameOf({ area: row.area as Area, subjectId: row.subject_id, recordType: row.record_type })
            if (wanted.has(name)) ready.set(name, { id: row.id, key: await unwrap(companyId, row) })
          }
        }
      }
      await fetchKnown([...wanted.values()])
      const missing = [...wanted.values()].filter((one) => !ready.has(nameOf(one)))
      for (let start = 0; start < missing.length; start += 2_000) {
        const made = missing
          .slice(start, start + 2_000)
          .map((one) => ({ of: one, id: newId(at), key: randomBytes(32) }))
        const stored = await db
          .insertInto('data_key')
          .values(
            made.map((one) => ({
              company_id: companyId,
              id: one.id,
              area: one.of.area,
              subject_id: one.of.subjectId,
              record_type: one.of.recordType,
              company_key_id: current.id,
              wrapped: encrypt(current.key, one.key, boundKey(companyId, one.of)),
              created_at: at,
            })),
          )
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .execute()
        const kept = new Set(stored.map((row) => row.id))
        for (const one of made)
          if (kept.has(one.id)) ready.set(nameOf(one.of), { id: one.id, key: createSecretKey(one.key) })
      }
      // made by another transaction at the same moment
      const late = missing.filter((one) => !ready.has(nameOf(one)))
      if (late.length > 0) await fetchKnown(late)
      return batchOf(companyId, ready)
    },

    async ownKeys(db, area, recordTypes) {
      const rows = await findOwnKeys(db, { area, recordTypes })
      const found = new Map<string, DataKey>()
      let companyId = ''
      for (const row of rows) {
        companyId = row.company_id
        found.set(nameOf({ area, subjectId: row.subject_id, recordType: row.record_type }), {
          id: row.id,
          key: await unwrapOwn(row),
        })
      }
      return batchOf(companyId, found)
    },

    async seal(db, companyId, of, at, value, now) {
      return (await vault.readyKeys(db, companyId, [of], now)).seal(of, at, value)
    },

    async open<Value>(db: Handle, companyId: string, at: SealedAt, sealed: Buffer) {
      const [value] = await vault.openMany<{ value: Value }>(db, companyId, [{ ...at, sealed }])
      if (value === undefined) throw new KeyUnavailable()
      return value as Value
    },

    async openMany<Value>(
      db: Kysely<VaultTables>,
      companyId: string,
      sealed: readonly (SealedAt & { sealed: Buffer })[],
    ) {
      const keys = new Map<string, KeyObject>()
      const ids = [...new Set(sealed.map((one) => keyIdOf(one.sealed)))]
      for (let start = 0; start < ids.length; start += 5_000) {
        const rows = await db
          .selectFrom('data_key')
          .select(['id', 'area', 'subject_id', 'record_type', 'company_key_id', 'wrapped'])
          .where('company_id', '=', companyId)
          .where('id', 'in', ids.slice(start, start + 5_000))
          .execute()
        for (const row of rows) keys.set(row.id, await unwrap(companyId, row))
      }
      return sealed.map((one) => {
        const key = keys.get(keyIdOf(one.sealed))
        if (!key) return undefined
        const place: Place = { companyId, table: one.table, rowId: one.rowId }
        return JSON.parse(unpack(key, one.sealed, place).toString()) as Value
      })
    },

    async lookUpHash(companyId, purpose, value) {
      // the oldest key: a look-up must stay the same when the company key is rotated
      const oldest = (await keysOf(companyId)).at(-1)!
      const derived = Buffer.from(hkdfSync('sha256', oldest.key, companyId, `look-up ${purpose}`, 32))
      return createHmac('sha256', derived).update(value).digest()
    },

    installationHash(purpose, value) {
      const derived = Buffer.from(hkdfSync('sha256', outer.key, '', `installation ${purpose}`, 32))
      return createHmac('sha256', derived).update(value).digest()
    },

    async shred(db: Kysely<VaultTables>, companyId, of) {
      let query = db
        .deleteFrom('data_key')
        .where('company_id', '=', companyId)
        .where('area', '=', of.area)
        .where('subject_id', '=', of.subjectId)
      if (of.recordType !== undefined) query = query.where('record_type', '=', of.recordType)
      const result = await query.executeTakeFirst()
      return Number(result.numDeletedRows)
    },
  }
  return vault
}

const mostUnwrapped = 1_000

const findOwnKeys = keptQuery(
  (db: Kysely<VaultTables>, of: { area: Area; recordTypes: readonly string[] }) =>
    db
      .selectFrom('data_key')
      .select(['company_id', 'id', 'area', 'subject_id', 'record_type', 'company_key_id', 'wrapped'])
      .where('company_id', '=', sql<string>`company_id()`)
      .where('area', '=', of.area)
      .where('subject_id', '=', sql<string>`subject_id()`)
      .where('record_type', '=', sql<string>`ANY (${of.recordTypes})`),
  ({ rows }) => rows,
)

const wrongKey =
  'the key file does not fit this database: it was changed or belongs to another installation. ' +
  'Put back the key file that was made with these data; without it sealed records cannot be read by anybody.'
