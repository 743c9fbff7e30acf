import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** Who a subject of the stress area is; sealed, and opened only on the implementer's side, for mails and for the physician who was asked. */
export interface Identity {
  employmentId: string
  employeeId: string
}

const purpose = 'stress subject by employment'

/** Who these subjects are. Those whose key was shredded, or whom this role does not reach, are absent. */
export async function identifySubjects(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  subjectIds: readonly string[],
): Promise<Map<string, Identity>> {
  const found = new Map<string, Identity>()
  for (let start = 0; start < subjectIds.length; start += 5_000) {
    const rows = await campaignsOf(db)
      .selectFrom('stress_subject')
      .select(['id', 'sealed_identity'])
      .where('company_id', '=', companyId)
      .where('id', 'in', subjectIds.slice(start, start + 5_000))
      .execute()
    const opened = await vault.openMany<Identity>(
      db,
      companyId,
      rows.map((row) => ({ table: 'stress_subject', rowId: row.id, sealed: row.sealed_identity })),
    )
    for (const [index, identity] of opened.entries()) if (identity) found.set(rows[index]!.id, identity)
  }
  return found
}

/**
 * The subjects of these people, made where there are none yet (role scheduler): subject id by employment id.
 * The same employment is found again by a keyed hash, so one person has one subject over the years.
 * Give batches of about two thousand: one statement each.
 */
export async function readySubjects(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  people: readonly Identity[],
  at: Date,
): Promise<Map<string, string>> {
  const byHash = new Map<string, Identity>()
  for (const person of people) {
    byHash.set((await vault.lookUpHash(companyId, purpose, person.employmentId)).toString('hex'), person)
  }
  const found = new Map<string, string>()
  const find = async (hashes: readonly string[]) => {
    if (hashes.length === 0) return
    const rows = await campaignsOf(db)
      .selectFrom('stress_subject')
      .select(['id', 'employment_lookup'])
      .where('company_id', '=', companyId)
      .where(
        'employment_lookup',
        'in',
        hashes.map((hash) => Buffer.from(hash, 'hex')),
      )
      .execute()
    for (const row of rows) found.set(byHash.get(row.employment_lookup.toString('hex'))!.employmentId, row.id)
  }
  await find([...byHash.keys()])
  const missing = [...byHash].filter(([, person]) => !found.has(person.employmentId))
  if (missing.length > 0) {
    const made = missing.map(([hash, person]) => ({ id: newId(at), hash, person }))
    const keyOf = (id: string) => ({ area: 'stress' as const, subjectId: id, recordType: 'identity' })
    const keys = await vault.readyKeys(
      db,
      companyId,
      made.map((one) => keyOf(one.id)),
      at,
    )
    const stored = await campaignsOf(db)
      .insertInto('stress_subject')
      .values(
        made.map(({ id, hash, person }) => ({
          company_id: companyId,
          id,
          employment_lookup: Buffer.from(hash, 'hex'),
          sealed_identity: keys.seal(keyOf(id), { table: 'stress_subject', rowId: id }, {
            employmentId: person.employmentId,
            employeeId: person.employeeId,
          } satisfies Identity),
          created_at: at,
        })),
      )
      .onConflict((conflict) => conflict.columns(['company_id', 'employment_lookup']).doNothing())
      .returning('id')
      .execute()
    const kept = new Set(stored.map((row) => row.id))
    for (const { id, person } of made) if (kept.has(id)) found.set(person.employmentId, id)
    // made by another campaign that opened at the same moment
    await find(made.filter(({ id }) => !kept.has(id)).map(({ hash }) => hash))
  }
  return found
}
