import type { Transaction } from '../database/connection.ts'

/** Rows of results' tables, as other files of this capability name them. */
export interface ResultTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  /** vault envelope of a {@link StoredResult} (area stress, record type result) */
  sealed: Buffer
  scored_at: Date
}

/** A named implementer's decision; one row per person, never written by a score (law N-5). */
export interface InterviewNeedTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  /** vault envelope of {needed, note} (area stress, record type need) */
  sealed: Buffer
  confirmed_by: string
  confirmed_at: Date
}

export interface NoticeTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  released_by: string
  notified_at: Date
  first_viewed_at: Date | null
}

export interface ConsentTable {
  company_id: string
  /** = invitation id */
  id: string
  campaign_id: string
  subject_id: string
  answer: ConsentAnswer
  text_version: string
  locale: string
  notified_at: Date
  consented_at: Date
  withdrawn_at: Date | null
}
export type ConsentAnswer = 'full_result' | 'need_only' | 'no'

export interface InterviewRequestTable {
  company_id: string
  id: string
  invitation_id: string
  campaign_id: string
  subject_id: string
  workplace_id: string
  /** vault envelope of {employerRequestId} (area stress, record type request) */
  sealed: Buffer
  text_version: string
  locale: string
  told: string
  acknowledged: boolean
  notified_at: Date
  requested_at: Date
  late: boolean
}

export type RequestEventKind = 'scheduled' | 'interviewed' | 'opinion_released' | 'withdrawn'
export type InterviewMode = 'in_person' | 'online'

export interface InterviewRequestEventTable {
  company_id: string
  id: string
  request_id: string
  subject_id: string
  kind: RequestEventKind
  at: Date
  by_user_id: string | null
  held_on: string | null
  mode: InterviewMode | null
}

/** The employer's side of a request: no person in clear, random ids, days only. */
export interface EmployerRequestTable {
  company_id: string
  id: string
  campaign_id: string
  workplace_id: string
  /** vault envelope of {employmentId} (area employer, subject = id, record type request) */
  sealed: Buffer
  requested_on: string
}

export type EmployerEventKind = 'opened_by_hr' | 'interviewed' | 'opinion_released' | 'measures_recorded' | 'withdrawn'

export interface EmployerRequestEventTable {
  company_id: string
  id: string
  request_id: string
  kind: EmployerEventKind
  happened_on: string
  by_user_id: string | null
}

export interface ConsultationTable {
  company_id: string
  id: string
  subject_id: string
  physician_id: string
  /** vault envelope of {message, howToReach} (area stress, record type consultation) */
  sealed: Buffer
  asked_at: Date
  closed_at: Date | null
}

/** What HR reads of requests; the sealed employment stands there only once HR has opened the request. */
export interface InterviewRequestForEmployerView {
  company_id: string
  /** = employer_request id */
  id: string
  workplace_id: string
  campaign_id: string
  requested_on: string
  opened: boolean
  interviewed_on: string | null
  opinion_released: boolean
  withdrawn: boolean
  sealed: Buffer | null
}

/** The person's own released opinion, published by the physician's desk. */
export interface OwnReleasedOpinionView {
  company_id: string
  /** = interview_request id */
  id: string
  subject_id: string
  released_at: Date
}

export interface StoreTables {
  result: ResultTable
  notice: NoticeTable
}

export interface ResultsTables extends StoreTables {
  interview_need: InterviewNeedTable
  consent: ConsentTable
  interview_request: InterviewRequestTable
  interview_request_event: InterviewRequestEventTable
  employer_request: EmployerRequestTable
  employer_request_event: EmployerRequestEventTable
  consultation: ConsultationTable
  interview_request_for_employer: InterviewRequestForEmployerView
  own_released_opinion: OwnReleasedOpinionView
}

/** A handle of any capability: our doors are called from transactions typed with other tables. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type AnyHandle = Transaction<any>

/** The same handle, knowing our tables. */
export function resultsOf(db: AnyHandle): Transaction<ResultsTables> {
  return db as Transaction<ResultsTables>
}
