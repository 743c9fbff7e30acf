import type { Selectable, Updateable } from 'kysely'
import { newId } from '../ids.ts'
import { Problem } from '../web/problems.ts'
import type { NamesInUse } from './draft-check.ts'
import {
  draftsIn,
  type AnyHandle,
  type DraftOrigin,
  type DraftState,
  type NotCarried,
  type QuestionnaireDraftTable,
} from './draft-tables.ts'
import type { PublishedTables } from './published.ts'
import type { Kysely } from 'kysely'

export type DraftRow = Selectable<QuestionnaireDraftTable>

/** Somebody else, or another tab, changed the draft after this form was made. */
export class StaleDraft extends Error {
  constructor() {
    super('the draft was changed in between')
    this.name = 'StaleDraft'
  }
}

/** Drafts that are not published yet, the last changed first. */
export function listDrafts(db: AnyHandle, companyId: string, states?: readonly DraftState[]): Promise<DraftRow[]> {
  return draftsIn(db)
    .selectFrom('questionnaire_draft')
    .selectAll()
    .where('company_id', '=', companyId)
    .$if(states !== undefined, (query) => query.where('state', 'in', [...states!]))
    .orderBy('changed_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
}

/** @throws {Problem} not_found */
export async function getDraft(db: AnyHandle, companyId: string, id: string): Promise<DraftRow> {
  const row = await draftsIn(db)
    .selectFrom('questionnaire_draft')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw new Problem('not_found')
  return row
}

export async function insertDraft(
  db: AnyHandle,
  companyId: string,
  draft: {
    notCarried?: readonly NotCarried[]
    slug: string
    version: number
    body: string
    origin: DraftOrigin
    licence: LicenceRow
    userId: string
  },
  at: Date,
): Promise<string> {
  const id = newId(at)
  await draftsIn(db)
    .insertInto('questionnaire_draft')
    .values({
      company_id: companyId,
      id,
      slug: draft.slug,
      version: draft.version,
      body: draft.body,
      revision: 1,
      origin: draft.origin,
      state: 'draft',
      not_carried: JSON.stringify(draft.notCarried ?? []),
      ...draft.licence,
      created_by: draft.userId,
      created_at: at,
      changed_by: draft.userId,
      changed_at: at,
    })
    .execute()
  return id
}

/** Whose leave a licensed instrument is used by, and who attested it; empty for a company's own words. */
export type LicenceRow = Pick<DraftRow, 'licence_name' | 'licence_attested_by' | 'licence_attested_at'>

export const licenceRow = (name: string | undefined, userId: string, at: Date): LicenceRow => ({
  licence_name: name ?? null,
  licence_attested_by: name === undefined ? null : userId,
  licence_attested_at: name === undefined ? null : at,
})

/** What was attested for `slug@version` goes with the next one: by whom and when it was. */
export async function licenceOf(db: AnyHandle, companyId: string, reference: string): Promise<LicenceRow> {
  const [slug, version] = reference.split('@')
  const row = await draftsIn(db)
    .selectFrom('questionnaire_draft')
    .select(['licence_name', 'licence_attested_by', 'licence_attested_at'])
    .where('company_id', '=', companyId)
    .where('slug', '=', slug!)
    .where('version', '=', Number(version))
    .executeTakeFirst()
  return row ?? { licence_name: null, licence_attested_by: null, licence_attested_at: null }
}

/** What a change of a draft writes beside its text. */
export interface DraftChange {
  body: string
  slug: string
  version: number
  userId: string
  /** a file was attested anew; undefined leaves what was attested */
  licence?: { name: string | undefined }
}

/**
 * Writes a draft's text, if it still is the revision that the form showed; a refused draft becomes one under way again.
 * @throws {StaleDraft} when it was changed in between; {Problem} wrong_state when it is with the implementer or published
 */
export async function changeDraft(
  db: AnyHandle,
  companyId: string,
  id: string,
  revision: number,
  change: DraftChange,
  at: Date,
): Promise<void> {
  const done = await draftsIn(db)
    .updateTable('questionnaire_draft')
    .set({
      body: change.body,
      slug: change.slug,
      version: change.version,
      revision: revision + 1,
      state: 'draft',
      changed_by: change.userId,
      changed_at: at,
      ...(change.licence && licenceRow(change.licence.name, change.userId, at)),
    })
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('state', 'in', ['draft', 'refused'])
    .executeTakeFirst()
  if (done.numUpdatedRows > 0n) return
  const now = await getDraft(db, companyId, id)
  if (now.state !== 'draft' && now.state !== 'refused') throw new Problem('wrong_state')
  throw new StaleDraft()
}

/**
 * Moves a draft from one of these states on (roles hr and implementer, each within its policies).
 * @throws {StaleDraft} when it is another revision or no longer in such a state
 */
export async function advanceDraft(
  db: AnyHandle,
  companyId: string,
  id: string,
  from: { revision: number; states: readonly DraftState[] },
  set: Updateable<QuestionnaireDraftTable>,
): Promise<void> {
  const done = await draftsIn(db)
    .updateTable('questionnaire_draft')
    .set(set)
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('revision', '=', from.revision)
    .where('state', 'in', [...from.states])
    .executeTakeFirst()
  if (done.numUpdatedRows === 0n) throw new StaleDraft()
}

/** @throws {StaleDraft} when it was published in between */
export async function deleteDraft(db: AnyHandle, companyId: string, id: string, revision: number): Promise<void> {
  const done = await draftsIn(db)
    .deleteFrom('questionnaire_draft')
    .where('company_id', '=', companyId)
    .where('id', '=', id)
    .where('revision', '=', revision)
    .where('state', '<>', 'published')
    .executeTakeFirst()
  if (done.numDeletedRows === 0n) throw new StaleDraft()
}

/** Names of the company's own questionnaires: published and under way. */
export async function namesInUse(db: AnyHandle, companyId: string): Promise<NamesInUse> {
  const published = new Map<string, number>()
  for (const { slug, version } of await publishedRows(db, companyId))
    published.set(slug, Math.max(version, published.get(slug) ?? 0))
  const rows = await draftsIn(db)
    .selectFrom('questionnaire_draft')
    .select(['id', 'slug', 'version'])
    .where('company_id', '=', companyId)
    .where('state', '<>', 'published')
    .execute()
  return { published, drafts: new Map(rows.map(({ id, slug, version }) => [`${slug}@${version}`, id])) }
}

export interface PublishedRow {
  id: string
  slug: string
  version: number
  hash: string
  body: string
  publishedAt: Date
}

const ownVersions = (db: AnyHandle, companyId: string) =>
  (db as Kysely<PublishedTables>)
    .selectFrom('questionnaire_version')
    .select(['id', 'slug', 'version', 'hash', 'body', 'published_at'])
    .where('company_id', '=', companyId)
    .where('source', '=', 'own')

const publishedRow = (
  row: { body: string | null; published_at: Date } & Omit<PublishedRow, 'body' | 'publishedAt'>,
) => ({
  id: row.id,
  slug: row.slug,
  version: row.version,
  hash: row.hash,
  body: row.body ?? '',
  publishedAt: row.published_at,
})

/** The company's own published versions, by slug, the newest version first. */
export async function publishedRows(db: AnyHandle, companyId: string): Promise<PublishedRow[]> {
  return (await ownVersions(db, companyId).orderBy('slug').orderBy('version', 'desc').execute()).map(publishedRow)
}

/** @throws {Problem} not_found */
export async function getPublished(db: AnyHandle, companyId: string, id: string): Promise<PublishedRow> {
  const row = await ownVersions(db, companyId).where('id', '=', id).executeTakeFirst()
  if (!row) throw new Problem('not_found')
  return publishedRow(row)
}

/** Freezes a text as a version of the company (role hr); the database lets only what was approved through. */
export async function insertPublished(
  db: AnyHandle,
  companyId: string,
  { slug, version, hash, body }: Pick<PublishedRow, 'slug' | 'version' | 'hash' | 'body'>,
  at: Date,
): Promise<string> {
  const id = newId(at)
  await (db as Kysely<PublishedTables>)
    .insertInto('questionnaire_version')
    .values({ company_id: companyId, id, slug, version, hash, source: 'own', body, published_at: at })
    .execute()
  return id
}
