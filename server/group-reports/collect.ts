import {
  findingItems,
  measuresOf,
  measuresOfInstrument,
  personFigures,
  type LooseAnswer,
  type ScoredRespondent,
} from '../../analysis/groups/index.ts'
import { itemsOfFormula, numericRange, pointScalesOf } from '../../analysis/scoring/index.ts'
import { wholeLocaleOf } from '../locales.ts'
import { answersForAnalysis } from '../answering/index.ts'
import {
  campaignCriteria,
  campaignQuestionnaires,
  criteriaInForce,
  getCampaign,
  hashCriteria,
  listInvitations,
  openSnapshots,
  reportingGroups,
  type Campaign,
  type CampaignQuestionnaire,
  type CriteriaMethod,
  type Invitation,
  type WorkplaceCriteria,
} from '../campaigns/index.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { versionsOf, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { percentLossOf } from './percent-loss.ts'
import { resultsForAnalysis } from '../results/index.ts'
import type { Services } from '../services.ts'
import {
  putCompanyOnTop,
  type CampaignInput,
  type InstrumentInput,
  type RangedMeasure,
  type ReportInput,
  type ReportNode,
} from './report-input.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Opens everything a campaign's reports are computed from (role analysis). What it returns lives in memory for the length of one
 * computation.
 */
export async function collectInput(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<CampaignInput> {
  const campaign = await getCampaign(db, companyId, campaignId)
  const questionnaires = await campaignQuestionnaires(db, companyId, campaignId)
  const company = await getCompanyDetails(db, companyId)
  const direct = (name: string) => services.texts.text(wholeLocaleOf(company.locale), 'group-reports.direct', { name })
  const tree = putCompanyOnTop(await reportingGroups(db, companyId, campaignId, direct), company.name)
  const versions = await versionsOf(companyId, questionnaires, (work) => work(db))
  const invitations = await listInvitations(db, companyId, campaignId)
  const of: Collecting = { services, db, companyId, campaign, questionnaires, tree, invitations }
  const stress = versions.find((version) => version.definition.kind === 'statutory')
  const beside: { input: InstrumentInput; answeredBy: readonly string[] }[] = []
  for (const version of versions) if (version !== stress) beside.push(await collectInstrument(of, version))
  const statutory = stress && (await collectStatutory(of, versions, stress))
  const atomOf = new Map(invitations.map((one) => [one.id, one.departmentId]))
  const answered = new Set(beside.flatMap(({ answeredBy }) => answeredBy))
  return {
    floor: campaign.floor,
    tree,
    statutory,
    beside: beside.map(({ input }) => input),
    answered: countAtoms([...answered].map((id) => atomOf.get(id)!)),
  }
}

interface Collecting {
  services: Services
  db: AnyHandle
  companyId: string
  campaign: Campaign
  questionnaires: readonly CampaignQuestionnaire[]
  tree: readonly ReportNode[]
  invitations: readonly Invitation[]
}

/** What people answered to one instrument; whoever answered nothing of it is none of its respondents. */
async function collectInstrument(
  { services, db, companyId, campaign, tree, invitations }: Collecting,
  version: QuestionnaireVersion,
): Promise<{ input: InstrumentInput; answeredBy: readonly string[] }> {
  const { definition, slug } = version
  const atomOf = new Map(invitations.map((one) => [one.id, one.departmentId]))
  const given = await answersForAnalysis(db, services.vault, companyId, campaign.id, slug)
  const answered = given.filter(
    ({ invitationId, answers }) =>
      atomOf.has(invitationId) && Object.values(answers).some((answer) => (answer ?? null) !== null),
  )
  const asked = new Set(
    answered.flatMap(({ answers }) => Object.keys(answers).filter((id) => (answers[id] ?? null) !== null)),
  )
  const all = measuresOfInstrument(definition)
  // a wave of a pulse asks a part of the items: what nobody answered has no figure at all
  const measures = {
    ...all,
    means: all.means.filter(({ id, of }) => of !== 'item' || asked.has(id)),
    spreads: all.spreads.filter(({ id, of }) => of !== 'item' || asked.has(id)),
    chosen: all.chosen.filter(({ id }) => asked.has(id)),
    recommendations: all.recommendations.filter(({ item }) => asked.has(item)),
  }
  return {
    answeredBy: answered.map(({ invitationId }) => invitationId),
    input: {
      campaign: { id: campaign.id, name: campaign.name, opensOn: campaign.opensOn, closesOn: campaign.closesOn },
      questionnaire: { slug, version: version.version, hash: version.hash },
      tree,
      invited: countAtoms(invitations.map(({ departmentId }) => departmentId)),
      measures,
      people: answered.map(({ invitationId, answers }) => ({
        atom: atomOf.get(invitationId)!,
        figures: personFigures(definition, measures, answers, version.score(answers, null)),
      })),
      responseIds: answered.map(({ invitationId }) => `${slug}:${invitationId}`).sort(),
    },
  }
}

function countAtoms(atoms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const atom of atoms) counts.set(atom, (counts.get(atom) ?? 0) + 1)
  return counts
}

