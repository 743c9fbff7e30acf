import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import { workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { campaignIdOf } from './campaign-address.ts'
import {
  copyCriteria,
  criteriaFormOf,
  criteriaView,
  standardNumbers,
  typedCriteria,
  type CriteriaForm,
  type NamedCriteria,
} from './criteria-form.ts'
import { campaignCriteria, criteriaInForce, decideCriteria, offeredCriteria, statutoryVersion } from './criteria.ts'
import { getCampaign, requireReach } from './queries.ts'
import { isSigned } from './rules.ts'
import type { AnyHandle } from './tables.ts'

/**
 * High-stress criteria per workplace (law N-6), on two desks with one page: HR proposes what committees decided while it prepares, the
 * implementer decides before signing. From the signature on the database refuses every change.
 */
export function addCriteriaRoutes(scope: FastifyInstance, services: Services, desk: 'hr' | 'implementer'): void {
  const home = (id: string) => `/${desk}/campaigns/${id}`

  scope.get(`/${desk}/campaigns/:id/criteria`, async (request, reply) => {
    const found = await read(request)
    return show(request, reply, found, criteriaFormOf(found.workplaces, found.offered), [])
  })

  scope.post(`/${desk}/campaigns/:id/criteria`, async (request, reply) => {
    const { companyId, subjectId } = identityOf(request)
    const found = await read(request)
    const { campaign, workplaces, offered, version } = found
    const typed = typedCriteria(request.body, workplaces, offered, found.today)
    const body = (request.body ?? {}) as { standard?: unknown; copy?: unknown }
    // these two only write into the fields on the page; nothing is stored by them
    if (typeof body.standard === 'string')
      return show(request, reply, found, standardNumbers(typed.form, body.standard, offered), [])
    if (typeof body.copy === 'string')
      return show(request, reply, found, copyCriteria(typed.form, body.copy, workplaces, offered), [])
    if (typed.faults.length > 0) {
      const errors = typed.faults.map(({ field, key, params }) => ({
        field,
        message: services.texts.text(request.locale, key, params),
      }))
      return show(request, reply, found, typed.form, errors)
    }
    return once(services, request, reply, async (db: AnyHandle) => {
      const at = services.clock.now()
      const now = await getCampaign(db, companyId, campaign.id)
      await requireReach(db, companyId, campaign.id, workplacesInReach(request))
      requireTurn(now.state)
      const asked = await statutoryVersion(db, companyId, campaign.id)
      // HR may have changed the plan while this page was open
      if (asked?.hash !== version.hash) throw new Problem('conflict')
      await decideCriteria(db, companyId, campaign.id, typed.decisions, { version, method: now.criteriaMethod })
      await recordAudit(db, companyId, at, {
        actorKind: 'staff',
        actorId: subjectId,
        actorRole: desk,
        action: desk === 'hr' ? 'campaign.criteria_proposed' : 'campaign.criteria_decided',
        reason: 'campaigns.audit.criteria',
        objectKind: 'campaign',
        objectId: campaign.id,
        requestId: request.id,
      })
      return home(campaign.id)
    })
  })

  /** A draft is HR's business; what is signed nobody changes. */
  function requireTurn(state: Parameters<typeof isSigned>[0]): void {
    if (desk === 'implementer' && state === 'draft') throw new Problem('not_found')
    if (isSigned(state)) throw new Problem('wrong_state')
  }

  async function read(request: FastifyRequest) {
    const { companyId, timeZone } = identityOf(request)
    const id = campaignIdOf(request)
    const today = dateIn(timeZone, services.clock.now())
    return asAudience(services, request, async (db: AnyHandle) => {
      const campaign = await getCampaign(db, companyId, id)
      await requireReach(db, companyId, id, workplacesInReach(request))
      requireTurn(campaign.state)
      const version = await statutoryVersion(db, companyId, id)
      if (!version) throw new Problem('not_found')
      const named = new Map((await workplacesOn(db, companyId, today)).map((one) => [one.id, one]))
      const stored = await campaignCriteria(db, companyId, id)
      const days = new Map(stored.map((one) => [one.workplaceId, one.decidedOn]))
      const workplaces: NamedCriteria[] = criteriaInForce(stored, version, campaign.criteriaMethod)
        .map((one) => ({
          ...one,
          name: named.get(one.workplaceId)?.name ?? '',
          dayOwn: days.get(one.workplaceId) ?? null,
        }))
        .sort((a, b) => ((named.get(a.workplaceId)?.code ?? '') < (named.get(b.workplaceId)?.code ?? '') ? -1 : 1))
      return { campaign, version, workplaces, offered: offeredCriteria(version.definition), today }
    })
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    found: Awaited<ReturnType<typeof read>>,
    form: CriteriaForm,
    errors: readonly FieldError[],
  ): Promise<FastifyReply> {
    const { campaign, version, workplaces } = found
    const view = criteriaView({ definition: version.definition, workplaces, form }, services.texts, request.locale)
    const data = {
      ...view,
      campaignName: campaign.name,
      home: home(campaign.id),
      action: `${home(campaign.id)}/criteria`,
    }
    return deskPage(
      services,
      request,
      reply,
      'campaigns/criteria',
      { ...data, forImplementer: desk === 'implementer', errors },
      { status: errors.length > 0 ? 400 : 200 },
    )
  }
}
