import type { FastifyInstance, FastifyRequest } from 'fastify'
import { getCampaign } from '../campaigns/index.ts'
import { dateIn } from '../clock.ts'
import type { Transaction } from '../database/connection.ts'
import type { Services } from '../services.ts'
import { asAudience } from '../web/audience.ts'
import { contactOf } from '../web/contact.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { withoutReadings } from '../web/readings.ts'
import { once } from '../web/repeated-post.ts'
import { readEmployerSide, type EmployerSide } from './employer-side.ts'
import { openNeeds } from './needs.ts'
import { findNotice } from './notices.ts'
import { ownRecordOf, type OwnRecord } from './own-record.ts'
import { listRequests, requestInterview, withdrawRequest, type InterviewRequest } from './requests.ts'
import { addDays, daysPerStep, isLateRequest, mayRequestInterview } from './rules.ts'
import { resultsOf, type ResultsTables } from './tables.ts'

/** The interview request: what the employer learns stands before the tick, the tick before the request. */
export function addRequestRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/result/request', async (request, reply) => {
    const own = ownRecordOf(request)
    const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, (db) =>
      requestPage(services, db, own),
    )
    return reply.page('results/request', data)
  })

  scope.post('/result/request', async (request, reply) => {
    const own = ownRecordOf(request)
    if (!isTicked(request, 'acknowledged')) {
      const data = await asAudience<ResultsTables, Record<string, unknown>>(services, request, (db) =>
        requestPage(services, db, own),
      )
      const message = services.texts.text(own.locale, 'results.request.tickFirst')
      return reply.page('results/request', { ...data, errors: [{ field: 'acknowledged', message }] }, { status: 400 })
    }
    return once<ResultsTables>(services, request, reply, async (db) => {
      const told = withoutReadings((await toldLines(services, db, own)).join('\n'))
      await requestInterview(db, services.vault, { ...own, told }, services.clock.now())
      return '/result/request'
    })
  })

  scope.post('/result/request/:id/withdraw', async (request, reply) => {
    const own = ownRecordOf(request)
    const id = idOf(request)
    return once<ResultsTables>(services, request, reply, async (db) => {
      await withdrawRequest(db, services.vault, own, id, services.clock.now())
      return '/result/request'
    })
  })
}

function isTicked(request: FastifyRequest, field: string): boolean {
  return (request.body as Record<string, unknown> | undefined)?.[field] === 'yes'
}

/** What the employer learns of a request in this campaign, sentence by sentence: shown, then kept with the request. */
async function toldLines(services: Services, db: Transaction<ResultsTables>, own: OwnRecord): Promise<string[]> {
  const notice = await findNotice(db, own.companyId, own.invitationId)
  if (!notice) throw new Problem('result_not_ready')
  const campaign = await getCampaign(db, own.companyId, notice.campaign_id)
  const keys = campaign.employerReceivesIndividualResults
    ? ['fact', 'opinion', 'result']
    : ['fact', 'opinion', 'noResult']
  return keys.map((key) => services.texts.text(own.locale, `results.request.told.${key}`))
}

async function requestPage(
  services: Services,
  db: Transaction<ResultsTables>,
  own: OwnRecord,
): Promise<Record<string, unknown>> {
  const notice = await findNotice(db, own.companyId, own.invitationId)
  if (!notice) throw new Problem('result_not_ready')
  const campaign = await getCampaign(db, own.companyId, notice.campaign_id)
  const need = (await openNeeds(db, services.vault, own.companyId, [own.invitationId])).get(own.invitationId)
  const requests = await listRequests(db, own.companyId, { invitationId: own.invitationId })
  const mayRequest = mayRequestInterview(need?.needed === true, campaign.othersMayRequestInterview)
  if (!mayRequest && requests.length === 0) throw new Problem('request_not_open')
  const live = requests.find((one) => !one.withdrawnAt)
  const notifiedOn = dateIn(own.timeZone, notice.notified_at)
  const opinion = live && (await ownOpinion(db, own.companyId, live.id))
  const employer = live && (await readEmployerSide(db, services.vault, own.companyId, live))
  return {
    told: await toldLines(services, db, own),
    mayRequest: mayRequest && !live,
    byOn: addDays(notifiedOn, daysPerStep),
    isLate: isLateRequest(notifiedOn, dateIn(own.timeZone, services.clock.now())),
    live: live && employer ? copyOf(live, employer, own, services) : null,
    withdrawn: requests
      .filter((one) => one.withdrawnAt)
      .map((one) => ({ requestedAt: one.requestedAt, withdrawnAt: one.withdrawnAt })),
    opinionReleasedAt: opinion?.released_at ?? null,
    contact: await contactOf(services, db, own.companyId),
  }
}

async function ownOpinion(
  db: Transaction<ResultsTables>,
  companyId: string,
  requestId: string,
): Promise<{ released_at: Date } | undefined> {
  return resultsOf(db)
    .selectFrom('own_released_opinion')
    .select('released_at')
    .where('company_id', '=', companyId)
    .where('id', '=', requestId)
    .executeTakeFirst()
}

/** The person's copy of the request, with what happened since. */
function copyOf(
  request: InterviewRequest,
  employer: EmployerSide,
  own: OwnRecord,
  services: Services,
): Record<string, unknown> {
  const text = (key: string) => services.texts.text(own.locale, `results.request.${key}`)
  const steps = [
    { label: text('step.requested'), done: true },
    { label: text('step.interviewed'), done: request.interview !== undefined },
    { label: text('step.opinion'), done: request.opinionReleasedAt !== undefined },
    { label: text('step.measures'), done: employer.measuredOn !== undefined },
  ]
  const next = steps.findIndex((step) => !step.done)
  return {
    id: request.id,
    requestedAt: request.requestedAt,
    late: request.late,
    told: services.texts.withReadings(own.locale, request.told).split('\n'),
    steps: steps.map((step, index) => ({ ...step, current: index === next })),
    mayWithdraw: request.interview === undefined,
    openedByHr: employer.openedOn !== undefined,
  }
}
