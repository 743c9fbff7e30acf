import { decideFloor } from '../../analysis/disclosure/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { pinVersion, publishedVersions, versionsOf } from '../questionnaires/index.ts'
import { membersOn, workplacesOn } from '../roster/index.ts'
import { Problem } from '../web/problems.ts'
import { nextDays, startOfDay } from './calendar.ts'
import { campaignCriteria } from './criteria.ts'
import { isOffered, standsBeside } from './offered.ts'
import { advanceCampaign, campaignQuestionnaires, campaignWorkplaces, getCampaign } from './queries.ts'
import {
  decideBasis,
  findMissing,
  isSigned,
  itemsOf,
  whyNotOffered,
  type CampaignKind,
  type CriteriaMethod,
  type Missing,
} from './rules.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** What HR decides when planning a campaign. Dates are the company's calendar days, the last one included. */
export interface CampaignPlan {
  /** left out: a stress check */
  kind?: CampaignKind
  name: string
  opensOn: string
  closesOn: string
  /** the statutory one first; in a pulse there is none */
  questionnaires: readonly { slug: string; version: number }[]
  workplaceIds: readonly string[]
  /** HR's proposal; the implementer decides when signing */
  criteriaMethod: CriteriaMethod
  /** ten or more */
  floor: number
  employerReceivesIndividualResults: boolean
  othersMayRequestInterview: boolean
  turnoverRiskPurpose: boolean
  remindersMaximum: number
  reminderIntervalDays: number
}

/** Makes a draft (role hr). @returns the campaign's id @throws {Problem} invalid_input with fields */
export async function createCampaign(
  db: AnyHandle,
  companyId: string,
  plan: CampaignPlan,
  createdBy: string,
  at: Date,
): Promise<string> {
  const { timeZone } = await getCompanyDetails(db, companyId)
  await checkPlan(db, companyId, plan, dateIn(timeZone, at))
  const id = newId(at)
  await campaignsOf(db)
    .insertInto('campaign')
    // what is not named here only the implementer may write
    .values({
      company_id: companyId,
      id,
      kind: plan.kind ?? 'stress_check',
      state: 'draft',
      created_by: createdBy,
      created_at: at,
      ...columnsOf(plan, timeZone),
    } as never)
    .execute()
  await setQuestionnaires(db, companyId, id, plan, at)
  await setWorkplaces(db, companyId, id, plan, timeZone, at)
  return id
}

/** Changes what is not signed yet (role hr); what was deliberated at workplaces that stay is kept. A prepared campaign becomes a draft. */
export async function changeCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  plan: CampaignPlan,
  at: Date,
): Promise<void> {
  const { timeZone } = await getCompanyDetails(db, companyId)
  const campaign = await getCampaign(db, companyId, campaignId)
  if (isSigned(campaign.state) || campaign.kind !== (plan.kind ?? 'stress_check')) throw new Problem('wrong_state')
  await checkPlan(db, companyId, plan, dateIn(timeZone, at))
  if (campaign.state === 'prepared') await advanceCampaign(db, companyId, campaignId, 'prepared', 'draft', at)
  await campaignsOf(db)
    .updateTable('campaign')
    .set(columnsOf(plan, timeZone))
    .where('company_id', '=', companyId)
    .where('id', '=', campaignId)
    .execute()
  await setQuestionnaires(db, companyId, campaignId, plan, at)
  await setWorkplaces(db, companyId, campaignId, plan, timeZone, at)
}

const columnsOf = (plan: CampaignPlan, timeZone: string) => ({
  name: plan.name,
  opens_on: plan.opensOn,
  closes_on: plan.closesOn,
  opens_at: startOfDay(plan.opensOn, timeZone),
  closes_at: startOfDay(nextDays(plan.closesOn, 1), timeZone),
  floor: decideFloor(plan.floor),
  criteria_method: plan.criteriaMethod,
  employer_receives_individual_results: plan.employerReceivesIndividualResults,
  others_may_request_interview: plan.othersMayRequestInterview,
  turnover_risk_purpose: plan.turnoverRiskPurpose,
  reminders_maximum: plan.remindersMaximum,
  reminder_interval_days: plan.reminderIntervalDays,
})

