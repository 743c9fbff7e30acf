import type { Kysely } from 'kysely'
import { newId } from '../ids.ts'
import type { Services } from '../services.ts'
import { findVersion, requireReadable, shippedQuestionnaires } from './shipped.ts'
import { versionsOf } from './company-versions.ts'
import { ShippedDefinitionsError, type QuestionnaireVersion } from './version.ts'

interface QuestionnaireVersionTable {
  company_id: string
  id: string
  slug: string
  version: number
  hash: string
  source: 'shipped' | 'own'
  body: string | null
  published_at: Date
}

export interface PublishedTables {
  questionnaire_version: QuestionnaireVersionTable
}

// oxlint-disable-next-line typescript/no-explicit-any -- published inside the campaign's transaction
type AnyHandle = Kysely<any>

/** `slug@version` of those that ship. @throws when a campaign names one that does not ship with this program */
export async function getShipped(slug: string, version: number): Promise<QuestionnaireVersion> {
  const found = findVersion(await shippedQuestionnaires(), `${slug}@${version}`)
  if (!found) throw new Error(`the questionnaire ${slug}@${version} does not ship with this program`)
  return found
}

/**
 * Pins a version for a campaign of a company (roles hr, implementer): a shipped one is published once for the company, one
 * of its own was published before; slug, version and hash are kept for good.
 * @throws {ShippedDefinitionsError} when this company published the same version with another content
 */
export async function pinVersion(
  db: AnyHandle,
  companyId: string,
  reference: { slug: string; version: number },
  at: Date,
): Promise<{ id: string; slug: string; version: number; hash: string }> {
  const [pinned] = await versionsOf(companyId, [reference], (work) => work(db))
  const { slug, version, hash, file, source } = pinned!
  const tables = db as Kysely<PublishedTables>
  if (source === 'shipped')
    await tables
      .insertInto('questionnaire_version')
      .values({
        company_id: companyId,
        id: newId(at),
        slug,
        version,
        hash,
        source: 'shipped',
        body: null,
        published_at: at,
      })
      .onConflict((conflict) => conflict.columns(['company_id', 'slug', 'version']).doNothing())
      .execute()
  const kept = await tables
    .selectFrom('questionnaire_version')
    .select(['id', 'slug', 'version', 'hash'])
    .where('company_id', '=', companyId)
    .where('slug', '=', slug)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  if (kept.hash !== hash) throw new ShippedDefinitionsError([changedSince(file, hash, kept.hash)])
  return kept
}

/**
 * At start: is every shipped file that some company has published still the one it was?
 * @throws {ShippedDefinitionsError} naming each file that changed or is gone
 */
export async function checkQuestionnairesInUse(services: Services): Promise<void> {
  const shipped = await shippedQuestionnaires()
  const inUse = await services.database.lookUp<{ slug: string; version: number; hash: string }>(
    'SELECT slug, version, hash FROM list_questionnaires_in_use()',
    [],
  )
  const problems = inUse.flatMap(({ slug, version, hash }) => {
    const found = findVersion(shipped, `${slug}@${version}`)
    if (!found) return [`${slug}/${version}.yaml: a company uses it, but the file is missing; put it back`]
    return found.hash === hash ? [] : [changedSince(found.file, found.hash, hash)]
  })
  if (problems.length > 0) throw new ShippedDefinitionsError(problems)
  requireReadable(inUse.map(({ slug, version }) => findVersion(shipped, `${slug}@${version}`)!))
}

function changedSince(file: string, hash: string, published: string): string {
  return `${file}: differs from what a company published (SHA-256 is ${hash}, was ${published}); restore the file`
}
