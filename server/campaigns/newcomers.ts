import { sql } from 'kysely'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { findMembers } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { nextMailTime } from './calendar.ts'
import { batchSize, findGroupOf, inNoOrder, inviteMembers } from './opening.ts'
import { startParticipation } from './participation.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/**
 * Those who would be asked if the campaign opened on the day `on` and have not been (roles hr, implementer, scheduler), by employment id:
 * they joined, moved to a workplace that takes part, or came to take the check after it opened. Whoever was asked under an employment
 * that was renewed since has been asked.
 */
function uninvited(companyId: string, campaignId: string, on: string, reach: readonly string[] | undefined) {
  return sql<{ employment_id: string }>`
    SELECT DISTINCT r.employment_id FROM roster_assignment r
    JOIN campaign_workplace w ON w.company_id = r.company_id AND w.workplace_id = r.workplace_id
    WHERE r.company_id = ${companyId} AND w.campaign_id = ${campaignId} AND r.takes_stress_check
      AND r.assigned_from_on <= ${on} AND (r.assigned_until_on IS NULL OR r.assigned_until_on >= ${on})
      AND r.employed_from_on <= ${on} AND (r.employed_until_on IS NULL OR r.employed_until_on >= ${on})
      AND (${reach === undefined}::boolean OR r.workplace_id = ANY (${[...(reach ?? [])]}::uuid[]))
      AND NOT EXISTS (
        SELECT FROM participation p JOIN roster_assignment e ON e.company_id = p.company_id AND e.employment_id = p.employment_id
        WHERE p.company_id = r.company_id AND p.campaign_id = w.campaign_id AND e.employee_id = r.employee_id)`
}

/** How many people of the roster, at workplaces in reach, were not asked (roles hr and implementer): a number, nobody's answer. */
export async function countUninvited(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  on: string,
  reach: readonly string[] | undefined,
): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM (${uninvited(companyId, campaignId, on, reach)}) t`.execute(db)
  return rows[0]!.count
}

/**
 * Invites them, as long as the campaign is open; doing it again, or by two processes at once, invites nobody twice. Their rows bear the
 * moment of the opening and stand where everybody stands with reminders: what stays for years does not tell who came later.
 *
 * @returns how many were invited
 */
export async function inviteNewcomers(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<number> {
  return services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    // the second of two waits here for the first
    const campaign = await campaignsOf(db)
      .selectFrom('campaign')
      .select(['opened_at', 'kind'])
      .where('company_id', '=', companyId)
      .where('id', '=', campaignId)
      .where('state', '=', 'open')
      .where('closes_at', '>', at)
      .forUpdate()
      .executeTakeFirst()
    if (!campaign?.opened_at) return 0
    const { timeZone } = await getCompanyDetails(db, companyId)
    const on = dateIn(timeZone, at)
    const { rows } = await uninvited(companyId, campaignId, on, undefined).execute(db)
    const ids = rows.map((row) => row.employment_id)
    const members = inNoOrder([...(await findMembers(db, companyId, ids, on)).values()], at)
    if (members.length === 0) return 0
    const groupOf = await findGroupOf(db, companyId, campaignId, on)
    const reminders = await remindersSoFar(db, companyId, campaignId)
    const asOfOn = await participationDay(db, companyId, campaignId)
    const dueAt = nextMailTime(at, timeZone)
    for (let start = 0; start < members.length; start += batchSize) {
      const part = members.slice(start, start + batchSize)
      const batch = { companyId, campaignId, kind: campaign.kind, members: part, groupOf, on, dueAt, reminders }
      await inviteMembers(services, db, batch, campaign.opened_at)
      const employments = part.map((member) => member.employmentId).sort()
      await startParticipation(db, companyId, campaignId, employments, asOfOn ?? on)
    }
    await recordAudit(db, companyId, at, {
      actorKind: 'system',
      actorRole: 'scheduler',
      action: 'campaign.newcomers_invited',
      reason: 'campaigns.audit.newcomers',
      objectKind: 'campaign',
      objectId: campaignId,
      requestId: 'campaigns.invite-newcomers',
    })
    return members.length
  })
}

/** The reminders that those have had who have had most. */
async function remindersSoFar(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<{ sent: number; lastAt: Date | null }> {
  const row = await campaignsOf(db)
    .selectFrom('invitation')
    .select(['reminders_sent', 'last_reminded_at'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('reminders_sent', 'desc')
    .orderBy('last_reminded_at', (by) => by.desc().nullsLast())
    .limit(1)
    .executeTakeFirst()
  return { sent: row?.reminders_sent ?? 0, lastAt: row?.last_reminded_at ?? null }
}

/** The day that HR's figures are of: new rows join them. */
async function participationDay(db: AnyHandle, companyId: string, campaignId: string): Promise<string | undefined> {
  const row = await campaignsOf(db)
    .selectFrom('participation')
    .select('as_of_on')
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .limit(1)
    .executeTakeFirst()
  return row?.as_of_on
}
