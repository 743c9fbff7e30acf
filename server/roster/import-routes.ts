import { stringify } from 'csv-stringify/sync'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { findProgress } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { progressReply } from '../web/progress-reply.ts'
import { once } from '../web/repeated-post.ts'
import { applyImportIn, discardImport } from './apply.ts'
import { columns } from './columns.ts'
import { findImport, listAbsent, listImports, listLines, sameFileAppliedAt, type ImportRow } from './import-queries.ts'
import { historyRows, isFilter, previewPage, wrongLinesCsv } from './import-pages.ts'
import type { AnyHandle, ImportKind } from './tables.ts'
import { readFieldsBeforeFile } from '../web/upload.ts'
import { receiveFile, requireWholeCompany, showUploadForm } from './upload-form.ts'

const linesAtOnce = 50
/** A small file is read by the time its page is asked for: the page waits so long before it shows progress instead. */
const patienceMilliseconds = 1_500

const kindParams = z.object({ kind: z.enum(['departments', 'employees']) })
const previewQuery = z.object({
  show: z.string().refine(isFilter).optional().catch(undefined),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
  told: z.enum(['applied', 'stale', 'wrong']).optional().catch(undefined),
  revoked: z.coerce.number().int().min(0).max(10_000).catch(0),
})

/** `/hr/roster/imports…`: choose a file, look at what it would change, apply or discard. For HR of the whole company only. */
export async function addImportRoutes(app: FastifyInstance, services: Services): Promise<void> {
  // reading goes on after the answer; the server waits for it when it stops
  const reading = new Set<Promise<void>>()
  app.addHook('onClose', async () => {
    await Promise.allSettled(reading)
  })
  await app.register(async (scope) => {
    readFieldsBeforeFile(scope)
    forAudience(scope, services, 'hr')
    scope.post('/hr/roster/imports', (request, reply) => receiveFile(services, request, reply, reading))
  })
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    scope.addHook('preHandler', async (request) => requireWholeCompany(request))
    addPages(scope, services)
  })
}

function addPages(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/roster/import', (request, reply) => showUploadForm(services, request, reply, {}, []))

  scope.get('/hr/roster/imports', async (request, reply) => {
    const { companyId } = identityOf(request)
    const imports = await asAudience(services, request, (db: AnyHandle) => listImports(db, companyId))
    const page = historyRows(services.texts, request.locale, identityOf(request).timeZone, imports)
    return deskPage(services, request, reply, 'roster/imports', page)
  })

  // an empty file with every heading we know, to fill in
  scope.get('/hr/roster/headings/:kind.csv', async (request, reply) => {
    const { kind } = parseKind(request)
    const headings = columns[kind].map((one) => services.texts.text(request.locale, `roster.field.${one.field}`))
    return sendCsv(reply, `${kind}.csv`, [headings])
  })

  scope.get('/hr/roster/imports/:id', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    const query = previewQuery.parse(request.query)
    let found = await load(services, request, companyId, id)
    const until = performance.now() + patienceMilliseconds
    while (found.state === 'reading' && performance.now() < until) {
      await sleep(150)
      found = await load(services, request, companyId, id)
    }
    const details = await asAudience(services, request, async (db: AnyHandle) => {
      const seen = found.state === 'previewed' || found.state === 'applied'
      const counts = found.counts
      const show = query.show ?? ((counts.wrong ?? 0) > 0 ? 'wrong' : 'differing')
      const from = (query.page - 1) * linesAtOnce
      return {
        show,
        page: query.page,
        progress: await findProgress(db, companyId, id, 'hr'),
        sameFileAt: seen ? await sameFileAppliedAt(db, companyId, found) : undefined,
        lines:
          seen && show !== 'absent' ? await listLines(db, companyId, id, { show, from, most: linesAtOnce + 1 }) : [],
        absent:
          seen && show === 'absent'
            ? await listAbsent(db, companyId, { importId: id, kind: found.kind, effectiveOn: found.effectiveOn }, 500)
            : [],
      }
    })
    const context = { texts: services.texts, locale: request.locale, timeZone: identityOf(request).timeZone }
    const page = previewPage(context, found, { ...details, linesAtOnce, told: query.told, revoked: query.revoked })
    return deskPage(services, request, reply, 'roster/preview', page)
  })

  scope.get('/hr/roster/imports/:id/progress', { schema: progressReply }, async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    const found = await load(services, request, companyId, id)
    const progress = await asAudience(services, request, (db: AnyHandle) => findProgress(db, companyId, id, 'hr'))
    const [value, max] = [progress?.done ?? 0, Math.max(progress?.total ?? 1, 1)]
    const words = services.texts.text(request.locale, 'roster.preview.progress', { done: value, total: max })
    return reply.send({ value, max, words, done: found.state !== 'reading' })
  })

  scope.get('/hr/roster/imports/:id/wrong.csv', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    await load(services, request, companyId, id)
    const lines = await asAudience(services, request, (db: AnyHandle) =>
      listLines(db, companyId, id, { show: 'wrong', from: 0, most: 100_000 }),
    )
    return sendCsv(reply, 'wrong-lines.csv', wrongLinesCsv(services.texts, request.locale, lines))
  })

  scope.post('/hr/roster/imports/:id/apply', async (request, reply) => {
    const { companyId, subjectId } = identityOf(request)
    const id = idOf(request)
    const here = `/hr/roster/imports/${id}`
    try {
      return await once(services, request, reply, async (db: AnyHandle) => {
        const application = { companyId, importId: id, userId: subjectId, requestId: request.id }
        const { revoked } = await applyImportIn(db, application, services.clock.now())
        return `${here}?told=applied${revoked.length > 0 ? `&revoked=${revoked.length}` : ''}`
      })
    } catch (error) {
      if (error instanceof Problem && error.code === 'invalid_input') return reply.redirect(`${here}?told=wrong`, 303)
      if (error instanceof Problem && error.code === 'conflict') return reply.redirect(`${here}?told=stale`, 303)
      throw error
    }
  })

  scope.post('/hr/roster/imports/:id/discard', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      await discardImport(db, companyId, id)
      return '/hr/roster/imports'
    })
  })
}

async function load(services: Services, request: FastifyRequest, companyId: string, id: string): Promise<ImportRow> {
  const found = await asAudience(services, request, (db: AnyHandle) => findImport(db, companyId, id))
  if (!found) throw new Problem('not_found')
  return found
}

function parseKind(request: FastifyRequest): { kind: ImportKind } {
  const parsed = kindParams.safeParse(request.params)
  if (!parsed.success) throw new Problem('not_found')
  return parsed.data
}

// with a byte order mark, so that spreadsheets take it for UTF-8; cells that look like formulas are made text
function sendCsv(reply: FastifyReply, name: string, rows: string[][]): FastifyReply {
  return reply
    .type('text/csv; charset=utf-8')
    .header('content-disposition', `attachment; filename="${name}"`)
    .send(stringify(rows, { bom: true, escape_formulas: true, record_delimiter: 'windows' }))
}
