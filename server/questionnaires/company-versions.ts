import type { Kysely } from 'kysely'
import type { PublishedTables } from './published.ts'
import { findVersion, hashDefinition, shippedQuestionnaires, type ShippedQuestionnaires } from './shipped.ts'
import { readWhenAsked, ShippedDefinitionsError, type QuestionnaireVersion } from './version.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- read inside the transactions of other capabilities
type AnyHandle = Kysely<any>

/** A version by name; with the hash it was signed with, where one was. */
export interface VersionName {
  slug: string
  version: number
  hash?: string
}

/** Runs something in a transaction of whoever asks: one that is open already, or one opened for this. */
export type InTransaction = <Result>(work: (db: AnyHandle) => Promise<Result>) => Promise<Result>

/**
 * A company's own versions that this process has read, by content hash: the same content is the same version, whoever's it
 * is. Texts only; a thousand of the usual length are some twenty megabytes.
 */
const own = new Map<string, QuestionnaireVersion>()
const mostKept = 1_000

/**
 * The versions of these names, in order, those that ship and the company's own. `read` is called only for an own one that
 * this process has not read yet.
 * @throws when one is not there, or is not as it was signed
 */
export async function versionsOf(
  companyId: string,
  names: readonly VersionName[],
  read: InTransaction,
): Promise<QuestionnaireVersion[]> {
  const shipped = await shippedQuestionnaires()
  const found = names.map((name) => findVersion(shipped, `${name.slug}@${name.version}`) ?? own.get(name.hash ?? ''))
  const missing = names.filter((_, index) => !found[index])
  const stored = missing.length > 0 ? await read((db) => readOwn(db, companyId, missing)) : []
  return names.map((name, index) => {
    const version = found[index] ?? stored.find((one) => one.slug === name.slug && one.version === name.version)
    if (!version) throw new Error(`the questionnaire ${name.slug}@${name.version} is not there`)
    if (name.hash !== undefined && version.hash !== name.hash)
      throw new ShippedDefinitionsError([`${name.slug}@${name.version}: is not as it was signed`])
    return version
  })
}

/** Everything a company may ask: what ships, and what it has published itself; sorted by slug and version. */
export async function publishedVersions(db: AnyHandle, companyId: string): Promise<ShippedQuestionnaires> {
  const all = [...(await shippedQuestionnaires()), ...(await readOwn(db, companyId))]
  return all.sort((a, b) => (a.slug === b.slug ? a.version - b.version : a.slug < b.slug ? -1 : 1))
}

async function readOwn(
  db: AnyHandle,
  companyId: string,
  names?: readonly VersionName[],
): Promise<QuestionnaireVersion[]> {
  let query = (db as Kysely<PublishedTables>)
    .selectFrom('questionnaire_version')
    .select(['slug', 'version', 'hash', 'body'])
    .where('company_id', '=', companyId)
    .where('source', '=', 'own')
  if (names) query = query.where('slug', 'in', [...new Set(names.map(({ slug }) => slug))])
  return (await query.execute()).map(({ slug, version, hash, body }) => keep(slug, version, hash, body ?? ''))
}

function keep(slug: string, version: number, hash: string, body: string): QuestionnaireVersion {
  const known = own.get(hash)
  if (known) return known
  const file = `${slug}@${version}`
  if (hashDefinition(body) !== hash)
    throw new ShippedDefinitionsError([`${file}: its text in the database is not the one that was published`])
  const read = readWhenAsked({ slug, version, hash, file, source: 'own' }, () => body)
  if (own.size >= mostKept) own.delete(own.keys().next().value!)
  own.set(hash, read)
  return read
}
