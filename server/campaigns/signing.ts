import { userHasPersonnelAuthority } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { versionsOf, type QuestionnaireVersion } from '../questionnaires/index.ts'
import { departmentTreeOn } from '../roster/index.ts'
import { Problem } from '../web/problems.ts'
import { campaignCriteria, criteriaInForce, freezeCriteria, hashOfDecisions } from './criteria.ts'
import { campaignGroups, hashTree, mayMerge, replaceGroups, type CampaignGroup } from './groups.ts'
import { participantsOn } from './opening.ts'
import { advanceCampaign, campaignQuestionnaires, campaignWorkplaces, getCampaign } from './queries.ts'
import { findMissing, isSigned, whyNotOffered, type CriteriaMethod } from './rules.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** The implementer's signature: who, which criteria; `reach`: workplaces where the role is held (undefined: everywhere). */
export interface Signature {
  userId: string
  /** the method of workplaces that have not decided criteria of their own */
  criteriaMethod: CriteriaMethod
  /** {@link hashOfDecisions} as the signer saw it; left out: whatever stands there is signed */
  decisionsSeen?: string
  reach: readonly string[] | undefined
  requestId: string
}

/**
 * Signs a prepared campaign (role implementer): freezes questionnaires, criteria, floor and department tree with its
 * merges, and writes an audit row. From here the database refuses to change any of them.
 * @throws {Problem} personnel_authority when the signer decides on dismissal, promotion or transfer of a participant
 *   (Ordinance 52-10(2)), invalid_input for criteria the form does not offer, not_allowed outside the signer's workplaces, wrong_state when it is not prepared
 */
export async function signCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  signature: Signature,
  at: Date,
): Promise<void> {
  const campaign = await getCampaign(db, companyId, campaignId)
  if (campaign.state !== 'prepared') throw new Problem('wrong_state')
  const { timeZone } = await getCompanyDetails(db, companyId)
  const today = dateIn(timeZone, at)
  const workplaces = await campaignWorkplaces(db, companyId, campaignId)
  const questionnaires = await campaignQuestionnaires(db, companyId, campaignId)
  const missing = findMissing(
    workplaces,
    {
      kind: campaign.kind,
      rulesPublishedOn: campaign.rulesPublishedOn,
      closesOn: campaign.closesOn,
      questionnaires: questionnaires.length,
    },
    today,
  )
  if (missing.length > 0) throw new Problem('wrong_state')
  const workplaceIds = workplaces.map((one) => one.workplaceId)
  if (signature.reach && !workplaceIds.every((id) => signature.reach!.includes(id))) throw new Problem('not_allowed')
  if (await userHasPersonnelAuthority(db, companyId, signature.userId, workplaceIds, today))
    throw new Problem('personnel_authority')
  const versions = await versionsOf(companyId, questionnaires, (work) => work(db))
  const statutory = versions.find(({ definition }) => definition.kind === 'statutory')
  if (statutory) await freezeDecided(db, companyId, campaignId, statutory, signature)
  const groups = await currentGroups(db, companyId, campaignId, at)
  await replaceGroups(db, companyId, campaignId, groups, at)
  const signed = await campaignsOf(db)
    .updateTable('campaign')
    .set({
      state: 'signed',
      criteria_method: signature.criteriaMethod,
      tree_hash: hashTree(groups),
      signed_by: signature.userId,
      signed_at: at,
    })
    .where('company_id', '=', companyId)
    .where('id', '=', campaignId)
    .where('state', '=', 'prepared')
    .executeTakeFirst()
  if (signed.numUpdatedRows !== 1n) throw new Problem('wrong_state')
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: signature.userId,
    actorRole: 'implementer',
    action: 'campaign.signed',
    reason: 'campaigns.audit.signed',
    objectKind: 'campaign',
    objectId: campaignId,
    requestId: signature.requestId,
  })
}

/** Writes down the criteria of every workplace as they are signed. @throws {Problem} invalid_input */
async function freezeDecided(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  version: QuestionnaireVersion,
  { criteriaMethod, decisionsSeen }: Signature,
): Promise<void> {
  const inForce = criteriaInForce(await campaignCriteria(db, companyId, campaignId), version, criteriaMethod)
  const undecided = inForce.some(({ own }) => !own)
  if ((undecided || inForce.length === 0) && whyNotOffered(version.definition, criteriaMethod))
    throw new Problem('invalid_input', [{ field: 'criteriaMethod', key: 'campaigns.error.methodNotOffered' }])
  if (decisionsSeen !== undefined && decisionsSeen !== hashOfDecisions(inForce))
    throw new Problem('invalid_input', [{ field: 'decisionsSeen', key: 'campaigns.error.criteriaChanged' }])
  await freezeCriteria(db, companyId, campaignId, inForce)
}

