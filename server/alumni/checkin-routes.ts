import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { getCompanyDetails, type CompanyDetails } from '../database/companies.ts'
import { contactOf, interviewForm, readInterview } from '../graduations/index.ts'
import { getShipped, isValidatedIn } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { once } from '../web/repeated-post.ts'
import { wordsIn } from '../web/words.ts'
import { chooseReaders, declineCheckin, findOpenCheckin, submitCheckin, type Checkin } from './checkins.ts'
import { findMember, type Member } from './members.ts'
import type { AnyHandle } from './tables.ts'

const choiceBody = z.object({ visibility: z.enum(['hr', 'groups_only']) })
const declineBody = z.object({ decline: z.literal('yes') })
const path = '/alumni/check-in'

interface Asked {
  member: Member
  company: CompanyDetails
  checkin: Checkin | undefined
}

/** `/alumni/check-in…`: how are you? The pages of the leaver's survey, for a member who chose to be asked. */
export function addCheckinRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'alumni')
  const sayIn = (request: FastifyRequest) => (key: string, values?: Record<string, string | number>) =>
    services.texts.text(request.locale, key, values)

  async function loadIn(db: AnyHandle, request: FastifyRequest): Promise<Asked> {
    const { companyId, subjectId } = identityOf(request)
    const member = await findMember(db, services, companyId, subjectId)
    if (!member || member.state === 'unconfirmed') throw new Problem('sign_in_needed')
    return {
      member,
      company: await getCompanyDetails(db, companyId),
      checkin: await findOpenCheckin(db, companyId, subjectId),
    }
  }
  const load = (request: FastifyRequest) => asAudience(services, request, (db: AnyHandle) => loadIn(db, request))

  async function showStart(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { company, checkin } = await load(request)
    // answered, declined, or never asked
    if (!checkin) return reply.redirect('/alumni', 303)
    const { definition } = await getShipped(checkin.slug, checkin.version)
    const data = {
      contact: contactOf(company),
      path,
      isLeaving: false,
      backHref: '/alumni',
      backKey: 'alumni.backHome',
      titleKey: 'alumni.checkin.title',
      voluntaryKey: 'alumni.checkin.voluntary',
      state: 'open',
      introduction: services.texts.wording(request.locale, definition.introduction),
      minutes: definition.minutes ?? 0,
      forHr: checkin.visibility === 'hr',
      forGroups: checkin.visibility === 'groups_only',
      ...(errors && { errors }),
    }
    return reply.page('graduations/interview-start', data, { status: errors ? 400 : 200 })
  }

  app.get(path, async (request, reply) => showStart(request, reply))

  app.post(`${path}/start`, async (request, reply) => {
    const body = choiceBody.safeParse(request.body)
    if (!body.success)
      return showStart(request, reply, [
        { field: 'visibility', message: sayIn(request)('graduations.interview.visibilityMissing') },
      ])
    const { companyId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { checkin } = await loadIn(db, request)
      if (!checkin || !(await chooseReaders(db, companyId, checkin.id, body.data.visibility))) return path
      return `${path}/questions`
    })
  })

  async function showQuestions(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { company, checkin } = await load(request)
    if (!checkin?.visibility) return reply.redirect(path, 303)
    const questionnaire = await getShipped(checkin.slug, checkin.version)
    const data = {
      contact: contactOf(company),
      path,
      titleKey: 'alumni.checkin.title',
      visibility: checkin.visibility,
      sections: interviewForm(
        questionnaire,
        wordsIn(services.texts, request.locale),
        errors ? request.body : undefined,
      ),
      unvalidated: !isValidatedIn(questionnaire.definition, request.locale),
      attribution: services.texts.wording(request.locale, questionnaire.definition.licence.attribution),
      ...(errors && { errors }),
    }
    return reply.page('graduations/interview', data, { status: errors ? 400 : 200 })
  }

  app.get(`${path}/questions`, async (request, reply) => showQuestions(request, reply))

  app.post(`${path}/questions`, async (request, reply) => {
    const { checkin } = await load(request)
    if (!checkin?.visibility) return reply.redirect(path, 303)
    const questionnaire = await getShipped(checkin.slug, checkin.version)
    const read = readInterview(questionnaire, request.body, sayIn(request))
    if (read.errors) return showQuestions(request, reply, read.errors)
    const { companyId, timeZone } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { member } = await loadIn(db, request)
      const of = { companyId, member, timeZone, requestId: request.id }
      if (!(await submitCheckin(db, services, of, checkin, read.answers, services.clock.now())))
        throw new Problem('already_submitted')
      return '/alumni?done=checkin'
    })
  })

  app.post(`${path}/decline`, async (request, reply) => {
    // a box that starts unticked: pressing every button of a page declines nothing
    if (!declineBody.safeParse(request.body).success)
      return showStart(request, reply, [
        { field: 'decline', message: sayIn(request)('graduations.interview.declineMissing') },
      ])
    const { companyId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const { checkin } = await loadIn(db, request)
      if (checkin) await declineCheckin(db, companyId, checkin.id)
      return '/alumni?done=checkinDeclined'
    })
  })
}
