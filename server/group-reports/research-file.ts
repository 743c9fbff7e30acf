import { decideFloor, decideTold, type DisclosurePlan, type Told } from '../../analysis/disclosure/index.ts'
import { recordAuditMany } from '../audit/index.ts'
import { readAnswersForAnalysis } from '../answering/index.ts'
import {
  campaignQuestionnaires,
  getCampaign,
  listInvitations,
  openSnapshots,
  reportingGroups,
  type Campaign,
  type Invitation,
} from '../campaigns/index.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { timelessId } from '../ids.ts'
import { versionsOf, type QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import { planCampaign } from './draft-report.ts'
import { putCompanyOnTop, type ReportNode } from './report-input.ts'
import { ownColumns, variablesOf } from './research-variables.ts'
import type { AnyHandle } from './tables.ts'

/** States of a campaign whose answers do not change any more. */
const closedStates: readonly string[] = ['closed', 'need_confirmed', 'results_released', 'archived']

export const isClosed = ({ state }: Pick<Campaign, 'state'>): boolean => closedStates.includes(state)

/** What lines of a campaign may tell beside the answers, by invitation. */
export interface Research {
  campaign: Campaign
  versions: readonly QuestionnaireVersion[]
  told: ReadonlyMap<string, Told>
  subjects: ReadonlyMap<string, string>
}

/**
 * Decides what a research file of a campaign may tell (role analysis); opens no answers. Undefined where fewer people took part
 * than the floor: then there is no file.
 * @throws {Problem} not_found for a campaign that is not there; wrong_state while answers may still come in
 */
export async function planResearch(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  restOf: (name: string) => string,
): Promise<Research | undefined> {
  const campaign = await getCampaign(db, companyId, campaignId)
  if (!isClosed(campaign)) throw new Problem('wrong_state')
  const versions = await versionsOf(companyId, await campaignQuestionnaires(db, companyId, campaignId), (work) =>
    work(db),
  )
  const answered = (await listInvitations(db, companyId, campaignId)).filter(({ state }) => state === 'submitted')
  const company = await getCompanyDetails(db, companyId)
  const groups = await reportingGroups(db, companyId, campaignId, (name) => name)
  const groupOf = groupsToldOf(putCompanyOnTop(groups, company.name), answered, campaign.floor, restOf)
  if (!groupOf) return undefined
  const snapshots = await openSnapshots(db, services.vault, companyId, answered)
  const people = answered.map((one) => {
    const { sex, ageBand } = snapshots.get(one.id) ?? {}
    return { group: groupOf(one), sex: sex ?? 'unknown', ageBand: ageBand ?? 'unknown' }
  })
  const told = decideTold(people, decideFloor(campaign.floor))
  return {
    campaign,
    versions,
    told: new Map(answered.map(({ id }, index) => [id, told[index]!])),
    subjects: new Map(answered.map(({ id, subjectId }) => [id, subjectId])),
  }
}

/** The name a person's line is told under: the nearest published department, or what is left of it beside those below. */
function groupsToldOf(
  tree: readonly ReportNode[],
  answered: readonly Invitation[],
  floor: number,
  restOf: (name: string) => string,
): ((invitation: Invitation) => string) | undefined {
  const nodeOf = new Map(tree.flatMap(({ id, members }) => members.map((member) => [member, id] as const)))
  const counts = new Map<string, number>()
  for (const { departmentId } of answered) {
    const node = nodeOf.get(departmentId) ?? departmentId
    counts.set(node, (counts.get(node) ?? 0) + 1)
  }
  const plan: DisclosurePlan = planCampaign({ tree, floor }, counts)
  if (plan.published.length === 0) return undefined
  const published = new Set(plan.published.map(({ id }) => id))
  const parents = new Map(tree.map(({ id, parentId }) => [id, parentId]))
  const names = new Map(tree.map(({ id, name }) => [id, name]))
  const withRest = new Set(plan.rests.map(({ id }) => id))
  const ownerOf = (node: string): string => {
    for (let at: string | null | undefined = node; at; at = parents.get(at)) if (published.has(at)) return at
    return tree[0]!.id
  }
  return ({ departmentId }) => {
    const owner = ownerOf(nodeOf.get(departmentId) ?? departmentId)
    const name = names.get(owner) ?? ''
    return withRest.has(owner) ? restOf(name) : name
  }
}

/**
 * Lines of answers.csv: no identity, an id made for this file alone, in no order that says who or when (role analysis). Each
 * person's record gets its line in the audit before anything is sent.
 */
export async function researchLines(
  services: Services,
  db: AnyHandle,
  { research, version, reader }: { research: Research; version: QuestionnaireVersion; reader: Reader },
): Promise<string[]> {
  const { companyId, userId, requestId } = reader
  const { campaign, told, subjects } = research
  const variables = variablesOf(version)
  const lines: { row: string; line: string }[] = []
  const opened: string[] = []
  for await (const { invitationId, answers } of readAnswersForAnalysis(
    db,
    services.vault,
    companyId,
    campaign.id,
    version.slug,
  )) {
    const about = told.get(invitationId)
    if (!about) continue
    const row = timelessId()
    const cells = [row, inCsv(about.group), about.sex, about.ageBand]
    for (const variable of variables) cells.push(variable.cell(answers[variable.item.id]))
    lines.push({ row, line: `${cells.join(',')}\r\n` })
    opened.push(subjects.get(invitationId)!)
  }
  await recordAuditMany(
    db,
    companyId,
    services.clock.now(),
    opened.map((subjectId) => ({
      actorKind: 'staff',
      actorId: userId,
      actorRole: 'implementer',
      action: 'answers.exported',
      subjectArea: 'stress',
      subjectId,
      reason: 'results.reason.research',
      objectKind: 'campaign',
      objectId: campaign.id,
      requestId,
    })),
  )
  const header = `\uFEFF${[...ownColumns, ...variables.map(({ name }) => name)].join(',')}\r\n`
  // the ids are random: their order says nothing
  return [header, ...lines.toSorted((a, b) => (a.row < b.row ? -1 : 1)).map(({ line }) => line)]
}

/** Who asked for the file. */
export interface Reader {
  companyId: string
  userId: string
  requestId: string
}

/** A text cell; one that a spreadsheet would take for a formula is neutralised. */
function inCsv(words: string): string {
  const safe = /^[=+\-@\t\r]/.test(words) ? `'${words}` : words
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
