import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { staffNames } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { requestJob } from '../jobs/index.ts'
import { publishedVersions, versionsOf } from '../questionnaires/index.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { Problem } from '../web/problems.ts'
import { progressReply } from '../web/progress-reply.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { campaignIdOf } from './campaign-address.ts'
import { addCriteriaRoutes } from './criteria-routes.ts'
import { criteriaOf } from './criteria.ts'
import { mergeGroups } from './groups.ts'
import { deskList, progressView, progressWords, signingView } from './implementer-pages.ts'
import { countUninvited } from './newcomers.ts'
import { methodFault } from './plan-form.ts'
import { countDelivery, countProgress, sumProgress } from './progress.ts'
import {
  campaignQuestionnaires,
  campaignWorkplaces,
  getCampaign,
  hasReach,
  listCampaigns,
  requireReach,
} from './queries.ts'
import { isSigned } from './rules.ts'
import { currentGroups, returnCampaign, signCampaign, type Signature } from './signing.ts'
import type { AnyHandle } from './tables.ts'

/** The implementer's side: what is to be signed, and progress while people answer. The clerk sees the same progress. */
export async function addImplementerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')
    addProgressRoutes(scope, services, 'implementer')
    addCriteriaRoutes(scope, services, 'implementer')

    scope.post('/implementer/campaigns/:id/sign', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = campaignIdOf(request)
      const body = (request.body ?? {}) as { criteriaMethod?: unknown; confirmed?: unknown; decisionsSeen?: unknown }
      const text = (key: string) => services.texts.text(request.locale, `campaigns.error.${key}`)
      const { asked, undecided, proposed } = await asAudience(services, request, async (db: AnyHandle) => {
        const campaign = await getCampaign(db, companyId, id)
        const criteria = await criteriaOf(db, companyId, campaign)
        return {
          asked: await campaignQuestionnaires(db, companyId, id),
          // a pulse has none to decide
          undecided: campaign.kind === 'stress_check' && (criteria.length === 0 || criteria.some(({ own }) => !own)),
          proposed: campaign.criteriaMethod,
        }
      })
      // with criteria decided at every workplace there is nothing left to choose
      const method = undecided ? body.criteriaMethod : proposed
      if ((method !== 'simpleSum' && method !== 'conversion') || body.confirmed !== 'yes') {
        const errors = [
          ...(method === 'simpleSum' || method === 'conversion'
            ? []
            : [{ field: 'criteriaMethod', message: text('method') }]),
          ...(body.confirmed === 'yes' ? [] : [{ field: 'confirmed', message: text('confirmed') }]),
        ]
        const typed = {
          criteriaMethod: typeof method === 'string' ? method : undefined,
          confirmed: body.confirmed === 'yes',
        }
        return showSigning(services, request, reply, typed, errors)
      }
      const versions = await versionsOf(companyId, asked, (work) => asAudience(services, request, work))
      const wrongMethod = undecided ? methodFault(versions, asked, method, services.texts, request.locale) : undefined
      if (wrongMethod)
        return showSigning(services, request, reply, { confirmed: true }, [
          { field: 'criteriaMethod', message: wrongMethod },
        ])
      const reach = workplacesInReach(request)
      const decisionsSeen = typeof body.decisionsSeen === 'string' ? body.decisionsSeen : ''
      const signature: Signature = {
        userId: subjectId,
        criteriaMethod: method,
        decisionsSeen,
        reach,
        requestId: request.id,
      }
      try {
        return await once(services, request, reply, async (db: AnyHandle) => {
          await signCampaign(db, companyId, id, signature, services.clock.now())
          return `/implementer/campaigns/${id}`
        })
      } catch (error) {
        if (!(error instanceof Problem) || !error.fields.some(({ field }) => field === 'decisionsSeen')) throw error
        const changed = error.fields.map(({ key }) => ({
          field: 'criteriaMethod',
          message: services.texts.text(request.locale, key),
        }))
        return showSigning(services, request, reply, { criteriaMethod: method }, changed)
      }
    })

    scope.post('/implementer/campaigns/:id/newcomers', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = campaignIdOf(request)
      return once(services, request, reply, async (db: AnyHandle) => {
        const campaign = await getCampaign(db, companyId, id)
        await requireReach(db, companyId, id, workplacesInReach(request))
        const at = services.clock.now()
        if (campaign.state !== 'open' || campaign.closesAt <= at) throw new Problem('wrong_state')
        await requestJob(db, companyId, 'campaigns.invite-newcomers', id, at)
        await recordAudit(db, companyId, at, {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'implementer',
          action: 'campaign.newcomers_asked',
          reason: 'campaigns.audit.newcomers',
          objectKind: 'campaign',
          objectId: id,
          requestId: request.id,
        })
        return `/implementer/campaigns/${id}?invited=1`
      })
    })

    scope.post('/implementer/campaigns/:id/return', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = campaignIdOf(request)
      return once(services, request, reply, async (db: AnyHandle) => {
        await getCampaign(db, companyId, id)
        await requireReach(db, companyId, id, workplacesInReach(request))
        await returnCampaign(db, companyId, id, { userId: subjectId, requestId: request.id }, services.clock.now())
        return '/implementer'
      })
    })
  })
  await app.register(async (scope) => {
    forAudience(scope, services, 'clerk')
    addProgressRoutes(scope, services, 'clerk')
  })
}