async function checkPlan(db: AnyHandle, companyId: string, plan: CampaignPlan, today: string): Promise<void> {
  const fields: { field: string; key: string }[] = []
  if (plan.opensOn < today) fields.push({ field: 'opensOn', key: 'campaigns.error.opensInPast' })
  if (plan.closesOn < plan.opensOn) fields.push({ field: 'closesOn', key: 'campaigns.error.closesBeforeOpens' })
  if (plan.floor < 10) fields.push({ field: 'floor', key: 'campaigns.error.floor' })
  if (plan.questionnaires.length === 0) fields.push({ field: 'questionnaires', key: 'campaigns.error.noQuestionnaire' })
  const published = await publishedVersions(db, companyId)
  const statutory = plan.kind === 'pulse' ? 0 : 1
  for (const { slug, version } of plan.questionnaires.slice(0, statutory)) {
    const found = published.find((one) => one.slug === slug && one.version === version)
    if (!found || !isOffered(found) || found.definition.kind !== 'statutory')
      fields.push({ field: 'questionnaires', key: 'campaigns.error.noQuestionnaire' })
    else if (whyNotOffered(found.definition, plan.criteriaMethod))
      fields.push({ field: 'criteriaMethod', key: 'campaigns.error.methodNotOffered' })
  }
  for (const { slug, version } of plan.questionnaires.slice(statutory)) {
    const found = published.find((one) => one.slug === slug && one.version === version)
    if (!found || !standsBeside(found))
      fields.push({ field: plan.kind === 'pulse' ? 'questionnaires' : 'beside', key: 'campaigns.error.notBeside' })
  }
  const known = new Set((await workplacesOn(db, companyId, plan.opensOn)).map((workplace) => workplace.id))
  if (plan.workplaceIds.length === 0) fields.push({ field: 'workplaces', key: 'campaigns.error.noWorkplace' })
  else if (!plan.workplaceIds.every((id) => known.has(id)))
    fields.push({ field: 'workplaces', key: 'campaigns.error.unknownWorkplace' })
  if (fields.length > 0) throw new Problem('invalid_input', fields)
}

async function setQuestionnaires(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  plan: CampaignPlan,
  at: Date,
): Promise<void> {
  await campaignsOf(db)
    .deleteFrom('campaign_questionnaire')
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  for (const [position, reference] of plan.questionnaires.entries()) {
    const published = await pinVersion(db, companyId, reference, at)
    await campaignsOf(db)
      .insertInto('campaign_questionnaire')
      .values({
        company_id: companyId,
        id: newId(at),
        campaign_id: campaignId,
        questionnaire_version_id: published.id,
        slug: published.slug,
        version: published.version,
        hash: published.hash,
        position,
        wave: await waveOf(db, companyId, campaignId, published, plan.opensOn),
      })
      .execute()
  }
}

