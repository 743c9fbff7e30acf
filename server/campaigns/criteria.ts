import { createHash } from 'node:crypto'
import {
  isPossible,
  listThresholds,
  rangedThresholds,
  sameRules,
  shapeOf,
  standardRules,
  type CriteriaRule,
  type RangedThreshold,
} from '../../analysis/scoring/index.ts'
import type { Criterion, Questionnaire } from '../../survey-definitions/schema.ts'
import { versionsOf, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { campaignQuestionnaires } from './queries.ts'
import { methodNames, type Basis, type CriteriaMethod } from './rules.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** Criteria by which a person is judged: they travel from the signature into the draft and with the result. */
export interface AppliedCriteria {
  method: CriteriaMethod
  rules: CriteriaRule[]
  /** the day they were decided; null where no day was given */
  decidedOn: string | null
}

/** The questionnaire's own numbers and where they are from, kept beside what was decided. */
export interface StandardCriteria {
  /** slug@version */
  questionnaire: string
  rules: CriteriaRule[]
  sources: { title: string; url: string }[]
}

/** What lies in campaign_workplace.criteria. */
export interface StoredCriteria {
  method: CriteriaMethod
  rules: CriteriaRule[]
  standard: StandardCriteria
}

/** What one workplace decides; a workplace without a decision is judged by the questionnaire's own numbers. */
export interface CriteriaDecision {
  workplaceId: string
  method: CriteriaMethod
  rules: CriteriaRule[]
  decidedOn: string | null
  /** which committee, or with whom opinions were heard; may be empty */
  decidedBy: string
  note: string
}

/** A workplace of a campaign with its decision, if there is one. */
export interface WorkplaceCriteria {
  workplaceId: string
  basis: Basis
  /** the day of the deliberation or hearing as a whole; criteria without a day of their own were decided on it */
  heldOn: string | null
  stored: StoredCriteria | null
  decidedOn: string | null
  decidedBy: string
  note: string
}

/** Criteria as they hold at a workplace, with the questionnaire's own beside them. */
export interface CriteriaInForce extends Omit<CriteriaDecision, 'workplaceId'> {
  workplaceId: string
  basis: Basis
  standard: StandardCriteria
  /** numbers other than the questionnaire's */
  changed: boolean
  /** decided for this workplace; false: the campaign's method with the questionnaire's numbers */
  own: boolean
}

/** A method that a form offers, with its numbers. */
export interface OfferedCriterion {
  method: CriteriaMethod
  criterion: Criterion
  thresholds: RangedThreshold[]
}

/** The methods a form can be judged by. Example: one for `stress-check-23@1`, two for `stress-check-57@1`. */
export function offeredCriteria(definition: Questionnaire): OfferedCriterion[] {
  return (['simpleSum', 'conversion'] as const).flatMap((method) => {
    const criterion = definition.criteria.find((one) => one.method === methodNames[method])
    return criterion ? [{ method, criterion, thresholds: rangedThresholds(definition, criterion) }] : []
  })
}

/** The stress check a campaign asks; undefined where it asks none. */
export async function statutoryVersion(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<QuestionnaireVersion | undefined> {
  const [first] = await campaignQuestionnaires(db, companyId, campaignId)
  const version = first && (await versionsOf(companyId, [first], (work) => work(db)))[0]
  return version?.definition.kind === 'statutory' ? version : undefined
}

/** The workplaces of a campaign with what they decided, in the order of {@link campaignWorkplaces}. */
export async function campaignCriteria(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<WorkplaceCriteria[]> {
  const rows = await campaignsOf(db)
    .selectFrom('campaign_workplace')
    .select([
      'workplace_id',
      'basis',
      'held_on',
      'criteria',
      'criteria_decided_on',
      'criteria_decided_by',
      'criteria_note',
    ])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    workplaceId: row.workplace_id,
    basis: row.basis,
    heldOn: row.held_on,
    stored: row.criteria as StoredCriteria | null,
    decidedOn: row.criteria_decided_on,
    decidedBy: row.criteria_decided_by,
    note: row.criteria_note,
  }))
}

