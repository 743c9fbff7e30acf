import type { Generated, Kysely } from 'kysely'

export const staffRoles = ['admin', 'hr', 'implementer', 'clerk', 'physician', 'manager'] as const
export type StaffRole = (typeof staffRoles)[number]

export const professions = [
  'physician',
  'public_health_nurse',
  'dentist',
  'nurse',
  'psychiatric_social_worker',
  'certified_psychologist',
] as const
export type Profession = (typeof professions)[number]

export interface StaffUserTable {
  company_id: string
  id: string
  email: string
  display_name: string
  employee_code: string | null
  password_hash: string | null
  totp_sealed: Buffer | null
  totp_confirmed_at: Date | null
  totp_last_step: number | null
  created_at: Date
  disabled_at: Date | null
}

export interface RoleGrantTable {
  company_id: string
  id: string
  user_id: string
  role: StaffRole
  workplace_id: string | null
  department_id: string | null
  profession: Profession | null
  course_completed_on: string | null
  course_exempt: Generated<boolean>
  is_representative: Generated<boolean>
  directed_by: string | null
  secrecy_acknowledged_at: Date | null
  granted_by: string | null
  granted_at: Date
  revoked_at: Date | null
  revoked_reason: string | null
}

export interface PersonnelAuthorityTable {
  company_id: string
  id: string
  employee_code: string
  department_id: string | null
  from_on: string
  until_on: string | null
}

export interface SignInAttemptTable {
  company_id: string
  id: string
  account_hash: Buffer
  origin_hash: Buffer
  at: Date
  succeeded: boolean
}

/** Views that the roster publishes (0011_roster.sql). */
export interface RosterPlaceView {
  company_id: string
  department_id: string
  workplace_id: string
  from_on: string
  until_on: string | null
}

export interface RosterDepartmentView {
  company_id: string
  department_id: string
  code: string
  name: string
  parent_id: string | null
  from_on: string
  until_on: string | null
}

export interface RosterWorkplaceView {
  company_id: string
  workplace_id: string
  code: string
  name: string
  from_on: string
  until_on: string | null
}

/** Codes and addresses of people on the roster; only roles that may read names reach it. */
export interface RosterAssignmentView {
  company_id: string
  employee_code: string
  email: string | null
  assigned_from_on: string
  assigned_until_on: string | null
}

/** Addresses of those with personnel authority (roles admin, setup). */
export interface RosterAuthorityAddressView {
  company_id: string
  email: string
  employee_code: string
}

export interface AccessTables {
  staff_user: StaffUserTable
  role_grant: RoleGrantTable
  personnel_authority: PersonnelAuthorityTable
  sign_in_attempt: SignInAttemptTable
  roster_place: RosterPlaceView
  roster_department: RosterDepartmentView
  roster_workplace: RosterWorkplaceView
  roster_assignment: RosterAssignmentView
  roster_authority_address: RosterAuthorityAddressView
}

/** A transaction of any capability: what the doors take. */
// oxlint-disable-next-line typescript/no-explicit-any -- each caller's handle is narrowed to its own tables
export type AnyTransaction = Kysely<any>
