import { recordAudit } from '../audit/index.ts'
import {
  campaignCriteria,
  campaignQuestionnaires,
  criteriaInForce,
  getCampaign,
  hashCriteria,
  listCampaigns,
  requireReach,
  statutoryVersion,
  type Campaign,
  type CriteriaInForce,
} from '../campaigns/index.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import { Problem } from '../web/problems.ts'
import { insertTrial, listTrials, mostTrials, type Trial } from './criteria-trial-queries.ts'
import { trialJob } from './criteria-trial.ts'
import type { AnyHandle } from './tables.ts'

/** A plan that waits for its signature, with the criteria as they stand and what was asked of the campaign before. */
export interface TrialDesk {
  campaign: Campaign
  criteria: CriteriaInForce[]
  criteriaHash: string
  /** the latest campaign with released results that asked the very same form; undefined where there is none */
  previous: Campaign | undefined
  trials: Trial[]
}

/**
 * What the page of trials shows and asking needs (role implementer).
 * @throws {Problem} not_found for a draft, wrong_state for a signed campaign, not_allowed where a workplace of either campaign is out of reach
 */
export async function readTrialDesk(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  reach: readonly string[] | undefined,
): Promise<TrialDesk> {
  const campaign = await getCampaign(db, companyId, campaignId)
  if (campaign.state !== 'prepared') throw new Problem(campaign.state === 'draft' ? 'not_found' : 'wrong_state')
  await requireReach(db, companyId, campaignId, reach)
  const version = await statutoryVersion(db, companyId, campaignId)
  if (!version) throw new Problem('not_found')
  const criteria = criteriaInForce(await campaignCriteria(db, companyId, campaignId), version, campaign.criteriaMethod)
  const previous = await findPrevious(db, companyId, campaign, version)
  if (previous) await requireReach(db, companyId, previous.id, reach)
  return {
    campaign,
    criteria,
    criteriaHash: hashCriteria(criteria),
    previous,
    trials: previous ? await listTrials(db, companyId, previous.id) : [],
  }
}

/** The totals of another form are other sums, whatever they are called: only the same form answers. */
async function findPrevious(
  db: AnyHandle,
  companyId: string,
  campaign: Campaign,
  form: { slug: string; version: number },
): Promise<Campaign | undefined> {
  for (const one of await listCampaigns(db, companyId)) {
    if (one.id === campaign.id || (one.state !== 'results_released' && one.state !== 'archived')) continue
    const [asked] = await campaignQuestionnaires(db, companyId, one.id)
    if (asked?.slug === form.slug && asked.version === form.version) return one
  }
  return undefined
}

/**
 * Asks what the criteria as they stand would have found (role implementer); a job answers. The same criteria asked again are the same trial
 * and use up none. Every asking leaves an audit row.
 * @throws {Problem} wrong_state without a campaign to ask, or when all trials of it are used up
 */
export async function askTrial(
  db: AnyHandle,
  of: {
    companyId: string
    campaignId: string
    userId: string
    reach: readonly string[] | undefined
    requestId: string
  },
  at: Date,
): Promise<void> {
  const { companyId } = of
  const { previous, criteria, criteriaHash, trials } = await readTrialDesk(db, companyId, of.campaignId, of.reach)
  if (!previous) throw new Problem('wrong_state')
  const known = trials.find((one) => one.criteriaHash === criteriaHash)
  if (!known && trials.length >= mostTrials) throw new Problem('wrong_state')
  const trialId = known?.id ?? newId(at)
  if (!known)
    await insertTrial(db, companyId, {
      id: trialId,
      campaignId: of.campaignId,
      previousCampaignId: previous.id,
      ordinal: trials.length + 1,
      criteria: Object.fromEntries(criteria.map(({ workplaceId, method, rules }) => [workplaceId, { method, rules }])),
      criteriaHash,
      askedBy: of.userId,
      askedAt: at,
    })
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: of.userId,
    actorRole: 'implementer',
    action: 'criteria_trial.asked',
    reason: 'campaigns.audit.trial',
    objectKind: 'criteria_trial',
    objectId: trialId,
    requestId: of.requestId,
  })
  if (known?.figures == null) await requestJob(db, companyId, trialJob, trialId, at)
}
