import { sql, type Kysely } from 'kysely'
import { keptQuery } from '../database/kept-query.ts'
import { answeringOf, type AnsweringTables, type AnyHandle } from './tables.ts'
import type { Attempts, CodeVerifier } from './personal-code.ts'

/** The code of an invitation, without the code. */
export interface StoredCode extends Attempts {
  verifier: CodeVerifier
  isBound: boolean
  /** the session that began; until the code is bound nobody else goes on */
  sessionId: string
}

/** What a participant's page begins with: the code's state and the sealed draft. */
export interface Sitting {
  code: StoredCode
  /** undefined once it was submitted */
  campaignId: string | undefined
  /** undefined once it was submitted */
  sealedDraft: Buffer | undefined
}

const codeColumns = [
  'c.salt',
  'c.code_hash',
  'c.bound_at',
  'c.session_id',
  'c.failed_attempts',
  'c.locked_until',
] as const

interface CodeRow {
  salt: Buffer
  code_hash: Buffer
  bound_at: Date | null
  session_id: string
  failed_attempts: number
  locked_until: Date | null
}

const codeOf = (row: CodeRow): StoredCode => ({
  verifier: { salt: row.salt, hash: row.code_hash },
  isBound: row.bound_at !== null,
  sessionId: row.session_id,
  failedAttempts: row.failed_attempts,
  lockedUntil: row.locked_until,
})

// company_id, subject_id and context_id of the transaction, so that these go along with what begins it
const ofContext = { company: sql<string>`company_id()`, invitation: sql<string>`context_id()` }

/** Code and draft of the invitation that the session is about; undefined before a start. */
export const findSitting = keptQuery(
  (db: Kysely<AnsweringTables>) =>
    db
      .selectFrom('personal_code as c')
      .leftJoin('response_draft as d', (join) =>
        join.onRef('d.company_id', '=', 'c.company_id').onRef('d.id', '=', 'c.id'),
      )
      .select([...codeColumns, 'd.campaign_id', 'd.sealed'])
      .where('c.company_id', '=', ofContext.company)
      .where('c.id', '=', ofContext.invitation),
  ({ rows: [row] }): Sitting | undefined =>
    row && { code: codeOf(row), campaignId: row.campaign_id ?? undefined, sealedDraft: row.sealed ?? undefined },
)

/** The same with both rows locked; undefined when there is no draft (any more). Saves, submit and start-over take turns here. */
export const lockSitting = keptQuery(
  (db: Kysely<AnsweringTables>) =>
    db
      .selectFrom('personal_code as c')
      .innerJoin('response_draft as d', (join) =>
        join.onRef('d.company_id', '=', 'c.company_id').onRef('d.id', '=', 'c.id'),
      )
      .select([...codeColumns, 'd.slugs', 'd.sealed'])
      .where('c.company_id', '=', ofContext.company)
      .where('c.id', '=', ofContext.invitation)
      .forUpdate(),
  ({ rows: [row] }): { code: StoredCode; slugs: string[]; sealedDraft: Buffer } | undefined =>
    row && { code: codeOf(row), slugs: row.slugs, sealedDraft: row.sealed },
)

/** The code alone, locked: whoever types it waits for the one before. */
export async function lockCode(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
): Promise<StoredCode | undefined> {
  const row = await answeringOf(db)
    .selectFrom('personal_code as c')
    .select(codeColumns)
    .where('c.company_id', '=', companyId)
    .where('c.id', '=', invitationId)
    .forUpdate()
    .executeTakeFirst()
  return row && codeOf(row)
}

/** Puts a new, unbound code in the place of an unbound one, for the session that is to go on. False when it was bound meanwhile. */
export async function putCode(
  db: AnyHandle,
  of: { companyId: string; invitationId: string; subjectId: string },
  code: { verifier: CodeVerifier; sessionId: string },
  at: Date,
): Promise<boolean> {
  const fresh = {
    salt: code.verifier.salt,
    code_hash: code.verifier.hash,
    session_id: code.sessionId,
    failed_attempts: 0,
    locked_until: null,
    created_at: at,
  }
  const done = await answeringOf(db)
    .insertInto('personal_code')
    .values({ company_id: of.companyId, id: of.invitationId, subject_id: of.subjectId, bound_at: null, ...fresh })
    .onConflict((conflict) =>
      conflict.columns(['company_id', 'id']).doUpdateSet(fresh).where('personal_code.bound_at', 'is', null),
    )
    .executeTakeFirst()
  return done.numInsertedOrUpdatedRows === 1n
}

export async function keepAttempts(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
  attempts: Attempts,
): Promise<void> {
  await answeringOf(db)
    .updateTable('personal_code')
    .set({ failed_attempts: attempts.failedAttempts, locked_until: attempts.lockedUntil })
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .execute()
}

/** The person has retyped the last group: from now on nobody goes on without the code. */
export async function bindCode(db: AnyHandle, companyId: string, invitationId: string, at: Date): Promise<void> {
  await answeringOf(db)
    .updateTable('personal_code')
    .set({ bound_at: at, failed_attempts: 0, locked_until: null })
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .where('bound_at', 'is', null)
    .execute()
}

/** Begins a draft, or begins it anew. */
export async function putDraft(
  db: AnyHandle,
  of: { companyId: string; invitationId: string; subjectId: string },
  draft: { campaign_id: string; slugs: string[]; sealed: Buffer },
  at: Date,
): Promise<void> {
  await answeringOf(db)
    .insertInto('response_draft')
    .values({ company_id: of.companyId, id: of.invitationId, subject_id: of.subjectId, ...draft, saved_at: at })
    .onConflict((conflict) => conflict.columns(['company_id', 'id']).doUpdateSet({ ...draft, saved_at: at }))
    .execute()
}

/** Writes the own draft back; its row was locked by {@link lockSitting}. */
export const saveDraft = keptQuery(
  (db: Kysely<AnsweringTables>, draft: { sealed: Buffer; at: Date }) =>
    db
      .updateTable('response_draft')
      .set({ sealed: draft.sealed, saved_at: draft.at })
      .where('company_id', '=', ofContext.company)
      .where('id', '=', ofContext.invitation),
  () => undefined,
)

/** Forgets what was begun and never submitted in closed campaigns (role scheduler). Returns how many drafts. */
export async function forgetDrafts(db: AnyHandle, companyId: string, campaignIds: readonly string[]): Promise<number> {
  if (campaignIds.length === 0) return 0
  const done = await answeringOf(db)
    .deleteFrom('response_draft')
    .where('company_id', '=', companyId)
    .where('campaign_id', 'in', campaignIds)
    .executeTakeFirst()
  return Number(done.numDeletedRows)
}

/** Sealed answers of one questionnaire in a campaign, after `after` (a response id), for closing-time analysis. */
export async function listResponses(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  slug: string,
  after: string,
  most: number,
): Promise<{ id: string; invitation_id: string; sealed_answers: Buffer }[]> {
  return answeringOf(db)
    .selectFrom('response')
    .select(['id', 'invitation_id', 'sealed_answers'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .where('slug', '=', slug)
    .where('id', '>', after)
    .orderBy('id')
    .limit(most)
    .execute()
}
