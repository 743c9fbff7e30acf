import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { dateIn } from '../clock.ts'
import {
  addRequestEvent,
  getRequest,
  listRequests,
  openNeeds,
  openResult,
  readEmployerSide,
  resultView,
} from '../results/index.ts'
import { departmentTreeOn, workplacesOn } from '../roster/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { auditDesk } from './desk-audit.ts'
import { addNoteRoute } from './note-route.ts'
import { readNote } from './notes.ts'
import { readOpinion } from './opinions.ts'
import { ageOn, byUrgency, clockCell, clocksOfRequest, nameOf, wordsOf } from './pages.ts'
import { memberOf, membersOf } from './people.ts'
import type { DeskTables } from './tables.ts'

const interviewForm = z.object({ held_on: z.iso.date(), mode: z.enum(['in_person', 'online']) })

/** Requests with their clocks, one person's result, notes, and the record that the interview was held. */
export function addRequestRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/physician', async (request, reply) => {
    const { companyId, timeZone } = identityOf(request)
    const words = wordsOf(services.texts, request.locale)
    const today = dateIn(timeZone, services.clock.now())
    const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
      const requests = await listRequests(db, companyId, { workplaceIds: workplacesInReach(request) })
      const members = await membersOf(
        services,
        db,
        request,
        requests.map((one) => one.subjectId),
      )
      const departments = new Map((await departmentTreeOn(db, companyId, today)).map((one) => [one.id, one.name]))
      const lines = requests
        .map((one) => ({ one, clocks: clocksOfRequest(one, timeZone, today), member: members.get(one.subjectId) }))
        .sort((a, b) => byUrgency(a.clocks.next, b.clocks.next))
      const cell = (clock: (typeof lines)[number]['clocks']['next']) =>
        clockCell(clock, words, request.locale, timeZone)
      const rowOf = ({ one, clocks, member }: (typeof lines)[number]) => ({
        cells: [
          {
            text: nameOf(member, words),
            heading: true,
            href: one.withdrawnAt ? '' : `/physician/requests/${one.id}`,
            note: departments.get(member?.departmentId ?? '') ?? '',
          },
          {
            text: formatDate('dateWithWeekday', one.requestedAt, request.locale, timeZone),
            note: one.late ? words('clock.lateRequest') : '',
          },
          one.withdrawnAt ? { text: words('withdrawn') } : cell(clocks.interview),
          one.withdrawnAt ? { text: '' } : cell(clocks.opinion),
        ],
      })
      const done = (line: (typeof lines)[number]) =>
        line.one.withdrawnAt !== undefined || line.one.opinionReleasedAt !== undefined
      const waiting = lines.filter((line) => !done(line))
      return {
        waitingCount: waiting.length,
        lateCount: waiting.filter((line) => line.clocks.next.urgency === 'late').length,
        columns: ['person', 'requested', 'interview', 'opinion'].map((key) => ({ label: words(`column.${key}`) })),
        waiting: waiting.map(rowOf),
        done: lines.filter(done).map(rowOf),
      }
    })
    return deskPage(services, request, reply, 'physician-desk/requests', data)
  })

  scope.get('/physician/requests/:id', async (request, reply) =>
    deskPage(services, request, reply, 'physician-desk/request', await personPage(services, request)),
  )

  addNoteRoute(scope, services, {
    address: '/physician/requests',
    find: (db, request, id) => getRequest(db, identityOf(request).companyId, id, workplacesInReach(request)),
    audit: { action: 'note.saved', reason: 'physician-desk.reason.interview', objectKind: 'interview_request' },
  })

  scope.post('/physician/requests/:id/interview', async (request, reply) => {
    const id = idOf(request)
    const { companyId, timeZone, subjectId } = identityOf(request)
    const words = wordsOf(services.texts, request.locale)
    const at = services.clock.now()
    const form = interviewForm.safeParse(request.body)
    const errors = form.success ? [] : form.error.issues.map((issue) => String(issue.path[0]))
    if (form.success && form.data.held_on > dateIn(timeZone, at)) errors.push('held_on')
    if (!form.success || errors.length > 0) {
      const shown = [...new Set(errors)].map((field) => ({ field, message: words(`interview.errors.${field}`) }))
      return deskPage(
        services,
        request,
        reply,
        'physician-desk/request',
        { ...(await personPage(services, request)), errors: shown },
        { status: 400 },
      )
    }
    return once<DeskTables>(services, request, reply, async (db) => {
      const asked = await getRequest(db, companyId, id, workplacesInReach(request))
      if (asked.withdrawnAt || asked.interview) throw new Problem('wrong_state')
      await addRequestEvent(
        db,
        services.vault,
        companyId,
        asked,
        { kind: 'interviewed', byUserId: subjectId, on: form.data.held_on, mode: form.data.mode },
        at,
      )
      await auditDesk(services, db, request, {
        action: 'interview.recorded',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.interview',
        objectKind: 'interview_request',
        objectId: id,
      })
      return `/physician/requests/${id}`
    })
  })
}

