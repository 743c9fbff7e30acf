import { recordAudit } from '../audit/index.ts'
import { advanceCampaign, getCampaign, requireReach } from '../campaigns/index.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import { queueMail } from '../mail/index.ts'
import { Problem } from '../web/problems.ts'
import { countNeeds, lockCampaign, type Signing } from './needs.ts'
import { resultsOf, type AnyHandle, type NoticeTable } from './tables.ts'

/**
 * Gives everybody their result at the same moment (role implementer): a notice per person, one batch of mails of one shape, and the
 * campaign is released (law N-1, N-3). Nobody can be left out or taken first.
 * @throws {Problem} wrong_state when somebody's need is not confirmed yet, or it was released before; not_allowed for whoever holds the
 *   role at some of the campaign's workplaces only
 */
export async function releaseResults(db: AnyHandle, signing: Signing, at: Date): Promise<{ released: number }> {
  const { companyId, campaignId, implementerId, requestId } = signing
  await lockCampaign(db, campaignId)
  const campaign = await getCampaign(db, companyId, campaignId)
  await requireReach(db, companyId, campaignId, signing.workplaceIds)
  const { open } = await countNeeds(db, companyId, campaignId)
  if (open > 0) throw new Problem('wrong_state')
  // a campaign that nobody answered has nobody to confirm
  if (campaign.state === 'closed') await advanceCampaign(db, companyId, campaignId, 'closed', 'need_confirmed', at)
  await advanceCampaign(db, companyId, campaignId, 'need_confirmed', 'results_released', at)
  const people = await resultsOf(db)
    .selectFrom('interview_need')
    .select(['id', 'subject_id'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  for (let start = 0; start < people.length; start += 2_000) {
    await resultsOf(db)
      .insertInto('notice')
      .values(
        people.slice(start, start + 2_000).map((person) => ({
          company_id: companyId,
          id: person.id,
          campaign_id: campaignId,
          subject_id: person.subject_id,
          released_by: implementerId,
          notified_at: at,
          first_viewed_at: null,
        })),
      )
      .execute()
  }
  // the capability below computes the groups once everybody has their own result
  await requestJob(db, companyId, 'group-reports.compute', campaignId, at)
  const batchId = newId(at)
  await queueMail(
    db,
    companyId,
    people.map((person) => ({
      mailClass: 'statutory',
      template: 'results.notice',
      area: 'stress',
      subjectId: person.subject_id,
      contextId: person.id,
      batchId,
      dueAt: at,
    })),
    at,
  )
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: implementerId,
    actorRole: 'implementer',
    action: 'results.released',
    reason: 'results.reason.resultRelease',
    objectKind: 'campaign',
    objectId: campaignId,
    requestId,
  })
  return { released: people.length }
}

/** A person's notice (role employee: the own one); undefined before release. */
export async function findNotice(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
): Promise<
  Pick<NoticeTable, 'released_by' | 'notified_at' | 'first_viewed_at' | 'subject_id' | 'campaign_id'> | undefined
> {
  return resultsOf(db)
    .selectFrom('notice')
    .select(['released_by', 'notified_at', 'first_viewed_at', 'subject_id', 'campaign_id'])
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
}

/** Keeps when a person first saw the own result; like an audit row, written once when the page is opened. */
export async function markFirstViewed(db: AnyHandle, companyId: string, invitationId: string, at: Date): Promise<void> {
  await resultsOf(db)
    .updateTable('notice')
    .set({ first_viewed_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .where('first_viewed_at', 'is', null)
    .execute()
}

/** How many of a campaign's people were notified, and how many have opened their result (roles implementer, clerk). */
export async function countNotices(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<{ notified: number; viewed: number }> {
  const row = await resultsOf(db)
    .selectFrom('notice')
    .select((count) => [
      count.fn.countAll<number>().as('notified'),
      count.fn.count<number>('first_viewed_at').as('viewed'),
    ])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .executeTakeFirstOrThrow()
  return { notified: row.notified, viewed: row.viewed }
}
