import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { staffNames } from '../access/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { once } from '../web/repeated-post.ts'
import { nameFault } from './draft-check.ts'
import {
  deleteDraft,
  getDraft,
  getPublished,
  insertDraft,
  licenceRow,
  listDrafts,
  namesInUse,
  publishedRows,
  StaleDraft,
  type DraftRow,
} from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { newWorking, readWorking, writeWorking } from './draft-working.ts'
import { errorsOf, faultWords, typedList, typedWords, type Typed } from './editor-fields.ts'
import { applyHead, headView } from './editor-head.ts'
import { addEditorRoutes } from './editor-routes.ts'
import { beginNextVersion, publishDraft, sendForReview, takeBack, type Acting } from './own-actions.ts'
import { addressOf, faultsIn, RefusedForm, revisionOf, sayIn, type ComeBack } from './own-desk.ts'
import { draftView, listView } from './own-pages.ts'
import { factRows, inLocale, questionsView } from './own-questions.ts'
import { parseDefinition } from './parse.ts'
import { shippedQuestionnaires } from './shipped.ts'
import { addTestRunRoutes } from './test-run-routes.ts'

/** `/hr/questionnaires…`: what there is, a company's own drafts from the first word to the publishing, and what was published. */
export async function addOwnRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    addReadingRoutes(scope, services)
    addNewRoutes(scope, services)
    addStepRoutes(scope, services)
    addEditorRoutes(scope, services)
    addTestRunRoutes(scope, services)
  })
}

const contextOf = (services: Services, request: FastifyRequest) => ({
  say: sayIn(services, request),
  locale: request.locale,
  timeZone: identityOf(request).timeZone,
})

const told = ['stale', 'sent', 'back', 'saved'] as const

function addReadingRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/questionnaires', async (request, reply) => {
    const { companyId } = identityOf(request)
    const shipped = await shippedQuestionnaires()
    const found = await asAudience(services, request, async (db: AnyHandle) => ({
      drafts: await listDrafts(db, companyId),
      published: await publishedRows(db, companyId),
    }))
    const view = listView(found.drafts, found.published, shipped, contextOf(services, request))
    return deskPage(services, request, reply, 'questionnaires/hr-list', view)
  })

  scope.get('/hr/questionnaires/drafts/:id', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    const { row, names } = await asAudience(services, request, async (db: AnyHandle) => {
      const row = await getDraft(db, companyId, id)
      const people = [row.reviewed_by, row.licence_attested_by].filter((one) => one !== null)
      return { row, names: await staffNames(db, companyId, people) }
    })
    const working = readWorking(row.body)
    const faults = row.state === 'published' ? [] : faultsIn(working)
    const said = told.find((one) => one === (request.query as { told?: unknown }).told)
    const say = sayIn(services, request)
    return deskPage(services, request, reply, 'questionnaires/draft', {
      ...draftView(row, working, faults, names, contextOf(services, request)),
      ...(said && { notice: { kind: said === 'stale' ? 'warn' : 'good', text: say(`questionnaires.told.${said}`) } }),
    })
  })

  scope.get('/hr/questionnaires/drafts/:id/file', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    const row = await asAudience(services, request, (db: AnyHandle) => getDraft(db, companyId, id))
    return sendYaml(reply, row)
  })

  scope.get('/hr/questionnaires/versions/:id', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    const row = await asAudience(services, request, (db: AnyHandle) => getPublished(db, companyId, id))
    const { definition } = parseDefinition(row.body, `${row.slug}@${row.version}`)
    if (!definition) throw new Error(`${row.slug}@${row.version} cannot be read`)
    const say = sayIn(services, request)
    return deskPage(services, request, reply, 'questionnaires/version', {
      versionTitle: inLocale(definition.title, request.locale),
      facts: [...factRows(definition, request.locale, say), { key: say('questionnaires.fact.hash'), value: row.hash }],
      ...questionsView(definition, request.locale, say),
      fileHref: `/hr/questionnaires/versions/${row.id}/file`,
      nextAction: `/hr/questionnaires/versions/${row.id}/next`,
    })
  })

  scope.get('/hr/questionnaires/versions/:id/file', async (request, reply) => {
    const { companyId } = identityOf(request)
    const id = idOf(request)
    return sendYaml(reply, await asAudience(services, request, (db: AnyHandle) => getPublished(db, companyId, id)))
  })
}

