import { createHash } from 'node:crypto'
import { newId } from '../ids.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** A department of the tree as it was signed. */
export interface CampaignGroup {
  departmentId: string
  parentDepartmentId: string | null
  name: string
  depth: number
  /**
   * A sibling: the whole unit, with all below it, is reported together with that one. A department below: only the
   * people attached directly to this one are reported with it. Null: reported as it stands.
   */
  mergedIntoDepartmentId: string | null
  /** those who are asked and attached directly to this department */
  headcount: number
}

/** A group as it is reported: after merges, named after everything it holds, parents before children. */
export interface ReportingGroup {
  departmentId: string
  parentDepartmentId: string | null
  /** 「総務課・経理課」 where units were merged */
  name: string
  depth: number
  /** those attached directly to it, merged ones included */
  headcount: number
  /** the departments whose people are attached to it */
  memberDepartmentIds: readonly string[]
}

/** The departments of a campaign, parents before children, as frozen at signing (before: as HR's merges stand). */
export async function campaignGroups(db: AnyHandle, companyId: string, campaignId: string): Promise<CampaignGroup[]> {
  const rows = await campaignsOf(db)
    .selectFrom('campaign_group')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('position')
    .execute()
  return rows.map((row) => ({
    departmentId: row.department_id,
    parentDepartmentId: row.parent_department_id,
    name: row.name,
    depth: row.depth,
    mergedIntoDepartmentId: row.merged_into_department_id,
    headcount: row.headcount,
  }))
}

/** Puts the tree in place of the one before (roles hr, implementer; before signing only: the database refuses it later). */
export async function replaceGroups(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  groups: readonly CampaignGroup[],
  at: Date,
): Promise<void> {
  await campaignsOf(db)
    .deleteFrom('campaign_group')
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  for (let start = 0; start < groups.length; start += 2_000) {
    await campaignsOf(db)
      .insertInto('campaign_group')
      .values(
        groups.slice(start, start + 2_000).map((group, index) => ({
          company_id: companyId,
          id: newId(at),
          campaign_id: campaignId,
          department_id: group.departmentId,
          parent_department_id: group.parentDepartmentId,
          name: group.name,
          depth: group.depth,
          merged_into_department_id: group.mergedIntoDepartmentId,
          headcount: group.headcount,
          position: start + index,
        })),
      )
      .execute()
  }
}

/** May `group` be merged into `target`? A sibling takes it whole; a child of its own takes the people attached directly. */
export function mayMerge(group: CampaignGroup, target: CampaignGroup): boolean {
  if (group.departmentId === target.departmentId) return false
  return group.parentDepartmentId === target.parentDepartmentId || target.parentDepartmentId === group.departmentId
}

/**
 * The tree after merges, and for each department the group its people are reported in.
 * @example 営業部 (3 heads of its own) → 第一課 (8): 「第一課」 holds 11 and is named 「第一課・営業部(直属)」 by `directName`
 */
export function mergeGroups(
  groups: readonly CampaignGroup[],
  directName: (name: string) => string = (name) => name,
): { groups: ReportingGroup[]; groupOf: Map<string, string> } {
  const byId = new Map(groups.map((group) => [group.departmentId, group]))
  const children = Map.groupBy(groups, (group) => group.parentDepartmentId)
  const groupOf = new Map<string, string>()
  const names = new Map<string, string[]>()
  const whole = (group: CampaignGroup) => {
    const target = group.mergedIntoDepartmentId === null ? undefined : byId.get(group.mergedIntoDepartmentId)
    return target !== undefined && target.parentDepartmentId === group.parentDepartmentId ? target : undefined
  }
  const endOf = (group: CampaignGroup): CampaignGroup => {
    const seen = new Set<string>()
    let at = group
    for (let next = whole(at); next && !seen.has(next.departmentId); next = whole(at)) {
      seen.add(at.departmentId)
      at = next
    }
    return at
  }
  const place = (group: CampaignGroup, into: CampaignGroup | undefined): void => {
    const end = into ?? (whole(group) ? endOf(group) : undefined)
    if (end) {
      groupOf.set(group.departmentId, end.departmentId)
      if (!into) names.set(end.departmentId, [...(names.get(end.departmentId) ?? []), group.name])
      for (const child of children.get(group.departmentId) ?? []) place(child, end)
      return
    }
    const below = group.mergedIntoDepartmentId === null ? undefined : byId.get(group.mergedIntoDepartmentId)
    const direct = below && below.parentDepartmentId === group.departmentId ? endOf(below) : undefined
    groupOf.set(group.departmentId, (direct ?? group).departmentId)
    if (direct) names.set(direct.departmentId, [...(names.get(direct.departmentId) ?? []), directName(group.name)])
    for (const child of children.get(group.departmentId) ?? []) place(child, undefined)
  }
  for (const top of children.get(null) ?? []) place(top, undefined)

  const kept = groups.filter((group) => !absorbed(group.departmentId, groupOf, byId, whole))
  return {
    groupOf,
    groups: kept.map((group) => {
      const members = groups.filter((one) => groupOf.get(one.departmentId) === group.departmentId)
      return {
        departmentId: group.departmentId,
        parentDepartmentId: group.parentDepartmentId,
        name: [group.name, ...(names.get(group.departmentId) ?? [])].join('・'),
        depth: group.depth,
        headcount: members.reduce((sum, one) => sum + one.headcount, 0),
        memberDepartmentIds: members.map((one) => one.departmentId),
      }
    }),
  }
}

// a department is gone from the tree when it, or one above it, was merged whole into a sibling
function absorbed(
  id: string,
  groupOf: ReadonlyMap<string, string>,
  byId: ReadonlyMap<string, CampaignGroup>,
  whole: (group: CampaignGroup) => CampaignGroup | undefined,
): boolean {
  for (let at = byId.get(id); at; at = at.parentDepartmentId === null ? undefined : byId.get(at.parentDepartmentId)) {
    if (whole(at) && groupOf.get(at.departmentId) !== at.departmentId) return true
  }
  return false
}

/** The groups as reported; what group figures are computed over. */
export async function reportingGroups(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  directName?: (name: string) => string,
): Promise<ReportingGroup[]> {
  return mergeGroups(await campaignGroups(db, companyId, campaignId), directName).groups
}

/** SHA-256 over what was signed of the tree: departments, parents, names, merges; headcounts may still change until opening. */
export function hashTree(groups: readonly CampaignGroup[]): string {
  const content = groups
    .map((group) => [group.departmentId, group.parentDepartmentId, group.name, group.mergedIntoDepartmentId])
    .sort((a, b) => (a[0]! < b[0]! ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}