/** The criteria a person of this workplace is judged by, as signed (role employee too). Undefined before signing. */
export async function appliedCriteria(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  workplaceId: string,
): Promise<AppliedCriteria | undefined> {
  const row = await campaignsOf(db)
    .selectFrom('campaign_workplace')
    .select(['criteria', 'criteria_decided_on'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .where('workplace_id', '=', workplaceId)
    .executeTakeFirst()
  if (!row?.criteria) return undefined
  const { method, rules } = row.criteria as StoredCriteria
  return { method, rules, decidedOn: row.criteria_decided_on }
}

/** Can these numbers stand for this form and method? The shape of its rules, each number within what its sum can reach. */
function fitsForm(
  { method, rules }: { method: CriteriaMethod; rules: readonly CriteriaRule[] },
  definition: Questionnaire,
): boolean {
  const offered = offeredCriteria(definition).find((one) => one.method === method)
  if (!offered || shapeOf(rules) !== shapeOf(standardRules(offered.criterion))) return false
  const numbers = listThresholds(rules)
  return offered.thresholds.every((threshold, index) => isPossible(threshold, numbers[index]!.value))
}

/**
 * What holds at each workplace: its decision, else the questionnaire's own numbers by `method`. A decision that does not fit the form
 * any more (the plan changed its questionnaire) counts as none.
 */
export function criteriaInForce(
  workplaces: readonly WorkplaceCriteria[],
  version: QuestionnaireVersion,
  method: CriteriaMethod,
): CriteriaInForce[] {
  return workplaces.flatMap((one) => {
    const decision = one.stored && fitsForm(one.stored, version.definition) ? one.stored : undefined
    const standard = standardOf(version, decision?.method ?? method)
    if (!standard) return []
    const rules = decision?.rules ?? standard.rules
    return [
      {
        workplaceId: one.workplaceId,
        basis: one.basis,
        method: decision?.method ?? method,
        rules,
        decidedOn: one.decidedOn ?? one.heldOn,
        decidedBy: one.decidedBy,
        note: one.note,
        standard,
        changed: !sameRules(rules, standard.rules),
        own: decision !== undefined,
      },
    ]
  })
}

/** What holds at each workplace of a campaign: as signed, or before that as it stands. Empty without a stress check. */
export async function criteriaOf(
  db: AnyHandle,
  companyId: string,
  campaign: { id: string; criteriaMethod: CriteriaMethod },
): Promise<CriteriaInForce[]> {
  const version = await statutoryVersion(db, companyId, campaign.id)
  if (!version) return []
  return criteriaInForce(await campaignCriteria(db, companyId, campaign.id), version, campaign.criteriaMethod)
}

/** A form's own numbers with their sources; undefined for a method it does not offer. */
function standardOf(version: QuestionnaireVersion, method: CriteriaMethod): StandardCriteria | undefined {
  const { definition } = version
  const criterion = definition.criteria.find((one) => one.method === methodNames[method])
  return (
    criterion && {
      questionnaire: `${version.slug}@${version.version}`,
      rules: standardRules(criterion),
      sources: criterion.sources.map((id) => ({
        title: definition.sources[id]?.title ?? id,
        url: definition.sources[id]?.url ?? '',
      })),
    }
  )
}

/** SHA-256 over what is judged by at each workplace: the same for the same criteria, whatever else was noted. */
export function hashCriteria(
  criteria: readonly { workplaceId: string; method: CriteriaMethod; rules: readonly CriteriaRule[] }[],
): string {
  const content = criteria
    .map(({ workplaceId, method, rules }) => [
      workplaceId,
      method,
      shapeOf(rules),
      ...listThresholds(rules).map(({ value }) => value),
    ])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

/** What workplaces decided of their own, as one value: a page that is signed says which state of it was seen. */
export const hashOfDecisions = (inForce: readonly CriteriaInForce[]): string =>
  hashCriteria(inForce.filter(({ own }) => own))

/** Writes a row of campaign_workplace; the database refuses it once the campaign is signed. */
async function writeCriteria(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  { workplaceId, decidedOn, decidedBy, note }: Omit<CriteriaDecision, 'method' | 'rules'>,
  stored: StoredCriteria | null,
): Promise<void> {
  await campaignsOf(db)
    .updateTable('campaign_workplace')
    .set({
      criteria: stored && JSON.stringify(stored),
      criteria_decided_on: decidedOn,
      criteria_decided_by: decidedBy,
      criteria_note: note,
    })
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .where('workplace_id', '=', workplaceId)
    .execute()
}

/**
 * Keeps what workplaces decide (roles hr and implementer, before signing). A decision that says nothing but the campaign's method with
 * the questionnaire's own numbers is none.
 */
export async function decideCriteria(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  decisions: readonly CriteriaDecision[],
  of: { version: QuestionnaireVersion; method: CriteriaMethod },
): Promise<void> {
  for (const decision of decisions) {
    const standard = standardOf(of.version, decision.method)
    if (!standard || !fitsForm(decision, of.version.definition)) throw new RangeError('criteria the form cannot have')
    const { method, rules } = decision
    const says = method !== of.method || !sameRules(rules, standard.rules)
    await writeCriteria(db, companyId, campaignId, decision, says ? { method, rules, standard } : null)
  }
}

/** Writes down for every workplace what was signed (role implementer), with the questionnaire's own numbers and their sources. */
export async function freezeCriteria(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  inForce: readonly CriteriaInForce[],
): Promise<void> {
  for (const one of inForce) {
    const { method, rules, standard } = one
    await writeCriteria(db, companyId, campaignId, one, { method, rules, standard })
  }
}
