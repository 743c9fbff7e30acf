import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { staffNames } from '../access/index.ts'
import { entriesOfObjects, entriesOfSubject, recordAudit } from '../audit/index.ts'
import { getCampaign, offerLanguagesOfInvitation } from '../campaigns/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience } from '../web/audience.ts'
import { contactOf } from '../web/contact.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { consentVersion, findConsent, recordConsent } from './consents.ts'
import { addConsultationRoutes } from './consultation-routes.ts'
import { reachEmployerSides } from './employer-side.ts'
import { openNeeds, openResult } from './needs.ts'
import { findNotice, markFirstViewed } from './notices.ts'
import { ownRecordOf } from './own-record.ts'
import { resultView } from './pages.ts'
import { receiptRows } from './receipts.ts'
import { addRequestRoutes } from './request-routes.ts'
import { mayRequestInterview } from './rules.ts'
import { listRequests } from './requests.ts'
import type { ResultsTables } from './tables.ts'

/** The person's own pages: reached with the personal code only, because a link may be forwarded. */
export async function addEmployeeRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'participant_with_code')
    // the whole page in a language that the campaign is offered in
    scope.addHook('preHandler', (request) => {
      const { companyId, invitationId } = ownRecordOf(request)
      return asAudience<ResultsTables, void>(services, request, (db) =>
        offerLanguagesOfInvitation(request, db, companyId, invitationId, services.texts),
      )
    })
    addResultRoutes(scope, services)
    addConsentRoutes(scope, services)
    addRequestRoutes(scope, services)
    addConsultationRoutes(scope, services)
  })
}

function addResultRoutes(scope: FastifyInstance, services: Services): void {
  for (const [url, page] of [
    ['/result', 'results/own'],
    ['/result/print', 'results/own-print'],
  ] as const)
    scope.get(url, async (request, reply) => reply.page(page, await ownResult(services, request)))

  scope.get('/result/receipts', async (request, reply) => {
    const own = ownRecordOf(request)
    const data = await asAudience<ResultsTables, object>(services, request, async (db) => {
      const requests = await listRequests(db, own.companyId)
      const employerSides = await reachEmployerSides(db, services.vault, own.companyId, requests)
      const entries = [
        ...(await entriesOfSubject(db, own.companyId, own.subjectId)),
        // HR knows the employer's side of a request, never whose record it belongs to
        ...(await entriesOfObjects(db, own.companyId, [...employerSides.values()])),
      ].sort((a, b) => b.at.getTime() - a.at.getTime() || (a.id < b.id ? 1 : -1))
      const names = await staffNames(
        db,
        own.companyId,
        entries.flatMap((one) => (one.actor_kind === 'staff' && one.actor_id ? [one.actor_id] : [])),
      )
      return {
        receipts: receiptRows(entries, names, services.texts, own.locale, own.timeZone),
        contact: await contactOf(services, db, own.companyId),
      }
    })
    return reply.page('results/receipts', data as Record<string, unknown>)
  })
}

/** Everything on the result page; writes the person's own audit row before the body is sent. @throws {Problem} result_not_ready */
async function ownResult(services: Services, request: FastifyRequest): Promise<Record<string, unknown>> {
  const own = ownRecordOf(request)
  const at = services.clock.now()
  return asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
    const notice = await findNotice(db, own.companyId, own.invitationId)
    if (!notice) throw new Problem('result_not_ready')
    const campaign = await getCampaign(db, own.companyId, notice.campaign_id)
    const { stored } = await openResult(db, services.vault, own.companyId, own.invitationId)
    const need = (await openNeeds(db, services.vault, own.companyId, [own.invitationId])).get(own.invitationId)
    if (!need) throw new Problem('record_destroyed')
    const names = await staffNames(db, own.companyId, [notice.released_by])
    const requests = await listRequests(db, own.companyId, { invitationId: own.invitationId })
    const consent = campaign.employerReceivesIndividualResults
      ? await findConsent(db, own.companyId, own.invitationId)
      : undefined
    await markFirstViewed(db, own.companyId, own.invitationId, at)
    await recordAudit(db, own.companyId, at, {
      actorKind: 'participant',
      actorId: own.subjectId,
      actorRole: 'employee',
      action: 'result.opened',
      subjectArea: 'stress',
      subjectId: own.subjectId,
      reason: 'results.reason.own',
      objectKind: 'result',
      objectId: own.invitationId,
      requestId: own.requestId,
    })
    const live = requests.some((one) => !one.withdrawnAt)
    return {
      campaignName: campaign.name,
      notifiedAt: notice.notified_at,
      implementerName: names.get(notice.released_by) ?? '',
      needed: need.needed,
      verdict: await resultView(stored, services.texts, own.locale),
      mayRequest: !live && mayRequestInterview(need.needed, campaign.othersMayRequestInterview),
      requested: live,
      // asked of everybody alike, and never again after an answer (law C-3, C-4)
      askConsent: campaign.employerReceivesIndividualResults && !consent,
      contact: await contactOf(services, db, own.companyId),
    }
  })
}

const consentForm = z.object({ answer: z.enum(['full_result', 'need_only', 'no']) })

function addConsentRoutes(scope: FastifyInstance, services: Services): void {
  // there is such a page only where the company receives individual results at all (law C-6)
  const open = (request: FastifyRequest) =>
    asAudience<ResultsTables, Record<string, unknown>>(services, request, async (db) => {
      const own = ownRecordOf(request)
      const notice = await findNotice(db, own.companyId, own.invitationId)
      if (!notice) throw new Problem('consent_before_notice')
      const campaign = await getCampaign(db, own.companyId, notice.campaign_id)
      if (!campaign.employerReceivesIndividualResults) throw new Problem('not_found')
      const consent = await findConsent(db, own.companyId, own.invitationId)
      return {
        answered: consent !== undefined,
        answerKey: consent ? `results.consent.answer.${consent.answer}` : '',
        answeredAt: consent?.consented_at ?? null,
        textVersion: consentVersion,
        options: (['full_result', 'need_only', 'no'] as const).map((value) => ({
          value,
          label: services.texts.text(request.locale, `results.consent.answer.${value}`),
          hint: services.texts.text(request.locale, `results.consent.hint.${value}`),
        })),
        contact: await contactOf(services, db, own.companyId),
      }
    })
  scope.get('/result/consent', async (request, reply) => reply.page('results/consent', await open(request)))
  scope.post('/result/consent', async (request, reply) => {
    const own = ownRecordOf(request)
    const form = consentForm.safeParse(request.body)
    if (!form.success) {
      const message = services.texts.text(request.locale, 'results.consent.choose')
      return reply.page(
        'results/consent',
        { ...(await open(request)), errors: [{ field: 'answer', message }] },
        { status: 400 },
      )
    }
    return once<ResultsTables>(services, request, reply, async (db) => {
      const notice = await findNotice(db, own.companyId, own.invitationId)
      if (!notice) throw new Problem('consent_before_notice')
      await recordConsent(db, { ...own, campaignId: notice.campaign_id }, form.data.answer, services.clock.now())
      return '/result/consent'
    })
  })
}
