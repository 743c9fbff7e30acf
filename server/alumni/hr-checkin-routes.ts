import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Disclosed, ShareFigure } from '../../analysis/disclosure/index.ts'
import { dateIn } from '../clock.ts'
import { interviewInWords } from '../graduations/index.ts'
import { getShipped } from '../questionnaires/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate, formatNumber, formatPercent } from '../web/formats.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { changePlan, findPlan } from './checkin-plan.ts'
import { interestFigures, listOpenedCheckins, openCheckin, type InterestFigures } from './checkin-reading.ts'
import type { AnyHandle } from './tables.ts'

const params = z.object({ id: z.uuid() })
const planBody = z.object({
  isOn: z.enum(['yes', 'no']),
  everyMonths: z.enum(['12', '24']).transform((months) => (months === '24' ? 24 : 12)),
})

/** `/hr/alumni/check-ins…`: the switch, what members opened to HR one by one, and what all others want, as figures. */
export function addHrCheckinRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'hr')
  type Say = (key: string, values?: Record<string, string | number>) => string
  const sayIn =
    (request: FastifyRequest): Say =>
    (key, values) =>
      services.texts.text(request.locale, key, values)

  async function show(request: FastifyRequest, reply: FastifyReply, errors?: FieldError[]): Promise<FastifyReply> {
    const { companyId, timeZone } = identityOf(request)
    const at = services.clock.now()
    const say = sayIn(request)
    const { plan, opened } = await asAudience(services, request, async (db: AnyHandle) => ({
      plan: await findPlan(db, companyId),
      opened: await listOpenedCheckins(db, companyId),
    }))
    const figures = await interestFigures(services, companyId, dateIn(timeZone, at), at)
    const { done } = request.query as { done?: string }
    const data = {
      ...(done === 'plan' && { notice: { kind: 'good', text: say('alumni.hr.checkin.saved') } }),
      switches: [true, false].map((isOn) => ({
        value: isOn ? 'yes' : 'no',
        label: say(`alumni.hr.checkin.${isOn ? 'on' : 'off'}`),
        checked: plan.isOn === isOn,
      })),
      intervals: [12, 24].map((months) => ({
        value: String(months),
        label: say(`alumni.hr.checkin.every${months}`),
        selected: plan.everyMonths === months,
      })),
      openedColumns: [{ label: say('alumni.hr.checkin.received'), numeric: false }],
      opened: opened.map((one) => ({
        cells: [
          {
            text: formatDate('date', one.submittedOn, request.locale, timeZone),
            heading: true,
            href: `/hr/alumni/check-ins/${one.id}`,
          },
        ],
      })),
      years: figures.map((one) => yearView(one, request.locale, say)),
      ...(errors && { errors }),
    }
    return deskPage(services, request, reply, 'alumni/hr-checkins', data, { status: errors ? 400 : 200 })
  }

  app.get('/hr/alumni/check-ins', async (request, reply) => show(request, reply))

  app.post('/hr/alumni/check-ins', async (request, reply) => {
    const body = planBody.safeParse(request.body)
    if (!body.success)
      return show(request, reply, [{ field: 'isOn', message: sayIn(request)('alumni.hr.checkin.missing') }])
    const { companyId, subjectId: userId } = identityOf(request)
    const plan = { isOn: body.data.isOn === 'yes', everyMonths: body.data.everyMonths } as const
    return once(services, request, reply, async (db: AnyHandle) => {
      await changePlan(db, companyId, plan, userId, services.clock.now())
      return '/hr/alumni/check-ins?done=plan'
    })
  })

  app.get('/hr/alumni/check-ins/:id', { schema: { params } }, async (request, reply) => {
    const { companyId, subjectId: userId } = identityOf(request)
    const { id } = request.params as z.infer<typeof params>
    const opened = await asAudience(services, request, (db: AnyHandle) =>
      openCheckin(db, services, { companyId, id, userId, requestId: request.id }, services.clock.now()),
    )
    return deskPage(services, request, reply, 'alumni/hr-checkin', {
      writer: opened.name ?? '',
      submittedOn: opened.submittedOn,
      rows: interviewInWords(await getShipped(opened.slug, opened.version), opened.answers, request.locale),
    })
  })
}

function yearView(
  { year, respondents, shares }: InterestFigures,
  locale: string,
  say: (key: string, values?: Record<string, string | number>) => string,
): Record<string, unknown> {
  const label =
    respondents.kind === 'shown'
      ? say('alumni.hr.checkin.share', { n: formatNumber(respondents.value, locale) })
      : say('alumni.hr.checkin.shareOnly')
  return {
    caption: say('alumni.hr.checkin.year', { year }),
    columns: [
      { label: say('alumni.hr.checkin.interest'), numeric: false },
      { label, numeric: true },
    ],
    rows: shares.map(({ interest, share }) => ({
      cells: [{ text: say(`alumni.hr.checkin.of.${interest}`), heading: true }, cell(share, locale, say)],
    })),
  }
}

function cell(
  share: Disclosed<ShareFigure>,
  locale: string,
  say: (key: string, values?: Record<string, string | number>) => string,
): Record<string, unknown> {
  if (share.kind === 'withheld') return { text: '', withheld: true }
  const { value } = share
  const text =
    value.kind === 'exact'
      ? formatPercent(value.share, locale, 0)
      : say(`alumni.hr.checkin.${value.kind}`, { people: formatNumber(value.people, locale) })
  return { text, numeric: true }
}
