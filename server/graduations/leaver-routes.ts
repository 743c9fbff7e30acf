import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience } from '../web/audience.ts'
import { helpFor } from '../web/help/index.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { enterContact, findContact, maskAddress, setHrMayRead } from './contacts.ts'
import { writtenIn } from './interview-form.ts'
import { findInterview, openAnswers } from './interviews.ts'
import { contactOf, getLeaver, subjectOf } from './leavers.ts'
import { leaverSteps } from './pages.ts'
import { decideFollowupDue, lastDayOf, usesCompanyAddress } from './rules.ts'
import { listSteps, tickStep } from './steps.ts'
import { exitFollowup, exitInterview } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

const stepParams = z.object({ stepId: z.uuid() })
const tickBody = z.object({ done: z.enum(['yes', 'no']) })
const contactBody = z.object({
  email: z
    .string()
    .trim()
    .max(254)
    .pipe(z.email())
    .transform((email) => email.toLowerCase()),
  hrMayRead: z.literal('yes').optional(),
})
const sharingBody = z.object({ hrMayRead: z.literal('yes').optional() })
const doneNotices = new Set(['contact', 'interview', 'declined', 'followup', 'followupDeclined'])

/** `/graduation…`: the leaver's own page. Thanks first, then steps; what is the person's own choice stands apart from them. */
export function addLeaverRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'leaver')
  const say = (request: FastifyRequest, key: string) => services.texts.text(request.locale, key)

  app.get('/graduation', async (request, reply) => {
    const { companyId, subjectId, timeZone } = subjectOf(request)
    const { done } = request.query as { done?: string }
    const found = await asAudience(services, request, async (db: AnyHandle) => {
      const leaver = await getLeaver(db, services, companyId, subjectId)
      return {
        leaver,
        steps: await listSteps(db, companyId, [leaver.departureId]),
        contact: await findContact(db, services, companyId, subjectId),
        interview: await findInterview(db, companyId, subjectId),
        followup: await findInterview(db, companyId, subjectId, exitFollowup),
        justSent: await answersJustSent(db, companyId, subjectId, done),
      }
    })
    const { leaver, contact, interview, followup } = found
    const today = dateIn(timeZone, services.clock.now())
    return reply.page('graduations/walk', {
      ...helpFor(writtenIn(found.justSent), request.locale),
      contact: contactOf(leaver.company),
      ...(done &&
        doneNotices.has(done) && { notice: { kind: 'good', text: say(request, `graduations.notice.${done}`) } }),
      wording: leaver.wording,
      personName: leaver.name,
      lastOn: lastDayOf(leaver),
      leavingOn: leaver.leavingOn,
      ...leaverSteps(found.steps, today, (key) => say(request, key)),
      contactState: !contact ? 'none' : contact.isConfirmed ? 'confirmed' : 'waiting',
      contactAddress: contact ? maskAddress(contact.email) : '',
      mailboxEndsSoon: usesCompanyAddress(leaver, today),
      interviewState: interview?.state === 'submitted' || interview?.state === 'declined' ? interview.state : 'open',
      isInvitedToAlumni: leaver.isInvitedToAlumni,
      followupState: followup?.state ?? (decideFollowupDue(leaver.leavingOn, today) ? 'none' : ''),
      followupOn: followup?.dueOn ?? '',
    })
  })

  /** The answers that the page somebody comes from has just sent. */
  async function answersJustSent(db: AnyHandle, companyId: string, subjectId: string, done: string | undefined) {
    const survey = [exitInterview, exitFollowup].find((one) => one.sentNotice === done)
    return survey && openAnswers(db, services, companyId, subjectId, survey)
  }

  app.post('/graduation/steps/:stepId', { schema: { params: stepParams } }, async (request, reply) => {
    const body = tickBody.safeParse(request.body)
    if (!body.success) throw new Problem('invalid_input')
    const { stepId } = request.params as z.infer<typeof stepParams>
    const { companyId, subjectId } = subjectOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { departureId } = await getLeaver(db, services, companyId, subjectId)
      const tick = { departureId, stepId, by: 'leaver', done: body.data.done === 'yes' } as const
      if (!(await tickStep(db, companyId, tick, services.clock.now()))) throw new Problem('not_found')
      return '/graduation#steps'
    })
  })

  async function showContact(
    request: FastifyRequest,
    reply: FastifyReply,
    typed?: { email: string; hrMayRead: boolean },
  ): Promise<FastifyReply> {
    const { companyId, subjectId } = subjectOf(request)
    const { leaver, contact } = await asAudience(services, request, async (db: AnyHandle) => ({
      leaver: await getLeaver(db, services, companyId, subjectId),
      contact: await findContact(db, services, companyId, subjectId),
    }))
    const data = {
      contact: contactOf(leaver.company),
      state: !contact ? 'none' : contact.isConfirmed ? 'confirmed' : 'waiting',
      address: contact ? maskAddress(contact.email) : '',
      typedEmail: typed?.email ?? '',
      mayRead: typed?.hrMayRead ?? false,
      sharesNow: contact?.hrMayRead ?? false,
      ...(typed && { errors: [{ field: 'email', message: say(request, 'graduations.errors.email') }] }),
    }
    return reply.page('graduations/contact', data, { status: typed ? 400 : 200 })
  }

  app.get('/graduation/contact', async (request, reply) => showContact(request, reply))

  app.post('/graduation/contact', async (request, reply) => {
    const body = contactBody.safeParse(request.body)
    if (!body.success) {
      const raw = (request.body ?? {}) as Record<string, unknown>
      const email = typeof raw['email'] === 'string' ? raw['email'].slice(0, 254) : ''
      return showContact(request, reply, { email, hrMayRead: raw['hrMayRead'] === 'yes' })
    }
    const of = subjectOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      await getLeaver(db, services, of.companyId, of.subjectId)
      const entered = { email: body.data.email, hrMayRead: body.data.hrMayRead === 'yes' }
      await enterContact(db, services, of, entered, services.clock.now())
      return '/graduation/contact'
    })
  })

  app.post('/graduation/contact/sharing', async (request, reply) => {
    const body = sharingBody.safeParse(request.body)
    if (!body.success) throw new Problem('invalid_input')
    const { companyId, subjectId } = subjectOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      await setHrMayRead(db, companyId, subjectId, body.data.hrMayRead === 'yes')
      return '/graduation/contact'
    })
  })
}
