import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { recordAudit } from '../audit/index.ts'
import { findInvitation, offerLanguagesOfInvitation } from '../campaigns/index.ts'
import { isResultReleased } from '../results/index.ts'
import type { Services } from '../services.ts'
import { asAudience, enterAsAudience, forAudience, identityOf } from '../web/audience.ts'
import { bodyOf } from '../web/body.ts'
import { contactOf } from '../web/contact.ts'
import { helpFor } from '../web/help/index.ts'
import { Problem } from '../web/problems.ts'
import { sendCodeCard } from './code-card.ts'
import { proveCode, tryCode, type CodeOutcome } from './code-try.ts'
import { reviewView } from './pages.ts'
import { heldFirstGroups, holdFirstGroups, releaseFirstGroups, setParticipantCookie } from './participant-session.ts'
import { makeCode, verifierOf } from './personal-code.ts'
import { findSitting, lockCode, putCode } from './queries.ts'
import { writtenIn } from './sheets.ts'
import { mayGoOn } from './landing.ts'
import { Elsewhere, invitationOf, loadSitting, orElsewhere } from './sitting.ts'
import { submitSitting } from './submission.ts'
import type { AnyHandle } from './tables.ts'
import { wordsIn } from '../web/words.ts'

const codeBody = z.object({ code: z.string().max(100).default('') })

