import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import { newId } from '../ids.ts'
import { requestJob } from '../jobs/index.ts'
import { queueMail } from '../mail/index.ts'
import { departmentTreeOn, membersOn, type Member } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { nextMailTime } from './calendar.ts'
import { campaignGroups, mergeGroups } from './groups.ts'
import { mailOf } from './mail-kinds.ts'
import { startParticipation } from './participation.ts'
import { campaignWorkplaces, getCampaign } from './queries.ts'
import { takeSnapshot, type CampaignKind } from './rules.ts'
import { readySubjects } from './subjects.ts'
import { campaignsOf, type AnyHandle } from './tables.ts'

// people per statement: below the 65,535 parameters of one, and short enough that no statement lasts long
export const batchSize = 2_000

/** What an opening did: nothing when it was not due, not signed, or opened already. */
export interface Opening {
  opened: boolean
  invited: number
  /** without an address; they get their link on paper */
  withoutAddress: number
}

const nothing: Opening = { opened: false, invited: 0, withoutAddress: 0 }

/**
 * Opens a signed campaign whose first day has come: in one transaction everybody who is to be asked on that day gets a
 * subject, an invitation with a sealed snapshot, a row of participation, and a mail in the queue (one batch, one window).
 * Doing it again, or by two processes at once, changes nothing.
 */
export async function openCampaign(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<Opening> {
  return services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    // the second of two waits here for the first, and then finds nothing to do
    const claimed = await campaignsOf(db)
      .updateTable('campaign')
      .set({ state: 'open', opened_at: at })
      .where('company_id', '=', companyId)
      .where('id', '=', campaignId)
      .where('state', '=', 'signed')
      .where('opens_at', '<=', at)
      .executeTakeFirst()
    if (claimed.numUpdatedRows !== 1n) return nothing
    const { timeZone } = await getCompanyDetails(db, companyId)
    const { kind } = await getCampaign(db, companyId, campaignId)
    const on = dateIn(timeZone, at)
    const members = inNoOrder(await participantsOn(db, companyId, campaignId, on), at)
    const groupOf = await findGroupOf(db, companyId, campaignId, on)
    const dueAt = nextMailTime(at, timeZone)
    for (let start = 0; start < members.length; start += batchSize) {
      const part = members.slice(start, start + batchSize)
      await inviteMembers(services, db, { companyId, campaignId, kind, members: part, groupOf, on, dueAt }, at)
      await startParticipation(db, companyId, campaignId, part.map((member) => member.employmentId).sort(), on)
    }
    await recordAudit(db, companyId, at, {
      actorKind: 'system',
      actorRole: 'scheduler',
      action: 'campaign.opened',
      reason: 'campaigns.audit.due',
      objectKind: 'campaign',
      objectId: campaignId,
      requestId: 'campaigns.open',
    })
    const withoutAddress = members.filter((member) => member.email === null).length
    return { opened: true, invited: members.length, withoutAddress }
  })
}

/**
 * Rows lie in the order they were written, and a dump tells it. Subjects and invitations are written in an order of chance, participation in
 * that of the employments' ids: so the n-th of the one is not the n-th of the other, nor of the roster.
 */
export function inNoOrder<One>(all: readonly One[], at: Date): One[] {
  return all
    .map((one) => ({ one, place: newId(at) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ one }) => one)
}

/** Those who are asked: on the roster that day, at a workplace that takes part, and of those who take the check. */
export async function participantsOn(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  on: string,
): Promise<Member[]> {
  const workplaces = await campaignWorkplaces(db, companyId, campaignId)
  const members = await membersOn(
    db,
    companyId,
    on,
    workplaces.map((one) => one.workplaceId),
  )
  return members.filter((member) => member.takesStressCheck)
}

/**
 * The reporting group of a department on the opening day. One that is newer than the signed tree counts in the nearest
 * department above it that was signed; one without any counts in the first of the tree.
 */
