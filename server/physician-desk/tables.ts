import type { Transaction } from '../database/connection.ts'

export interface InterviewNoteTable {
  company_id: string
  /** = interview_request or consultation id */
  id: string
  subject_id: string
  author_id: string
  /** vault envelope of {text} (area stress, record type note) */
  sealed: Buffer
  saved_at: Date
}

export interface OpinionTable {
  company_id: string
  /** = interview_request id */
  id: string
  subject_id: string
  author_id: string
  /** vault envelope of an OpinionForm (area stress, record type opinion) */
  sealed: Buffer
  explained_to_person_at: Date | null
  released_at: Date | null
}

export interface ReleasedOpinionTable {
  company_id: string
  /** = employer_request id */
  id: string
  workplace_id: string
  form_version: string
  /** vault envelope of a ReleasedOpinion (area employer, subject = id, record type opinion) */
  sealed: Buffer
  released_by: string
  released_on: string
}

export interface MeasureTable {
  company_id: string
  id: string
  opinion_id: string
  /** vault envelope of {kind, detail} (area employer, subject = opinion_id, record type measure) */
  sealed: Buffer
  from_on: string
  until_on: string | null
  review_on: string
  person_heard_on: string
  decided_by: string
  decided_on: string
}

export interface DeskTables {
  interview_note: InterviewNoteTable
  opinion: OpinionTable
  released_opinion: ReleasedOpinionTable
  measure: MeasureTable
}

// oxlint-disable-next-line typescript/no-explicit-any -- called from transactions typed with other tables
export type AnyHandle = Transaction<any>

export function deskOf(db: AnyHandle): Transaction<DeskTables> {
  return db as Transaction<DeskTables>
}
