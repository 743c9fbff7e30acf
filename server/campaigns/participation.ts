import { sql } from 'kysely'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { startOfDay } from './calendar.ts'
import { identifySubjects } from './subjects.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

/** What HR may know of taking part: yes or no as of the beginning of a day; never a time, and declining looks like silence. */
export interface Participation {
  employmentId: string
  taken: boolean
}

/** Everybody who was invited, with `taken`, and the day it is true of; undefined before opening. */
export async function listParticipation(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<{ asOfOn: string; people: Participation[] } | undefined> {
  const rows = await campaignsOf(db)
    .selectFrom('participation')
    .select(['employment_id', 'taken', 'as_of_on'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('employment_id')
    .execute()
  const asOfOn = rows[0]?.as_of_on
  if (asOfOn === undefined) return undefined
  return { asOfOn, people: rows.map((row) => ({ employmentId: row.employment_id, taken: row.taken })) }
}

/** How many have taken it, of how many, as of the beginning of which day. */
export interface Taken {
  asOfOn: string
  taken: number
  invited: number
}

/** The one number of HR's page; undefined before opening. */
export async function countParticipation(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<Taken | undefined> {
  return (await countAllParticipation(db, companyId, [campaignId])).get(campaignId)
}

/** The same for several campaigns, by id; those that have not opened are absent. */
export async function countAllParticipation(
  db: AnyHandle,
  companyId: string,
  campaignIds: readonly string[],
): Promise<Map<string, Taken>> {
  if (campaignIds.length === 0) return new Map()
  const rows = await campaignsOf(db)
    .selectFrom('participation')
    .select([
      'campaign_id',
      sql<string>`max(as_of_on)`.as('as_of_on'),
      sql<number>`count(*)`.as('invited'),
      sql<number>`count(*) FILTER (WHERE taken)`.as('taken'),
    ])
    .where('company_id', '=', companyId)
    .where('campaign_id', 'in', [...campaignIds])
    .groupBy('campaign_id')
    .execute()
  return new Map(rows.map((row) => [row.campaign_id, { asOfOn: row.as_of_on, taken: row.taken, invited: row.invited }]))
}

/** At opening: nobody has taken it yet. */
export async function startParticipation(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  employmentIds: readonly string[],
  on: string,
): Promise<void> {
  await campaignsOf(db)
    .insertInto('participation')
    .values(
      employmentIds.map((employmentId) => ({
        company_id: companyId,
        campaign_id: campaignId,
        employment_id: employmentId,
        taken: false,
        as_of_on: on,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * Once a day: what HR sees becomes the state at the beginning of today, whatever minute this runs at.
 * Running it again on the same day changes nothing. Returns whether it was refreshed.
 */
export async function refreshParticipation(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<boolean> {
  return services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    const { timeZone } = await getCompanyDetails(db, companyId)
    const today = dateIn(timeZone, at)
    const stale = await campaignsOf(db)
      .selectFrom('participation')
      .select(sql`1`.as('one'))
      .where('company_id', '=', companyId)
      .where('campaign_id', '=', campaignId)
      .where('as_of_on', '<', today)
      .limit(1)
      .executeTakeFirst()
    if (!stale) return false
    const submitted = await campaignsOf(db)
      .selectFrom('invitation')
      .select('subject_id')
      .where('company_id', '=', companyId)
      .where('campaign_id', '=', campaignId)
      .where('state', '=', 'submitted')
      .where('submitted_at', '<', startOfDay(today, timeZone))
      .execute()
    const identities = await identifySubjects(
      db,
      services.vault,
      companyId,
      submitted.map((row) => row.subject_id),
    )
    const taken = [...identities.values()].map((identity) => identity.employmentId)
    // one array parameter, however many people
    await sql`
      UPDATE participation SET as_of_on = ${today}, taken = taken OR employment_id = ANY (${taken}::uuid[])
      WHERE company_id = ${companyId} AND campaign_id = ${campaignId}`.execute(db)
    return true
  })
}
