import { sql } from 'kysely'
import { countMail, type MailState } from '../mail/index.ts'
import type { ReportingGroup } from './groups.ts'
import { mailOf } from './mail-kinds.ts'
import type { Campaign } from './queries.ts'
import { reminderBatch } from './reminders.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** People of one department at one workplace: invited, and submitted. Declined and silent are one. */
export interface Count {
  departmentId: string
  workplaceId: string
  invited: number
  submitted: number
}

export interface UnitProgress {
  id: string
  depth: number
  invited: number
  submitted: number
}

/** A unit's progress is shown from this many invited people on; smaller ones count in the unit above. */
export const smallestUnit = 10

/** Live counts (roles implementer and clerk), only of the workplaces in reach. */
export async function countProgress(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  reach: readonly string[] | undefined,
): Promise<Count[]> {
  if (reach?.length === 0) return []
  let query = campaignsOf(db)
    .selectFrom('invitation')
    .select([
      'department_id',
      'workplace_id',
      sql<number>`count(*)`.as('invited'),
      sql<number>`count(*) FILTER (WHERE state = 'submitted')`.as('submitted'),
    ])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .groupBy(['department_id', 'workplace_id'])
  if (reach) query = query.where('workplace_id', 'in', [...reach])
  const rows = await query.execute()
  return rows.map((row) => ({
    departmentId: row.department_id,
    workplaceId: row.workplace_id,
    invited: row.invited,
    submitted: row.submitted,
  }))
}

/** Everybody in reach. */
export function sumProgress(counts: readonly Count[]): { invited: number; submitted: number } {
  return {
    invited: counts.reduce((sum, one) => sum + one.invited, 0),
    submitted: counts.reduce((sum, one) => sum + one.submitted, 0),
  }
}

/** Workplaces of ten and more; smaller ones stand together as `undefined`, when they are ten together. */
export function progressByWorkplace(
  counts: readonly Count[],
): { workplaceId: string | undefined; invited: number; submitted: number }[] {
  const each = [...Map.groupBy(counts, (one) => one.workplaceId)].map(([workplaceId, some]) => ({
    workplaceId,
    ...sumProgress(some),
  }))
  const small = each.filter((one) => one.invited < smallestUnit)
  const together = {
    workplaceId: undefined,
    invited: small.reduce((sum, one) => sum + one.invited, 0),
    submitted: small.reduce((sum, one) => sum + one.submitted, 0),
  }
  return [...each.filter((one) => one.invited >= smallestUnit), ...(together.invited >= smallestUnit ? [together] : [])]
}

/**
 * Departments of ten and more invited people, each with everybody below it; smaller ones count in those above only.
 * `depth` is counted among the shown ones.
 */
export function progressByGroup(groups: readonly ReportingGroup[], counts: readonly Count[]): UnitProgress[] {
  const own = Map.groupBy(counts, (one) => one.departmentId)
  const totals = new Map<string, { invited: number; submitted: number }>()
  for (const group of groups) totals.set(group.departmentId, sumProgress(own.get(group.departmentId) ?? []))
  // children after their parents: from the end everything is added upward
  for (const group of groups.toReversed()) {
    const above = group.parentDepartmentId === null ? undefined : totals.get(group.parentDepartmentId)
    const total = totals.get(group.departmentId)!
    if (!above) continue
    above.invited += total.invited
    above.submitted += total.submitted
  }
  const depths = new Map<string, number>()
  const shown: UnitProgress[] = []
  for (const group of groups) {
    const total = totals.get(group.departmentId)!
    const above = group.parentDepartmentId === null ? undefined : depths.get(group.parentDepartmentId)
    if (total.invited < smallestUnit) continue
    const depth = above === undefined ? 0 : above + 1
    depths.set(group.departmentId, depth)
    shown.push({ id: group.departmentId, depth, ...total })
  }
  return shown
}

/** How far the campaign's mails are, as numbers by state. */
export async function countDelivery(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  { kind, remindersMaximum }: Pick<Campaign, 'kind' | 'remindersMaximum'>,
): Promise<{ invitation: Map<MailState, number>; reminder: Map<MailState, number> }> {
  const rounds = Array.from({ length: remindersMaximum }, (_, index) => reminderBatch(campaignId, index + 1))
  return {
    invitation: await countMail(db, companyId, {
      template: mailOf(kind, 'invitation').template,
      batchIds: [campaignId],
    }),
    reminder: await countMail(db, companyId, { template: mailOf(kind, 'reminder').template, batchIds: rounds }),
  }
}
