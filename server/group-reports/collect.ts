import { findingItems, measuresOf, type LooseAnswer, type ScoredRespondent } from '../../analysis/groups/index.ts'
import { numericRange, pointScalesOf } from '../../analysis/scoring/index.ts'
import { answersForAnalysis } from '../answering/index.ts'
import {
  campaignQuestionnaires,
  getCampaign,
  listInvitations,
  openSnapshots,
  reportingGroups,
} from '../campaigns/index.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { versionsOf, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { resultsForAnalysis } from '../results/index.ts'
import type { Services } from '../services.ts'
import { putCompanyOnTop, type RangedMeasure, type ReportInput } from './report-input.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Opens everything a report is computed from (role analysis). What it returns lives in memory for the length of one computation.
 *
 * Sex is the roster's, else what the person told when answering; otherwise unanswered (on the men's chart, as the manual rules).
 */
export async function collectInput(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<ReportInput> {
  const campaign = await getCampaign(db, companyId, campaignId)
  const questionnaires = await campaignQuestionnaires(db, companyId, campaignId)
  const company = await getCompanyDetails(db, companyId)
  const direct = (name: string) => services.texts.text(company.locale, 'group-reports.direct', { name })
  const tree = putCompanyOnTop(await reportingGroups(db, companyId, campaignId, direct), company.name)
  const versions = await versionsOf(companyId, questionnaires, (work) => work(db))
  const statutory = versions.find((version) => version.definition.kind === 'statutory')
  if (!statutory) throw new Error('a campaign without a stress check has no group report')

  const invitations = await listInvitations(db, companyId, campaignId)
  const snapshots = await openSnapshots(db, services.vault, companyId, invitations)
  const atomOf = new Map(invitations.map((one) => [one.id, one.departmentId]))
  const items = itemsReadBy(statutory)
  // what results are stored with: the 19 sums of the 80-item form too, not the means that only the person's own page shows
  const scales = pointScalesOf(statutory.definition)
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
      scales: Object.fromEntries(scales.map(({ id }) => [id, scored.scales[id]?.raw ?? null])),
      items: Object.fromEntries(items.map(({ id }) => [id, numberOf(own?.answers[id])])),
      highStress: scored.verdict?.highStress ?? null,
    })
  }

  const presenteeism: LooseAnswer[] = []
  const asked = versions.find((version) => version.definition.kind === 'presenteeism')
  const loss = asked?.definition.scales[0]
  if (asked && loss)
    for (const one of await answersForAnalysis(db, services.vault, companyId, campaignId, asked.slug)) {
      const atom = atomOf.get(one.invitationId)
      const value = asked.score(one.answers, null).scales[loss.id]?.raw
      if (atom === undefined || value === undefined) continue
      responseIds.push(`${asked.slug}:${one.invitationId}`)
      presenteeism.push({ atom, value })
    }

  const invited = new Map<string, number>()
  for (const { departmentId } of invitations) invited.set(departmentId, (invited.get(departmentId) ?? 0) + 1)
  const sexes = [...snapshots.values()].flatMap(({ sex }) => (sex === null ? [] : [sex]))
  const men = sexes.filter((sex) => sex === 'male').length
  return {
    campaign: { id: campaign.id, name: campaign.name, opensOn: campaign.opensOn, closesOn: campaign.closesOn },
    floor: campaign.floor,
    criteriaMethod: campaign.criteriaMethod,
    highStressShareResolvedOn: campaign.highStressShareResolvedOn,
    turnoverRiskPurpose: campaign.turnoverRiskPurpose,
    questionnaires: questionnaires.map(({ slug, version, hash }) => ({ slug, version, hash })),
    tree,
    invited,
    menShare: sexes.length > 0 ? Math.round((men / sexes.length) * 100) / 100 : 0.5,
    measures: rangedMeasures(statutory, items),
    respondents,
    presenteeism,
    presenteeismRange: loss?.range ?? [0, 100],
    responseIds: responseIds.sort(),
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
    return range ? [{ ...measure, range }] : []
  })
}

function numberOf(answer: unknown): number | null {
  return typeof answer === 'number' ? answer : null
}
