import type { Kysely } from 'kysely'

export interface PersonalCodeTable {
  company_id: string
  /** = invitation id */
  id: string
  subject_id: string
  salt: Buffer
  code_hash: Buffer
  bound_at: Date | null
  /** until bound, only this session goes on */
  session_id: string
  failed_attempts: number
  locked_until: Date | null
  created_at: Date
}

export interface ResponseDraftTable {
  company_id: string
  /** = invitation id */
  id: string
  subject_id: string
  campaign_id: string
  /** of the sitting's questionnaires */
  slugs: string[]
  /** vault envelope of a Draft (area stress, record type draft) */
  sealed: Buffer
  saved_at: Date
}

export interface ResponseTable {
  company_id: string
  id: string
  invitation_id: string
  campaign_id: string
  subject_id: string
  slug: string
  version: number
  hash: string
  provenance: 'web' | 'paper'
  /** vault envelope of {@link SealedAnswers} (area stress, record type answers:<slug>) */
  sealed_answers: Buffer
  submitted_at: Date
}

export interface AnsweringTables {
  personal_code: PersonalCodeTable
  response_draft: ResponseDraftTable
  response: ResponseTable
}

/** A handle of any capability: our doors are called from transactions typed with other tables. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type AnyHandle = Kysely<any>

/** The same handle, knowing our tables. */
export function answeringOf(db: AnyHandle): Kysely<AnsweringTables> {
  return db as Kysely<AnsweringTables>
}
