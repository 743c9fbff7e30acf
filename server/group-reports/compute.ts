import loadHighs from 'highs'
import { fromHighs, type Solve } from '../../analysis/disclosure/index.ts'
import {
  releaseSurveyFigures,
  sumHistories,
  type CompanyHistory,
  type ReleasedSurvey,
} from '../../analysis/turnover/index.ts'
import { findCampaign, type Campaign } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { advanceProgress, finishProgress, startProgress } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { collectInput } from './collect.ts'
import { draftReport, groupMethodVersion, type ReportDraft } from './draft-report.ts'
import { hashJson } from './hashes.ts'
import { readHistory } from './history.ts'
import { recordLedger } from './ledger.ts'
import {
  findLiveReport,
  insertReport,
  insertSignals,
  lockCampaignReports,
  supersedeReport,
  type NewSignal,
} from './queries.ts'
import type { ReportInput } from './report-input.ts'
import type { AnyHandle } from './tables.ts'

export interface ComputedReport {
  reportId: string
  state: 'checked' | 'refused' | 'released'
  contentHash: string
}

const steps = 4

/**
 * Computes a campaign's group report once its results are released, audits it and keeps it for the implementer. A refused report
 * keeps its verdict and no figure. A released one stays; the same inputs again change nothing.
 *
 * Opening, computing and keeping are three pieces, so that no transaction is open while it computes.
 * @throws {Problem} not_found; wrong_state before the results are released
 */
