import { sql } from 'kysely'
import { recordAuditMany } from '../audit/index.ts'
import { advanceCampaign, getCampaign, listInvitations } from '../campaigns/index.ts'
import type { Vault } from '../vault/index.ts'
import { Problem } from '../web/problems.ts'
import { verdictClassOf, type VerdictClass } from './rules.ts'
import { resultsForAnalysis, type StoredResult } from './store.ts'
import { resultsOf, type AnyHandle } from './tables.ts'

/** What an implementer decided for one person. */
export interface Need {
  needed: boolean
  /** sealed with it; empty when nothing was noted */
  note: string
}

/** One person's line on the implementer's list. */
export interface NeedLine {
  invitationId: string
  subjectId: string
  workplaceId: string
  departmentId: string
  verdict: VerdictClass
  /** undefined until a named implementer has signed */
  confirmed: { by: string; at: Date } | undefined
}

const needKeyOf = (subjectId: string) => ({ area: 'stress', subjectId, recordType: 'need' }) as const
const order: Record<VerdictClass, number> = { high: 0, none: 1, ordinary: 2 }

/**
 * Everybody with a result in a campaign (roles implementer, clerk): undecided first, and among them those with a high verdict, then
 * those without one. Opens every result to sort by it; the caller writes an audit row for each record that it shows.
 * `workplaceIds` undefined: all.
 */
