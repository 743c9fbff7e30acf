import { sql } from 'kysely'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate, formatNumber } from '../web/formats.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { listReturnRequests, moveReturnRequest, nextStates, openReturnRequest } from './returns.ts'
import { alumniOf, type AnyHandle } from './tables.ts'

const params = z.object({ id: z.uuid() })
const moveBody = z.object({ state: z.enum(['screened', 'talk', 'offer', 'no']) })

/** Confirmed members by the year they left; no profile, no name (role hr may read nothing else of a member). */
export async function countMembers(
  db: AnyHandle,
  companyId: string,
): Promise<{ year: number; active: number; paused: number }[]> {
  return alumniOf(db)
    .selectFrom('alumni_member')
    .select([
      'left_in_year as year',
      sql<number>`count(*) FILTER (WHERE state = 'active')`.as('active'),
      sql<number>`count(*) FILTER (WHERE state = 'paused')`.as('paused'),
    ])
    .where('company_id', '=', companyId)
    .where('state', 'in', ['active', 'paused'])
    .groupBy('left_in_year')
    .orderBy('left_in_year', 'desc')
    .execute()
}

/** `/hr/alumni`: how many, and the return requests addressed to the person who looks. */
export function addHrRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'hr')

  app.get('/hr/alumni', async (request, reply) => {
    const { companyId, timeZone } = identityOf(request)
    const text = (key: string) => services.texts.text(request.locale, key)
    const { counts, requests } = await asAudience(services, request, async (db: AnyHandle) => ({
      counts: await countMembers(db, companyId),
      requests: (await listReturnRequests(db, companyId)).filter((one) => one.state !== 'withdrawn'),
    }))
    const number = (n: number) => ({ text: formatNumber(n, request.locale), numeric: true })
    const total = {
      active: counts.reduce((sum, one) => sum + one.active, 0),
      paused: counts.reduce((sum, one) => sum + one.paused, 0),
    }
    return deskPage(services, request, reply, 'alumni/hr', {
      columns: [
        { label: text('alumni.hr.year'), numeric: false },
        { label: text('alumni.hr.active'), numeric: true },
        { label: text('alumni.hr.paused'), numeric: true },
      ],
      years: [
        ...counts.map((one) => ({
          cells: [{ text: String(one.year), heading: true }, number(one.active), number(one.paused)],
        })),
        ...(counts.length > 1
          ? [{ cells: [{ text: text('alumni.hr.total'), heading: true }, number(total.active), number(total.paused)] }]
          : []),
      ],
      isEmpty: counts.length === 0,
      requestColumns: [
        { label: text('alumni.hr.received'), numeric: false },
        { label: text('alumni.hr.state'), numeric: false },
      ],
      requests: requests.map((one) => ({
        cells: [
          {
            text: formatDate('dateTime', one.createdAt, request.locale, timeZone),
            heading: true,
            href: `/hr/alumni/requests/${one.id}`,
          },
          { text: text(`alumni.return.state.${one.state}`) },
        ],
      })),
    })
  })

  app.get('/hr/alumni/requests/:id', { schema: { params } }, async (request, reply) => {
    const { companyId, subjectId: userId } = identityOf(request)
    const { id } = request.params as z.infer<typeof params>
    const opened = await asAudience(services, request, (db: AnyHandle) =>
      openReturnRequest(db, services, { companyId, id, userId, requestId: request.id }, services.clock.now()),
    )
    return deskPage(services, request, reply, 'alumni/request', {
      requestId: id,
      sentAt: opened.createdAt,
      stateWords: services.texts.text(request.locale, `alumni.return.state.${opened.state}`),
      writer: opened.name,
      address: opened.email,
      message: opened.message,
      next: nextStates[opened.state].map((state) => ({
        to: state,
        words: services.texts.text(request.locale, `alumni.return.move.${state}`),
      })),
    })
  })

  app.post('/hr/alumni/requests/:id', { schema: { params } }, async (request, reply) => {
    const body = moveBody.safeParse(request.body)
    if (!body.success) throw new Problem('invalid_input')
    const { companyId } = identityOf(request)
    const { id } = request.params as z.infer<typeof params>
    return once(services, request, reply, async (db: AnyHandle) => {
      await moveReturnRequest(db, companyId, id, body.data.state)
      return `/hr/alumni/requests/${id}`
    })
  })
}
