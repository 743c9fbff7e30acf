import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { recordAudit } from '../audit/index.ts'
import { markDeclined } from '../campaigns/index.ts'
import { normaliseCrockford } from '../ids.ts'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { bodyOf } from '../web/body.ts'
import { readLink, type Link } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import { openSession, revokeSessions } from '../web/sessions.ts'
import { sendCodeCard } from './code-card.ts'
import { landingView } from './landing-pages.ts'
import { loadLanding, type Landing } from './landing.ts'
import { isPaperPin } from './paper-pin.ts'
import { clearParticipantCookie, holdFirstGroups, setParticipantCookie } from './participant-session.ts'
import { beginSitting } from './start.ts'
import type { AnyHandle } from './tables.ts'
import { wordsIn } from '../web/words.ts'

const params = z.object({ token: z.string().max(100) })
const startBody = z.object({
  over: z.literal('yes').optional(),
  pin: z.string().max(64).optional(),
  go: z.literal('code').optional(),
})
const declineBody = z.object({ decline: z.literal('yes').optional() })

type TokenRequest = FastifyRequest<{ Params: z.infer<typeof params> }>

/** `/a/…`: what a person sees on opening the link. GET and HEAD change nothing (law D-1); a start binds nothing (D-2). */
export function addLandingRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'public')
  // only wrong tokens count, so that a whole office behind one address can begin at nine o'clock
  const wrongTokens = app.createRateLimit({ max: 60, timeWindow: 10 * 60_000 })
  const pinTries = app.createRateLimit({
    max: 10,
    timeWindow: 15 * 60_000,
    keyGenerator: (request) => `pin ${normaliseCrockford((request.params as { token: string }).token)}`,
  })

  async function linkOf(request: FastifyRequest): Promise<Link> {
    const token = (request.params as { token: string }).token
    try {
      return await readLink(services.database, token, 'invitation', services.clock.now())
    } catch (error) {
      if (error instanceof Problem && error.code === 'link_unknown') {
        const counted = await wrongTokens(request)
        if (!counted.isAllowed && counted.isExceeded) throw new Problem('too_many_requests')
      }
      throw error
    }
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    landing: Landing,
    more: Record<string, unknown> = {},
    status = 200,
  ) {
    const { token } = request.params as { token: string }
    const view = { ...landingView(landing, token, wordsIn(services.texts, request.locale)), ...more }
    return reply.page('answering/landing', view, { timeZone: landing.link.timeZone, status })
  }

  app.get('/a/:token', { schema: { params } }, async (request, reply) =>
    show(request, reply, await loadLanding(services, request, await linkOf(request))),
  )

  // where a reload or a language link on the page with the code leads
  app.get('/a/:token/start', { schema: { params } }, async (request: TokenRequest, reply) =>
    reply.redirect(`/a/${encodeURIComponent(request.params.token)}`),
  )

  app.post('/a/:token/start', { schema: { params } }, async (request, reply) => {
    const landing = await loadLanding(services, request, await linkOf(request))
    const body = bodyOf(request, startBody)
    const { standing, link, session } = landing
    if (standing === 'not_open') throw new Problem('campaign_not_open')
    if (standing === 'closed') throw new Problem('campaign_closed')
    if (standing === 'own' && session?.strength === 'code') return reply.redirect('/answer', 303)
    // begun elsewhere and not bound: whoever has the code goes on by it; the draft stays closed to this session until then
    if (standing === 'elsewhere' && body.go === 'code') return openToCode(reply, landing)
    const errorAt = (field: string, key: string) =>
      show(request, reply, landing, { errors: [{ field, message: services.texts.text(request.locale, key) }] }, 400)
    if (landing.wouldLoseAnswers && body.over !== 'yes') return errorAt('over', 'answering.landing.overMissing')
    const asksPin = landing.invitation.needsPaperPin && ['fresh', 'elsewhere', 'declined'].includes(standing)
    if (asksPin) {
      const tries = await pinTries(request)
      if (!tries.isAllowed && tries.isExceeded) throw new Problem('too_many_requests')
      if (!(await isPaperPin(services, link, body.pin ?? ''))) return errorAt('pin', 'answering.landing.pinWrong')
    }
    const begun = ['submitted', 'released', 'bound'].includes(standing) ? 'bound' : await begin(request, landing)
    if (begun === 'bound') return openToCode(reply, landing)
    if (begun.cookie) setParticipantCookie(services, reply, begun.cookie)
    holdFirstGroups(services, reply, begun.code)
    return sendCodeCard(services, request, reply, {
      code: begun.code,
      isPulse: landing.campaign.kind === 'pulse',
      address: `${services.config.baseUrl}/a/${(request.params as { token: string }).token}`,
      companyName: link.companyName,
      contact: landing.contact,
      timeZone: link.timeZone,
    })
  })

  function begin(request: FastifyRequest, { link, campaign, invitation, session }: Landing) {
    const at = services.clock.now()
    const { companyId, companyKey, subjectId } = link
    return services.database.as({ role: 'employee', companyId, subjectId }, at, (db: AnyHandle) =>
      beginSitting(
        services,
        db,
        { companyId, companyKey, invitationId: invitation.id, subjectId },
        { campaign, invitation, session, requestId: request.id },
        at,
      ),
    )
  }

  /** A session that may only type the code. */
  async function openToCode(reply: FastifyReply, { link, invitation, session }: Landing): Promise<FastifyReply> {
    const at = services.clock.now()
    const { companyId, companyKey, subjectId } = link
    if (!session) {
      const { cookie } = await services.database.as({ role: 'employee', companyId, subjectId }, at, (db: AnyHandle) =>
        openSession(
          db,
          { companyId, companyKey, kind: 'participant', subjectId, contextId: invitation.id, strength: 'link' },
          at,
        ),
      )
      setParticipantCookie(services, reply, cookie)
    }
    return reply.redirect('/answer/code', 303)
  }

  const declinePage = (
    request: FastifyRequest,
    reply: FastifyReply,
    landing: Landing,
    more: Record<string, unknown> = {},
    status = 200,
  ) => {
    const { token } = request.params as { token: string }
    const view = {
      companyName: landing.link.companyName,
      contact: landing.contact,
      closesOn: landing.campaign.closesOn,
      landingHref: `/a/${token}`,
      action: `/a/${token}/decline`,
      standing: landing.standing,
      ...more,
    }
    return reply.page('answering/decline', view, { timeZone: landing.link.timeZone, status })
  }

  app.get('/a/:token/decline', { schema: { params } }, async (request, reply) => {
    const landing = await loadLanding(services, request, await linkOf(request))
    if (['submitted', 'released', 'not_open', 'closed'].includes(landing.standing))
      return reply.redirect(`/a/${encodeURIComponent((request.params as { token: string }).token)}`)
    return declinePage(request, reply, landing)
  })

  app.post('/a/:token/decline', { schema: { params } }, async (request, reply) => {
    const landing = await loadLanding(services, request, await linkOf(request))
    const { decline } = bodyOf(request, declineBody)
    // a box that starts unticked: pressing every button of a page declines nothing (law D-2)
    if (decline !== 'yes')
      return declinePage(
        request,
        reply,
        landing,
        { errors: [{ field: 'decline', message: services.texts.text(request.locale, 'answering.decline.missing') }] },
        400,
      )
    const at = services.clock.now()
    const { companyId, subjectId } = landing.link
    await services.database.as({ role: 'employee', companyId, subjectId }, at, async (db: AnyHandle) => {
      if (!(await markDeclined(db, companyId, landing.invitation.id, at)))
        throw new Problem(landing.invitation.state === 'submitted' ? 'already_submitted' : 'campaign_closed')
      await revokeSessions(db, companyId, { subjectId }, at)
      await recordAudit(db, companyId, at, {
        actorKind: 'participant',
        actorId: subjectId,
        actorRole: 'employee',
        action: 'invitation.declined',
        subjectArea: 'stress',
        subjectId,
        reason: 'answering.reason.own',
        objectKind: 'invitation',
        objectId: landing.invitation.id,
        requestId: request.id,
      })
    })
    clearParticipantCookie(services, reply)
    return reply.redirect(`/a/${encodeURIComponent((request.params as { token: string }).token)}`, 303)
  })
}
