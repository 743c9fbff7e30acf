import type { Kysely } from 'kysely'

export type Sex = 'male' | 'female'
export type EmploymentKind = 'regular' | 'fixed_term' | 'part_time' | 'dispatched' | 'officer'
export type ImportKind = 'departments' | 'employees'
export type ImportState = 'reading' | 'previewed' | 'applied' | 'discarded' | 'failed'
export type Outcome = 'added' | 'changed' | 'moved' | 'ended' | 'unchanged' | 'wrong'

export interface WorkplaceTable {
  company_id: string
  id: string
  code: string
  name: string
  /** the number that decides about 50 (law S-2): given by hand, or counted at the last import of people */
  headcount_for_50: number | null
  headcount_source: 'roster' | 'given'
  from_on: string
  until_on: string | null
}

export interface DepartmentTable {
  company_id: string
  id: string
  code: string
}

export interface DepartmentVersionTable {
  company_id: string
  id: string
  department_id: string
  name: string
  parent_id: string | null
  from_on: string
  until_on: string | null
}

export interface DepartmentSuccessionTable {
  company_id: string
  id: string
  predecessor_id: string
  successor_id: string
  on_date: string
}

export interface EmployeeTable {
  company_id: string
  id: string
  employee_code: string
  family_name: string
  given_name: string
  sex: Sex | null
  birth_on: string | null
  email: string | null
  paper_pin_hash: string | null
}

export interface EmploymentTable {
  company_id: string
  id: string
  employee_id: string
  kind: EmploymentKind
  from_on: string
  until_on: string | null
  takes_stress_check: boolean
}

export interface AssignmentTable {
  company_id: string
  id: string
  employment_id: string
  department_id: string
  workplace_id: string
  from_on: string
  until_on: string | null
}

/** View: one row per assignment, with the person. */
export interface RosterAssignmentView {
  company_id: string
  assignment_id: string
  employment_id: string
  employee_id: string
  employee_code: string
  family_name: string
  given_name: string
  email: string | null
  sex: Sex | null
  birth_on: string | null
  paper_pin_hash: string | null
  employment_kind: EmploymentKind
  takes_stress_check: boolean
  employed_from_on: string
  employed_until_on: string | null
  department_id: string
  workplace_id: string
  assigned_from_on: string
  assigned_until_on: string | null
}

/** View: the same without name, code or address. */
export type RosterMovementView = Pick<
  RosterAssignmentView,
  | 'company_id'
  | 'employment_id'
  | 'sex'
  | 'birth_on'
  | 'employment_kind'
  | 'employed_from_on'
  | 'employed_until_on'
  | 'department_id'
  | 'workplace_id'
  | 'assigned_from_on'
  | 'assigned_until_on'
>

/** View: addresses that applied imports took out of use (role mailer). */
export interface RosterFormerAddressView {
  company_id: string
  import_id: string
  notice_id: string
  address: string
  applied_at: Date
}

export interface RosterImportTable {
  company_id: string
  id: string
  kind: ImportKind
  state: ImportState
  file_name: string
  file_hash: Buffer
  encoding: string
  effective_on: string
  lines: number
  /** jsonb */
  counts: unknown
  columns: string[]
  ignored_columns: string[]
  applied_before: number
  /** jsonb {code, params} */
  problem: unknown
  created_by: string
  created_at: Date
  applied_at: Date | null
}

export interface RosterImportLineTable {
  company_id: string
  import_id: string
  line: number
  outcome: Outcome
  /** jsonb, as the three after it */
  fields: unknown
  remarks: unknown
  ids: string[]
  plan: unknown
}

export interface RosterTables {
  workplace: WorkplaceTable
  department: DepartmentTable
  department_version: DepartmentVersionTable
  department_succession: DepartmentSuccessionTable
  employee: EmployeeTable
  employment: EmploymentTable
  assignment: AssignmentTable
  roster_import: RosterImportTable
  roster_import_line: RosterImportLineTable
  roster_assignment: RosterAssignmentView
  roster_movement: RosterMovementView
  roster_former_address: RosterFormerAddressView
}

/** A handle of any capability: the doors of the roster are called from transactions typed with other tables. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type AnyHandle = Kysely<any>

/** The same handle, knowing our tables. */
export function rosterOf(db: AnyHandle): Kysely<RosterTables> {
  return db as Kysely<RosterTables>
}
