import type { FastifyInstance } from 'fastify'
import { publishedVersions } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { instrumentTitles } from './instrument-titles.ts'
import { managerInstrumentView } from './manager-instrument-view.ts'
import { managerPartsOf, type ManagerInstrumentPart, type ManagerPart } from './manager-queries.ts'
import { managerTrend, managerView } from './manager-view.ts'
import { titlesFor } from './titles.ts'
import { createWords } from './words.ts'

/** The own department's part of the newest report of each instrument, and the company beside it. */
export async function addManagerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'manager')

    scope.get('/manager', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const heads = new Set(
        request.heldRoles.filter((held) => held.role === 'manager').map((held) => held.departmentId),
      )
      const words = createWords(services.texts, request.locale, timeZone)
      const reports = await asAudience<unknown, Record<string, unknown>[]>(services, request, async (db) => {
        // named once, but does not head it any more: closed
        const parts = (await managerPartsOf(db, companyId)).filter((part) => heads.has(part.departmentId))
        const newest = new Map<string, ManagerPart | ManagerInstrumentPart>()
        for (const part of parts) {
          const of = `${part.departmentId} ${part.kind === 'statutory' ? part.kind : part.slug}`
          if (!newest.has(of)) newest.set(of, part)
        }
        const versions = await publishedVersions(db, companyId)
        const views: Record<string, unknown>[] = []
        for (const part of newest.values()) {
          const trend = managerTrend(part, parts, versions, words)
          const view =
            part.kind === 'statutory'
              ? managerView(part, await titlesFor(part.frame, request.locale), words)
              : managerInstrumentView(
                  part,
                  await instrumentTitles(companyId, part.frame, words, (work) => work(db)),
                  words,
                )
          views.push({ ...view, trend })
        }
        return views
      })
      return deskPage(services, request, reply, 'group-reports/manager', {
        reports,
        foot: reports.map((one) => one['foot']).join(' / '),
      })
    })
  })
}
