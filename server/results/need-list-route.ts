import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { staffNames } from '../access/index.ts'
import { getCampaign } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { asAudience, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { idOf } from '../web/params.ts'
import { filters, readNeedPage, type Reader } from './need-list.ts'
import { needListView } from './need-pages.ts'
import { countNeeds } from './needs.ts'
import { countNotices } from './notices.ts'
import type { AnyHandle, ResultsTables } from './tables.ts'

const listQuery = z.object({
  show: z.enum(filters).catch('open'),
  page: z.coerce.number().int().min(1).max(100_000).catch(1),
})

/** The list of needs at a desk; `readerOf` says in whose name it is opened, or throws when it may not be. */
export function addNeedListRoute(
  scope: FastifyInstance,
  services: Services,
  desk: '/implementer' | '/clerk',
  readerOf: (db: AnyHandle, request: FastifyRequest) => Reader | Promise<Reader>,
): void {
  scope.get(`${desk}/campaigns/:id/needs`, async (request, reply) => {
    const id = idOf(request)
    const query = listQuery.parse(request.query)
    const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
      const reader = await readerOf(db, request)
      const campaign = await getCampaign(db, reader.companyId, id)
      // a pulse gives nobody a result
      if (campaign.kind === 'pulse') throw new Problem('not_found')
      const page = await readNeedPage(services, db, reader, campaign, {
        filter: query.show,
        page: query.page,
        workplaceIds: workplacesInReach(request),
      })
      const signers = await staffNames(
        db,
        reader.companyId,
        page.lines.flatMap((line) => (line.confirmed ? [line.confirmed.by] : [])),
      )
      return {
        ...needListView(services.texts, request.locale, desk, campaign, page, query.show, signers),
        ...(await countNeeds(db, reader.companyId, id)),
        ...(await countNotices(db, reader.companyId, id)),
      }
    })
    return deskPage(services, request, reply, 'results/needs', data)
  })
}
