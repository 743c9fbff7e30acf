import type { FastifyInstance } from 'fastify'
import { dateIn } from '../clock.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { progressReply } from '../web/progress-reply.ts'
import { once } from '../web/repeated-post.ts'
import { askTrial, readTrialDesk } from './criteria-trial-ask.ts'
import { trialView } from './criteria-trial-view.ts'
import type { AnyHandle } from './tables.ts'

/** Before signing: how many the criteria would have found in the campaign before, in bands. The implementer asks; nobody else. */
export async function addCriteriaTrialRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')

    scope.get('/implementer/campaigns/:id/criteria/trial', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const id = idOf(request)
      const view = await asAudience(services, request, async (db: AnyHandle) => {
        const desk = await readTrialDesk(db, companyId, id, workplacesInReach(request))
        const on = dateIn(timeZone, services.clock.now())
        const names = new Map((await workplacesOn(db, companyId, on)).map((one) => [one.id, one.name]))
        return trialView(desk, names, services.texts, request.locale)
      })
      return deskPage(services, request, reply, 'group-reports/criteria-trial', view)
    })

    scope.get(
      '/implementer/campaigns/:id/criteria/trial/progress',
      { schema: progressReply },
      async (request, reply) => {
        const { companyId } = identityOf(request)
        const id = idOf(request)
        const { trials, criteriaHash } = await asAudience(services, request, (db: AnyHandle) =>
          readTrialDesk(db, companyId, id, workplacesInReach(request)),
        )
        const waiting = trials.some((one) => one.criteriaHash === criteriaHash && one.figures === null)
        const words = services.texts.text(request.locale, `campaigns.trial.${waiting ? 'waiting' : 'done'}`)
        return reply.send({ value: waiting ? 0 : 1, max: 1, words, done: !waiting })
      },
    )

    scope.post('/implementer/campaigns/:id/criteria/trial', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = idOf(request)
      const reach = workplacesInReach(request)
      return once(services, request, reply, async (db: AnyHandle) => {
        const of = { companyId, campaignId: id, userId: subjectId, reach, requestId: request.id }
        await askTrial(db, of, services.clock.now())
        return `/implementer/campaigns/${id}/criteria/trial`
      })
    })
  })
}
