import type { Kysely } from 'kysely'

/** The stress check's report, or one of an instrument asked beside it. */
export type ReportKind = 'statutory' | 'beside'
export type ReportState = 'checked' | 'released' | 'refused' | 'superseded'

export interface GroupReportTable {
  company_id: string
  id: string
  campaign_id: string
  slug: string
  kind: ReportKind
  state: ReportState
  floor: number
  method_version: string
  input_hash: string
  /** {@link import('./content.ts').StoredContent}, beside it {@link import('./instrument-content.ts').StoredInstrument}; empty for a refused report */
  content: unknown
  content_hash: string
  audit_verdict: unknown
  computed_at: Date
  released_by: string | null
  released_at: Date | null
}

export interface DisclosureLedgerTable {
  company_id: string
  id: string
  campaign_id: string
  report_id: string
  cell: string
  sealed_members: Buffer
  respondents: number
  recorded_at: Date
}

export interface RecipientTable {
  company_id: string
  id: string
  report_id: string
  user_id: string
  /** null: the whole report */
  department_id: string | null
  named_at: Date
}

export interface PayTable {
  company_id: string
  id: string
  report_id: string
  group_id: string
  yen: number
  period: 'month' | 'year'
  people: number
  entered_by: string
  entered_at: Date
}

export interface SurveySignalTable {
  company_id: string
  id: string
  campaign_id: string
  report_id: string
  department_id: string
  respondents: number
  use: 'used' | 'tooFew' | 'lowResponse'
  multiplier: number
  log_multiplier_variance: number
  response_rate: number | null
  stress: unknown
  tip_over: unknown
  kappa: number
  parameters: string
  closed_on: string
}

export interface TurnoverAssessmentTable {
  company_id: string
  id: string
  campaign_id: string
  report_id: string
  method_version: string
  parameters: unknown
  input_hash: string
  /** {@link import('./assessment-content.ts').StoredAssessment} */
  content: unknown
  as_of_on: string
  computed_at: Date
}

/** View: a manager's parts of released reports. */
export interface ReportForManagerView {
  company_id: string
  report_id: string
  campaign_id: string
  slug: string
  kind: ReportKind
  floor: number
  method_version: string
  content_hash: string
  released_at: Date
  department_id: string
  frame: unknown
  company_part: unknown
  department_part: unknown
}

/** View of graduations: when an employment ended by its holder's own will, and when otherwise. */
export interface DepartureFactView {
  company_id: string
  employment_id: string
  leaving_on: string
  voluntary: boolean
}

export interface GroupReportTables {
  group_report: GroupReportTable
  disclosure_ledger: DisclosureLedgerTable
  group_report_recipient: RecipientTable
  group_report_pay: PayTable
  survey_signal: SurveySignalTable
  turnover_assessment: TurnoverAssessmentTable
  group_report_for_manager: ReportForManagerView
  departure_fact: DepartureFactView
}

/** A handle of any capability: our doors are called from transactions typed with other tables. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type AnyHandle = Kysely<any>

/** The same handle, knowing our tables. */
export function reportsOf(db: AnyHandle): Kysely<GroupReportTables> {
  return db as Kysely<GroupReportTables>
}
