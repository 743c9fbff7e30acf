import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { readFieldsBeforeFile, uploadOf } from '../web/upload.ts'
import { nameFault, placedIn, type DraftFault } from './draft-check.ts'
import {
  changeDraft,
  getDraft,
  insertDraft,
  licenceRow,
  namesInUse,
  StaleDraft,
  type DraftRow,
} from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { faultWords, isTicked, typedText, type Typed } from './editor-fields.ts'
import { addressOf, isOpen, loadDraft, revisionOf, sayIn } from './own-desk.ts'
import { readBytes, readUpload, settleImported } from './own-upload.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** `/hr/questionnaires/upload`: a definition file begins a draft, or takes the place of one that is open. */
export async function addUploadRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    scope.get('/hr/questionnaires/upload', async (request, reply) => {
      const id = (request.query as { draft?: unknown }).draft
      if (id !== undefined && (typeof id !== 'string' || !uuid.test(id))) throw new Problem('not_found')
      const row = id === undefined ? undefined : await loadDraft(services, request, id)
      if (row && !isOpen(row)) throw new Problem('wrong_state')
      return showUpload(services, request, reply, { typed: {}, row })
    })
  })
  await app.register(async (scope) => {
    readFieldsBeforeFile(scope)
    forAudience(scope, services, 'hr')
    scope.post('/hr/questionnaires/upload', (request, reply) => receive(services, request, reply))
  })
}

/** Nothing is stored of a file with any fault. */
class RefusedFile extends Error {
  readonly faults: readonly DraftFault[]
  constructor(faults: readonly DraftFault[]) {
    super('the file was refused')
    this.name = 'RefusedFile'
    this.faults = faults
  }
}

async function receive(services: Services, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { companyId, companyName, subjectId } = identityOf(request)
  const typed = (request.body ?? {}) as Typed
  const say = sayIn(services, request)
  const draftId = typedText(typed, 'draft')
  if (draftId !== '' && !uuid.test(draftId)) throw new Problem('not_found')
  const row = draftId === '' ? undefined : await loadDraft(services, request, draftId)
  const upload = uploadOf(request)
  const licence = typedText(typed, 'whose') === 'licensed' ? typedText(typed, 'licence_name') : undefined
  const errors: FieldError[] = []
  if (!['own', 'licensed'].includes(typedText(typed, 'whose')))
    errors.push({ field: 'whose', message: say('questionnaires.upload.error.whose') })
  if (licence !== undefined && (licence === '' || licence.length > 200))
    errors.push({ field: 'licence_name', message: say('questionnaires.upload.error.licenceName') })
  if (licence !== undefined && !isTicked(typed, 'attested'))
    errors.push({ field: 'attested', message: say('questionnaires.upload.error.attested') })
  if (!upload) errors.push({ field: 'file', message: say('questionnaires.upload.error.file') })
  const read = upload ? await readUpload(await readBytes(upload.file), upload.filename) : undefined
  if (read?.faults)
    errors.push({ field: 'file', message: say('questionnaires.upload.error.faults', { count: read.faults.length }) })
  const again = (faults: readonly DraftFault[], all: readonly FieldError[], stale = false) =>
    showUpload(services, request, reply, { typed, row, faults, errors: all, fileName: upload?.filename ?? '', stale })
  if (errors.length > 0 || !read || read.faults) return again(read?.faults ?? [], errors)
  try {
    return await once(services, request, reply, async (db: AnyHandle) => {
      const at = services.clock.now()
      const names = await namesInUse(db, companyId)
      const { notCarried } = read
      const { slug, version, body } =
        notCarried && !row
          ? await settleImported(read.body, licence ?? companyName, names)
          : { ...read.definition, body: read.body }
      const taken = await nameFault({ slug, version }, names, row?.id)
      if (taken) throw new RefusedFile([placedIn(body, taken)])
      if (!row) {
        const draft = {
          slug,
          version,
          body,
          origin: 'file' as const,
          licence: licenceRow(licence, subjectId, at),
          userId: subjectId,
        }
        return addressOf(await insertDraft(db, companyId, { ...draft, notCarried: notCarried ?? [] }, at))
      }
      const now = await getDraft(db, companyId, row.id)
      if (now.slug !== slug || now.version !== version)
        throw new RefusedFile([
          placedIn(body, { path: 'slug', code: 'other-draft', params: { name: `${now.slug}@${now.version}` } }),
        ])
      const change = { body, slug, version, userId: subjectId, licence: { name: licence } }
      await changeDraft(db, companyId, row.id, revisionOf(typed), change, at)
      return `${addressOf(row.id)}?told=saved`
    })
  } catch (error) {
    if (error instanceof StaleDraft) return again([], [], true)
    if (!(error instanceof RefusedFile)) throw error
    const message = say('questionnaires.upload.error.faults', { count: error.faults.length })
    return again(error.faults, [{ field: 'file', message }])
  }
}

interface UploadState {
  typed: Typed
  row: DraftRow | undefined
  faults?: readonly DraftFault[]
  errors?: readonly FieldError[]
  fileName?: string
  stale?: boolean
}

async function showUpload(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  { typed, row, faults = [], errors = [], fileName = '', stale = false }: UploadState,
): Promise<FastifyReply> {
  const say = sayIn(services, request)
  const current = stale && row ? await loadDraft(services, request, row.id) : row
  const whose = typedText(typed, 'whose') || (row?.licence_name ? 'licensed' : row ? 'own' : '')
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/upload',
    {
      backHref: row ? addressOf(row.id) : '/hr/questionnaires',
      draftId: row?.id ?? '',
      draftName: row ? `${row.slug}@${row.version}` : '',
      revisionNo: String(current?.revision ?? 1),
      owners: ['own', 'licensed'].map((one) => ({
        value: one,
        label: say(`questionnaires.upload.${one}`),
        hint: say(`questionnaires.upload.${one}Hint`),
        checked: one === whose,
      })),
      licenceTyped: typedText(typed, 'licence_name') || (row?.licence_name ?? ''),
      attestedTicked: isTicked(typed, 'attested'),
      fileName,
      faultColumns: ['place', 'what'].map((key) => ({ label: say(`questionnaires.upload.${key}`) })),
      faultRows: faults.map((fault) => ({
        cells: [
          {
            text:
              fault.line === undefined
                ? fileName
                : say('questionnaires.upload.lineColumn', {
                    file: fileName,
                    line: fault.line,
                    column: fault.column ?? 1,
                  }),
            note: fault.path,
            heading: true,
          },
          { text: faultWords(fault, say) },
        ],
      })),
      ...(stale && {
        notice: { kind: 'warn', title: say('questionnaires.stale.title'), text: say('questionnaires.upload.stale') },
      }),
    },
    { status: stale ? 409 : errors.length > 0 ? 400 : 200, errors },
  )
}
