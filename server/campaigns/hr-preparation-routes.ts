import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import { versionsOf } from '../questionnaires/index.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { mergeGroups } from './groups.ts'
import { groupsView } from './group-pages.ts'
import { campaignIdOf } from './campaign-address.ts'
import { prepareCampaign } from './planning.ts'
import { copyItems, insertSuggestion, preparationOf, preparationView, typedPreparation } from './preparation-form.ts'
import { campaignQuestionnaires, campaignWorkplaces, getCampaign, requireReach } from './queries.ts'
import { isSigned } from './rules.ts'
import { chooseMerges, currentGroups } from './signing.ts'
import type { AnyHandle } from './tables.ts'

/** What was deliberated or heard (law H-1, S-5), and which departments are reported together (law G-6). */
export function addHrPreparationRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/campaigns/:id/prepare', async (request, reply) => {
    const { campaign, workplaces, today } = await readPreparation(services, request)
    return showPreparation(services, request, reply, { form: preparationOf(campaign, workplaces), today, errors: [] })
  })

  scope.post('/hr/campaigns/:id/prepare', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = campaignIdOf(request)
    const { workplaces, today, form } = await readPreparation(services, request)
    const typed = typedPreparation(request.body, workplaces)
    const text = (key: string) => services.texts.text(request.locale, key, { form })
    const body = request.body as { insert?: unknown; copy?: unknown }
    // these two only write into the fields on the page; nothing is stored by them
    if (typeof body.insert === 'string')
      return showPreparation(services, request, reply, {
        form: insertSuggestion(typed.form, body.insert, workplaces, text),
        today,
        errors: [],
      })
    if (typeof body.copy === 'string')
      return showPreparation(services, request, reply, {
        form: copyItems(typed.form, body.copy, workplaces),
        today,
        errors: [],
      })
    const errors = typed.faults.map(({ field, key }) => ({ field, message: text(key) }))
    if (errors.length > 0) return showPreparation(services, request, reply, { form: typed.form, today, errors })
    return once(services, request, reply, async (db: AnyHandle) => {
      const missing = await prepareCampaign(db, companyId, id, typed.preparation, services.clock.now())
      return missing.length === 0 ? `/hr/campaigns/${id}` : `/hr/campaigns/${id}/prepare?missing=1`
    })
  })

  scope.get('/hr/campaigns/:id/groups', async (request, reply) => showGroups(services, request, reply, []))

  scope.post('/hr/campaigns/:id/groups', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = campaignIdOf(request)
    const choices = choicesOf(request.body)
    if (choices.length === 0)
      return showGroups(services, request, reply, [
        { field: 'merge', message: services.texts.text(request.locale, 'campaigns.error.noMerge') },
      ])
    try {
      return await once(services, request, reply, async (db: AnyHandle) => {
        await requireReach(db, companyId, id, workplacesInReach(request))
        await chooseMerges(db, companyId, id, choices, services.clock.now())
        return `/hr/campaigns/${id}/groups`
      })
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'invalid_input') throw error
      return showGroups(services, request, reply, [
        { field: 'unit', message: services.texts.text(request.locale, 'campaigns.error.merge') },
      ])
    }
  })
}

async function readPreparation(services: Services, request: FastifyRequest) {
  const { companyId, timeZone } = identityOf(request)
  const id = campaignIdOf(request)
  const today = dateIn(timeZone, services.clock.now())
  return asAudience(services, request, async (db: AnyHandle) => {
    const campaign = await getCampaign(db, companyId, id)
    await requireReach(db, companyId, id, workplacesInReach(request))
    if (isSigned(campaign.state)) throw new Problem('wrong_state')
    const named = new Map((await workplacesOn(db, companyId, today)).map((one) => [one.id, one]))
    const workplaces = (await campaignWorkplaces(db, companyId, id))
      .map((one) => ({
        ...one,
        name: named.get(one.workplaceId)?.name ?? '',
        code: named.get(one.workplaceId)?.code ?? '',
      }))
      .sort((a, b) => (a.code < b.code ? -1 : 1))
    return { campaign, workplaces, today, form: await nameForm(db, companyId, id, request.locale) }
  })
}

/** The title of the stress check this campaign asks, as a suggestion names it. */
async function nameForm(db: AnyHandle, companyId: string, campaignId: string, locale: string): Promise<string> {
  const [first] = await campaignQuestionnaires(db, companyId, campaignId)
  if (!first) return ''
  const [version] = await versionsOf(companyId, [first], (work) => work(db))
  const { title } = version!.definition
  return title[locale] ?? title['ja'] ?? first.slug
}

async function showPreparation(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  shown: { form: ReturnType<typeof preparationOf>; today: string; errors: readonly FieldError[] },
): Promise<FastifyReply> {
  const { campaign, workplaces, form: questionnaire } = await readPreparation(services, request)
  const asked = (request.query as { missing?: unknown }).missing === '1'
  const view = preparationView(
    { campaign, workplaces, questionnaire, form: shown.form, today: shown.today, asked },
    services.texts,
    request.locale,
  )
  return deskPage(
    services,
    request,
    reply,
    'campaigns/hr-prepare',
    {
      ...view,
      errors: shown.errors.length > 0 ? shown.errors : view['missing'],
      ...(asked && {
        notice: { kind: 'warn', text: services.texts.text(request.locale, 'campaigns.prepare.savedInPart') },
      }),
    },
    { status: shown.errors.length > 0 ? 400 : 200 },
  )
}

async function showGroups(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  errors: readonly FieldError[],
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const id = campaignIdOf(request)
  const { campaign, groups } = await asAudience(services, request, async (db: AnyHandle) => ({
    campaign: await getCampaign(db, companyId, id),
    groups: await currentGroups(db, companyId, id, services.clock.now()),
  }))
  const directName = (name: string) => services.texts.text(request.locale, 'campaigns.groups.direct', { name })
  const view = groupsView(campaign, groups, mergeGroups(groups, directName).groups, services.texts, request.locale)
  return deskPage(
    services,
    request,
    reply,
    'campaigns/hr-groups',
    {
      ...view,
      campaignName: campaign.name,
      home: `/hr/campaigns/${id}`,
      action: `/hr/campaigns/${id}/groups`,
      mayChange: !isSigned(campaign.state),
      errors,
    },
    { status: errors.length > 0 ? 400 : 200 },
  )
}

const many = z
  .union([
    z.array(z.string().max(4000)),
    z
      .string()
      .max(4000)
      .transform((one) => [one]),
  ])
  .default([])
const mergeForm = z.object({
  merge: many,
  undo: z.uuid().optional().catch(undefined),
  unit: z.uuid().optional().catch(undefined),
  into: z.uuid().optional().catch(undefined),
})

/** Offers ticked (`target:unit,unit`), a pair chosen by hand, or a merge undone. */
function choicesOf(body: unknown): { departmentId: string; intoDepartmentId: string | null }[] {
  const form = mergeForm.parse(body ?? {})
  if (form.undo) return [{ departmentId: form.undo, intoDepartmentId: null }]
  const offered = form.merge.flatMap((offer) => {
    const [target, units] = offer.split(':')
    return (units ?? '').split(',').map((unit) => ({ departmentId: unit, intoDepartmentId: target ?? null }))
  })
  if (form.unit && form.into) offered.push({ departmentId: form.unit, intoDepartmentId: form.into })
  return offered
}
