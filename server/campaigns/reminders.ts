import { sql } from 'kysely'
import { v5 } from 'uuid'
import { recordAudit } from '../audit/index.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { queueMail } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { nextMailTime } from './calendar.ts'
import { mailOf } from './mail-kinds.ts'
import { findCampaign } from './queries.ts'
import { decideReminder, type ReminderCause } from './rules.ts'
import { campaignsOf } from './tables.ts'

/** The batch of everybody's n-th reminder: the same for all, so queueing one twice is harmless. */
export function reminderBatch(campaignId: string, number: number): string {
  return v5(`campaigns.reminder ${number}`, campaignId)
}

/**
 * Reminds those who have neither answered nor declined and have not had their share: at most the campaign's maximum per
 * person, not again within a day (asked for by HR) or within the interval (automatic), between 8:00 and 20:00 on working
 * days, never after closing. Doing it again changes nothing.
 *
 * @returns how many mails were queued; for tests and the log of the process, never for HR
 */
export async function sendReminders(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
  cause: ReminderCause = 'asked',
): Promise<number> {
  return services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    const campaign = await findCampaign(db, companyId, campaignId)
    if (!campaign?.openedAt) return 0
    const { timeZone } = await getCompanyDetails(db, companyId)
    const dueAt = nextMailTime(at, timeZone)
    const decision = decideReminder(campaign, { at, dueAt }, cause)
    if (!decision) return 0
    const reminded = await campaignsOf(db)
      .updateTable('invitation')
      .set({ reminders_sent: sql`reminders_sent + 1`, last_reminded_at: dueAt })
      .where('company_id', '=', companyId)
      .where('campaign_id', '=', campaignId)
      .where('state', 'in', ['invited', 'started'])
      .where('reminders_sent', '<', campaign.remindersMaximum)
      .where(sql<boolean>`coalesce(last_reminded_at, ${campaign.openedAt}) <= ${decision.notSince}`)
      .returning(['id', 'subject_id', 'reminders_sent'])
      .execute()
    if (reminded.length === 0) return 0
    await queueMail(
      db,
      companyId,
      reminded.map((row) => ({
        ...mailOf(campaign.kind, 'reminder'),
        area: 'stress' as const,
        subjectId: row.subject_id,
        contextId: row.id,
        batchId: reminderBatch(campaignId, row.reminders_sent),
        dueAt,
      })),
      at,
    )
    await recordAudit(db, companyId, at, {
      actorKind: 'system',
      actorRole: 'scheduler',
      action: 'campaign.reminded',
      reason: cause === 'asked' ? 'campaigns.audit.reminderAsked' : 'campaigns.audit.reminderDue',
      objectKind: 'campaign',
      objectId: campaignId,
      requestId: 'campaigns.remind',
    })
    return reminded.length
  })
}
