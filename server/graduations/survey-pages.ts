import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { getShipped, isValidatedIn } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'
import { once } from '../web/repeated-post.ts'
import { wordsIn } from '../web/words.ts'
import { interviewForm, readInterview } from './interview-form.ts'
import { chooseVisibility, declineInterview, findInterview, submitInterview, type Interview } from './interviews.ts'
import { contactOf, getLeaver, subjectOf, type Leaver } from './leavers.ts'
import type { ExitSurvey } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

const choiceBody = z.object({ visibility: z.enum(['hr', 'groups_only']) })
const declineBody = z.object({ decline: z.literal('yes') })

/** What stands at the survey's address while it cannot be answered yet; undefined: what does not exist is not found. */
type Before = (
  request: FastifyRequest,
  reply: FastifyReply,
  of: { leaver: Leaver; interview: Interview | undefined },
) => Promise<FastifyReply> | undefined

/**
 * The pages of one of the leaver's surveys (audience leaver, declared by the caller): who reads it is chosen first, every question may be left open, it
 * is sent once; nothing depends on it.
 */
export function addSurveyPages(
  app: FastifyInstance,
  services: Services,
  survey: ExitSurvey,
  before: Before = () => undefined,
): void {
  const { path, words } = survey
  const sayIn = (request: FastifyRequest) => (key: string, values?: Record<string, string | number>) =>
    services.texts.text(request.locale, key, values)

  async function load(request: FastifyRequest): Promise<{ leaver: Leaver; interview: Interview | undefined }> {
    const { companyId, subjectId } = subjectOf(request)
    return asAudience(services, request, async (db: AnyHandle) => ({
      interview: await findInterview(db, companyId, subjectId, survey),
      leaver: await getLeaver(db, services, companyId, subjectId),
    }))
  }

  const isOver = ({ state }: Interview) => state === 'submitted' || state === 'declined'
  const isOpen = ({ state }: Interview) => (survey.openStates as readonly string[]).includes(state)

  async function showStart(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { leaver, interview } = await load(request)
    const instead =
      interview && (isOpen(interview) || isOver(interview)) ? undefined : before(request, reply, { leaver, interview })
    if (instead) return instead
    if (!interview) throw new Problem('not_found')
    const { definition } = await getShipped(interview.slug, interview.version)
    const data = {
      contact: contactOf(leaver.company),
      path,
      isLeaving: true,
      backHref: '/graduation',
      backKey: 'graduations.backToWalk',
      titleKey: `graduations.${words}.title`,
      voluntaryKey: 'graduations.interview.voluntary',
      submittedKey: `graduations.walk.${words}Submitted`,
      declinedKey: `graduations.walk.${words}Declined`,
      state: isOver(interview) ? interview.state : 'open',
      introduction: services.texts.wording(request.locale, definition.introduction),
      minutes: definition.minutes ?? 0,
      forHr: interview.visibility === 'hr',
      forGroups: interview.visibility === 'groups_only',
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
    const { companyId, subjectId } = subjectOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await chooseVisibility(db, companyId, subjectId, body.data.visibility, survey))) return path
      return `${path}/questions`
    })
  })

  async function showQuestions(
    request: FastifyRequest,
    reply: FastifyReply,
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { leaver, interview } = await load(request)
    if (!interview || !isOpen(interview) || !interview.visibility) return reply.redirect(path, 303)
    const questionnaire = await getShipped(interview.slug, interview.version)
    const data = {
      contact: contactOf(leaver.company),
      path,
      titleKey: `graduations.${words}.title`,
      visibility: interview.visibility,
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
    const { interview } = await load(request)
    if (!interview) throw new Problem('not_found')
    const questionnaire = await getShipped(interview.slug, interview.version)
    const read = readInterview(questionnaire, request.body, sayIn(request))
    if (read.errors) return showQuestions(request, reply, read.errors)
    const of = { ...subjectOf(request), requestId: request.id }
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await submitInterview(db, services, of, read.answers, services.clock.now(), survey)))
        throw new Problem('already_submitted')
      return `/graduation?done=${survey.sentNotice}`
    })
  })

  app.post(`${path}/decline`, async (request, reply) => {
    const body = declineBody.safeParse(request.body)
    // a box that starts unticked: pressing every button of a page declines nothing
    if (!body.success)
      return showStart(request, reply, [
        { field: 'decline', message: sayIn(request)('graduations.interview.declineMissing') },
      ])
    const { companyId, subjectId } = identityOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      if (!(await declineInterview(db, companyId, subjectId, survey))) return path
      return `/graduation?done=${survey.declinedNotice}`
    })
  })
}