export async function computeGroupReport(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<ComputedReport> {
  const analysis = <Result>(work: (db: AnyHandle) => Promise<Result>) =>
    services.database.as<unknown, Result>({ role: 'analysis', companyId }, at, work)
  const { campaign, released, timeZone } = await analysis(async (db) => ({
    campaign: await findCampaign(db, companyId, campaignId),
    released: await findLiveReport(db, companyId, campaignId),
    timeZone: (await getCompanyDetails(db, companyId)).timeZone,
  }))
  if (!campaign) throw new Problem('not_found')
  if (released?.state === 'released')
    return { reportId: released.id, state: 'released', contentHash: released.contentHash }
  if (campaign.state !== 'results_released' && campaign.state !== 'archived') throw new Problem('wrong_state')

  const progress = await analysis((db) =>
    startProgress(
      db,
      companyId,
      { name: 'group-reports.compute', objectId: campaignId, audience: 'implementer', total: steps },
      at,
    ),
  )
  const reached = (done: number) => analysis((db) => advanceProgress(db, companyId, progress, done, at))
  try {
    const input = await analysis((db) => collectInput(services, db, companyId, campaignId))
    await reached(1)
    const draft = await draftWithSolver(input)
    await reached(2)
    const survey = await releasedSurvey(services, companyId, campaign, input, draft, timeZone, at)
    await reached(3)
    const computed = await analysis((db) =>
      keepReport(services, db, { companyId, campaign, input, draft, survey, timeZone }, at),
    )
    await analysis((db) => finishProgress(db, companyId, progress, at))
    return computed
  } catch (error) {
    await analysis((db) =>
      finishProgress(db, companyId, progress, at, error instanceof Problem ? error.code : 'unexpected'),
    )
    throw error
  }
}

/** The exact auditor decides almost always; only where it cannot, the solver is loaded and asked too. */
async function draftWithSolver(input: ReportInput): Promise<ReportDraft> {
  const draft = draftReport(input)
  if (!draft.verdict.faults.some(({ what }) => what === 'undecided')) return draft
  // the package is CommonJS whose types say otherwise
  const load = loadHighs as unknown as typeof loadHighs.default
  const solve: Solve = fromHighs(await load())
  return draftReport(input, solve)
}

/**
 * The survey's part in turnover risk: only with that purpose, and only where high-stress shares may be shown at all (law G-7), because
 * the multiplier is made of them.
 */
async function releasedSurvey(
  services: Services,
  companyId: string,
  campaign: Campaign,
  input: ReportInput,
  draft: ReportDraft,
  timeZone: string,
  at: Date,
): Promise<ReleasedSurvey | undefined> {
  if (!draft.verdict.safe || !campaign.turnoverRiskPurpose || campaign.highStressShareResolvedOn === null)
    return undefined
  const closedOn = closingDay(campaign, timeZone)
  // leavers are counted under a role of their own, which reads no survey
  const history = await services.database.as<unknown, CompanyHistory>({ role: 'turnover', companyId }, at, (db) =>
    readHistory(db, companyId, closedOn.slice(0, 7)),
  )
  return releaseSurveyFigures({
    round: campaign.id,
    inForceFrom: closedOn.slice(0, 7),
    respondents: input.respondents,
    groups: draft.groups,
    leavingRates: history.ratesBySex,
    weights: history.observed > 0 ? expectedByGroup(history, input, draft) : undefined,
  })
}

function expectedByGroup(history: CompanyHistory, input: ReportInput, draft: ReportDraft): Map<string, number> {
  const members = new Map(input.tree.map((node) => [node.id, node.members]))
  return new Map(
    draft.groups.map((group) => {
      const own = sumHistories(
        history,
        group.atoms.flatMap((atom) => members.get(atom) ?? []),
      )
      return [group.id, own.expected.reduce((sum, value) => sum + value, 0)]
    }),
  )
}

/** The day the campaign was closed, in the company's time zone. */
export function closingDay(campaign: Pick<Campaign, 'closedAt' | 'closesOn'>, timeZone: string): string {
  return campaign.closedAt === null ? campaign.closesOn : dateIn(timeZone, campaign.closedAt)
}

async function keepReport(
  services: Services,
  db: AnyHandle,
  of: {
    companyId: string
    campaign: Campaign
    input: ReportInput
    draft: ReportDraft
    survey: ReleasedSurvey | undefined
    timeZone: string
  },
  at: Date,
): Promise<ComputedReport> {
  const { companyId, campaign, input, draft, survey } = of
  const { safe } = draft.verdict
  // what must not be released is not kept either
  const content = safe ? draft.content : {}
  const contentHash = hashJson(content)
  await lockCampaignReports(db, campaign.id)
  const live = await findLiveReport(db, companyId, campaign.id)
  if (live?.state === 'released') return { reportId: live.id, state: 'released', contentHash: live.contentHash }
  if (live && safe && live.contentHash === contentHash) return { reportId: live.id, state: 'checked', contentHash }
  if (live) await supersedeReport(db, companyId, live.id)

  const reportId = newId(at)
  const state = safe ? 'checked' : 'refused'
  const inputHash = hashJson({
    campaign: campaign.id,
    floor: campaign.floor,
    tree: campaign.treeHash,
    criteria: campaign.criteriaMethod,
    resolved: campaign.highStressShareResolvedOn,
    questionnaires: input.questionnaires,
    responses: input.responseIds,
  })
  await insertReport(
    db,
    {
      id: reportId,
      companyId,
      campaignId: campaign.id,
      state,
      floor: draft.plan.floor,
      methodVersion: groupMethodVersion,
      inputHash,
      content,
      contentHash,
      verdict: draft.verdict,
    },
    at,
  )
  if (safe) {
    await recordLedger(db, services.vault, { companyId, campaignId: campaign.id, reportId }, draft.ledgers, at)
    const closedOn = closingDay(campaign, of.timeZone)
    const { kappa, parameters } = survey ?? { kappa: 0, parameters: '' }
    await insertSignals(
      db,
      { companyId, campaignId: campaign.id, reportId, kappa, parameters, closedOn },
      signalsOf(survey, draft, input),
      at,
    )
  }
  return { reportId, state, contentHash }
}

/** Signals of departments alone: remainders and the company are no units of an assessment. */
function signalsOf(survey: ReleasedSurvey | undefined, draft: ReportDraft, input: ReportInput): NewSignal[] {
  const departments = new Set(input.tree.filter((node) => node.parentId !== null).map((node) => node.id))
  return (survey?.departments ?? [])
    .filter(({ id }) => departments.has(id) && draft.stressShown.has(id))
    .map(({ id, respondents, use, multiplier, logVariance, responseRate, stress, tipOver }) => ({
      departmentId: id,
      respondents,
      use,
      multiplier,
      logVariance,
      responseRate,
      stress,
      tipOver,
    }))
}