/** The implementer hands a prepared campaign back to HR: it is a draft again. */
export async function returnCampaign(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  by: { userId: string; requestId: string },
  at: Date,
): Promise<void> {
  await advanceCampaign(db, companyId, campaignId, 'prepared', 'draft', at)
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: by.userId,
    actorRole: 'implementer',
    action: 'campaign.returned',
    reason: 'campaigns.audit.returned',
    objectKind: 'campaign',
    objectId: campaignId,
    requestId: by.requestId,
  })
}

/**
 * The department tree of a campaign: as signed, or, before that, as the roster stands on the opening day (today when that
 * is past), with HR's merges where they still fit. Departments without anybody to ask in them or below are left out.
 */
export async function currentGroups(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<CampaignGroup[]> {
  const campaign = await getCampaign(db, companyId, campaignId)
  const stored = await campaignGroups(db, companyId, campaignId)
  if (isSigned(campaign.state)) return stored
  const { timeZone } = await getCompanyDetails(db, companyId)
  const today = dateIn(timeZone, at)
  const on = campaign.opensOn > today ? campaign.opensOn : today
  const heads = new Map<string, number>()
  for (const member of await participantsOn(db, companyId, campaignId, on))
    heads.set(member.departmentId, (heads.get(member.departmentId) ?? 0) + 1)
  const tree = await departmentTreeOn(db, companyId, on)
  const parentOf = new Map(tree.map((node) => [node.id, node.parentId]))
  const peopled = new Set<string>()
  for (const id of heads.keys())
    for (let up: string | null | undefined = id; up && !peopled.has(up); up = parentOf.get(up)) peopled.add(up)
  const merges = new Map(stored.map((group) => [group.departmentId, group.mergedIntoDepartmentId]))
  const groups = tree
    .filter((node) => peopled.has(node.id))
    .map((node) => ({
      departmentId: node.id,
      parentDepartmentId: node.parentId,
      name: node.name,
      depth: node.depth,
      mergedIntoDepartmentId: merges.get(node.id) ?? null,
      headcount: heads.get(node.id) ?? 0,
    }))
  return keepPossible(groups)
}

/** Merges HR chose (role hr): unit → target, resolved to the last target; null undoes. @throws {Problem} invalid_input */
export async function chooseMerges(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  choices: readonly { departmentId: string; intoDepartmentId: string | null }[],
  at: Date,
): Promise<void> {
  const campaign = await getCampaign(db, companyId, campaignId)
  if (isSigned(campaign.state)) throw new Problem('wrong_state')
  const groups = await currentGroups(db, companyId, campaignId, at)
  const wanted = new Map(choices.map((choice) => [choice.departmentId, choice.intoDepartmentId]))
  const changed = groups.map((group) => {
    const into = wanted.get(group.departmentId)
    if (into !== undefined) return { ...group, mergedIntoDepartmentId: into }
    // what was merged into a unit goes along when that unit is merged itself
    const further = group.mergedIntoDepartmentId === null ? undefined : wanted.get(group.mergedIntoDepartmentId)
    return further ? { ...group, mergedIntoDepartmentId: further } : group
  })
  const kept = keepPossible(changed)
  for (const { departmentId, intoDepartmentId } of choices) {
    const after = kept.find((group) => group.departmentId === departmentId)
    if (!after || after.mergedIntoDepartmentId !== intoDepartmentId) throw new Problem('invalid_input')
  }
  await replaceGroups(db, companyId, campaignId, kept, at)
}

/** Only merges that the tree allows and whose target is itself reported: no chains, no circles. */
function keepPossible(groups: readonly CampaignGroup[]): CampaignGroup[] {
  const byId = new Map(groups.map((group) => [group.departmentId, group]))
  const possible = new Set<string>()
  for (const group of groups) {
    const target = group.mergedIntoDepartmentId === null ? undefined : byId.get(group.mergedIntoDepartmentId)
    if (target && mayMerge(group, target) && target.mergedIntoDepartmentId === null) possible.add(group.departmentId)
  }
  return groups.map((group) => (possible.has(group.departmentId) ? group : { ...group, mergedIntoDepartmentId: null }))
}
