import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import { dateIn } from '../clock.ts'
import {
  addDays,
  daysPerStep,
  markRequest,
  requestsForEmployer,
  type InterviewRequestForEmployerView,
  whoAsked,
} from '../results/index.ts'
import { departmentTreeOn, findMembers, type Member } from '../roster/index.ts'
import type { Services } from '../services.ts'
import type { Vault } from '../vault/index.ts'
import { asAudience, forAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { listMeasures, measuredOpinions, measureKinds, measureSchema, recordMeasure } from './measures.ts'
import { findReleasedOpinion, openReleasedOpinion } from './opinions.ts'
import { measureTable, nameOf, releasedRows, wordsOf, type Words } from './pages.ts'
import type { AnyHandle, DeskTables } from './tables.ts'

/** What HR has of interviews: who asked (once opened), the released opinion, and the measures it decides on. Nothing else is in its reach. */
export async function addHrRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')

    scope.get('/hr/requests', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const words = wordsOf(services.texts, request.locale)
      const today = dateIn(timeZone, services.clock.now())
      const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
        const all = await requestsForEmployer(db, companyId, workplacesInReach(request))
        const opened = all.filter((one) => one.opened)
        const people = await askersOf(db, services.vault, companyId, opened, today)
        const departments = new Map((await departmentTreeOn(db, companyId, today)).map((one) => [one.id, one.name]))
        const measured = await measuredOpinions(db, companyId)
        const lines = opened
          .map((one) => ({ one, state: stateOf(one, measured, today) }))
          .sort((a, b) => rank[a.state] - rank[b.state] || (a.one.requested_on < b.one.requested_on ? -1 : 1))
        return {
          unopened: all.length - opened.length,
          columns: ['person', 'requested', 'state', 'next'].map((key) => ({ label: words(`hr.column.${key}`) })),
          rows: lines.map(({ one, state }) => {
            const member = people.get(one.id)
            return {
              cells: [
                {
                  text: nameOf(member, words),
                  heading: true,
                  href: `/hr/requests/${one.id}`,
                  note: departments.get(member?.departmentId ?? '') ?? '',
                },
                { text: formatDate('dateWithWeekday', one.requested_on, request.locale, timeZone) },
                { text: words(`hr.state.${state}`), tag: tagOf[state] },
                { text: nextWords(one, state, words, request.locale, timeZone) },
              ],
            }
          }),
        }
      })
      return deskPage(services, request, reply, 'physician-desk/hr-requests', data)
    })

    // a POST, because from here on the employer knows who asked: what was not opened can be withdrawn without a trace
    scope.post('/hr/requests/open', async (request, reply) =>
      once<DeskTables>(services, request, reply, async (db) => {
        const { companyId, subjectId } = identityOf(request)
        const at = services.clock.now()
        for (const one of await requestsForEmployer(db, companyId, workplacesInReach(request))) {
          if (one.opened) continue
          await markRequest(db, one.id, subjectId, 'opened_by_hr')
          await auditHr(db, request, 'request.seen', 'employer_request', one.id, at)
        }
        return '/hr/requests'
      }),
    )

    scope.get('/hr/requests/:id', (request, reply) => requestPage(services, request, reply))

    scope.post('/hr/requests/:id/measures', async (request, reply) => {
      const id = idOf(request)
      const { companyId, subjectId, timeZone } = identityOf(request)
      const at = services.clock.now()
      const form = measureSchema.safeParse(request.body ?? {})
      const today = dateIn(timeZone, at)
      const wrong = form.success ? [] : form.error.issues.map((issue) => String(issue.path[0]))
      if (form.success && form.data.person_heard_on > today) wrong.push('person_heard_on')
      if (!form.success || wrong.length > 0) return requestPage(services, request, reply, [...new Set(wrong)])
      return once<DeskTables>(services, request, reply, async (db) => {
        const of = {
          companyId,
          requestId: id,
          userId: subjectId,
          workplaceIds: workplacesInReach(request),
          today,
          timeZone,
        }
        const measureId = await recordMeasure(db, services.vault, of, form.data)
        await auditHr(db, request, 'measure.recorded', 'measure', measureId, at)
        return `/hr/requests/${id}`
      })
    })
  })
}

async function auditHr(
  db: AnyHandle,
  request: FastifyRequest,
  action: string,
  objectKind: string,
  objectId: string,
  at: Date,
): Promise<void> {
  const { companyId, subjectId } = identityOf(request)
  await recordAudit(db, companyId, at, {
    actorKind: 'staff',
    actorId: subjectId,
    actorRole: 'hr',
    action,
    reason: 'physician-desk.reason.measures',
    objectKind,
    objectId,
    requestId: request.id,
  })
}