function addProgressRoutes(scope: FastifyInstance, services: Services, desk: 'implementer' | 'clerk'): void {
  const today = (request: FastifyRequest) => dateIn(identityOf(request).timeZone, services.clock.now())

  scope.get(`/${desk}`, async (request, reply) => {
    const { companyId } = identityOf(request)
    const campaigns = await asAudience(services, request, (db: AnyHandle) => listCampaigns(db, companyId))
    const view = deskList(campaigns, desk, today(request), services.texts, request.locale)
    return deskPage(services, request, reply, 'campaigns/desk-list', view)
  })

  scope.get(`/${desk}/campaigns/:id`, async (request, reply) => {
    const { companyId, timeZone } = identityOf(request)
    const id = campaignIdOf(request)
    const reach = workplacesInReach(request)
    const found = await asAudience(services, request, async (db: AnyHandle) => {
      const campaign = await getCampaign(db, companyId, id)
      if (!isSigned(campaign.state)) return undefined
      const directName = (name: string) => services.texts.text(request.locale, 'campaigns.groups.direct', { name })
      const signer =
        campaign.signedBy === null
          ? undefined
          : (await staffNames(db, companyId, [campaign.signedBy])).get(campaign.signedBy)
      return {
        campaign,
        // to be invited all together, by somebody who answers for every workplace
        uninvited:
          desk === 'implementer' && campaign.state === 'open' && (await hasReach(db, companyId, id, reach))
            ? await countUninvited(db, companyId, id, today(request), undefined)
            : 0,
        criteria: await criteriaOf(db, companyId, campaign),
        signer: signer ?? '',
        everywhere: reach === undefined,
        counts: await countProgress(db, companyId, id, reach),
        groups: mergeGroups(await currentGroups(db, companyId, id, services.clock.now()), directName).groups,
        workplaceNames: new Map((await workplacesOn(db, companyId, today(request))).map((one) => [one.id, one.name])),
        delivery: await countDelivery(db, companyId, id, campaign),
      }
    })
    if (!found) {
      if (desk === 'clerk') throw new Problem('not_found')
      return showSigning(services, request, reply, {}, [])
    }
    const view = progressView(found, desk, today(request), services.texts, request.locale)
    const signedRows = (view['signedRows'] as { key: string; value: string }[]).map((row, index) =>
      index === 1 && row.value ? { ...row, value: formatDate('dateTime', row.value, request.locale, timeZone) } : row,
    )
    const invited = (request.query as { invited?: unknown }).invited === '1'
    return deskPage(services, request, reply, 'campaigns/desk-progress', {
      ...view,
      signedRows,
      ...(invited && {
        uninvited: 0,
        notice: { kind: 'good', text: services.texts.text(request.locale, 'campaigns.newcomers.asked') },
      }),
    })
  })

  scope.get(`/${desk}/campaigns/:id/progress`, { schema: progressReply }, async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = campaignIdOf(request)
    const { campaign, counts } = await asAudience(services, request, async (db: AnyHandle) => ({
      campaign: await getCampaign(db, companyId, id),
      counts: await countProgress(db, companyId, id, workplacesInReach(request)),
    }))
    const sum = sumProgress(counts)
    return reply.send({
      value: sum.submitted,
      max: Math.max(1, sum.invited),
      words: progressWords(sum, services.texts, request.locale),
      done: campaign.state !== 'open',
    })
  })
}

async function showSigning(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: { criteriaMethod?: string | undefined; confirmed?: boolean },
  errors: readonly FieldError[],
): Promise<FastifyReply> {
  const { companyId, timeZone } = identityOf(request)
  const id = campaignIdOf(request)
  const found = await asAudience(services, request, async (db: AnyHandle) => {
    const campaign = await getCampaign(db, companyId, id)
    // a draft is HR's business
    if (campaign.state !== 'prepared') throw new Problem(campaign.state === 'draft' ? 'not_found' : 'wrong_state')
    const on = dateIn(timeZone, services.clock.now())
    const names = new Map((await workplacesOn(db, companyId, on)).map((one) => [one.id, one.name]))
    const directName = (name: string) => services.texts.text(request.locale, 'campaigns.groups.direct', { name })
    return {
      campaign,
      criteria: await criteriaOf(db, companyId, campaign),
      questionnaires: await campaignQuestionnaires(db, companyId, id),
      published: await publishedVersions(db, companyId),
      workplaces: (await campaignWorkplaces(db, companyId, id))
        .map((one) => ({ ...one, name: names.get(one.workplaceId) ?? '' }))
        .sort((a, b) => a.name.localeCompare(b.name, 'ja')),
      groups: mergeGroups(await currentGroups(db, companyId, id, services.clock.now()), directName).groups,
    }
  })
  const view = signingView(found, found.published, typed, services.texts, request.locale)
  return deskPage(
    services,
    request,
    reply,
    'campaigns/implementer-sign',
    { ...view, errors },
    { status: errors.length > 0 ? 400 : 200 },
  )
}
