import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { readLink, type Link, type LinkKind } from '../web/links.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { confirmContact, findContact, maskAddress } from './contacts.ts'
import { beginLeaverSession, contactOf, getLeaver } from './leavers.ts'
import { exitFollowup, exitInterview } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

const params = z.object({ token: z.string().max(100) })
const tokenOf = (request: FastifyRequest) => (request.params as z.infer<typeof params>).token

/** `/g/…`: what a link in a leaver's mail opens. GET and HEAD change nothing; a press of the button begins a session. */
export function addLandingRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'public')
  // only wrong tokens count
  const wrongTokens = app.createRateLimit({ max: 60, timeWindow: 10 * 60_000 })

  async function linkOf(request: FastifyRequest, kinds: readonly LinkKind[]): Promise<Link> {
    for (const kind of kinds) {
      try {
        return await readLink(services.database, tokenOf(request), kind, services.clock.now())
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'link_unknown') throw error
      }
    }
    const counted = await wrongTokens(request)
    throw new Problem(!counted.isAllowed && counted.isExceeded ? 'too_many_requests' : 'link_unknown')
  }

  const asLeaver = <Result>({ companyId, subjectId }: Link, work: (db: AnyHandle) => Promise<Result>) =>
    services.database.as({ role: 'leaver', companyId, subjectId }, services.clock.now(), (db: AnyHandle) => work(db))

  const walkLinks = ['graduation', 'exit_interview', 'exit_followup'] as const
  const pageOf: Partial<Record<LinkKind, string>> = {
    exit_interview: exitInterview.path,
    exit_followup: exitFollowup.path,
  }

  app.get('/g/:token', { schema: { params } }, async (request, reply) => {
    const link = await linkOf(request, walkLinks)
    const leaver = await asLeaver(link, (db) => getLeaver(db, services, link.companyId, link.subjectId))
    const data = {
      companyName: link.companyName,
      contact: contactOf(leaver.company),
      wording: leaver.wording,
      isInterview: link.kind === 'exit_interview',
      isFollowup: link.kind === 'exit_followup',
      action: `/g/${tokenOf(request)}/start`,
    }
    return reply.page('graduations/landing', data, { timeZone: link.timeZone })
  })

  // where a reload leads
  app.get('/g/:token/start', { schema: { params } }, async (request, reply) =>
    reply.redirect(`/g/${encodeURIComponent(tokenOf(request))}`),
  )

  app.post('/g/:token/start', { schema: { params } }, async (request, reply) => {
    const link = await linkOf(request, walkLinks)
    await asLeaver(link, async (db) => {
      await getLeaver(db, services, link.companyId, link.subjectId)
      await beginLeaverSession(db, services, reply, link, services.clock.now())
    })
    return reply.redirect(pageOf[link.kind] ?? '/graduation', 303)
  })

  app.get('/g/contact/:token', { schema: { params } }, async (request, reply) => {
    const link = await linkOf(request, ['private_contact'])
    return showContact(request, reply, link)
  })

  async function showContact(
    request: FastifyRequest,
    reply: FastifyReply,
    link: Link,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { leaver, contact } = await asLeaver(link, async (db) => ({
      leaver: await getLeaver(db, services, link.companyId, link.subjectId),
      contact: await findContact(db, services, link.companyId, link.subjectId),
    }))
    // another address was entered since
    if (contact?.version !== link.contextId) throw new Problem('link_unknown')
    const data = {
      companyName: link.companyName,
      contact: contactOf(leaver.company),
      address: maskAddress(contact.email),
      action: `/g/contact/${tokenOf(request)}`,
      ...(errors && { errors }),
    }
    return reply.page('graduations/confirm-contact', data, { timeZone: link.timeZone, status: errors ? 400 : 200 })
  }

  app.post('/g/contact/:token', { schema: { params } }, async (request, reply) => {
    const link = await linkOf(request, ['private_contact'])
    const { companyId, subjectId, timeZone } = link
    // a box that starts unticked: programs that look through mails press every button (law D-2)
    if ((request.body as { confirm?: unknown } | undefined)?.confirm !== 'yes') {
      const message = services.texts.text(request.locale, 'graduations.errors.confirm')
      return showContact(request, reply, link, [{ field: 'confirm', message }])
    }
    await asLeaver(link, async (db) => {
      const at = services.clock.now()
      await getLeaver(db, services, companyId, subjectId)
      if (!(await confirmContact(db, services, { companyId, subjectId, timeZone, version: link.contextId }, at)))
        throw new Problem('link_unknown')
      await beginLeaverSession(db, services, reply, link, at)
    })
    return reply.redirect('/graduation?done=contact', 303)
  })
}