/** Sex is the roster's, else what the person told when answering; otherwise unanswered (on the men's chart, as the manual rules). */
async function collectStatutory(
  { services, db, companyId, campaign, questionnaires, tree, invitations }: Collecting,
  versions: readonly QuestionnaireVersion[],
  statutory: QuestionnaireVersion,
): Promise<ReportInput> {
  const campaignId = campaign.id
  const snapshots = await openSnapshots(db, services.vault, companyId, invitations)
  const atomOf = new Map(invitations.map((one) => [one.id, one.departmentId]))
  const items = itemsReadBy(statutory)
  // what results are stored with: the 19 sums of the 80-item form too, not the means that only the person's own page shows
  const scales = pointScalesOf(statutory.definition)
  const further = furtherMeasures(statutory)
  const answered = await answersForAnalysis(db, services.vault, companyId, campaignId, statutory.slug)
  const answers = new Map(answered.map((one) => [one.invitationId, one]))

  const respondents: ScoredRespondent[] = []
  const responseIds: string[] = []
  for await (const { invitationId, scored } of resultsForAnalysis(db, services.vault, companyId, campaignId)) {
    const atom = atomOf.get(invitationId)
    if (atom === undefined) continue
    const snapshot = snapshots.get(invitationId)
    const own = answers.get(invitationId)
    responseIds.push(`${statutory.slug}:${invitationId}`)
    respondents.push({
      atom,
      sex: snapshot?.sex ?? own?.sex ?? 'unanswered',
      ageBand: snapshot?.ageBand ?? 'unknown',
      scales: {
        ...Object.fromEntries(scales.map(({ id }) => [id, scored.scales[id]?.raw ?? null])),
        ...Object.fromEntries(further.map(({ id }) => [id, scored.means?.[id] ?? scored.composites?.[id] ?? null])),
      },
      items: Object.fromEntries(items.map(({ id }) => [id, numberOf(own?.answers[id])])),
      highStress: scored.verdict?.highStress ?? null,
    })
  }

  const presenteeism: LooseAnswer[] = []
  // the loss in percent stands in this report too; the whole of what was asked beside it has its own
  const asked = versions.find((version) => version.definition.kind === 'presenteeism' && percentLossOf(version))
  const loss = asked && percentLossOf(asked)
  if (asked && loss)
    for (const one of await answersForAnalysis(db, services.vault, companyId, campaignId, asked.slug)) {
      const atom = atomOf.get(one.invitationId)
      const value = asked.score(one.answers, null).scales[loss.id]?.raw
      if (atom === undefined || value === undefined) continue
      responseIds.push(`${asked.slug}:${one.invitationId}`)
      presenteeism.push({ atom, value })
    }

  const invited = countAtoms(invitations.map(({ departmentId }) => departmentId))
  const sexes = [...snapshots.values()].flatMap(({ sex }) => (sex === null ? [] : [sex]))
  const men = sexes.filter((sex) => sex === 'male').length
  return {
    campaign: { id: campaign.id, name: campaign.name, opensOn: campaign.opensOn, closesOn: campaign.closesOn },
    floor: campaign.floor,
    criteriaMethod: campaign.criteriaMethod,
    ...judgedBy(await campaignCriteria(db, companyId, campaignId), statutory, campaign.criteriaMethod),
    highStressShareResolvedOn: campaign.highStressShareResolvedOn,
    turnoverRiskPurpose: campaign.turnoverRiskPurpose,
    slug: statutory.slug,
    questionnaires: questionnaires.map(({ slug, version, hash }) => ({ slug, version, hash })),
    tree,
    invited,
    menShare: sexes.length > 0 ? Math.round((men / sexes.length) * 100) / 100 : 0.5,
    measures: [...rangedMeasures(statutory, items), ...further],
    furtherIds: further.map(({ id }) => id),
    respondents,
    presenteeism,
    presenteeismRange: loss?.range ?? [0, 100],
    presenteeismAsked: asked !== undefined,
    responseIds: responseIds.sort(),
  }
}

