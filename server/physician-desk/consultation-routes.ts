import type { FastifyInstance } from 'fastify'
import { closeConsultation, listConsultations, openConsultation } from '../results/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { idOf } from '../web/params.ts'
import { once } from '../web/repeated-post.ts'
import { auditDesk } from './desk-audit.ts'
import { addNoteRoute } from './note-route.ts'
import { readNote } from './notes.ts'
import { nameOf, wordsOf } from './pages.ts'
import { memberOf, membersOf } from './people.ts'
import type { DeskTables } from './tables.ts'

/** Private consultations: only those addressed to this physician; the database shows no others. */
export function addConsultationRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/physician/consultations', async (request, reply) => {
    const { companyId, timeZone } = identityOf(request)
    const words = wordsOf(services.texts, request.locale)
    const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
      const all = await listConsultations(db, companyId)
      const people = await membersOf(
        services,
        db,
        request,
        all.map((one) => one.subjectId),
      )
      const rows = all.map((one) => ({
        cells: [
          { text: nameOf(people.get(one.subjectId), words), heading: true, href: `/physician/consultations/${one.id}` },
          { text: formatDate('dateTime', one.askedAt, request.locale, timeZone) },
          one.closedAt
            ? { text: words('consultation.closed'), tag: 'done' }
            : { text: words('consultation.open'), tag: 'wait' },
        ],
      }))
      return {
        openCount: all.filter((one) => !one.closedAt).length,
        columns: ['person', 'asked', 'state'].map((key) => ({ label: words(`consultation.column.${key}`) })),
        rows,
      }
    })
    return deskPage(services, request, reply, 'physician-desk/consultations', data)
  })

  scope.get('/physician/consultations/:id', async (request, reply) => {
    const id = idOf(request)
    const { companyId } = identityOf(request)
    const words = wordsOf(services.texts, request.locale)
    const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
      const asked = await openConsultation(db, services.vault, companyId, id)
      await auditDesk(services, db, request, {
        action: 'consultation.opened',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.consultation',
        objectKind: 'consultation',
        objectId: id,
      })
      const member = await memberOf(services, db, request, asked.subjectId)
      const note = await readNote(db, services.vault, companyId, id)
      return {
        id,
        personName: nameOf(member, words),
        askedAt: asked.askedAt,
        message: asked.message,
        howToReach: asked.howToReach,
        closed: asked.closedAt !== undefined,
        noteText: note.text,
        noteSavedAt: note.savedAt,
      }
    })
    return deskPage(services, request, reply, 'physician-desk/consultation', data)
  })

  addNoteRoute(scope, services, {
    address: '/physician/consultations',
    find: (db, request, id) => openConsultation(db, services.vault, identityOf(request).companyId, id),
    audit: { action: 'consultation.noted', reason: 'physician-desk.reason.consultation', objectKind: 'consultation' },
  })

  scope.post('/physician/consultations/:id/close', async (request, reply) => {
    const id = idOf(request)
    return once<DeskTables>(services, request, reply, async (db) => {
      const { companyId } = identityOf(request)
      const asked = await openConsultation(db, services.vault, companyId, id)
      await closeConsultation(db, companyId, id, services.clock.now())
      await auditDesk(services, db, request, {
        action: 'consultation.closed',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.consultation',
        objectKind: 'consultation',
        objectId: id,
      })
      return '/physician/consultations'
    })
  })
}
