import { sql, type Kysely, type QueryCreator } from 'kysely'
import { appendingEntry } from '../audit/index.ts'
import { submittingInvitation } from '../campaigns/index.ts'
import { keptQuery } from '../database/kept-query.ts'
import { storingResult } from '../results/index.ts'
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

/** Stores the responses, one per questionnaire. */
export const storingResponses = (
  db: QueryCreator<AnsweringTables>,
  of: Submitter,
  responses: readonly ResponseToStore[],
) =>
  db.insertInto('response').values(
    responses.map((response) => ({
      company_id: of.companyId,
      id: response.id,
      invitation_id: of.invitationId,
      campaign_id: of.campaignId,
      subject_id: of.subjectId,
      slug: response.slug,
      version: response.version,
      hash: response.hash,
      provenance: 'web' as const,
      sealed_answers: response.sealedAnswers,
      submitted_at: of.at,
    })),
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

/** What the person did, for the ledger. */
const notingSubmission = (db: QueryCreator<AnyTables>, of: Submitter & Trace) =>
  appendingEntry(db, {
    company_id: of.companyId,
    id: of.entryId,
    at: of.at,
    actor_kind: 'participant',
    actor_id: of.subjectId,
    actor_role: 'employee',
    action: 'response.submitted',
    subject_area: 'stress',
    subject_id: of.subjectId,
    reason: 'answering.reason.own',
    object_kind: 'invitation',
    object_id: of.invitationId,
    request_id: of.requestId,
  })

interface Trace {
  entryId: string
  requestId: string
}

/** All that a submission writes; the parts belong to the owners of their tables. */
export interface Submission extends Submitter, Trace {
  responses: readonly ResponseToStore[]
  /** sealed result; undefined without a scored questionnaire */
  sealed: Buffer | undefined
}

// oxlint-disable-next-line typescript/no-explicit-any -- parts of several owners
type AnyTables = any

/** A submission as parameters of one statement: the columns of each response under their names and its number. */
type Parameters = Submitter & Trace & { sealed?: Buffer } & Record<`${keyof ResponseToStore} ${number}`, unknown>

const columns = ['id', 'slug', 'version', 'hash', 'sealedAnswers'] as const

function parametersOf({ responses, sealed, ...rest }: Submission): Parameters {
  const given: Record<string, unknown> = { ...rest, ...(sealed && { sealed }) }
  for (const [index, response] of responses.entries())
    for (const column of columns) given[`${column} ${index}`] = response[column]
  return given as unknown as Parameters
}

const responseOf = (given: Parameters, index: number) =>
  Object.fromEntries(columns.map((column) => [column, given[`${column} ${index}`]])) as unknown as ResponseToStore

// fails as a whole where the invitation cannot be submitted, and with it its transaction
const submittedOrNot = sql`refuse_unless(EXISTS (SELECT FROM submitted))`.as('submitted')

const statementOf = (responses: number, isScored: boolean) =>
  keptQuery(
    (db: Kysely<AnyTables>, given: Parameters) => {
      const all = Array.from({ length: responses }, (_, index) => responseOf(given, index))
      const parts = db
        .with('submitted', (one) => submittingInvitation(one, given))
        .with('draft', (one) => droppingDraft(one, given))
        .with('code', (one) => bindingCode(one, given))
        .with('responses', (one) => storingResponses(one, given, all))
        .with('entry', (one) => notingSubmission(one, given))
      if (!isScored) return parts.selectNoFrom(submittedOrNot)
      const { sealed } = given as { sealed: Buffer }
      const { companyId, campaignId, invitationId, subjectId, at } = given
      return parts
        .with('result', (one) => storingResult(one, { companyId, campaignId, invitationId, subjectId, at, sealed }))
        .selectNoFrom(submittedOrNot)
    },
    () => undefined,
  )
const statements = new Map<string, ReturnType<typeof statementOf>>()

/** Everything that a submission writes, as one statement, sent at the call. */
export function storeSubmission(db: AnyHandle, submission: Submission): Promise<void> {
  const { responses, sealed } = submission
  const name = `${responses.length} ${sealed !== undefined}`
  let statement = statements.get(name)
  if (!statement) statements.set(name, (statement = statementOf(responses.length, sealed !== undefined)))
  return statement(db, parametersOf(submission))
}
