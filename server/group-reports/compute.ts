import loadHighs from 'highs'
import { fromHighs, type DisclosurePlan, type Solve } from '../../analysis/disclosure/index.ts'
import {
  releaseSurveyFigures,
  sumHistories,
  type CompanyHistory,
  type ReleasedSurvey,
} from '../../analysis/turnover/index.ts'
import { campaignQuestionnaires, findCampaign, type Campaign } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { advanceProgress, finishProgress, startProgress } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { collectInput } from './collect.ts'
import { auditReport, type ReportVerdict } from './audit-report.ts'
import { draftInstrument, type InstrumentDraft } from './draft-instrument.ts'
import { draftReport, groupMethodVersion, planCampaign, type ReportDraft } from './draft-report.ts'
import { hashJson } from './hashes.ts'
import { readHistory } from './history.ts'
import { recordLedger } from './ledger.ts'
import {
  insertReport,
  insertSignals,
  liveReports,
  lockCampaignReports,
  supersedeReport,
  type NewSignal,
  type ReportHead,
} from './queries.ts'
import { isReadyToCompute } from './ready.ts'
import type { CampaignInput, InstrumentInput, ReportInput } from './report-input.ts'
import type { AnyHandle, ReportKind } from './tables.ts'

export interface ComputedReport {
  reportId: string
  state: 'checked' | 'refused' | 'released'
  contentHash: string
}
/** The stress check's report (without one: that of the first instrument), and those of the instruments beside it. */
export interface ComputedReports extends ComputedReport {
  beside: readonly (ComputedReport & { slug: string })[]
}

const steps = 4

/**
 * Computes a campaign's group reports once its results are released (without a stress check: once it is closed), one for each
 * instrument, audits them together and keeps them for the implementer. A refused report keeps its verdict and no figure. A released
 * one stays; the same inputs again change nothing.
 *
 * Opening, computing and keeping are three pieces, so that no transaction is open while it computes.
 * @throws {Problem} not_found; wrong_state before the results are released
 */
export async function computeGroupReport(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<ComputedReports> {
  const analysis = <Result>(work: (db: AnyHandle) => Promise<Result>) =>
    services.database.as<unknown, Result>({ role: 'analysis', companyId }, at, work)
  const { campaign, live, questionnaires, timeZone } = await analysis(async (db) => ({
    campaign: await findCampaign(db, companyId, campaignId),
    live: await liveReports(db, companyId, campaignId),
    questionnaires: await campaignQuestionnaires(db, companyId, campaignId),
    timeZone: (await getCompanyDetails(db, companyId)).timeZone,
  }))
  if (!campaign) throw new Problem('not_found')
  const released = live.filter(({ state }) => state === 'released')
  if (released.length > 0 && released.length >= questionnaires.length)
    return together(released.map((head) => ({ ...headOf(head), slug: head.slug, kind: head.kind })))
  if (!(await analysis((db) => isReadyToCompute(db, companyId, campaign)))) throw new Problem('wrong_state')

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
    const drafts = await draftWithSolver(input)
    await reached(2)
    const { draft } = drafts
    const survey =
      draft && input.statutory
        ? await releasedSurvey(services, companyId, campaign, input.statutory, draft, timeZone, at)
        : undefined
    await reached(3)
    const computed = await analysis((db) =>
      keepReports(services, db, { companyId, campaign, input, drafts, survey, timeZone }, at),
    )
    await analysis((db) => finishProgress(db, companyId, progress, at))
    return together(computed)
  } catch (error) {
    await analysis((db) =>
      finishProgress(db, companyId, progress, at, error instanceof Problem ? error.code : 'unexpected'),
    )
    throw error
  }
}

type Kept = ComputedReport & { slug: string; kind: ReportKind }

const headOf = ({ id, state, contentHash }: ReportHead): ComputedReport => ({
  reportId: id,
  state: state as ComputedReport['state'],
  contentHash,
})

function together(reports: readonly Kept[]): ComputedReports {
  const first = reports.find(({ kind }) => kind === 'statutory') ?? reports[0]
  if (!first) throw new Problem('wrong_state')
  const { reportId, state, contentHash } = first
  const beside = reports
    .filter(({ kind }) => kind === 'beside')
    .map((one) => ({ reportId: one.reportId, state: one.state, contentHash: one.contentHash, slug: one.slug }))
  return { reportId, state, contentHash, beside }
}

interface Drafts {
  draft: ReportDraft | undefined
  beside: readonly { input: InstrumentInput; draft: InstrumentDraft; ledgers: ReportDraft['ledgers'] }[]
  /** of everything the campaign would tell, all instruments together */
  verdict: ReportVerdict
  plan: DisclosurePlan
}

/**
 * Drafts of all instruments under one plan, and the auditor's verdict over all their figures together: figures of two instruments
 * of the same people are figures on the same people.
 */
