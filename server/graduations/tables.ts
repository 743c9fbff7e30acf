import type { Kysely } from 'kysely'
import type { Actor, StepName } from './steps.data.ts'
import type { Kind } from './kinds.data.ts'

export type DepartureState = 'draft' | 'confirmed' | 'cancelled'
export type InterviewState = 'waiting' | 'invited' | 'submitted' | 'declined'
export type Visibility = 'hr' | 'groups_only'

export interface DepartureTable {
  company_id: string
  id: string
  employment_id: string
  state: DepartureState
  /** null while draft */
  kind: Kind | null
  notice_on: string | null
  last_working_on: string | null
  leaving_on: string
  source: 'roster' | 'hr'
  confirmed_by: string | null
  confirmed_at: Date | null
  created_at: Date
}

export interface ExitSubjectTable {
  company_id: string
  id: string
  departure_lookup: Buffer
  sealed_identity: Buffer
  created_at: Date
}

export interface ExitInterviewTable {
  company_id: string
  /** = exit subject id */
  id: string
  slug: string
  version: number
  hash: string
  state: InterviewState
  department_id: string
  due_on: string
  visibility: Visibility | null
  sealed_answers: Buffer | null
  submitted_on: string | null
}

/** The same later, for those who agreed. */
export interface ExitFollowupTable extends ExitInterviewTable {
  agreed_on: string
  text_version: string
}

export interface PrivateContactTable {
  company_id: string
  /** = exit subject id */
  id: string
  sealed: Buffer
  hr_may_read: boolean
  confirmed_at: Date | null
  created_at: Date
}

export interface GraduationStepTable {
  company_id: string
  id: string
  departure_id: string
  step: StepName
  actor: Actor
  due_on: string | null
  done_at: Date | null
  done_by: Actor | null
}

/** View of the roster (0011_roster.sql): only roles that may read names reach it. */
interface RosterAssignmentView {
  company_id: string
  employment_id: string
  employee_id: string
  employee_code: string
  email: string | null
  employed_from_on: string
  employed_until_on: string | null
}

export interface GraduationTables {
  departure: DepartureTable
  exit_subject: ExitSubjectTable
  exit_interview: ExitInterviewTable
  exit_followup: ExitFollowupTable
  private_contact: PrivateContactTable
  graduation_step: GraduationStepTable
  roster_assignment: RosterAssignmentView
}

/** Who a subject of the exit area is (sealed). */
export interface ExitIdentity {
  departureId: string
  employmentId: string
  /** as the page greets them */
  name: string
}

/** A private address (sealed); `version` changes with every entry, so that a link confirms only what it was made for. */
export interface Contact {
  email: string
  version: string
}

// oxlint-disable-next-line typescript/no-explicit-any -- the doors are called from transactions typed with other tables
export type AnyHandle = Kysely<any>
export type Handle = Kysely<GraduationTables>

/** The same handle, knowing our tables. */
export const graduationsOf = (db: AnyHandle): Handle => db as Handle