const sendYaml = (reply: FastifyReply, { slug, version, body }: Pick<DraftRow, 'slug' | 'version' | 'body'>) =>
  reply
    .type('application/yaml; charset=utf-8')
    .header('content-disposition', `attachment; filename="${slug}-${version}.yaml"`)
    .send(body)

function addNewRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/hr/questionnaires/new', (request, reply) => showNew(services, request, reply))
  scope.post('/hr/questionnaires/new', async (request, reply) => {
    const { companyId, subjectId, companyName } = identityOf(request)
    const say = sayIn(services, request)
    const typed = (request.body ?? {}) as Typed
    const working = newWorking({
      slug: '',
      kind: 'own',
      title: typedWords(typed, 'title', typedList(typed, 'languages')),
      languages: [],
      companyName,
    })
    applyHead(working, typed)
    const first = Object.keys(working.languages)[0] ?? 'ja'
    const wrong = faultsIn(working).filter(({ code }) => code !== 'no-questions')
    const errors = errorsOf(wrong, '', first, say)
    if (errors.length > 0) return showNew(services, request, reply, { typed, errors, stale: false })
    try {
      return await once(services, request, reply, async (db: AnyHandle) => {
        const taken = await nameFault(working, await namesInUse(db, companyId))
        if (taken) throw new RefusedForm([{ field: 'slug', message: faultWords(taken, say) }])
        const at = services.clock.now()
        const { slug, version } = working
        const draft = { slug, version, body: writeWorking(working), origin: 'form' as const }
        return addressOf(
          await insertDraft(
            db,
            companyId,
            { ...draft, licence: licenceRow(undefined, subjectId, at), userId: subjectId },
            at,
          ),
        )
      })
    } catch (error) {
      if (!(error instanceof RefusedForm)) throw error
      return showNew(services, request, reply, { typed, errors: error.errors, stale: false })
    }
  })
}

async function showNew(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  back?: ComeBack,
): Promise<FastifyReply> {
  const { companyId } = identityOf(request)
  const { published, drafts } = await asAudience(services, request, (db: AnyHandle) => namesInUse(db, companyId))
  const taken = new Set([...published.keys(), ...[...drafts.keys()].map((name) => name.split('@')[0])])
  let number = 1
  while (taken.has(`own-${number}`)) number++
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/head',
    {
      ...headView(undefined, back?.typed, `own-${number}`, sayIn(services, request)),
      isNewDraft: true,
      backHref: '/hr/questionnaires',
      action: '/hr/questionnaires/new',
      revisionNo: '1',
    },
    { errors: back?.errors ?? [] },
  )
}

/** Steps of a draft that are one press each. Overtaken by another tab, the draft's page says so. */
function addStepRoutes(scope: FastifyInstance, services: Services): void {
  const step = (
    path: string,
    act: (db: AnyHandle, acting: Acting, id: string, revision: number, at: Date) => Promise<string>,
  ) =>
    scope.post(`/hr/questionnaires/drafts/:id/${path}`, async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = idOf(request)
      const revision = revisionOf((request.body ?? {}) as Typed)
      const acting = { companyId, userId: subjectId, requestId: request.id }
      try {
        return await once(services, request, reply, (db: AnyHandle) =>
          act(db, acting, id, revision, services.clock.now()),
        )
      } catch (error) {
        if (!(error instanceof StaleDraft)) throw error
        return reply.redirect(`${addressOf(id)}?told=stale`, 303)
      }
    })
  step('send', async (db, acting, id, revision, at) => {
    await sendForReview(db, acting, id, revision, at)
    return `${addressOf(id)}?told=sent`
  })
  step('take-back', async (db, acting, id, revision, at) => {
    await takeBack(db, acting, id, revision, at)
    return `${addressOf(id)}?told=back`
  })
  step('publish', async (db, acting, id, revision, at) => {
    return `/hr/questionnaires/versions/${await publishDraft(db, acting, id, revision, at)}`
  })
  step('discard', async (db, acting, id, revision) => {
    await deleteDraft(db, acting.companyId, id, revision)
    return '/hr/questionnaires'
  })

  scope.post('/hr/questionnaires/versions/:id/next', async (request, reply) => {
    const { companyId, subjectId } = identityOf(request)
    const id = idOf(request)
    return once(services, request, reply, async (db: AnyHandle) => {
      const acting = { companyId, userId: subjectId, requestId: request.id }
      return addressOf(await beginNextVersion(db, acting, await getPublished(db, companyId, id), services.clock.now()))
    })
  })
}
