import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { getCampaign, type Campaign } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { addHandoverRoutes } from './handover-routes.ts'
import { addNeedListRoute } from './need-list-route.ts'
import { readNeedPage, type Reader } from './need-list.ts'
import { needPersonView } from './need-pages.ts'
import { confirmNeeds, countNeeds } from './needs.ts'
import { countNotices, releaseResults } from './notices.ts'
import type { ResultsTables } from './tables.ts'

const verdicts = z.enum(['high', 'none', 'ordinary'])
const signForm = z.object({
  person: z.union([z.guid().transform((one) => [one]), z.array(z.guid()).max(500)]),
  needed: z.enum(['yes', 'no']),
  signed: z.literal('yes'),
})
const personForm = z.object({ needed: z.enum(['yes', 'no']), note: z.string().trim().max(2_000).default('') })

/** names that are listed above one signature */
const namesPerSignature = 300

function readerOf(request: FastifyRequest): Reader {
  const { companyId, subjectId } = identityOf(request)
  return { companyId, userId: subjectId, role: 'implementer', requestId: request.id }
}

const signingOf = (request: FastifyRequest, campaignId: string) => {
  const reader = readerOf(request)
  return {
    companyId: reader.companyId,
    campaignId,
    implementerId: reader.userId,
    workplaceIds: workplacesInReach(request),
    requestId: reader.requestId,
  }
}

/** The implementer's decision, person by person or under a list of names; then the release to everybody at once. */
export async function addImplementerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')
    addHandoverRoutes(scope, services)

    addNeedListRoute(scope, services, '/implementer', (_db, request) => readerOf(request))

    scope.get('/implementer/campaigns/:id/needs/sign', (request, reply) => signPage(services, request, reply))
    scope.post('/implementer/campaigns/:id/needs/sign', async (request, reply) => {
      const id = idOf(request)
      const form = signForm.safeParse(request.body)
      if (!form.success) {
        const fields = [...new Set(form.error.issues.map((issue) => String(issue.path[0])))]
        return signPage(services, request, reply, fields)
      }
      return once<ResultsTables>(services, request, reply, async (db) => {
        const needed = form.data.needed === 'yes'
        const decisions = form.data.person.map((invitationId) => ({ invitationId, needed }))
        await confirmNeeds(db, services.vault, signingOf(request, id), decisions, services.clock.now())
        return `/implementer/campaigns/${id}/needs`
      })
    })

    scope.get('/implementer/campaigns/:id/needs/:invitationId', (request, reply) =>
      personPage(services, request, reply),
    )
    scope.post('/implementer/campaigns/:id/needs/:invitationId', async (request, reply) => {
      const id = idOf(request)
      const invitationId = idOf(request, 'invitationId')
      const form = personForm.safeParse(request.body)
      if (!form.success) return personPage(services, request, reply, ['needed'])
      return once<ResultsTables>(services, request, reply, async (db) => {
        const decision = { invitationId, needed: form.data.needed === 'yes', note: form.data.note }
        await confirmNeeds(db, services.vault, signingOf(request, id), [decision], services.clock.now())
        return `/implementer/campaigns/${id}/needs`
      })
    })

    scope.get('/implementer/campaigns/:id/release', async (request, reply) => {
      const id = idOf(request)
      const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
        const { companyId } = identityOf(request)
        const campaign = await getCampaign(db, companyId, id)
        if (campaign.kind === 'pulse') throw new Problem('not_found')
        const counts = await countNeeds(db, companyId, id)
        return {
          campaign,
          ...counts,
          ...(await countNotices(db, companyId, id)),
          mayRelease: counts.open === 0 && (campaign.state === 'need_confirmed' || campaign.state === 'closed'),
          isReleased: isReleased(campaign),
          backHref: `/implementer/campaigns/${id}/needs`,
          action: `/implementer/campaigns/${id}/release`,
        }
      })
      return deskPage(services, request, reply, 'results/release', data)
    })
    scope.post('/implementer/campaigns/:id/release', async (request, reply) => {
      const id = idOf(request)
      return once<ResultsTables>(services, request, reply, async (db) => {
        await releaseResults(db, signingOf(request, id), services.clock.now())
        return `/implementer/campaigns/${id}/release`
      })
    })
  })
}

const isReleased = (campaign: Campaign) => campaign.state === 'results_released' || campaign.state === 'archived'

async function signPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: readonly string[] = [],
): Promise<FastifyReply> {
  const id = idOf(request)
  const verdict = verdicts.catch('high').parse((request.query as { verdict?: unknown }).verdict)
  const text = (key: string) => services.texts.text(request.locale, `results.sign.${key}`)
  const body = (request.body ?? {}) as Record<string, unknown>
  const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
    const reader = readerOf(request)
    const campaign = await getCampaign(db, reader.companyId, id)
    const page = await readNeedPage(services, db, reader, campaign, {
      filter: 'open',
      verdict,
      page: 1,
      perPage: namesPerSignature,
      workplaceIds: workplacesInReach(request),
    })
    const ticked = body['person'] === undefined ? undefined : [body['person']].flat().map(String)
    return {
      campaign,
      verdict,
      action: `/implementer/campaigns/${id}/needs/sign?verdict=${verdict}`,
      backHref: `/implementer/campaigns/${id}/needs`,
      people: page.lines.map((line) => ({
        id: line.invitationId,
        name: line.name,
        employeeCode: line.employeeCode,
        department: line.department,
        checked: ticked ? ticked.includes(line.invitationId) : wrong.length === 0,
      })),
      total: page.total,
      more: page.total - page.lines.length,
      choices: (['yes', 'no'] as const).map((value) => ({
        value,
        label: text(value),
        checked: body['needed'] === value,
      })),
      signerName: request.staffName ?? '',
    }
  })
  const errors = wrong.map((field) => ({ field, message: text(`errors.${field}`) }))
  return deskPage(services, request, reply, 'results/sign', data, { errors })
}

async function personPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: readonly string[] = [],
): Promise<FastifyReply> {
  const id = idOf(request)
  const invitationId = idOf(request, 'invitationId')
  const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
    const campaign = await getCampaign(db, identityOf(request).companyId, id)
    const view = await needPersonView(
      services,
      db,
      readerOf(request),
      request.locale,
      campaign,
      invitationId,
      workplacesInReach(request),
    )
    const body = (request.body ?? {}) as Record<string, unknown>
    return {
      ...view,
      backHref: `/implementer/campaigns/${id}/needs`,
      maySign: campaign.state === 'closed' && !view['signed'],
      action: `/implementer/campaigns/${id}/needs/${invitationId}`,
      typedNote: typeof body['note'] === 'string' ? body['note'] : '',
      signerName: request.staffName ?? '',
      choices: (['yes', 'no'] as const).map((value) => ({
        value,
        label: services.texts.text(request.locale, `results.sign.${value}`),
      })),
    }
  })
  const errors = wrong.map((field) => ({
    field,
    message: services.texts.text(request.locale, `results.sign.errors.${field}`),
  }))
  return deskPage(services, request, reply, 'results/need-person', data, { errors })
}
