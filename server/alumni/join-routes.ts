import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { contactOf, getLeaver, type Leaver } from '../graduations/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { findPlan } from './checkin-plan.ts'
import { purposeSentences } from './consents.ts'
import { join } from './members.ts'
import { choosablePurposes } from './purposes.data.ts'
import type { AnyHandle } from './tables.ts'

const body = z.object({
  name: z.string().trim().min(1).max(100),
  email: z
    .string()
    .trim()
    .max(254)
    .pipe(z.email())
    .transform((email) => email.toLowerCase()),
  leftInYear: z.coerce.number().int().min(1950).max(2200),
  purpose: z.preprocess(
    (value) => (value === undefined ? [] : [value].flat()),
    z.array(z.enum(choosablePurposes)).min(1),
  ),
})

/**
 * `/graduation/alumni`: from the leaver's page into the pool. Nothing is filled in but the year; the pool learns what the person types and ticks.
 * What is written carries neither the leaver's id nor the second of the request.
 */
export function addJoinRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'leaver')
  const textIn = (request: FastifyRequest) => (key: string, values?: Record<string, string>) =>
    services.texts.text(request.locale, key, values)

  async function invited(request: FastifyRequest): Promise<Leaver & { withCheckin: boolean }> {
    const { companyId, subjectId } = identityOf(request)
    const found = await asAudience(services, request, async (db: AnyHandle) => ({
      ...(await getLeaver(db, services, companyId, subjectId)),
      withCheckin: (await findPlan(db, companyId)).isOn,
    }))
    if (!found.isInvitedToAlumni) throw new Problem('not_found')
    return found
  }

  function show(
    request: FastifyRequest,
    reply: FastifyReply,
    leaver: Leaver & { withCheckin: boolean },
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const typed = (errors ? (request.body ?? {}) : {}) as Record<string, unknown>
    const textOf = (name: string) => (typeof typed[name] === 'string' ? typed[name].slice(0, 254) : '')
    const ticked = new Set([typed['purpose']].flat())
    const data = {
      contact: contactOf(leaver.company),
      sender: leaver.company.name,
      postalAddress: leaver.company.postalAddress,
      choices: purposeSentences(textIn(request), leaver.company.name, leaver.withCheckin).map((one) => ({
        value: one.purpose,
        label: one.sentence,
        checked: ticked.has(one.purpose),
      })),
      typedName: textOf('name'),
      typedEmail: textOf('email'),
      typedYear: errors ? textOf('leftInYear') : leaver.leavingOn.slice(0, 4),
      ...(errors && { errors }),
    }
    return reply.page('alumni/join', data, { status: errors ? 400 : 200 })
  }

  app.get('/graduation/alumni', async (request, reply) => show(request, reply, await invited(request)))

  app.post('/graduation/alumni', async (request, reply) => {
    const leaver = await invited(request)
    const read = body.safeParse(request.body)
    if (!read.success) {
      const fields = new Set(read.error.issues.map((issue) => String(issue.path[0])))
      const errors = [...fields].map((field) => ({ field, message: textIn(request)(`alumni.errors.${field}`) }))
      return show(request, reply, leaver, errors)
    }
    const { name, email, leftInYear, purpose } = read.data
    const consents = purposeSentences(textIn(request), leaver.company.name, leaver.withCheckin)
      .filter((one) => purpose.includes(one.purpose))
      .map((one) => ({ purpose: one.purpose, shownText: one.sentence, locale: request.locale }))
    const profile = { name, email, headline: '', locale: request.locale }
    const { companyId, timeZone } = identityOf(request)
    await join(services, { companyId, timeZone, profile, leftInYear, consents }, services.clock.now())
    return reply.redirect('/graduation/alumni/sent', 303)
  })

  app.get('/graduation/alumni/sent', async (request, reply) => {
    const leaver = await invited(request)
    return reply.page('alumni/sent', { contact: contactOf(leaver.company), backHref: '/graduation', isJoining: true })
  })
}
