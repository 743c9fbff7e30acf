import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { agreeToFollowup, withdrawFromFollowup } from './followups.ts'
import { findInterview, type Interview } from './interviews.ts'
import { contactOf, getLeaver, subjectOf, type Leaver } from './leavers.ts'
import { decideFollowupDue } from './rules.ts'
import { addSurveyPages } from './survey-pages.ts'
import { exitFollowup } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

const agreeBody = z.object({ agree: z.literal('yes') })

/** `/graduation/followup…`: saying yes to being asked once more, taking it back, and, when the time has come, the survey itself. */
export function addFollowupRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'leaver')
  const { path } = exitFollowup

  async function showAgreement(
    request: FastifyRequest,
    reply: FastifyReply,
    { leaver, interview }: { leaver: Leaver; interview: Interview | undefined },
    errors?: FieldError[],
  ): Promise<FastifyReply> {
    const { timeZone } = subjectOf(request)
    const wouldBeOn = decideFollowupDue(leaver.leavingOn, dateIn(timeZone, services.clock.now()))
    const data = {
      contact: contactOf(leaver.company),
      sender: leaver.company.name,
      hasAgreed: interview !== undefined,
      dueOn: interview?.dueOn ?? wouldBeOn ?? '',
      mayAgree: wouldBeOn !== undefined,
      ...(errors && { errors }),
    }
    return reply.page('graduations/followup', data, { status: errors ? 400 : 200 })
  }

  // until the mail is due the address shows the agreement
  addSurveyPages(app, services, exitFollowup, showAgreement)

  app.post(`${path}/agree`, async (request, reply) => {
    const of = { ...subjectOf(request), requestId: request.id }
    const { companyId, subjectId } = of
    if (!agreeBody.safeParse(request.body).success) {
      const shown = await services.database.as(
        { role: 'leaver', companyId, subjectId },
        services.clock.now(),
        async (db: AnyHandle) => ({
          leaver: await getLeaver(db, services, companyId, subjectId),
          interview: await findInterview(db, companyId, subjectId, exitFollowup),
        }),
      )
      const message = services.texts.text(request.locale, 'graduations.followup.agreeMissing')
      return showAgreement(request, reply, shown, [{ field: 'agree', message }])
    }
    return once(services, request, reply, async (db: AnyHandle) => {
      const { leavingOn } = await getLeaver(db, services, companyId, subjectId)
      await agreeToFollowup(db, { ...of, leavingOn }, services.clock.now())
      return path
    })
  })

  app.post(`${path}/withdraw`, async (request, reply) => {
    const of = { ...subjectOf(request), requestId: request.id }
    return once(services, request, reply, async (db: AnyHandle) => {
      await withdrawFromFollowup(db, of, services.clock.now())
      return path
    })
  })
}