type State = 'opinion' | 'late' | 'opinionLate' | 'waiting' | 'interviewed' | 'measured' | 'withdrawn'
// what HR has to act on stands first
const rank: Record<State, number> = {
  late: 0,
  opinionLate: 1,
  opinion: 2,
  waiting: 3,
  interviewed: 4,
  measured: 5,
  withdrawn: 6,
}
const tagOf: Record<State, string> = {
  late: 'late',
  opinionLate: 'late',
  withdrawn: 'quiet',
  waiting: 'wait',
  interviewed: 'wait',
  opinion: 'strong',
  measured: 'done',
}

function stateOf(one: InterviewRequestForEmployerView, measured: ReadonlySet<string>, today: string): State {
  if (one.withdrawn) return 'withdrawn'
  if (measured.has(one.id)) return 'measured'
  if (one.opinion_released) return 'opinion'
  if (one.interviewed_on !== null)
    return today > addDays(one.interviewed_on, daysPerStep) ? 'opinionLate' : 'interviewed'
  return today > addDays(one.requested_on, daysPerStep) ? 'late' : 'waiting'
}

function nextWords(
  one: InterviewRequestForEmployerView,
  state: State,
  words: Words,
  locale: string,
  timeZone: string,
): string {
  const by = (fromOn: string) => ({
    day: formatDate('dateWithWeekday', addDays(fromOn, daysPerStep), locale, timeZone),
  })
  if (state === 'waiting' || state === 'late') return words('hr.next.waiting', by(one.requested_on))
  if (one.interviewed_on !== null && (state === 'interviewed' || state === 'opinionLate'))
    return words('hr.next.interviewed', by(one.interviewed_on))
  return words(`hr.next.${state}`)
}

/** Who made these requests, by request: only of opened ones, by the seal that opening gave to HR. */
async function askersOf(
  db: AnyHandle,
  vault: Vault,
  companyId: string,
  requests: readonly InterviewRequestForEmployerView[],
  today: string,
): Promise<Map<string, Member>> {
  const employments = await whoAsked(db, vault, companyId, requests)
  const members = await findMembers(db, companyId, [...employments.values()], today)
  return new Map(
    [...employments].flatMap(([requestId, employmentId]): [string, Member][] => {
      const member = members.get(employmentId)
      return member ? [[requestId, member]] : []
    }),
  )
}

async function requestPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: readonly string[] = [],
): Promise<FastifyReply> {
  const id = idOf(request)
  const { companyId, timeZone } = identityOf(request)
  const words = wordsOf(services.texts, request.locale)
  const at = services.clock.now()
  const today = dateIn(timeZone, at)
  const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
    const reach = workplacesInReach(request)
    const one = (await requestsForEmployer(db, companyId, reach)).find((candidate) => candidate.id === id)
    // not opened yet: as if it were not there
    if (!one?.opened) throw new Problem('not_found')
    const opinion = await findReleasedOpinion(db, companyId, id, reach)
    const member = (await askersOf(db, services.vault, companyId, [one], today)).get(id)
    const department = (await departmentTreeOn(db, companyId, today)).find((unit) => unit.id === member?.departmentId)
    const measures = await listMeasures(db, services.vault, companyId, id)
    if (opinion) await auditHr(db, request, 'opinion.read', 'released_opinion', id, at)
    const content = opinion && (await openReleasedOpinion(db, services.vault, companyId, opinion))
    const typed = (request.body ?? {}) as Record<string, unknown>
    const typedOf = (field: string) => (typeof typed[field] === 'string' ? typed[field] : '')
    const state = stateOf(one, new Set(measures.map((measure) => measure.opinion_id)), today)
    return {
      id,
      personName: nameOf(member, words),
      department: department?.name ?? '',
      requestedOn: one.requested_on,
      stateLabel: words(`hr.state.${state}`),
      stateTag: tagOf[state],
      nextText: nextWords(one, state, words, request.locale, timeZone),
      opinionRows: content ? releasedRows(content, words, request.locale, timeZone) : null,
      measureTable: measures.length > 0 ? measureTable(measures, words, request.locale, timeZone) : null,
      kinds: measureKinds.map((kind) => ({
        value: kind,
        label: words(`measureKind.${kind}`),
        selected: typed['kind'] === kind,
      })),
      typed: Object.fromEntries(
        ['detail', 'from_on', 'until_on', 'review_on', 'person_heard_on'].map((field) => [field, typedOf(field)]),
      ),
    }
  })
  const errors = wrong.map((field) => ({ field, message: words(`measure.errors.${field}`) }))
  return deskPage(services, request, reply, 'physician-desk/hr-request', data, { errors })
}