export async function findGroupOf(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
  on: string,
): Promise<(departmentId: string) => string> {
  const groups = await campaignGroups(db, companyId, campaignId)
  const { groupOf } = mergeGroups(groups)
  const parentOf = new Map((await departmentTreeOn(db, companyId, on)).map((node) => [node.id, node.parentId]))
  const first = groups[0]
  return (departmentId) => {
    for (let at: string | null | undefined = departmentId; at; at = parentOf.get(at)) {
      const group = groupOf.get(at)
      if (group) return group
    }
    return first ? groupOf.get(first.departmentId)! : departmentId
  }
}

/** Subjects, invitations and mails of these people (role scheduler); `at`: the moment their rows bear. */
export async function inviteMembers(
  services: Services,
  db: AnyHandle,
  batch: {
    companyId: string
    campaignId: string
    kind: CampaignKind
    members: readonly Member[]
    groupOf: (departmentId: string) => string
    on: string
    dueAt: Date
    /** reminders they are taken to have had; none at the opening */
    reminders?: { sent: number; lastAt: Date | null }
  },
  at: Date,
): Promise<void> {
  const { vault } = services
  const { companyId, campaignId, members } = batch
  const subjects = await readySubjects(db, vault, companyId, members, at)
  const keyOf = (subjectId: string) => ({ area: 'stress' as const, subjectId, recordType: 'snapshot' })
  const keys = await vault.readyKeys(db, companyId, [...subjects.values()].map(keyOf), at)
  const invited = members.map((member) => ({ member, id: newId(at), subjectId: subjects.get(member.employmentId)! }))
  await campaignsOf(db)
    .insertInto('invitation')
    .values(
      invited.map(({ member, id, subjectId }) => ({
        company_id: companyId,
        id,
        campaign_id: campaignId,
        subject_id: subjectId,
        department_id: batch.groupOf(member.departmentId),
        workplace_id: member.workplaceId,
        state: 'invited' as const,
        sealed_snapshot: keys.seal(
          keyOf(subjectId),
          { table: 'invitation', rowId: id },
          takeSnapshot(member, batch.on),
        ),
        needs_paper_pin: member.hasPaperPin,
        reminders_sent: batch.reminders?.sent ?? 0,
        last_reminded_at: batch.reminders?.lastAt ?? null,
        submitted_at: null,
        created_at: at,
      })),
    )
    .execute()
  await queueMail(
    db,
    companyId,
    invited
      .filter(({ member }) => member.email !== null)
      .map(({ id, subjectId }) => ({
        ...mailOf(batch.kind, 'invitation'),
        area: 'stress' as const,
        subjectId,
        contextId: id,
        batchId: campaignId,
        dueAt: batch.dueAt,
      })),
    at,
  )
}

/** Closes an open campaign whose last day is over. False when it is not due or closed already. */
export async function closeCampaign(
  services: Services,
  companyId: string,
  campaignId: string,
  at: Date,
): Promise<boolean> {
  return services.database.as({ role: 'scheduler', companyId }, at, async (db) => {
    const closed = await campaignsOf(db)
      .updateTable('campaign')
      .set({ state: 'closed', closed_at: at })
      .where('company_id', '=', companyId)
      .where('id', '=', campaignId)
      .where('state', '=', 'open')
      .where('closes_at', '<=', at)
      .executeTakeFirst()
    if (closed.numUpdatedRows !== 1n) return false
    await recordAudit(db, companyId, at, {
      actorKind: 'system',
      actorRole: 'scheduler',
      action: 'campaign.closed',
      reason: 'campaigns.audit.due',
      objectKind: 'campaign',
      objectId: campaignId,
      requestId: 'campaigns.close',
    })
    // nothing is confirmed or released first: what was answered is counted at once
    const { kind } = await getCampaign(db, companyId, campaignId)
    if (kind === 'pulse') await requestJob(db, companyId, 'group-reports.compute', campaignId, at)
    return true
  })
}
