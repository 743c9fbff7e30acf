import type { FastifyReply, FastifyRequest } from 'fastify'
import { campaignOfInvitation, getCampaign, type Campaign } from '../campaigns/index.ts'
import { together } from '../database/connection.ts'
import type { Services } from '../services.ts'
import type { ReadyKeys } from '../vault/index.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { contactOf, type Contact } from '../web/contact.ts'
import { Problem } from '../web/problems.ts'
import type { Identity } from '../web/sessions.ts'
import type { Draft } from './draft.ts'
import { mayGoOn, versionsOf } from './landing.ts'
import { findSitting, lockSitting, saveDraft, type StoredCode } from './queries.ts'
import { decideOpening } from './rules.ts'
import { planSheets, type Sheet } from './sheets.ts'
import { draftKeyOf } from './start.ts'
import type { AnyHandle } from './tables.ts'

/** A sitting that goes on: the draft opened, its screens, whether the code is bound. */
export interface OpenSitting {
  identity: Identity
  invitationId: string
  draft: Draft
  sheets: readonly Sheet[]
  campaign: Campaign
  code: StoredCode
  contact: Contact
}

/** Where a person is sent instead of the page they asked for. */
export class Elsewhere extends Error {
  readonly location: string
  constructor(location: string) {
    super('go elsewhere')
    this.name = 'Elsewhere'
    this.location = location
  }
}

/** Runs a handler; sends people on where it says so. */
export async function orElsewhere(reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Elsewhere) return reply.redirect(error.location, 303)
    throw error
  }
}

export function invitationOf(identity: Identity): string {
  if (!identity.contextId) throw new Problem('sign_in_needed')
  return identity.contextId
}

/** Loads the sitting for a page. @throws {Elsewhere} when it was submitted or the code is asked first; {Problem} campaign_closed */
export async function loadSitting(services: Services, request: FastifyRequest): Promise<OpenSitting> {
  const identity = identityOf(request)
  const invitationId = invitationOf(identity)
  const { companyId } = identity
  return asAudience(services, request, async (db: AnyHandle) => {
    const [sitting, keys, contact] = await together(
      findSitting(db, companyId, invitationId),
      draftKeys(services, db, identity),
      contactOf(services, db, companyId),
    )
    if (!sitting) throw new Problem('sign_in_needed')
    if (!sitting.sealedDraft || !sitting.campaignId) throw new Elsewhere('/answer/submitted')
    if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
    const place = { table: 'response_draft', rowId: invitationId }
    const draft = keys.open<Draft>(place, sitting.sealedDraft)
    const campaign = await campaignForPage(services, db, companyId, sitting.campaignId)
    checkOpen(campaign, services.clock.now())
    const sheets = planSheets(await versionsOf(draft.questionnaires), draft.asksSex)
    return {
      identity,
      invitationId,
      draft,
      sheets,
      campaign,
      code: sitting.code,
      contact,
    }
  })
}

const freshMilliseconds = 10_000
const kept = new WeakMap<Services, Map<string, { campaign: Campaign; at: number }>>()

/**
 * The campaign of a page that only shows: read at most every ten seconds while it is open. What was signed does not change;
 * the end is judged by the clock at each page; saving and submitting ask the database.
 */
async function campaignForPage(
  services: Services,
  db: AnyHandle,
  companyId: string,
  campaignId: string,
): Promise<Campaign> {
  let campaigns = kept.get(services)
  if (!campaigns) kept.set(services, (campaigns = new Map()))
  const at = services.clock.now().getTime()
  const name = `${companyId} ${campaignId}`
  const known = campaigns.get(name)
  if (known && Math.abs(at - known.at) < freshMilliseconds) return known.campaign
  const campaign = await getCampaign(db, companyId, campaignId)
  if (campaign.state === 'open') campaigns.set(name, { campaign, at })
  else campaigns.delete(name)
  return campaign
}

// made at the start; a draft without it cannot be read by anybody
function draftKeys(services: Services, db: AnyHandle, { companyId, subjectId }: Identity): Promise<ReadyKeys> {
  const { area, recordType } = draftKeyOf(subjectId)
  return services.vault.keysOfSubject(db, companyId, { area, subjectId, recordTypes: [recordType] })
}

export function checkOpen(campaign: Campaign, at: Date): void {
  const opening = decideOpening(campaign, at)
  if (opening === 'not_open') throw new Problem('campaign_not_open')
  if (opening === 'closed') throw new Problem('campaign_closed')
}

/** Locks the sitting, lets `change` alter the draft, and writes it back sealed, in one transaction. */
export async function changeDraft<Result>(
  services: Services,
  request: FastifyRequest,
  change: (draft: Draft, sheets: readonly Sheet[]) => { draft: Draft; result: Result },
): Promise<Result> {
  const identity = identityOf(request)
  const invitationId = invitationOf(identity)
  const { companyId, subjectId } = identity
  const at = services.clock.now()
  return asAudience(services, request, async (db: AnyHandle) => {
    const [sitting, keys, campaign] = await together(
      lockSitting(db, companyId, invitationId),
      draftKeys(services, db, identity),
      campaignOfInvitation(db, companyId, invitationId),
    )
    if (!sitting) throw new Elsewhere('/answer/submitted')
    if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
    if (!campaign) throw new Problem('sign_in_needed')
    const place = { table: 'response_draft', rowId: invitationId }
    const before = keys.open<Draft>(place, sitting.sealedDraft)
    checkOpen(campaign, at)
    const { draft, result } = change(before, planSheets(await versionsOf(before.questionnaires), before.asksSex))
    await saveDraft(db, companyId, invitationId, keys.seal(draftKeyOf(subjectId), place, draft), at)
    return result
  })
}