/** The how manieth time a questionnaire with a rotation is asked: one more than in the campaign that began last before this one. */
async function waveOf(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  name: { slug: string; version: number; hash: string },
  opensOn: string,
): Promise<number | null> {
  const [version] = await versionsOf(companyId, [name], (work) => work(db))
  if (!version!.definition.rotation) return null
  const before = await campaignsOf(db)
    .selectFrom('campaign_questionnaire as q')
    .innerJoin('campaign as c', (join) =>
      join.onRef('c.company_id', '=', 'q.company_id').onRef('c.id', '=', 'q.campaign_id'),
    )
    .select('q.wave')
    .where('q.company_id', '=', companyId)
    .where('q.slug', '=', name.slug)
    .where('q.campaign_id', '<>', campaignId)
    .where('c.opens_on', '<', opensOn)
    .where('q.wave', 'is not', null)
    .orderBy('c.opens_on', 'desc')
    .orderBy('q.wave', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (before?.wave ?? 0) + 1
}

async function setWorkplaces(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  plan: CampaignPlan,
  timeZone: string,
  at: Date,
): Promise<void> {
  const on = dateIn(timeZone, at) > plan.opensOn ? dateIn(timeZone, at) : plan.opensOn
  const workplaces = new Map((await workplacesOn(db, companyId, on)).map((one) => [one.id, one]))
  const heads = Map.groupBy(await membersOn(db, companyId, on, [...plan.workplaceIds]), (member) => member.workplaceId)
  const before = new Map((await campaignWorkplaces(db, companyId, campaignId)).map((one) => [one.workplaceId, one]))
  const criteria = new Map((await campaignCriteria(db, companyId, campaignId)).map((one) => [one.workplaceId, one]))
  await campaignsOf(db)
    .deleteFrom('campaign_workplace')
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  for (const workplaceId of new Set(plan.workplaceIds)) {
    const basis = decideBasis(workplaces.get(workplaceId)?.headcountFor50 ?? null, heads.get(workplaceId)?.length ?? 0)
    const kept = before.get(workplaceId)
    const same = kept?.basis === basis ? kept : undefined
    const decided = criteria.get(workplaceId)
    await campaignsOf(db)
      .insertInto('campaign_workplace')
      .values({
        company_id: companyId,
        id: newId(at),
        campaign_id: campaignId,
        workplace_id: workplaceId,
        basis,
        held_on: same?.heldOn ?? null,
        items: (same?.items ?? {}) as Record<string, string>,
        // what does not fit the form any more counts as nothing decided (criteriaInForce)
        criteria: decided?.stored ? JSON.stringify(decided.stored) : null,
        criteria_decided_on: decided?.decidedOn ?? null,
        criteria_decided_by: decided?.decidedBy ?? '',
        criteria_note: decided?.note ?? '',
      })
      .execute()
  }
}

/** What the committees deliberated, or whose opinions were heard, and when the house rules were made known. */
export interface Preparation {
  workplaces: readonly { workplaceId: string; heldOn: string | null; items: Readonly<Record<string, string>> }[]
  rulesPublishedOn: string | null
  rulesUrl: string
  /** a resolution on purpose and range of high-stress shares of groups (law G-7); null: they are not shown */
  highStressShareResolvedOn: string | null
}

/**
 * Stores a preparation as far as it goes (role hr). With everything there, the campaign becomes `prepared`: ready for the
 * implementer; with anything missing it is a draft again. @returns what is missing
 */
export async function prepareCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  preparation: Preparation,
  at: Date,
): Promise<Missing[]> {
  const campaign = await getCampaign(db, companyId, campaignId)
  if (isSigned(campaign.state)) throw new Problem('wrong_state')
  const { timeZone } = await getCompanyDetails(db, companyId)
  const stored = await campaignWorkplaces(db, companyId, campaignId)
  const given = new Map(preparation.workplaces.map((one) => [one.workplaceId, one]))
  for (const { workplaceId, basis } of stored) {
    const one = given.get(workplaceId)
    if (!one) continue
    const items: Record<string, string> = {}
    for (const item of itemsOf(basis)) if (one.items[item]?.trim()) items[item] = one.items[item].trim()
    await campaignsOf(db)
      .updateTable('campaign_workplace')
      .set({ held_on: one.heldOn, items })
      .where('company_id', '=', companyId)
      .where('campaign_id', '=', campaignId)
      .where('workplace_id', '=', workplaceId)
      .execute()
  }
  await campaignsOf(db)
    .updateTable('campaign')
    .set({
      rules_published_on: preparation.rulesPublishedOn,
      rules_url: preparation.rulesUrl,
      high_stress_share_resolved_on: preparation.highStressShareResolvedOn,
    })
    .where('company_id', '=', companyId)
    .where('id', '=', campaignId)
    .execute()
  const missing = findMissing(
    await campaignWorkplaces(db, companyId, campaignId),
    {
      kind: campaign.kind,
      rulesPublishedOn: preparation.rulesPublishedOn,
      closesOn: campaign.closesOn,
      questionnaires: (await campaignQuestionnaires(db, companyId, campaignId)).length,
    },
    dateIn(timeZone, at),
  )
  const to = missing.length === 0 ? 'prepared' : 'draft'
  if (campaign.state !== to) await advanceCampaign(db, companyId, campaignId, campaign.state, to, at)
  return missing
}
