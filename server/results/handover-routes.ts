import type { FastifyInstance } from 'fastify'
import { recordAuditMany } from '../audit/index.ts'
import { getCampaign } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { listHandovers } from './consents.ts'
import { namePeople } from './need-list.ts'
import type { ResultsTables } from './tables.ts'

/**
 * Where the company receives individual results: whose, and how much, the implementer hands over. HR has no page for it and no key; without
 * the switch there is no such page (law C-6).
 */
export function addHandoverRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/implementer/campaigns/:id/handovers', async (request, reply) => {
    const id = idOf(request)
    const { companyId, subjectId: userId, timeZone } = identityOf(request)
    const text = (key: string) => services.texts.text(request.locale, `results.handovers.${key}`)
    const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
      const campaign = await getCampaign(db, companyId, id)
      if (!campaign.employerReceivesIndividualResults) throw new Problem('not_found')
      const handovers = await listHandovers(db, companyId, campaign, workplacesInReach(request))
      // who agreed to what is part of each record
      await recordAuditMany(
        db,
        companyId,
        services.clock.now(),
        handovers.map((one) => ({
          actorKind: 'staff',
          actorId: userId,
          actorRole: 'implementer',
          action: 'handover.listed',
          subjectArea: 'stress',
          subjectId: one.subjectId,
          reason: 'results.reason.handover',
          objectKind: 'result',
          objectId: one.invitationId,
          requestId: request.id,
        })),
      )
      const people = await namePeople(services, db, companyId, campaign, handovers)
      return {
        backHref: `/implementer/campaigns/${id}/needs`,
        columns: ['name', 'scope', 'basis', 'on'].map((key) => ({ label: text(`column.${key}`) })),
        rows: handovers.map((one) => ({
          cells: [
            {
              text: people.get(one.subjectId)?.name || services.texts.text(request.locale, 'results.needs.nameless'),
              heading: true,
              href: `/implementer/campaigns/${id}/needs/${one.invitationId}`,
            },
            { text: text(`scope.${one.scope}`) },
            { text: text(`basis.${one.basis}`) },
            { text: formatDate('date', one.at, request.locale, timeZone) },
          ],
        })),
      }
    })
    return deskPage(services, request, reply, 'results/handovers', data)
  })
}
