import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { getShipped } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { once } from '../web/repeated-post.ts'
import { interviewForm, readInterview } from './interview-form.ts'
import { chooseVisibility, declineInterview, findInterview, submitInterview, type Interview } from './interviews.ts'
import { contactOf, getLeaver, subjectOf, type Leaver } from './leavers.ts'
import type { AnyHandle } from './tables.ts'

const choiceBody = z.object({ visibility: z.enum(['hr', 'groups_only']) })
const declineBody = z.object({ decline: z.literal('yes') })

/** `/graduation/interview…`: who reads it is chosen first, every question may be left open, it is sent once; nothing depends on it. */
export function addInterviewRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'leaver')
  const sayIn = (request: FastifyRequest) => (key: string) => services.texts.text(request.locale, key)

  async function load(request: FastifyRequest): Promise<{ leaver: Leaver; interview: Interview }> {
    const { companyId, subjectId } = subjectOf(request)
    return asAudience(services, request, async (db: AnyHandle) => {
      const interview = await findInterview(db, companyId, subjectId)
      if (!interview) throw new Problem('not_found')
      return { leaver: await getLeaver(db, services, companyId, subjectId), interview }
    })
  }

  async function showStart(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { leaver, interview } = await load(request)
    const { definition } = await getShipped(interview.slug, interview.version)
    const isOver = interview.state === 'submitted' || interview.state === 'declined'
    const data = {
      contact: contactOf(leaver.company),
      state: isOver ? interview.state : 'open',
      introduction: definition.introduction?.[request.locale] ?? '',
      minutes: definition.minutes ?? 0,
      forHr: interview.visibility === 'hr',
      forGroups: interview.visibility === 'groups_only',
      ...(errors && { errors }),
    }
    return reply.page('graduations/interview-start', data, { status: errors ? 400 : 200 })
  }

  app.get('/graduation/interview', async (request, reply) => showStart(request, reply))

  app.post('/graduation/interview/start', async (request, reply) => {
    const body = choiceBody.safeParse(request.body)
    if (!body.success)
      return showStart(request, reply, [
        { field: 'visibility', message: sayIn(request)('graduations.interview.visibilityMissing') },
      ])
    const { companyId, subjectId } = subjectOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await chooseVisibility(db, companyId, subjectId, body.data.visibility))) return '/graduation/interview'
      return '/graduation/interview/questions'
    })
  })

  async function showQuestions(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { leaver, interview } = await load(request)
    if (interview.state === 'submitted' || interview.state === 'declined' || !interview.visibility)
      return reply.redirect('/graduation/interview', 303)
    const questionnaire = await getShipped(interview.slug, interview.version)
    const data = {
      contact: contactOf(leaver.company),
      visibility: interview.visibility,
      sections: interviewForm(questionnaire, request.locale, errors ? request.body : undefined, sayIn(request)),
      attribution: questionnaire.definition.licence.attribution[request.locale] ?? '',
      ...(errors && { errors }),
    }
    return reply.page('graduations/interview', data, { status: errors ? 400 : 200 })
  }

  app.get('/graduation/interview/questions', async (request, reply) => showQuestions(request, reply))

  app.post('/graduation/interview/questions', async (request, reply) => {
    const { interview } = await load(request)
    const questionnaire = await getShipped(interview.slug, interview.version)
    const read = readInterview(questionnaire, request.body, sayIn(request))
    if (read.errors) return showQuestions(request, reply, read.errors)
    const of = { ...subjectOf(request), requestId: request.id }
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await submitInterview(db, services, of, read.answers, services.clock.now())))
        throw new Problem('already_submitted')
      return '/graduation?done=interview'
    })
  })

  app.post('/graduation/interview/decline', async (request, reply) => {
    const body = declineBody.safeParse(request.body)
    // a box that starts unticked: pressing every button of a page declines nothing
    if (!body.success)
      return showStart(request, reply, [
        { field: 'decline', message: sayIn(request)('graduations.interview.declineMissing') },
      ])
    const { companyId, subjectId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await declineInterview(db, companyId, subjectId))) return '/graduation/interview'
      return '/graduation?done=declined'
    })
  })
}
