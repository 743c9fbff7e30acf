import type { FastifyRequest } from 'fastify'
import {
  campaignQuestionnaires,
  findInvitation,
  getCampaign,
  offerLanguages,
  type Campaign,
  type Invitation,
} from '../campaigns/index.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { isResultReleased } from '../results/index.ts'
import type { Services } from '../services.ts'
import { contactOf, type Contact } from '../web/contact.ts'
import type { Link } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import type { Identity } from '../web/sessions.ts'
import { isAnswered, type Draft } from './draft.ts'
import { ownSession } from './participant-session.ts'
import { findSitting, type StoredCode } from './queries.ts'
import { decideStanding, type Standing } from './rules.ts'
import { askedVersions } from './asked.ts'
import type { AnyHandle } from './tables.ts'
import { readPermissions, type Permissions } from './who-sees-what.ts'

/** Everything the landing page and its buttons decide by. */
export interface Landing {
  link: Link
  campaign: Campaign
  invitation: Invitation
  versions: QuestionnaireVersion[]
  session: Identity | undefined
  standing: Standing
  /** begun elsewhere with answers in it: beginning over would lose them, so it needs a tick, which scanners do not give */
  wouldLoseAnswers: boolean
  permissions: Permissions
  contact: Contact
}

/** Reads what stands behind a link, as the person themselves (role employee); writes nothing. */
export async function loadLanding(services: Services, request: FastifyRequest, link: Link): Promise<Landing> {
  const at = services.clock.now()
  const { companyId, subjectId, contextId: invitationId } = link
  const session = await ownSession(services, request, invitationId)
  const own = { role: 'employee', companyId, subjectId, contextId: invitationId } as const
  return services.database.as(own, at, async (db: AnyHandle) => {
    const invitation = await findInvitation(db, companyId, invitationId)
    if (!invitation) throw new Problem('link_unknown')
    const campaign = await getCampaign(db, companyId, invitation.campaignId)
    const asked = await campaignQuestionnaires(db, companyId, campaign.id)
    const versions = await askedVersions(companyId, asked, (work) => work(db))
    offerLanguages(request, versions, services.texts)
    const sitting = await findSitting(db)
    const isReleased = invitation.state === 'submitted' && (await isResultReleased(db, companyId, invitationId))
    const standing = decideStanding(
      {
        campaign,
        invitationState: invitation.state,
        isBound: sitting?.code.isBound,
        isReleased,
        isOwn: session !== undefined && sitting !== undefined && mayGoOn(sitting.code, session),
      },
      at,
    )
    const asksFirst = standing === 'elsewhere' && sitting?.sealedDraft !== undefined
    return {
      link,
      campaign,
      invitation,
      versions,
      session,
      standing,
      wouldLoseAnswers:
        asksFirst && hasAnswers(await openDraft(services, db, companyId, invitationId, sitting.sealedDraft!)),
      permissions: await readPermissions(db),
      contact: await contactOf(services, db, companyId),
    }
  })
}

export function openDraft(
  services: Services,
  db: AnyHandle,
  companyId: string,
  invitationId: string,
  sealed: Buffer,
): Promise<Draft> {
  return services.vault.open<Draft>(db, companyId, { table: 'response_draft', rowId: invitationId }, sealed)
}

/** May this session see or write the draft? Until the code is bound the one that began, then whoever has proven the code. */
export function mayGoOn(code: StoredCode, identity: Identity): boolean {
  return code.isBound ? identity.strength === 'code' : code.sessionId === identity.sessionId
}

function hasAnswers(draft: Draft): boolean {
  return Object.values(draft.answers).some((answers) => Object.values(answers).some(isAnswered))
}