/** By which numbers people were judged, as one value: the same wherever the same holds at every workplace. */
function judgedBy(
  workplaces: readonly WorkplaceCriteria[],
  statutory: QuestionnaireVersion,
  method: CriteriaMethod,
): Pick<ReportInput, 'criteriaHash' | 'criteriaOwn'> {
  const inForce = criteriaInForce(workplaces, statutory, method)
  const kinds = new Set(inForce.map((one) => hashCriteria([{ ...one, workplaceId: '' }])))
  const [only] = kinds
  return {
    criteriaHash: kinds.size === 1 ? only! : hashCriteria(inForce),
    criteriaOwn: kinds.size > 1 || inForce.some(({ changed }) => changed),
  }
}

/** Single items that findings read, as far as this questionnaire asks them. */
function itemsReadBy(version: QuestionnaireVersion) {
  const asked = new Set(version.items.map(({ id }) => id))
  return findingItems.filter(({ id }) => asked.has(id))
}

function rangedMeasures(version: QuestionnaireVersion, items: ReturnType<typeof itemsReadBy>): RangedMeasure[] {
  const scales = pointScalesOf(version.definition)
  const ranges = new Map(scales.map(({ id, range }) => [id, range]))
  const itemRanges = new Map(version.items.map((asked) => [asked.id, numericRange(asked)]))
  return measuresOf(scales, items).flatMap((measure) => {
    const range = measure.kind === 'scale' ? ranges.get(measure.id) : itemRanges.get(measure.id)
    return range ? [{ ...measure, range, unit: 1 }] : []
  })
}

/**
 * What a longer form asks beside the scales that criteria are counted with: its fields (composites), and the scales of whose items
 * none of those scales tells. Empty for the forms of 57 and 23 items.
 */
function furtherMeasures({ definition, items }: QuestionnaireVersion): RangedMeasure[] {
  if (!definition.point_scales) return []
  const told = new Set(definition.point_scales.flatMap(({ formula }) => itemsOfFormula(formula)))
  const { means } = measuresOfInstrument(definition)
  const isFurther = (id: string) =>
    definition.composites.some((one) => one.id === id) ||
    definition.scales.some((one) => one.id === id && itemsOfFormula(one.formula).some((item) => !told.has(item)))
  const asked = new Set(items.map(({ id }) => id))
  return means
    .filter(({ id, of }) => of !== 'item' && isFurther(id))
    .toSorted((a, b) => Number(a.of === 'scale') - Number(b.of === 'scale'))
    .map(({ id, of, range, unit, polarity }) => {
      const formula = definition.scales.find((one) => one.id === id)?.formula
      return {
        id,
        kind: of === 'composite' ? 'field' : 'scale',
        polarity: polarity ?? 'positive',
        items: formula ? itemsOfFormula(formula).filter((item) => asked.has(item)) : [],
        range,
        unit,
      }
    })
}

function numberOf(answer: unknown): number | null {
  return typeof answer === 'number' ? answer : null
}
