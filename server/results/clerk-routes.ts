import type { FastifyInstance, FastifyRequest } from 'fastify'
import { directorsOf } from '../access/index.ts'
import { getCampaign } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { addNeedListRoute } from './need-list-route.ts'
import type { Reader } from './need-list.ts'
import { needPersonView } from './need-pages.ts'
import type { AnyHandle, ResultsTables } from './tables.ts'

/** A clerk prepares, directed by an implementer and reading only; without one who directs nothing opens (law R-4). */
async function directedReader(db: AnyHandle, request: FastifyRequest): Promise<Reader> {
  const { companyId, subjectId } = identityOf(request)
  const [directedBy] = await directorsOf(db, companyId, subjectId)
  if (!directedBy) throw new Problem('not_allowed')
  return { companyId, userId: subjectId, role: 'clerk', directedBy, requestId: request.id }
}

export async function addClerkRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'clerk')

    addNeedListRoute(scope, services, '/clerk', directedReader)

    scope.get('/clerk/campaigns/:id/needs/:invitationId', async (request, reply) => {
      const id = idOf(request)
      const invitationId = idOf(request, 'invitationId')
      const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
        const reader = await directedReader(db, request)
        const campaign = await getCampaign(db, reader.companyId, id)
        const view = await needPersonView(
          services,
          db,
          reader,
          request.locale,
          campaign,
          invitationId,
          workplacesInReach(request),
        )
        return { ...view, backHref: `/clerk/campaigns/${id}/needs`, maySign: false }
      })
      return deskPage(services, request, reply, 'results/need-person', data)
    })
  })
}
