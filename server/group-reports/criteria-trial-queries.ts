import type { ColumnType, Kysely } from 'kysely'
import type { CriteriaRule } from '../../analysis/scoring/index.ts'
import type { CriteriaMethod } from '../campaigns/index.ts'
import type { AnyHandle } from './tables.ts'

/** What is asked: the criteria of each workplace. */
export type TrialCriteria = Readonly<Record<string, { method: CriteriaMethod; rules: CriteriaRule[] }>>

interface CriteriaTrialTable {
  company_id: string
  id: string
  campaign_id: string
  previous_campaign_id: string
  ordinal: number
  /** {@link TrialCriteria} */
  criteria: ColumnType<unknown, string, never>
  criteria_hash: string
  /** {@link import('./criteria-trial.ts').StoredTrial}; null until computed */
  figures: ColumnType<unknown, never, string>
  asked_by: string
  asked_at: Date
  computed_at: ColumnType<Date | null, never, Date>
}

const trialsOf = (db: AnyHandle) => db as unknown as Kysely<{ criteria_trial: CriteriaTrialTable }>

/** Different questions that one campaign's results answer, whoever asks for which plan; the database counts too. */
export const mostTrials = 5

export interface Trial {
  id: string
  campaignId: string
  previousCampaignId: string
  ordinal: number
  criteria: TrialCriteria
  criteriaHash: string
  figures: unknown
  askedBy: string
  askedAt: Date
}

const columns = [
  'id',
  'campaign_id',
  'previous_campaign_id',
  'ordinal',
  'criteria',
  'criteria_hash',
  'figures',
  'asked_by',
  'asked_at',
] as const

type Row = Pick<CriteriaTrialTable, Exclude<(typeof columns)[number], 'criteria' | 'figures'>> & {
  criteria: unknown
  figures: unknown
}

const trialOf = (row: Row): Trial => ({
  id: row.id,
  campaignId: row.campaign_id,
  previousCampaignId: row.previous_campaign_id,
  ordinal: row.ordinal,
  criteria: row.criteria as TrialCriteria,
  criteriaHash: row.criteria_hash,
  figures: row.figures,
  askedBy: row.asked_by,
  askedAt: row.asked_at,
})

/** Everything that was asked of a campaign's results, in the order it was asked (roles implementer and analysis). */
export async function listTrials(db: AnyHandle, companyId: string, previousCampaignId: string): Promise<Trial[]> {
  const rows = await trialsOf(db)
    .selectFrom('criteria_trial')
    .select(columns)
    .where('company_id', '=', companyId)
    .where('previous_campaign_id', '=', previousCampaignId)
    .orderBy('ordinal')
    .execute()
  return rows.map(trialOf)
}

export async function findTrial(db: AnyHandle, companyId: string, trialId: string): Promise<Trial | undefined> {
  const row = await trialsOf(db)
    .selectFrom('criteria_trial')
    .select(columns)
    .where('company_id', '=', companyId)
    .where('id', '=', trialId)
    .executeTakeFirst()
  return row && trialOf(row)
}

/** Puts a question down (role implementer). Two at one moment: the second is a conflict. */
export async function insertTrial(db: AnyHandle, companyId: string, trial: Omit<Trial, 'figures'>): Promise<void> {
  await trialsOf(db)
    .insertInto('criteria_trial')
    .values({
      company_id: companyId,
      id: trial.id,
      campaign_id: trial.campaignId,
      previous_campaign_id: trial.previousCampaignId,
      ordinal: trial.ordinal,
      criteria: JSON.stringify(trial.criteria),
      criteria_hash: trial.criteriaHash,
      asked_by: trial.askedBy,
      asked_at: trial.askedAt,
    })
    .execute()
}

/** Keeps the answer, once (role analysis). */
export async function keepTrialFigures(
  db: AnyHandle,
  companyId: string,
  trialId: string,
  figures: unknown,
  at: Date,
): Promise<void> {
  await trialsOf(db)
    .updateTable('criteria_trial')
    .set({ figures: JSON.stringify(figures), computed_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', trialId)
    .where('figures', 'is', null)
    .execute()
}
