import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { requestJob } from '../jobs/index.ts'
import { publishedVersions } from '../questionnaires/index.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { campaignIdOf } from './campaign-address.ts'
import { addCriteriaRoutes } from './criteria-routes.ts'
import { criteriaOf } from './criteria.ts'
import { faultsOf } from './form-parts.ts'
import { campaignRows, overviewOf } from './hr-pages.ts'
import { addHrParticipationRoutes } from './hr-participation-routes.ts'
import { addHrPreparationRoutes } from './hr-preparation-routes.ts'
import { countUninvited } from './newcomers.ts'
import { countAllParticipation, countParticipation } from './participation.ts'
import {
  emptyPlan,
  methodFault,
  planFormOf,
  planOf,
  planSchema,
  planView,
  usualForm,
  type PlanForm,
} from './plan-form.ts'
import { changeCampaign, createCampaign } from './planning.ts'
import { addPulseRoutes } from './pulse-routes.ts'
import { campaignQuestionnaires, campaignWorkplaces, getCampaign, listCampaigns, requireReach } from './queries.ts'
import { isSigned } from './rules.ts'
import type { AnyHandle } from './tables.ts'

/** HR's campaigns: plan, record what was deliberated, choose merges, see how many took part, remind. */
export async function addHrRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')

    scope.get('/hr/campaigns', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const rows = await asAudience(services, request, async (db: AnyHandle) => {
        const campaigns = await listCampaigns(db, companyId)
        const ids = campaigns.map((campaign) => campaign.id)
        const taken = await countAllParticipation(db, companyId, ids)
        return campaigns.map((campaign) => ({ campaign, taken: taken.get(campaign.id) }))
      })
      const today = dateIn(timeZone, services.clock.now())
      return deskPage(
        services,
        request,
        reply,
        'campaigns/hr-list',
        campaignRows(rows, today, services.texts, request.locale),
      )
    })

    scope.get('/hr/campaigns/new', async (request, reply) => showPlan(services, request, reply, undefined))
    scope.post('/hr/campaigns/new', async (request, reply) => savePlan(services, request, reply, undefined))
    scope.get('/hr/campaigns/:id/edit', async (request, reply) =>
      showPlan(services, request, reply, campaignIdOf(request)),
    )
    scope.post('/hr/campaigns/:id/edit', async (request, reply) =>
      savePlan(services, request, reply, campaignIdOf(request)),
    )

    scope.get('/hr/campaigns/:id', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const id = campaignIdOf(request)
      const today = dateIn(timeZone, services.clock.now())
      const reach = workplacesInReach(request)
      const found = await asAudience(services, request, async (db: AnyHandle) => {
        const campaign = await getCampaign(db, companyId, id)
        return {
          campaign,
          uninvited: campaign.state === 'open' ? await countUninvited(db, companyId, id, today, reach) : 0,
          questionnaires: await campaignQuestionnaires(db, companyId, id),
          published: await publishedVersions(db, companyId),
          workplaces: await campaignWorkplaces(db, companyId, id),
          criteria: await criteriaOf(db, companyId, campaign),
          workplaceNames: new Map((await workplacesOn(db, companyId, today)).map((one) => [one.id, one.name])),
          taken: await countParticipation(db, companyId, id),
        }
      })
      const sent = (request.query as { sent?: unknown }).sent === '1'
      const view = overviewOf(found, today, found.published, services.texts, request.locale)
      return deskPage(services, request, reply, 'campaigns/hr-overview', {
        ...view,
        ...(sent && { notice: { kind: 'good', text: services.texts.text(request.locale, 'campaigns.remind.sent') } }),
      })
    })

    scope.post('/hr/campaigns/:id/remind', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = campaignIdOf(request)
      const reach = workplacesInReach(request)
      // whom it reaches is nobody's business here: the work is left to a role that may know
      return once(services, request, reply, async (db: AnyHandle) => {
        const campaign = await getCampaign(db, companyId, id)
        await requireReach(db, companyId, id, reach)
        if (campaign.state !== 'open' || campaign.remindersMaximum === 0) throw new Problem('wrong_state')
        const at = services.clock.now()
        await requestJob(db, companyId, 'campaigns.remind', id, at)
        await recordAudit(db, companyId, at, {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'hr',
          action: 'campaign.reminder_asked',
          reason: 'campaigns.audit.reminderAsked',
          objectKind: 'campaign',
          objectId: id,
          requestId: request.id,
        })
        return `/hr/campaigns/${id}?sent=1`
      })
    })

    addPulseRoutes(scope, services)
    addHrPreparationRoutes(scope, services)
    addCriteriaRoutes(scope, services, 'hr')
    addHrParticipationRoutes(scope, services)
  })
}