export async function listNeeds(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  campaignId: string,
  workplaceIds?: readonly string[],
): Promise<NeedLine[]> {
  const confirmed = await confirmedNeeds(db, companyId, campaignId)
  const verdicts = new Map<string, VerdictClass>()
  for await (const { invitationId, scored } of resultsForAnalysis(db, vault, companyId, campaignId))
    verdicts.set(invitationId, verdictClassOf(scored))
  const rows = await resultsOf(db)
    .selectFrom('result')
    .select(['id', 'subject_id'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  const places = new Map((await listInvitations(db, companyId, campaignId)).map((one) => [one.id, one]))
  const lines = rows.flatMap((row): NeedLine[] => {
    const place = places.get(row.id)
    if (!place || (workplaceIds && !workplaceIds.includes(place.workplaceId))) return []
    return [
      {
        invitationId: row.id,
        subjectId: row.subject_id,
        workplaceId: place.workplaceId,
        departmentId: place.departmentId,
        verdict: verdicts.get(row.id) ?? 'none',
        confirmed: confirmed.get(row.id),
      },
    ]
  })
  return lines.sort(
    (a, b) =>
      Number(a.confirmed !== undefined) - Number(b.confirmed !== undefined) ||
      order[a.verdict] - order[b.verdict] ||
      (a.invitationId < b.invitationId ? -1 : 1),
  )
}

async function confirmedNeeds(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<Map<string, { by: string; at: Date }>> {
  const rows = await resultsOf(db)
    .selectFrom('interview_need')
    .select(['id', 'confirmed_by', 'confirmed_at'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  return new Map(rows.map((row) => [row.id, { by: row.confirmed_by, at: row.confirmed_at }]))
}

/** Who signed for one person, and when; undefined while nobody has. */
export async function confirmationOf(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
): Promise<{ by: string; at: Date } | undefined> {
  const row = await resultsOf(db)
    .selectFrom('interview_need')
    .select(['confirmed_by', 'confirmed_at'])
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
  return row && { by: row.confirmed_by, at: row.confirmed_at }
}

/** Opens the decisions of these people, by invitation id; those not decided, or out of this role's reach, are absent. */
export async function openNeeds(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  invitationIds: readonly string[],
): Promise<Map<string, Need>> {
  const found = new Map<string, Need>()
  for (let start = 0; start < invitationIds.length; start += 5_000) {
    const rows = await resultsOf(db)
      .selectFrom('interview_need')
      .select(['id', 'sealed'])
      .where('company_id', '=', companyId)
      .where('id', 'in', invitationIds.slice(start, start + 5_000))
      .execute()
    const opened = await vault.openMany<Need>(
      db,
      companyId,
      rows.map((row) => ({ table: 'interview_need', rowId: row.id, sealed: row.sealed })),
    )
    for (const [index, need] of opened.entries()) if (need) found.set(rows[index]!.id, need)
  }
  return found
}

/** One person's opened result within a campaign (roles implementer, clerk; physician for those who asked). @throws {Problem} not_found */
export async function openResult(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  invitationId: string,
): Promise<{ invitationId: string; campaignId: string; subjectId: string; stored: StoredResult }> {
  const row = await resultsOf(db)
    .selectFrom('result')
    .select(['id', 'campaign_id', 'subject_id', 'sealed'])
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
  if (!row) throw new Problem('not_found')
  const [stored] = await vault.openMany<StoredResult>(db, companyId, [
    { table: 'result', rowId: row.id, sealed: row.sealed },
  ])
  if (!stored) throw new Problem('record_destroyed')
  return { invitationId: row.id, campaignId: row.campaign_id, subjectId: row.subject_id, stored }
}

export interface Signing {
  companyId: string
  campaignId: string
  /** the named implementer whose signature stands on each row */
  implementerId: string
  /** where the role is held; undefined: everywhere */
  workplaceIds?: readonly string[] | undefined
  requestId: string
}

/**
 * Signs the need for an interview: one sealed row per person with the implementer's name and the time (role implementer, acting as
 * that person). The last one moves the campaign from closed to need_confirmed. Two who sign at the same moment wait for each other.
 * @throws {Problem} wrong_state unless the campaign is closed, not_found for somebody without a result in it or at a workplace out of
 *   reach, conflict for somebody who was signed for already
 */
export async function confirmNeeds(
  db: AnyHandle,
  vault: Vault,
  signing: Signing,
  decisions: readonly { invitationId: string; needed: boolean; note?: string }[],
  at: Date,
): Promise<{ confirmed: number; remaining: number }> {
  const { companyId, campaignId, implementerId, requestId } = signing
  await lockCampaign(db, campaignId)
  if ((await getCampaign(db, companyId, campaignId)).state !== 'closed') throw new Problem('wrong_state')
  const known = await resultsOf(db)
    .selectFrom('result')
    .select(['id', 'subject_id'])
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .execute()
  const subjects = new Map(known.map((row) => [row.id, row.subject_id]))
  if (signing.workplaceIds)
    for (const place of await listInvitations(db, companyId, campaignId))
      if (!signing.workplaceIds.includes(place.workplaceId)) subjects.delete(place.id)
  const signed = await confirmedNeeds(db, companyId, campaignId)
  const wanted = new Map(decisions.map((one) => [one.invitationId, one]))
  const rows = [...wanted.values()].map((one) => {
    const subjectId = subjects.get(one.invitationId)
    if (!subjectId) throw new Problem('not_found')
    if (signed.has(one.invitationId)) throw new Problem('conflict')
    return { ...one, subjectId }
  })
  const keys = await vault.readyKeys(
    db,
    companyId,
    rows.map((row) => needKeyOf(row.subjectId)),
    at,
  )
  for (let start = 0; start < rows.length; start += 2_000) {
    await resultsOf(db)
      .insertInto('interview_need')
      .values(
        rows.slice(start, start + 2_000).map((row) => ({
          company_id: companyId,
          id: row.invitationId,
          campaign_id: campaignId,
          subject_id: row.subjectId,
          sealed: keys.seal(needKeyOf(row.subjectId), { table: 'interview_need', rowId: row.invitationId }, {
            needed: row.needed,
            note: row.note ?? '',
          } satisfies Need),
          confirmed_by: implementerId,
          confirmed_at: at,
        })),
      )
      .execute()
  }
  await recordAuditMany(
    db,
    companyId,
    at,
    rows.map((row) => ({
      actorKind: 'staff',
      actorId: implementerId,
      actorRole: 'implementer',
      action: 'need.confirmed',
      subjectArea: 'stress',
      subjectId: row.subjectId,
      reason: 'results.reason.needConfirmation',
      objectKind: 'interview_need',
      objectId: row.invitationId,
      requestId,
    })),
  )
  const remaining = known.length - signed.size - rows.length
  if (remaining === 0) await advanceCampaign(db, companyId, campaignId, 'closed', 'need_confirmed', at)
  return { confirmed: rows.length, remaining }
}

/** How many have a result in this campaign, and how many of them nobody has signed for. */
export async function countNeeds(
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<{ results: number; open: number }> {
  const { rows } = await sql<{ results: number; open: number }>`
    SELECT count(*) AS results, count(*) FILTER (WHERE n.id IS NULL) AS open
    FROM result r LEFT JOIN interview_need n ON n.company_id = r.company_id AND n.id = r.id
    WHERE r.company_id = ${companyId} AND r.campaign_id = ${campaignId}`.execute(db)
  return rows[0]!
}

/** Decisions and release of one campaign happen one after the other. */
export async function lockCampaign(db: AnyHandle, campaignId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`needs ${campaignId}`}, 0))`.execute(db)
}
