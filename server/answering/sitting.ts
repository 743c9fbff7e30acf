import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCampaign, type Campaign } from '../campaigns/index.ts'
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
    const sitting = await findSitting(db, companyId, invitationId)
    if (!sitting) throw new Problem('sign_in_needed')
    if (!sitting.sealedDraft) throw new Elsewhere('/answer/submitted')
    if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
    const place = { table: 'response_draft', rowId: invitationId }
    const draft = await services.vault.open<Draft>(db, companyId, place, sitting.sealedDraft)
    const campaign = await getCampaign(db, companyId, draft.campaignId)
    checkOpen(campaign, services.clock.now())
    const sheets = planSheets(await versionsOf(draft.questionnaires), draft.asksSex)
    return {
      identity,
      invitationId,
      draft,
      sheets,
      campaign,
      code: sitting.code,
      contact: await contactOf(services, db, companyId),
    }
  })
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
    const sitting = await lockSitting(db, companyId, invitationId)
    if (!sitting) throw new Elsewhere('/answer/submitted')
    if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
    const key = draftKeyOf(subjectId)
    const keys: ReadyKeys = await services.vault.readyKeys(db, companyId, [key], at)
    const place = { table: 'response_draft', rowId: invitationId }
    const before = keys.open<Draft>(place, sitting.sealedDraft)
    checkOpen(await getCampaign(db, companyId, before.campaignId), at)
    const { draft, result } = change(before, planSheets(await versionsOf(before.questionnaires), before.asksSex))
    await saveDraft(db, companyId, invitationId, keys.seal(key, place, draft), at)
    return result
  })
}