/** One person who asked: the audit row is written before anything is sent; a withdrawn request is closed by the database. */
async function personPage(services: Services, request: FastifyRequest): Promise<Record<string, unknown>> {
  const id = idOf(request)
  const { companyId, timeZone } = identityOf(request)
  const words = wordsOf(services.texts, request.locale)
  const today = dateIn(timeZone, services.clock.now())
  const body = (request.body ?? {}) as Record<string, unknown>
  return asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
    const asked = await getRequest(db, companyId, id, workplacesInReach(request))
    const opened = await openResult(db, services.vault, companyId, asked.invitationId)
    await auditDesk(services, db, request, {
      action: 'request.opened',
      subjectId: asked.subjectId,
      reason: 'physician-desk.reason.interview',
      objectKind: 'interview_request',
      objectId: id,
    })
    const need = (await openNeeds(db, services.vault, companyId, [asked.invitationId])).get(asked.invitationId)
    const member = await memberOf(services, db, request, asked.subjectId)
    const department = (await departmentTreeOn(db, companyId, today)).find((one) => one.id === member?.departmentId)
    const workplace = (await workplacesOn(db, companyId, today)).find((one) => one.id === asked.workplaceId)
    const note = await readNote(db, services.vault, companyId, id)
    const opinion = await readOpinion(db, services.vault, companyId, id)
    const employer = await readEmployerSide(db, services.vault, companyId, asked)
    const clocks = clocksOfRequest(asked, timeZone, today)
    const age = ageOn(member?.birthOn ?? null, today)
    const facts = [
      { key: words('person.department'), value: [workplace?.name, department?.name].filter(Boolean).join(' / ') },
      {
        key: words('person.sexAge'),
        value: [
          member?.sex ? words(`sex.${member.sex}`) : '–',
          age === undefined ? '–' : words('person.age', { age }),
        ].join(' · '),
      },
      { key: words('person.need'), value: words(need?.needed ? 'person.needed' : 'person.notNeeded') },
    ]
    const heldOn = typeof body['held_on'] === 'string' ? body['held_on'] : today
    return {
      id,
      personName: nameOf(member, words),
      facts,
      clocks: (['request', 'interview', 'opinion'] as const).map((key) => {
        const cell = clockCell(clocks[key], words, request.locale, timeZone)
        return { label: words(`clock.name.${key}`), text: cell.text, tag: cell.tag ?? 'quiet', note: cell.note ?? '' }
      }),
      result: await resultView(opened.stored, services.texts, request.locale),
      noteText: note.text,
      noteSavedAt: note.savedAt,
      interview: asked.interview
        ? { heldOn: asked.interview.heldOn, mode: words(`mode.${asked.interview.mode}`) }
        : null,
      opinionHref: `/physician/requests/${id}/opinion`,
      heldOn,
      modes: (['in_person', 'online'] as const).map((value) => ({
        value,
        label: words(`mode.${value}`),
        checked: body['mode'] === value,
      })),
      opinionState: opinion?.releasedAt ? 'released' : opinion ? 'draft' : 'none',
      opinionReleasedAt: asked.opinionReleasedAt ?? null,
      measured: employer.measuredOn !== undefined,
    }
  })
}
