import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { dateIn } from '../clock.ts'
import { publishedVersions } from '../questionnaires/index.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { campaignIdOf } from './campaign-address.ts'
import { faultsOf } from './form-parts.ts'
import { changeCampaign, prepareCampaign } from './planning.ts'
import { emptyPulse, pulseFormOf, pulsePlanOf, pulseSchema, pulseView, type PulseForm } from './pulse-form.ts'
import { createPulses, planOfWave } from './pulses.ts'
import { campaignQuestionnaires, campaignWorkplaces, getCampaign, requireReach } from './queries.ts'
import { isSigned } from './rules.ts'
import type { AnyHandle } from './tables.ts'

/** Nothing is deliberated and no criteria are chosen: the implementer looks at questions, departments and floor. */
const nothingDeliberated = { workplaces: [], rulesPublishedOn: null, rulesUrl: '', highStressShareResolvedOn: null }

/** HR's pulses: planned in waves, each a campaign; changed one by one until signed; handed to the implementer. */
export function addPulseRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/campaigns/pulse', async (request, reply) => show(services, request, reply, undefined))
  scope.post('/hr/campaigns/pulse', async (request, reply) => save(services, request, reply, undefined))
  scope.get('/hr/campaigns/:id/pulse', async (request, reply) => show(services, request, reply, campaignIdOf(request)))
  scope.post('/hr/campaigns/:id/pulse', async (request, reply) => save(services, request, reply, campaignIdOf(request)))

  scope.post('/hr/campaigns/:id/hand-over', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = campaignIdOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      await requireReach(db, companyId, id, workplacesInReach(request))
      await handOver(db, companyId, id, services.clock.now())
      return `/hr/campaigns/${id}`
    })
  })
}

async function handOver(db: AnyHandle, companyId: string, campaignId: string, at: Date): Promise<void> {
  const { kind } = await getCampaign(db, companyId, campaignId)
  if (kind !== 'pulse') throw new Problem('wrong_state')
  const missing = await prepareCampaign(db, companyId, campaignId, nothingDeliberated, at)
  if (missing.length > 0) throw new Problem('wrong_state')
}

async function show(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string | undefined,
  typed?: { form: PulseForm; errors: readonly FieldError[] },
): Promise<FastifyReply> {
  const { companyId, timeZone } = identityOf(request)
  const reach = workplacesInReach(request)
  const found = await asAudience(services, request, async (db: AnyHandle) => {
    const questionnaires = await publishedVersions(db, companyId)
    const all = await workplacesOn(db, companyId, dateIn(timeZone, services.clock.now()))
    const workplaces = reach ? all.filter((one) => reach.includes(one.id)) : all
    if (id === undefined) return { questionnaires, workplaces, form: emptyPulse(workplaces, questionnaires) }
    const campaign = await getCampaign(db, companyId, id)
    await requireReach(db, companyId, id, reach)
    if (isSigned(campaign.state) || campaign.kind !== 'pulse') throw new Problem('wrong_state')
    const asked = await campaignQuestionnaires(db, companyId, id)
    const chosen = (await campaignWorkplaces(db, companyId, id)).map((one) => one.workplaceId)
    return { questionnaires, workplaces, form: pulseFormOf(campaign, asked, chosen) }
  })
  const data = {
    ...pulseView(typed?.form ?? found.form, found, services.texts, request.locale),
    isNew: id === undefined,
    action: id === undefined ? '/hr/campaigns/pulse' : `/hr/campaigns/${id}/pulse`,
    back: id === undefined ? '/hr/campaigns' : `/hr/campaigns/${id}`,
    errors: typed?.errors ?? [],
  }
  return deskPage(services, request, reply, 'campaigns/hr-pulse', data, { status: typed ? 400 : 200 })
}

async function save(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string | undefined,
): Promise<FastifyReply> {
  const { companyId, subjectId } = identityOf(request)
  const text = (key: string, params?: Record<string, string | number>) =>
    services.texts.text(request.locale, key, params)
  const body = (request.body ?? {}) as PulseForm
  const again = (fields: readonly { field: string; key: string }[]) =>
    show(services, request, reply, id, {
      form: body,
      errors: fields.map(({ field, key }) => ({ field, message: text(key) })),
    })
  const parsed = pulseSchema.safeParse(body)
  if (!parsed.success) return again(faultsOf(parsed.error))
  const plan = pulsePlanOf(parsed.data)
  const reach = workplacesInReach(request)
  if (reach && !plan.workplaceIds.every((one) => reach.includes(one))) throw new Problem('not_allowed')
  const named = (name: string, wave: number) => text('campaigns.pulse.waveName', { name, wave })
  try {
    return await once(services, request, reply, async (db: AnyHandle) => {
      const at = services.clock.now()
      if (id !== undefined) {
        await requireReach(db, companyId, id, reach)
        await changeCampaign(db, companyId, id, planOfWave({ ...plan, waves: 1 }, 1, named), at)
        return `/hr/campaigns/${id}`
      }
      const ids = await createPulses(db, companyId, plan, named, subjectId, at)
      if (parsed.data.handOver) for (const one of ids) await handOver(db, companyId, one, at)
      return ids.length === 1 ? `/hr/campaigns/${ids[0]!}` : '/hr/campaigns'
    })
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid_input' && error.fields.length > 0)
      return again(error.fields)
    throw error
  }
}