/** Proving and binding the personal code, and the submission that may bind it. */
export function addCodeRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'participant')
  const text = (request: FastifyRequest, key: string) => services.texts.text(request.locale, key)

  /** What typing the code came to, said at the field. */
  function codeErrors(request: FastifyRequest, outcome: Exclude<CodeOutcome, 'right'> | undefined) {
    if (!outcome) return { errors: [], status: 200 }
    const errors = [{ field: 'code', message: text(request, `answering.code.${outcome}`) }]
    return { errors, status: outcome === 'resting' ? 429 : 400 }
  }

  async function codePage(request: FastifyRequest, reply: FastifyReply, outcome?: Exclude<CodeOutcome, 'right'>) {
    const identity = identityOf(request)
    const { companyId } = identity
    const contact = await asAudience(services, request, async (db: AnyHandle) => {
      await offerLanguagesOfInvitation(request, db, companyId, invitationOf(identity), services.texts)
      return contactOf(services, db, companyId)
    })
    const { errors, status } = codeErrors(request, outcome)
    return reply.page('answering/code', { contact, errors }, { status })
  }

  app.get('/answer/code', async (request, reply) => {
    const identity = identityOf(request)
    if (identity.strength === 'code') return reply.redirect(await afterCode(request), 303)
    return codePage(request, reply)
  })

  app.post('/answer/code', async (request, reply) => {
    const identity = identityOf(request)
    const invitationId = invitationOf(identity)
    const { code: typed } = bodyOf(request, codeBody)
    const at = services.clock.now()
    const done = await asAudience(services, request, async (db: AnyHandle) => {
      const stored = await lockCode(db, identity.companyId, invitationId)
      if (!stored) throw new Problem('sign_in_needed')
      const of = { companyId: identity.companyId, invitationId }
      const outcome = await tryCode(db, of, stored, { text: typed, heldGroups: heldFirstGroups(request) }, at)
      if (outcome !== 'right') return { outcome }
      return { outcome, cookie: await proveCode(db, identity, invitationId, request.id, at) }
    })
    if (done.outcome !== 'right') return codePage(request, reply, done.outcome)
    setParticipantCookie(services, reply, done.cookie)
    releaseFirstGroups(services, reply)
    return reply.redirect(await afterCode(request), 303)
  })

  /** Where the code leads: on with answering, to the thanks, or to the result. */
  async function afterCode(request: FastifyRequest): Promise<string> {
    const identity = identityOf(request)
    const invitationId = invitationOf(identity)
    return asAudience(services, request, async (db: AnyHandle) => {
      const invitation = await findInvitation(db, identity.companyId, invitationId)
      if (invitation?.state !== 'submitted') return '/answer'
      return (await isResultReleased(db, identity.companyId, invitationId)) ? '/result' : '/answer/submitted'
    })
  }

  app.get('/answer/leave', (request, reply) => orElsewhere(reply, () => leavePage(request, reply)))

  async function leavePage(request: FastifyRequest, reply: FastifyReply, outcome?: Exclude<CodeOutcome, 'right'>) {
    const { code, contact, campaign, draft, plan } = await loadSitting(services, request)
    const { errors, status } = codeErrors(request, outcome)
    const data = {
      ...helpFor(writtenIn(draft, plan), request.locale),
      contact,
      isBound: code.isBound,
      closesOn: campaign.closesOn,
      errors,
    }
    return reply.page('answering/leave', data, { status })
  }

  app.post('/answer/leave', (request, reply) =>
    orElsewhere(reply, async () => {
      const identity = identityOf(request)
      const invitationId = invitationOf(identity)
      const { code: typed } = bodyOf(request, codeBody)
      const at = services.clock.now()
      const done = await asAudience(services, request, async (db: AnyHandle) => {
        const stored = await lockCode(db, identity.companyId, invitationId)
        if (!stored) throw new Problem('sign_in_needed')
        if (!mayGoOn(stored, identity)) throw new Elsewhere('/answer/code')
        if (stored.isBound) return { outcome: 'right' as const }
        const of = { companyId: identity.companyId, invitationId }
        const outcome = await tryCode(db, of, stored, { text: typed, heldGroups: heldFirstGroups(request) }, at)
        return outcome === 'right'
          ? { outcome, cookie: await proveCode(db, identity, invitationId, request.id, at) }
          : { outcome }
      })
      if (done.outcome !== 'right') return leavePage(request, reply, done.outcome)
      if (done.cookie) setParticipantCookie(services, reply, done.cookie)
      releaseFirstGroups(services, reply)
      return reply.redirect('/answer/leave', 303)
    }),
  )

  // whoever lost the page with the code before binding it gets a new one; what was written stays
  app.post('/answer/new-code', (request, reply) =>
    orElsewhere(reply, async () => {
      const { identity, invitationId, campaign, contact, code: stored } = await loadSitting(services, request)
      if (stored.isBound) throw new Problem('wrong_state')
      const { companyId, subjectId } = identity
      const code = makeCode()
      const at = services.clock.now()
      await asAudience(services, request, async (db: AnyHandle) => {
        const sitting = await findSitting(db)
        if (!sitting?.sealedDraft) throw new Elsewhere('/answer/submitted')
        if (
          !(await putCode(
            db,
            { companyId, invitationId, subjectId },
            { verifier: verifierOf(code), sessionId: identity.sessionId },
            at,
          ))
        )
          throw new Problem('wrong_state')
        await recordAudit(db, companyId, at, {
          actorKind: 'participant',
          actorId: subjectId,
          actorRole: 'employee',
          action: 'personal_code.renewed',
          subjectArea: 'stress',
          subjectId,
          reason: 'answering.reason.own',
          objectKind: 'invitation',
          objectId: invitationId,
          requestId: request.id,
        })
      })
      holdFirstGroups(services, reply, code)
      return sendCodeCard(services, request, reply, {
        code,
        isPulse: campaign.kind === 'pulse',
        address: undefined,
        companyName: identity.companyName,
        contact,
        timeZone: identity.timeZone,
      })
    }),
  )

  // where a reload or a language link on the answer to a form leads
  app.get('/answer/submit', async (_request, reply) => reply.redirect('/answer/review'))
  app.get('/answer/new-code', async (_request, reply) => reply.redirect('/answer'))

  app.post('/answer/submit', entersByItself, (request, reply) =>
    orElsewhere(reply, async () => {
      const { code: typed } = bodyOf(request, codeBody)
      const of = { typed: { text: typed, heldGroups: heldFirstGroups(request) }, requestId: request.id }
      const at = services.clock.now()
      const outcome = await enterAsAudience(services, request, (db: AnyHandle, identity) =>
        submitSitting(services, db, identity, of, at),
      )
      if (outcome === 'code_first') return reply.redirect('/answer/code', 303)
      if (outcome === 'wrong' || outcome === 'resting') {
        const sitting = await loadSitting(services, request)
        const { errors, status } = codeErrors(request, outcome)
        const view = reviewView(sitting, wordsIn(services.texts, request.locale))
        return reply.page('answering/review', { ...view, errors }, { status })
      }
      releaseFirstGroups(services, reply)
      return reply.redirect('/answer/submitted', 303)
    }),
  )
}

// people press it by the thousands on the first and on the last morning
const entersByItself = { config: { entersByItself: true } } as const
