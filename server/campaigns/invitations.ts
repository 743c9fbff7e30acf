import { sql, type ExpressionBuilder, type QueryCreator } from 'kysely'
import type { Vault } from '../vault/index.ts'
import type { InvitationState, Snapshot } from './rules.ts'
import { campaignsOf, type AnyHandle, type CampaignTables } from './tables.ts'

/** One person × one campaign. */
export interface Invitation {
  id: string
  campaignId: string
  subjectId: string
  /** the reporting group this answer counts in, frozen at opening */
  departmentId: string
  workplaceId: string
  state: InvitationState
  /** the start needs the PIN handed over on paper (law N-4) */
  needsPaperPin: boolean
  submittedAt: Date | null
  /** opened by {@link openSnapshots} */
  sealedSnapshot: Buffer
}

/** The invitation, or undefined where the role does not reach it (an employee reaches only the own ones). */
export async function findInvitation(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
): Promise<Invitation | undefined> {
  const row = await campaignsOf(db)
    .selectFrom('invitation')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('id', '=', invitationId)
    .executeTakeFirst()
  return row && invitationOf(row)
}

/** Every invitation of a campaign (roles implementer, clerk, analysis, mailer, scheduler), by id. */
export async function listInvitations(db: AnyHandle, companyId: string, campaignId: string): Promise<Invitation[]> {
  const rows = await campaignsOf(db)
    .selectFrom('invitation')
    .selectAll()
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .orderBy('id')
    .execute()
  return rows.map(invitationOf)
}

/**
 * Opens what an answer is grouped by: {sex, ageBand, tenureBand, employmentKind}, by invitation id.
 * Shredded ones are absent.
 */
export async function openSnapshots(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  invitations: readonly { id: string; sealedSnapshot: Buffer }[],
): Promise<Map<string, Snapshot>> {
  const opened = await vault.openMany<Snapshot>(
    db,
    companyId,
    invitations.map((one) => ({ table: 'invitation', rowId: one.id, sealed: one.sealedSnapshot })),
  )
  const found = new Map<string, Snapshot>()
  for (const [index, snapshot] of opened.entries()) if (snapshot) found.set(invitations[index]!.id, snapshot)
  return found
}

/** Invited, started before, or declined and thought better of it: started. False when submitted or not open at `at`. */
export function markStarted(db: AnyHandle, companyId: string, invitationId: string, at: Date): Promise<boolean> {
  return mark(db, companyId, invitationId, at, 'started', ['invited', 'started', 'declined'])
}

const beforeSubmitted: readonly InvitationState[] = ['invited', 'started']

/** The one step that counts; true exactly once. False when it is submitted already, or not open at `at`. */
export function markSubmitted(db: AnyHandle, companyId: string, invitationId: string, at: Date): Promise<boolean> {
  return mark(db, companyId, invitationId, at, 'submitted', beforeSubmitted)
}

/**
 * The same as part of the one statement a submission is: gives the invitation's id, or nothing where it is submitted
 * already or not open at `at`.
 */
export const submittingInvitation = (
  db: QueryCreator<CampaignTables>,
  of: { companyId: string; invitationId: string; at: Date },
) => moving(db, of, 'submitted', beforeSubmitted).returning('id')

/** Is this what a submission fails with (`refuse_unless`): submitted already, or the campaign not open? */
export const isRefusedSubmission = (error: unknown): boolean => (error as { code?: unknown }).code === 'HA002'

/** 「今回は受けません」: no reminder any more, and nothing else. False when submitted or not open at `at`. */
export function markDeclined(db: AnyHandle, companyId: string, invitationId: string, at: Date): Promise<boolean> {
  return mark(db, companyId, invitationId, at, 'declined', ['invited', 'started', 'declined'])
}

async function mark(
  db: AnyHandle,
  companyId: string,
  invitationId: string,
  at: Date,
  to: InvitationState,
  from: readonly InvitationState[],
): Promise<boolean> {
  const done = await moving(campaignsOf(db), { companyId, invitationId, at }, to, from).executeTakeFirst()
  return done.numUpdatedRows === 1n
}

/** An invitation's way from one state to another, open to it only while the campaign is. */
const moving = (
  db: QueryCreator<CampaignTables>,
  of: { companyId: string; invitationId: string; at: Date },
  to: InvitationState,
  from: readonly InvitationState[],
) =>
  db
    .updateTable('invitation')
    .set({ state: to, submitted_at: to === 'submitted' ? of.at : null })
    .where('company_id', '=', of.companyId)
    .where('id', '=', of.invitationId)
    .where('state', 'in', from)
    .where((eb) => eb.exists(openCampaignOf(eb, of.companyId, of.at)))

const openCampaignOf = (eb: ExpressionBuilder<CampaignTables, 'invitation'>, companyId: string, at: Date) =>
  eb
    .selectFrom('campaign')
    .select(sql`1`.as('one'))
    .where('campaign.company_id', '=', companyId)
    .whereRef('campaign.id', '=', 'invitation.campaign_id')
    .where('campaign.state', '=', 'open')
    .where('campaign.opens_at', '<=', at)
    .where('campaign.closes_at', '>', at)

function invitationOf(row: CampaignTables['invitation']): Invitation {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    subjectId: row.subject_id,
    departmentId: row.department_id,
    workplaceId: row.workplace_id,
    state: row.state,
    needsPaperPin: row.needs_paper_pin,
    submittedAt: row.submitted_at,
    sealedSnapshot: row.sealed_snapshot,
  }
}
