import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { RosterFileFault } from './file-fault.ts'
import { beginImport, readImport, type BegunImport } from './imports.ts'
import { spool } from './spool.ts'
import type { AnyHandle } from './tables.ts'
import { uploadOf } from '../web/upload.ts'

const newBody = z.object({ kind: z.enum(['departments', 'employees']), effective_on: z.iso.date() })

/** A file speaks of everybody: a role limited to some workplaces must not see or change the others. @throws {Problem} not_allowed */
export function requireWholeCompany(request: FastifyRequest): void {
  if (workplacesInReach(request) !== undefined) throw new Problem('not_allowed')
}

/** Takes an uploaded file in and begins to read it; the reading goes on after the answer and is kept in `reading`. */
export async function receiveFile(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  reading: Set<Promise<void>>,
): Promise<FastifyReply> {
  requireWholeCompany(request)
  const { companyId, subjectId } = identityOf(request)
  const body = newBody.safeParse(request.body)
  const upload = uploadOf(request)
  if (!body.success || !upload) {
    const wrong = new Set(body.success ? [] : body.error.issues.map((issue) => String(issue.path[0])))
    if (!upload) wrong.add('file')
    return showUploadForm(services, request, reply, request.body as Record<string, string>, [...wrong])
  }
  const file = await spool(upload.file)
  // beyond the limit the rest is dropped without an error: half a file must never be read as a whole one
  if (upload.file.truncated) {
    await file.remove()
    throw new Problem('too_large')
  }
  let begun: BegunImport | undefined
  try {
    await once(services, request, reply, async (db: AnyHandle) => {
      const wanted = {
        companyId,
        kind: body.data.kind,
        fileName: upload.filename,
        effectiveOn: body.data.effective_on,
        createdBy: subjectId,
      }
      begun = await beginImport(db, wanted, file.hash, services.clock.now())
      return `/hr/roster/imports/${begun.importId}`
    })
  } finally {
    // also when the form had been sent before: the first one's file is the one that is read
    if (!begun) await file.remove()
  }
  if (begun) {
    const work = readImport(services, begun, file).then(
      () => undefined,
      (error: unknown) => {
        // what is wrong with the file stands in the import; the rest is ours
        if (!(error instanceof RosterFileFault))
          request.log.error({ name: (error as Error).name, code: (error as { code?: string }).code }, 'roster import')
      },
    )
    reading.add(work)
    void work.finally(() => reading.delete(work))
  }
  return reply
}

/** The page to choose a file, with what was typed and what is wrong with it. */
export function showUploadForm(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  typed: Record<string, string>,
  wrong: readonly string[],
): Promise<FastifyReply> {
  const text = (key: string) => services.texts.text(request.locale, key)
  const kind = typed['kind'] ?? 'employees'
  return deskPage(
    services,
    request,
    reply,
    'roster/import',
    {
      effectiveOn: typed['effective_on'] ?? dateIn(identityOf(request).timeZone, services.clock.now()),
      kinds: (['departments', 'employees'] as const).map((one) => ({
        value: one,
        label: text(`roster.kind.${one}`),
        hint: text(`roster.import.${one}Hint`),
        checked: one === kind,
      })),
      errors: wrong.map((field) => ({ field, message: text(`roster.import.errors.${field}`) })),
    },
    wrong.length > 0 ? { status: 400 } : {},
  )
}
