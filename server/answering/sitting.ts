import type { FastifyReply, FastifyRequest } from 'fastify'
import { getCampaign, offerLanguages, ownCampaign, type Campaign } from '../campaigns/index.ts'
import { andCommit, together } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience, enterAsAudience, identityOf } from '../web/audience.ts'
import { contactOf, type Contact } from '../web/contact.ts'
import { Problem } from '../web/problems.ts'
import type { Identity } from '../web/sessions.ts'
import type { Draft } from './draft.ts'
import { mayGoOn } from './landing.ts'
import { findSitting, lockSitting, saveDraft, type StoredCode } from './queries.ts'
import { decideOpening } from './rules.ts'
import { planSheets, sheetsSeen, type Sheet } from './sheets.ts'
import { draftArea, draftKeyOf, draftRecordType } from './start.ts'
import { askedVersions } from './asked.ts'
import type { AnyHandle } from './tables.ts'

/** A sitting that goes on: the draft opened, the screens this person walks through, whether the code is bound. */
export interface OpenSitting {
  identity: Identity
  invitationId: string
  draft: Draft
  sheets: readonly Sheet[]
  /** every screen there is, seen or not */
  plan: readonly Sheet[]
  campaign: Campaign
  code: StoredCode
  contact: Contact
  /** the same object for everybody while it is fresh */
  frame: Frame
}

/** What the screens are drawn from. */
export interface ShownSitting extends Pick<OpenSitting, 'draft' | 'sheets' | 'plan'> {
  identity: Pick<Identity, 'timeZone' | 'companyName'>
  frame: Pick<Frame, 'contact'>
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

/** Loads the sitting for a page, which is shown in a language the campaign is offered in. @throws {Elsewhere} when it was submitted or the code is asked first; {Problem} campaign_closed */
export async function loadSitting(services: Services, request: FastifyRequest): Promise<OpenSitting> {
  const { identity, sitting, keys } = await inSittingTransaction(
    services,
    request,
    async (db: AnyHandle, entering: Promise<Identity>) => {
      const [identity, sitting, keys] = await andCommit(
        db,
        entering,
        findSitting(db),
        services.vault.ownKeys(db, draftArea, [draftRecordType]),
      )
      return { identity, sitting, keys }
    },
  )
  const invitationId = invitationOf(identity)
  if (!sitting) throw new Problem('sign_in_needed')
  if (!sitting.sealedDraft || !sitting.campaignId) throw new Elsewhere('/answer/submitted')
  if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
  const draft = keys.open<Draft>({ table: 'response_draft', rowId: invitationId }, sitting.sealedDraft)
  const frame = await frameOf(services, request, identity, sitting.campaignId)
  const { campaign, contact } = frame
  checkOpen(campaign, services.clock.now())
  const versions = await askedVersions(identity.companyId, draft.questionnaires, (work) =>
    asAudience(services, request, work),
  )
  offerLanguages(request, versions, services.texts)
  const plan = planSheets(versions, draft.asksSex)
  const sheets = sheetsSeen(plan, draft)
  return { identity, invitationId, draft, sheets, plan, campaign, code: sitting.code, contact, frame }
}

/** Enters where the route does so by itself; after that, and elsewhere, an ordinary transaction of the one who asks. */
function inSittingTransaction<Result>(
  services: Services,
  request: FastifyRequest,
  work: (db: AnyHandle, identity: Promise<Identity>) => Promise<Result>,
): Promise<Result> {
  return request.identity
    ? asAudience(services, request, (db: AnyHandle) => work(db, Promise.resolve(identityOf(request))))
    : enterAsAudience(services, request, work)
}

const freshMilliseconds = 10_000
/** What stands around the questions: the campaign as signed, and whom to ask. */
export interface Frame {
  campaign: Campaign
  contact: Contact
}
const kept = new WeakMap<Services, Map<string, Frame & { at: number }>>()

/**
 * What stands around the questions of everybody: read at most every ten seconds while the campaign is open, in a
 * transaction of its own. What was signed does not change; the end is judged by the clock at each page; saving and
 * submitting ask the database.
 */
async function frameOf(
  services: Services,
  request: FastifyRequest,
  { companyId }: Identity,
  campaignId: string,
): Promise<Frame> {
  let frames = kept.get(services)
  if (!frames) kept.set(services, (frames = new Map()))
  const at = services.clock.now().getTime()
  const name = `${companyId} ${campaignId}`
  const known = frames.get(name)
  if (known && Math.abs(at - known.at) < freshMilliseconds) return known
  const [campaign, contact] = await asAudience(services, request, (db: AnyHandle) =>
    together(getCampaign(db, companyId, campaignId), contactOf(services, db, companyId)),
  )
  const frame = { campaign, contact, at }
  if (campaign.state === 'open') frames.set(name, frame)
  else frames.delete(name)
  return frame
}

export function checkOpen(campaign: Campaign, at: Date): void {
  const opening = decideOpening(campaign, at)
  if (opening === 'not_open') throw new Problem('campaign_not_open')
  if (opening === 'closed') throw new Problem('campaign_closed')
}

/** Locks the sitting, lets `change` alter the draft (`sheets`: every screen, seen or not), and writes it back sealed, in one transaction. */
export async function changeDraft<Result>(
  services: Services,
  request: FastifyRequest,
  change: (draft: Draft, sheets: readonly Sheet[]) => { draft: Draft; result: Result },
): Promise<Result> {
  const at = services.clock.now()
  return enterAsAudience(services, request, async (db: AnyHandle, entering: Promise<Identity>) => {
    const [identity, sitting, keys, campaign] = await together(
      entering,
      lockSitting(db),
      services.vault.ownKeys(db, draftArea, [draftRecordType]),
      ownCampaign(db),
    )
    const invitationId = invitationOf(identity)
    if (!sitting) throw new Elsewhere('/answer/submitted')
    if (!mayGoOn(sitting.code, identity)) throw new Elsewhere('/answer/code')
    if (!campaign) throw new Problem('sign_in_needed')
    const place = { table: 'response_draft', rowId: invitationId }
    const before = keys.open<Draft>(place, sitting.sealedDraft)
    checkOpen(campaign, at)
    const versions = await askedVersions(identity.companyId, before.questionnaires, (work) => work(db))
    const { draft, result } = change(before, planSheets(versions, before.asksSex))
    const sealed = keys.seal(draftKeyOf(identity.subjectId), place, draft)
    await andCommit(db, saveDraft(db, { sealed, at }))
    return result
  })
}
