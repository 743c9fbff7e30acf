import type { ColumnType, Generated, Kysely } from 'kysely'
import type { CampaignKind, CampaignState, CriteriaMethod, InvitationState } from './rules.ts'

export interface CampaignTable {
  company_id: string
  id: string
  name: string
  kind: CampaignKind
  state: CampaignState
  opens_on: string
  closes_on: string
  opens_at: Date
  closes_at: Date
  opened_at: Date | null
  closed_at: Date | null
  floor: number
  criteria_method: CriteriaMethod
  employer_receives_individual_results: boolean
  others_may_request_interview: boolean
  high_stress_share_resolved_on: string | null
  turnover_risk_purpose: boolean
  rules_published_on: string | null
  rules_url: string
  reminders_maximum: number
  reminder_interval_days: number
  tree_hash: string | null
  signed_by: string | null
  signed_at: Date | null
  created_by: string
  created_at: Date
}

export interface CampaignWorkplaceTable {
  company_id: string
  id: string
  campaign_id: string
  workplace_id: string
  basis: 'committee' | 'opinions_heard'
  held_on: string | null
  items: Record<string, string>
  /** JSON text when written; {@link import('./criteria.ts').StoredCriteria} when read; null before signing: the questionnaire's own */
  criteria: ColumnType<unknown, string | null, string | null>
  criteria_decided_on: string | null
  criteria_decided_by: Generated<string>
  criteria_note: Generated<string>
}

export interface CampaignQuestionnaireTable {
  company_id: string
  id: string
  campaign_id: string
  questionnaire_version_id: string
  slug: string
  version: number
  hash: string
  position: number
  wave: number | null
}

export interface CampaignGroupTable {
  company_id: string
  id: string
  campaign_id: string
  department_id: string
  parent_department_id: string | null
  name: string
  depth: number
  merged_into_department_id: string | null
  headcount: number
  position: number
}

export interface StressSubjectTable {
  company_id: string
  id: string
  employment_lookup: Buffer
  sealed_identity: Buffer
  created_at: Date
}

export interface InvitationTable {
  company_id: string
  id: string
  campaign_id: string
  subject_id: string
  department_id: string
  workplace_id: string
  state: InvitationState
  sealed_snapshot: Buffer
  needs_paper_pin: boolean
  reminders_sent: number
  last_reminded_at: Date | null
  submitted_at: Date | null
  created_at: Date
}

export interface ParticipationTable {
  company_id: string
  campaign_id: string
  employment_id: string
  taken: boolean
  as_of_on: string
}

export interface CampaignTables {
  campaign: CampaignTable
  campaign_workplace: CampaignWorkplaceTable
  campaign_questionnaire: CampaignQuestionnaireTable
  campaign_group: CampaignGroupTable
  stress_subject: StressSubjectTable
  invitation: InvitationTable
  participation: ParticipationTable
}

/** A handle of any capability: our doors are called from transactions typed with other tables. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type AnyHandle = Kysely<any>

/** The same handle, knowing our tables. */
export function campaignsOf(db: AnyHandle): Kysely<CampaignTables> {
  return db as Kysely<CampaignTables>
}
