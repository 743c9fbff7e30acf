import { sql, type Kysely, type Selectable } from 'kysely'
import { keptQuery } from '../database/kept-query.ts'
import { Problem } from '../web/problems.ts'
import { mayAdvance, type Basis, type CampaignKind, type CampaignState, type CriteriaMethod } from './rules.ts'
import { campaignsOf, type AnyHandle, type CampaignTable, type CampaignTables } from './tables.ts'

/** One run: who is asked what, from when to when. Dates are yyyy-mm-dd in the company's time zone. */
export interface Campaign {
  id: string
  name: string
  kind: CampaignKind
  state: CampaignState
  /** first and last day of answering */
  opensOn: string
  closesOn: string
  /** beginning of the first day, end of the last one */
  opensAt: Date
  closesAt: Date
  openedAt: Date | null
  closedAt: Date | null
  /** respondents a figure needs, ten or more */
  floor: number
  criteriaMethod: CriteriaMethod
  employerReceivesIndividualResults: boolean
  othersMayRequestInterview: boolean
  /** high-stress shares of groups only after this day's resolution; null: not shown */
  highStressShareResolvedOn: string | null
  turnoverRiskPurpose: boolean
  rulesPublishedOn: string | null
  rulesUrl: string
  remindersMaximum: number
  reminderIntervalDays: number
  treeHash: string | null
  signedBy: string | null
  signedAt: Date | null
  createdBy: string
  createdAt: Date
}

export interface CampaignQuestionnaire {
  slug: string
  version: number
  hash: string
  position: number
  /** of a questionnaire with a rotation: the how manieth time it is asked */
  wave: number | null
}

/** What the committee deliberated, or whose opinions were heard, for one workplace. */
export interface CampaignWorkplace {
  workplaceId: string
  basis: Basis
  heldOn: string | null
  items: Readonly<Record<string, string>>
}

/** Every campaign of the company, the latest first. */
export async function listCampaigns(db: AnyHandle, companyId: string): Promise<Campaign[]> {
  const rows = await campaignsOf(db)
    .selectFrom('campaign')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('opens_on', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(campaignOf)
}

export async function findCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<Campaign | undefined> {
  const row = await campaignsOf(db)
    .selectFrom('campaign')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', campaignId)
    .executeTakeFirst()
  return row && campaignOf(row)
}

/** The campaign of the invitation that the session is about (role employee); goes along with what begins the transaction. */
export const ownCampaign = keptQuery(
  (db: Kysely<CampaignTables>) =>
    db
      .selectFrom('campaign')
      .innerJoin('invitation', (join) =>
        join
          .onRef('invitation.company_id', '=', 'campaign.company_id')
          .onRef('invitation.campaign_id', '=', 'campaign.id'),
      )
      .selectAll('campaign')
      .where('invitation.company_id', '=', sql<string>`company_id()`)
      .where('invitation.id', '=', sql<string>`context_id()`),
  ({ rows: [row] }): Campaign | undefined => row && campaignOf(row),
)

/** @throws {Problem} not_found, also for another company's id */
export async function getCampaign(db: AnyHandle, companyId: string, campaignId: string): Promise<Campaign> {
  const campaign = await findCampaign(db, companyId, campaignId)
  if (!campaign) throw new Problem('not_found')
  return campaign
}

/** The questionnaires of one sitting in the order they are asked; the statutory one stands first. */
export async function campaignQuestionnaires(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<CampaignQuestionnaire[]> {
  return campaignsOf(db)
    .selectFrom('campaign_questionnaire')
    .select(['slug', 'version', 'hash', 'position', 'wave'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('position')
    .execute()
}

/** The workplaces that take part, with what was deliberated or heard there. */
export async function campaignWorkplaces(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<CampaignWorkplace[]> {
  const rows = await campaignsOf(db)
    .selectFrom('campaign_workplace')
    .select(['workplace_id', 'basis', 'held_on', 'items'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ workplaceId: row.workplace_id, basis: row.basis, heldOn: row.held_on, items: row.items }))
}

/**
 * What is decided for a campaign as a whole is decided by somebody who holds the role at all of its workplaces.
 * @throws {Problem} not_allowed when one lies out of reach (`reach` undefined: everywhere)
 */
export async function requireReach(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  reach: readonly string[] | undefined,
): Promise<void> {
  if (!(await hasReach(db, companyId, campaignId, reach))) throw new Problem('not_allowed')
}

/** Whether every workplace of a campaign is in reach. */
export async function hasReach(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  reach: readonly string[] | undefined,
): Promise<boolean> {
  if (!reach) return true
  const workplaces = await campaignWorkplaces(db, companyId, campaignId)
  return workplaces.every((one) => reach.includes(one.workplaceId))
}

/**
 * Moves a campaign one step on (or back to draft), only from the state the caller saw; sets opened_at and closed_at.
 * Runs as a role that may update the campaign's state: hr, implementer, scheduler.
 * @throws {Problem} wrong_state when the step is not allowed or somebody else was faster
 */
export async function advanceCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  from: CampaignState,
  to: CampaignState,
  at: Date,
): Promise<void> {
  if (!mayAdvance(from, to)) throw new Problem('wrong_state')
  const done = await campaignsOf(db)
    .updateTable('campaign')
    .set({
      state: to,
      ...(to === 'open' ? { opened_at: at } : {}),
      ...(to === 'closed' ? { closed_at: at } : {}),
    })
    .where('company_id', '=', companyId)
    .where('id', '=', campaignId)
    .where('state', '=', from)
    .$if(to === 'need_confirmed' || to === 'results_released', (query) => query.where('kind', '=', 'stress_check'))
    .executeTakeFirst()
  if (done.numUpdatedRows !== 1n) throw new Problem('wrong_state')
}

function campaignOf(row: Selectable<CampaignTable>): Campaign {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    state: row.state,
    opensOn: row.opens_on,
    closesOn: row.closes_on,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    openedAt: row.opened_at,
    closedAt: row.closed_at,
    floor: row.floor,
    criteriaMethod: row.criteria_method,
    employerReceivesIndividualResults: row.employer_receives_individual_results,
    othersMayRequestInterview: row.others_may_request_interview,
    highStressShareResolvedOn: row.high_stress_share_resolved_on,
    turnoverRiskPurpose: row.turnover_risk_purpose,
    rulesPublishedOn: row.rules_published_on,
    rulesUrl: row.rules_url,
    remindersMaximum: row.reminders_maximum,
    reminderIntervalDays: row.reminder_interval_days,
    treeHash: row.tree_hash,
    signedBy: row.signed_by,
    signedAt: row.signed_at,
    createdBy: row.created_by,
    createdAt: row.created_at,
  }
}
