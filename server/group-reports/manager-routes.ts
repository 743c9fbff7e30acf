import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { managerPartsOf, type ManagerPart } from './manager-queries.ts'
import { managerView } from './manager-view.ts'
import { titlesFor } from './titles.ts'
import { createWords } from './words.ts'

/** The own department's part of the newest report of each department a manager heads, and the company beside it. */
export async function addManagerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'manager')

    scope.get('/manager', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const heads = new Set(
        request.heldRoles.filter((held) => held.role === 'manager').map((held) => held.departmentId),
      )
      const parts = await asAudience<unknown, ManagerPart[]>(services, request, (db) => managerPartsOf(db, companyId))
      const words = createWords(services.texts, request.locale, timeZone)
      const newest = new Map<string, ManagerPart>()
      // named once, but does not head it any more: closed
      for (const part of parts)
        if (heads.has(part.departmentId) && !newest.has(part.departmentId)) newest.set(part.departmentId, part)
      const reports = await Promise.all(
        [...newest.values()].map(async (part) => managerView(part, await titlesFor(part.frame, request.locale), words)),
      )
      return deskPage(services, request, reply, 'group-reports/manager', {
        reports,
        foot: reports.map((one) => one.foot).join(' / '),
      })
    })
  })
}
