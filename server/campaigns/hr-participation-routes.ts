import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import { departmentTreeOn, membersOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { campaignIdOf } from './campaign-address.ts'
import { listParticipation } from './participation.ts'
import { getCampaign } from './queries.ts'
import type { AnyHandle } from './tables.ts'

const query = z.object({
  show: z.enum(['all', 'taken', 'not-taken']).catch('all'),
  page: z.coerce.number().int().min(1).max(10_000).catch(1),
})
const perPage = 100

/** The list of taking part: names with yes or no as of the beginning of a day (law T-1, T-3); nothing finer. */
export function addHrParticipationRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/campaigns/:id/participation', async (request, reply) => {
    const { companyId, timeZone } = identityOf(request)
    const id = campaignIdOf(request)
    const reach = workplacesInReach(request)
    const { show, page } = query.parse(request.query)
    const found = await asAudience(services, request, async (db: AnyHandle) => {
      const campaign = await getCampaign(db, companyId, id)
      const participation = await listParticipation(db, companyId, id)
      if (!participation) throw new Problem('wrong_state')
      const today = dateIn(timeZone, services.clock.now())
      const departments = new Map((await departmentTreeOn(db, companyId, today)).map((one) => [one.id, one.name]))
      // those who have left since need no reminder and are not listed
      return { campaign, participation, departments, members: await membersOn(db, companyId, today, reach) }
    })
    const taken = new Map(found.participation.people.map((one) => [one.employmentId, one.taken]))
    const invited = found.members.filter((member) => taken.has(member.employmentId))
    const chosen = invited.filter((member) => show === 'all' || taken.get(member.employmentId) === (show === 'taken'))
    const pages = Math.max(1, Math.ceil(chosen.length / perPage))
    const current = Math.min(page, pages)
    const text = (key: string, params?: Record<string, string | number>) =>
      services.texts.text(request.locale, `campaigns.participation.${key}`, params)
    const link = (name: string, to: number) => `/hr/campaigns/${id}/participation?show=${name}&page=${to}`
    return deskPage(services, request, reply, 'campaigns/hr-participation', {
      campaignName: found.campaign.name,
      home: `/hr/campaigns/${id}`,
      asOfOn: found.participation.asOfOn,
      total: invited.length,
      views: (['all', 'not-taken', 'taken'] as const).map((name) => ({
        href: link(name, 1),
        label: text(`show.${name}`),
        current: name === show,
      })),
      // yes or no stands beside the name, so that a phone shows it without scrolling
      columns: (['name', 'taken', 'department', 'code'] as const).map((column) => ({ label: text(column) })),
      rows: chosen.slice((current - 1) * perPage, current * perPage).map((member) => ({
        cells: [
          { heading: true, text: `${member.familyName} ${member.givenName}` },
          taken.get(member.employmentId) ? { tag: 'done', text: text('yes') } : { tag: 'quiet', text: text('no') },
          { text: found.departments.get(member.departmentId) ?? '' },
          { text: member.employeeCode },
        ],
      })),
      pageWords: text('page', { page: current, pages }),
      before: current > 1 ? link(show, current - 1) : '',
      after: current < pages ? link(show, current + 1) : '',
    })
  })
}
