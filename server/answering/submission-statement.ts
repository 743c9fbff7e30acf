import { sql, type Kysely, type QueryCreator } from 'kysely'
import { appendingEntry, type AuditEntryTable, type AuditTables } from '../audit/index.ts'
import { submittingInvitation } from '../campaigns/index.ts'
import { keptQuery } from '../database/kept-query.ts'
import { storingResult, type SealedResult } from '../results/index.ts'
import type { AnsweringTables, AnyHandle } from './tables.ts'

export interface ResponseToStore {
  id: string
  slug: string
  version: number
  hash: string
  sealedAnswers: Buffer
}

/** Whose submission it is, and when. */
export interface Submitter {
  companyId: string
  invitationId: string
  campaignId: string
  subjectId: string
  at: Date
}

interface ResponseColumns {
  ids: string[]
  slugs: string[]
  versions: number[]
  hashes: string[]
  sealed: Buffer[]
}

/** Responses laid out as columns: however many there are, the statement is the same. */
export function columnsOf(responses: readonly ResponseToStore[]): ResponseColumns {
  return {
    ids: responses.map((one) => one.id),
    slugs: responses.map((one) => one.slug),
    versions: responses.map((one) => one.version),
    hashes: responses.map((one) => one.hash),
    sealed: responses.map((one) => one.sealedAnswers),
  }
}

/** Stores the responses, one per questionnaire. */
export const storingResponses = (db: QueryCreator<AnsweringTables>, of: Submitter, responses: ResponseColumns) =>
  db
    .insertInto('response')
    .columns([
      'company_id',
      'id',
      'invitation_id',
      'campaign_id',
      'subject_id',
      'slug',
      'version',
      'hash',
      'provenance',
      'sealed_answers',
      'submitted_at',
    ])
    .expression(
      sql`SELECT ${of.companyId}::uuid, id, ${of.invitationId}::uuid, ${of.campaignId}::uuid, ${of.subjectId}::uuid, slug, version, hash, 'web', sealed, ${of.at}::timestamptz
        FROM unnest(${responses.ids}::uuid[], ${responses.slugs}::text[], ${responses.versions}::integer[], ${responses.hashes}::text[], ${responses.sealed}::bytea[]) AS one (id, slug, version, hash, sealed)`,
    )

/** The draft goes. */
const droppingDraft = (db: QueryCreator<AnsweringTables>, of: Submitter) =>
  db.deleteFrom('response_draft').where('company_id', '=', of.companyId).where('id', '=', of.invitationId)

/** The code binds and forgets wrong tries. */
const bindingCode = (db: QueryCreator<AnsweringTables>, of: Submitter) =>
  db
    .updateTable('personal_code')
    .set({ bound_at: sql`coalesce(bound_at, ${of.at})`, failed_attempts: 0, locked_until: null })
    .where('company_id', '=', of.companyId)
    .where('id', '=', of.invitationId)

/** All that a submission writes; the parts belong to the owners of their tables. */
interface Submission {
  of: Submitter
  responses: ResponseColumns
  result: SealedResult
  entry: AuditEntryTable
}

// oxlint-disable-next-line typescript/no-explicit-any -- parts of several owners
type AnyTables = any

const ownParts = (db: Kysely<AnyTables>, { of, responses, entry }: Omit<Submission, 'result'>) =>
  db
    .with('submitted', (one) => submittingInvitation(one, of))
    .with('draft', (one) => droppingDraft(one, of))
    .with('code', (one) => bindingCode(one, of))
    .with('responses', (one) => storingResponses(one, of, responses))
    .with('entry', (one: QueryCreator<AuditTables>) => appendingEntry(one, entry))

// the statement fails as a whole where the invitation cannot be submitted, and with it its transaction
const submittedOrNot = sql`refuse_unless(EXISTS (SELECT FROM submitted))`.as('submitted')

const withResult = keptQuery(
  (db: Kysely<AnyTables>, submission: Submission) =>
    ownParts(db, submission)
      .with('result', (one) => storingResult(one, submission.result))
      .selectNoFrom(submittedOrNot),
  () => undefined,
  ['of', 'responses', 'result', 'entry'],
)
const withoutResult = keptQuery(
  (db: Kysely<AnyTables>, submission: Omit<Submission, 'result'>) =>
    ownParts(db, submission).selectNoFrom(submittedOrNot),
  () => undefined,
  ['of', 'responses', 'entry'],
)

/** Everything that a submission writes, as one statement, sent at the call. Without a scored questionnaire there is no result. */
export function storeSubmission(
  db: AnyHandle,
  { result, ...rest }: Omit<Submission, 'result'> & { result: SealedResult | undefined },
): Promise<void> {
  return result ? withResult(db, { ...rest, result }) : withoutResult(db, rest)
}
