import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { auditDesk } from './desk-audit.ts'
import { saveNote } from './notes.ts'
import type { AnyHandle, DeskTables } from './tables.ts'

const noteForm = z.object({ note: z.string().trim().max(10_000) })

/** Keeps the physician's own note on what stands at `<address>/:id`, and goes back there; `find` throws where it is out of reach. */
export function addNoteRoute(
  scope: FastifyInstance,
  services: Services,
  of: {
    address: string
    find: (db: AnyHandle, request: FastifyRequest, id: string) => Promise<{ subjectId: string }>
    audit: { action: string; reason: string; objectKind: string }
  },
): void {
  scope.post(`${of.address}/:id/notes`, async (request, reply) => {
    const id = idOf(request)
    const form = noteForm.safeParse(request.body)
    if (!form.success) throw new Problem('invalid_input')
    return once<DeskTables>(services, request, reply, async (db) => {
      const { companyId, subjectId: authorId } = identityOf(request)
      const { subjectId } = await of.find(db, request, id)
      const note = { companyId, id, subjectId, authorId }
      await saveNote(db, services.vault, note, form.data.note, services.clock.now())
      await auditDesk(services, db, request, { ...of.audit, subjectId, objectId: id })
      return `${of.address}/${id}`
    })
  })
}