async function showPlan(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string | undefined,
  typed?: { form: PlanForm; errors: readonly FieldError[] },
): Promise<FastifyReply> {
  const { companyId, timeZone } = identityOf(request)
  const reach = workplacesInReach(request)
  const { form, workplaces, questionnaires } = await asAudience(services, request, async (db: AnyHandle) => {
    const questionnaires = await publishedVersions(db, companyId)
    const today = dateIn(timeZone, services.clock.now())
    const all = await workplacesOn(db, companyId, today)
    const workplaces = reach ? all.filter((one) => reach.includes(one.id)) : all
    if (id === undefined) return { workplaces, questionnaires, form: emptyPlan(workplaces, usualForm(questionnaires)) }
    const campaign = await getCampaign(db, companyId, id)
    await requireReach(db, companyId, id, reach)
    if (isSigned(campaign.state) || campaign.kind !== 'stress_check') throw new Problem('wrong_state')
    const chosen = (await campaignWorkplaces(db, companyId, id)).map((one) => one.workplaceId)
    return {
      workplaces,
      questionnaires,
      form: planFormOf(campaign, await campaignQuestionnaires(db, companyId, id), chosen),
    }
  })
  const view = planView(typed?.form ?? form, { questionnaires, workplaces }, services.texts, request.locale)
  return deskPage(
    services,
    request,
    reply,
    'campaigns/hr-plan',
    {
      ...view,
      isNew: id === undefined,
      action: id === undefined ? '/hr/campaigns/new' : `/hr/campaigns/${id}/edit`,
      back: id === undefined ? '/hr/campaigns' : `/hr/campaigns/${id}`,
      errors: typed?.errors ?? [],
    },
    { status: typed ? 400 : 200 },
  )
}

async function savePlan(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string | undefined,
): Promise<FastifyReply> {
  const { companyId, subjectId } = identityOf(request)
  const body = (request.body ?? {}) as PlanForm
  const again = (fields: readonly { field: string; key: string; params?: Record<string, string | number> }[]) =>
    showPlan(services, request, reply, id, {
      form: body,
      errors: fields.map(({ field, key, params }) => ({
        field,
        message: services.texts.text(request.locale, key, params),
      })),
    })
  const parsed = planSchema.safeParse(body)
  if (!parsed.success) return again(faultsOf(parsed.error))
  const plan = planOf(parsed.data)
  const wrongMethod = methodFault(
    await asAudience(services, request, (db: AnyHandle) => publishedVersions(db, companyId)),
    plan.questionnaires,
    plan.criteriaMethod,
    services.texts,
    request.locale,
  )
  if (wrongMethod)
    return showPlan(services, request, reply, id, {
      form: body,
      errors: [{ field: 'criteriaMethod', message: wrongMethod }],
    })
  const reach = workplacesInReach(request)
  if (reach && !parsed.data.workplaces.every((one) => reach.includes(one))) throw new Problem('not_allowed')
  try {
    return await once(services, request, reply, async (db: AnyHandle) => {
      const at = services.clock.now()
      if (id === undefined) return `/hr/campaigns/${await createCampaign(db, companyId, plan, subjectId, at)}`
      await requireReach(db, companyId, id, reach)
      await changeCampaign(db, companyId, id, plan, at)
      return `/hr/campaigns/${id}`
    })
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_input' && error.fields.length > 0)
      return again(error.fields)
    throw error
  }
}
