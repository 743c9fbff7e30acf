import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { findDeparture, memberOfDeparture } from './departures.ts'
import { interviewInWords } from './interview-form.ts'
import { readContactAsHr, readInterviewAsHr } from './records.ts'
import { exitFollowup, exitInterview } from './surveys.ts'
import type { AnyHandle } from './tables.ts'

const params = z.object({ departureId: z.uuid() })

/** What a leaver opened to HR, one page each; every opening is in the ledger before the page is sent. */
export function addHrRecordRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'hr')

  const todayOf = (request: FastifyRequest) => dateIn(identityOf(request).timeZone, services.clock.now())

  async function nameOf(request: FastifyRequest, db: AnyHandle, departureId: string): Promise<string> {
    const { companyId, timeZone } = identityOf(request)
    const departure = await findDeparture(db, companyId, departureId)
    const member =
      departure && (await memberOfDeparture(db, companyId, departure, dateIn(timeZone, services.clock.now())))
    const reach = workplacesInReach(request)
    if (!member || (reach && !reach.includes(member.workplaceId))) throw new Problem('not_found')
    return `${member.familyName} ${member.givenName}`
  }

  for (const survey of [exitInterview, exitFollowup])
    app.get(`/hr/graduations/:departureId/${survey.words}`, { schema: { params } }, async (request, reply) => {
      const { companyId, subjectId: userId } = identityOf(request)
      const { departureId } = request.params as z.infer<typeof params>
      const reader = { companyId, departureId, userId, on: todayOf(request), requestId: request.id }
      const { name, read } = await asAudience(services, request, async (db: AnyHandle) => ({
        name: await nameOf(request, db, departureId),
        read: await readInterviewAsHr(db, services, reader, services.clock.now(), survey),
      }))
      return deskPage(services, request, reply, 'graduations/interview-answers', {
        departureId,
        personName: name,
        titleKey: `graduations.answers.${survey.words}Title`,
        submittedOn: read.submittedOn,
        rows: interviewInWords(read.questionnaire, read.answers, request.locale),
      })
    })

  app.get('/hr/graduations/:departureId/contact', { schema: { params } }, async (request, reply) => {
    const { companyId, subjectId: userId } = identityOf(request)
    const { departureId } = request.params as z.infer<typeof params>
    const { name, address } = await asAudience(services, request, async (db: AnyHandle) => ({
      name: await nameOf(request, db, departureId),
      address: await readContactAsHr(
        db,
        services,
        { companyId, departureId, userId, on: todayOf(request), requestId: request.id },
        services.clock.now(),
      ),
    }))
    return deskPage(services, request, reply, 'graduations/contact-for-hr', { departureId, personName: name, address })
  })
}
