import { newId } from '../ids.ts'
import type { Vault } from '../vault/index.ts'
import { graduationsOf, type AnyHandle, type ExitIdentity } from './tables.ts'

const lookUp = (vault: Vault, companyId: string, departureId: string) =>
  vault.lookUpHash(companyId, 'exit subject by departure', departureId)

const place = (subjectId: string) => ({ table: 'exit_subject', rowId: subjectId })

/** Makes the exit area's subject of a departure (role hr): a random id; who it is lies sealed in one row. */
export async function makeSubject(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  identity: ExitIdentity,
  at: Date,
): Promise<string> {
  const id = newId(at)
  const of = { area: 'exit', subjectId: id, recordType: 'identity' } as const
  await graduationsOf(db)
    .insertInto('exit_subject')
    .values({
      company_id: companyId,
      id,
      departure_lookup: await lookUp(vault, companyId, identity.departureId),
      sealed_identity: await vault.seal(db, companyId, of, place(id), identity, at),
      created_at: at,
    })
    .execute()
  return id
}

/** The subject of a departure; undefined where none was made (draft, death). */
export async function findSubject(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  departureId: string,
): Promise<string | undefined> {
  const row = await graduationsOf(db)
    .selectFrom('exit_subject')
    .select('id')
    .where('company_id', '=', companyId)
    .where('departure_lookup', '=', await lookUp(vault, companyId, departureId))
    .executeTakeFirst()
  return row?.id
}

/** Who a subject is (roles hr, mailer, scheduler, and the leaver for the own one); undefined when unknown or shredded. */
export async function identifySubject(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  subjectId: string,
): Promise<ExitIdentity | undefined> {
  const row = await graduationsOf(db)
    .selectFrom('exit_subject')
    .select(['id', 'sealed_identity'])
    .where('company_id', '=', companyId)
    .where('id', '=', subjectId)
    .executeTakeFirst()
  if (!row) return undefined
  const [identity] = await vault.openMany<ExitIdentity>(db, companyId, [
    { ...place(row.id), sealed: row.sealed_identity },
  ])
  return identity
}
