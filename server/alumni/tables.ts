import type { Kysely } from 'kysely'
import type { Locale } from '../locales.ts'
import type { Purpose } from './purposes.data.ts'

export type MemberState = 'unconfirmed' | 'active' | 'paused'
export type ReturnState = 'received' | 'screened' | 'talk' | 'offer' | 'no' | 'withdrawn'

export interface AlumniMemberTable {
  company_id: string
  id: string
  state: MemberState
  sealed_profile: Buffer
  address_hash: Buffer
  left_in_year: number
  joined_at: Date | null
  created_at: Date
}

export interface AlumniConsentTable {
  company_id: string
  id: string
  member_id: string
  purpose: Purpose
  text_version: string
  shown_text: string
  locale: string
  given_at: Date
  confirmed_at: Date | null
  withdrawn_at: Date | null
}

export interface DeletionCertificateTable {
  company_id: string
  id: string
  number: string
  area: 'alumni'
  /** JSON: what was destroyed */
  record_types: string
  keys_destroyed: number
  deleted_at: Date
}

export interface ReturnRequestTable {
  company_id: string
  id: string
  member_id: string
  contact_user_id: string
  sealed: Buffer
  state: ReturnState
  created_at: Date
}

export interface AlumniCheckinPlanTable {
  company_id: string
  /** = company id */
  id: string
  is_on: boolean
  every_months: 12 | 24
  changed_by: string
  changed_at: Date
}

export type CheckinState = 'invited' | 'submitted' | 'declined'
export type CheckinVisibility = 'hr' | 'groups_only'

export interface AlumniCheckinTable {
  company_id: string
  id: string
  member_id: string
  slug: string
  version: number
  hash: string
  state: CheckinState
  invited_on: string
  visibility: CheckinVisibility | null
  sealed_answers: Buffer | null
  submitted_on: string | null
}

export interface AlumniTables {
  alumni_checkin_plan: AlumniCheckinPlanTable
  alumni_checkin: AlumniCheckinTable
  alumni_member: AlumniMemberTable
  alumni_consent: AlumniConsentTable
  deletion_certificate: DeletionCertificateTable
  return_request: ReturnRequestTable
}

/** What a member wrote (sealed). */
export interface Profile {
  name: string
  email: string
  headline: string
  locale: Locale
}

// oxlint-disable-next-line typescript/no-explicit-any -- called from transactions typed with other tables
export type AnyHandle = Kysely<any>
export type Handle = Kysely<AlumniTables>
export const alumniOf = (db: AnyHandle): Handle => db as Handle