export function draftAll(input: CampaignInput, solve?: Solve): Drafts {
  const draft = input.statutory && draftReport(input.statutory, solve)
  const plan = draft?.plan ?? planCampaign(input, input.answered)
  const beside = input.beside.map((one) => {
    const drafted = draftInstrument(plan, one)
    return { input: one, draft: drafted, ledgers: auditReport(plan, drafted.audited, solve).ledgers }
  })
  const figures = [...(draft?.audited ?? []), ...beside.flatMap((one) => one.draft.audited)]
  return { draft, beside, plan, verdict: auditReport(plan, figures, solve).verdict }
}

/** The exact auditor decides almost always; only where it cannot, the solver is loaded and asked too. */
async function draftWithSolver(input: CampaignInput): Promise<Drafts> {
  const drafts = draftAll(input)
  if (!drafts.verdict.faults.some(({ what }) => what === 'undecided')) return drafts
  // the package is CommonJS whose types say otherwise
  const load = loadHighs as unknown as typeof loadHighs.default
  const solve: Solve = fromHighs(await load())
  return draftAll(input, solve)
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

interface Keeping {
  companyId: string
  campaign: Campaign
  input: CampaignInput
  drafts: Drafts
  survey: ReleasedSurvey | undefined
  timeZone: string
}

async function keepReports(services: Services, db: AnyHandle, of: Keeping, at: Date): Promise<Kept[]> {
  const { companyId, campaign, input, drafts } = of
  await lockCampaignReports(db, campaign.id)
  const kept: Kept[] = []
  const { statutory } = input
  if (drafts.draft && statutory) {
    const { content, verdict, ledgers } = drafts.draft
    const questionnaires = statutory.questionnaires
    const one = { slug: statutory.slug, kind: 'statutory', content, verdict, ledgers } as const
    const report = await keepReport(
      services,
      db,
      of,
      { ...one, questionnaires, responses: statutory.responseIds },
      at,
      async (reportId) => {
        const closedOn = closingDay(campaign, of.timeZone)
        const { kappa, parameters } = of.survey ?? { kappa: 0, parameters: '' }
        const signals = signalsOf(of.survey, drafts.draft!, statutory)
        await insertSignals(
          db,
          { companyId, campaignId: campaign.id, reportId, kappa, parameters, closedOn },
          signals,
          at,
        )
      },
    )
    kept.push({ ...report, slug: one.slug, kind: 'statutory' })
  }
  for (const { input: own, draft, ledgers } of drafts.beside) {
    const { slug } = own.questionnaire
    const one = { slug, kind: 'beside', content: draft.content, verdict: drafts.verdict, ledgers } as const
    const report = await keepReport(
      services,
      db,
      of,
      { ...one, questionnaires: [own.questionnaire], responses: own.responseIds },
      at,
    )
    kept.push({ ...report, slug, kind: 'beside' })
  }
  return kept
}

async function keepReport(
  services: Services,
  db: AnyHandle,
  { companyId, campaign, drafts }: Keeping,
  report: {
    slug: string
    kind: ReportKind
    content: unknown
    verdict: ReportVerdict
    ledgers: ReportDraft['ledgers']
    questionnaires: readonly { slug: string; version: number; hash: string }[]
    responses: readonly string[]
  },
  at: Date,
  then?: (reportId: string) => Promise<void>,
): Promise<ComputedReport> {
  const { slug, kind, verdict } = report
  const { safe } = verdict
  // what must not be released is not kept either
  const content = safe ? report.content : {}
  const contentHash = hashJson(content)
  const live = (await liveReports(db, companyId, campaign.id)).find((one) => one.slug === slug)
  if (live?.state === 'released') return headOf(live)
  if (live && safe && live.contentHash === contentHash) return headOf(live)
  if (live) await supersedeReport(db, companyId, live.id)

  const reportId = newId(at)
  const state = safe ? 'checked' : 'refused'
  const inputHash = hashJson({
    campaign: campaign.id,
    floor: campaign.floor,
    tree: campaign.treeHash,
    criteria: report.kind === 'statutory' ? (drafts.draft?.content.criteriaHash ?? null) : null,
    resolved: campaign.highStressShareResolvedOn,
    questionnaires: report.questionnaires,
    responses: report.responses,
  })
  await insertReport(
    db,
    {
      id: reportId,
      companyId,
      campaignId: campaign.id,
      slug,
      kind,
      state,
      floor: drafts.plan.floor,
      methodVersion: groupMethodVersion,
      inputHash,
      content,
      contentHash,
      verdict,
    },
    at,
  )
  if (safe) {
    await recordLedger(db, services.vault, { companyId, campaignId: campaign.id, reportId }, report.ledgers, at)
    await then?.(reportId)
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
