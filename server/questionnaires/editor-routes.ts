import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { nameFault } from './draft-check.ts'
import { namesInUse, type DraftRow } from './draft-queries.ts'
import {
  languagesOf,
  moveItem,
  moveSection,
  readWorking,
  refreshRanges,
  removeItem,
  type Working,
} from './draft-working.ts'
import { errorsOf, faultWords, typedText, type Typed } from './editor-fields.ts'
import { applyHead } from './editor-head.ts'
import { applyItem, findItem, itemTypes, optionsLeftOut, type ItemAddress, type ItemType } from './editor-item.ts'
import { applyScale } from './editor-scale.ts'
import { orphan, showHead, showItem, showScale, showSection } from './editor-pages.ts'
import { applySection } from './editor-section.ts'
import { addressOf, faultsIn, isOpen, loadDraft, saveDraft, sayIn } from './own-desk.ts'

const headKeys = ['title', 'introduction', 'minutes', 'kind', 'slug', 'languages', 'version']

/** Forms of a draft: title and languages, sections, questions, scales; moving and removing. Within forAudience('hr'). */
export function addEditorRoutes(scope: FastifyInstance, services: Services): void {
  const first = (working: Working) => languagesOf(working)[0] ?? 'ja'

  scope.get('/hr/questionnaires/drafts/:id/head', async (request, reply) =>
    showHead(services, request, reply, await openDraft(services, request)),
  )
  scope.post('/hr/questionnaires/drafts/:id/head', async (request, reply) => {
    const id = idOf(request)
    const { companyId } = identityOf(request)
    const say = sayIn(services, request)
    return saveDraft(services, request, reply, id, {
      apply: async (working, typed, db) => {
        applyHead(working, typed)
        const faults = faultsIn(working).filter(({ path }) => headKeys.includes(path.split('.')[0]!))
        const errors = errorsOf(faults, '', first(working), say)
        if (errors.length > 0) return errors
        const taken = await nameFault(working, await namesInUse(db, companyId), id)
        return taken ? [{ field: 'slug', message: faultWords(taken, say) }] : []
      },
      goTo: () => addressOf(id),
      again: (row, back) => showHead(services, request, reply, row, back),
    })
  })

  scope.get('/hr/questionnaires/drafts/:id/section', async (request, reply) =>
    showSection(services, request, reply, await openDraft(services, request), asked(request, 'section')),
  )
  scope.post('/hr/questionnaires/drafts/:id/section', async (request, reply) => {
    const id = idOf(request)
    const sectionId = bodyText(request, 'section')
    return saveDraft(services, request, reply, id, {
      apply: (working, typed) => {
        const path = applySection(working, sectionId, typed)
        return errorsOf(withoutEmpty(faultsIn(working)), path, first(working), sayIn(services, request))
      },
      goTo: () => `${addressOf(id)}#questions`,
      again: (row, back) => showSection(services, request, reply, row, sectionId, back),
    })
  })

  scope.get('/hr/questionnaires/drafts/:id/item', async (request, reply) => {
    const row = await openDraft(services, request)
    const address = itemAddress(request.query as Typed)
    if (!address || !findItem(readWorking(row.body), address)) throw new Problem('not_found')
    return showItem(services, request, reply, row, address)
  })
  scope.post('/hr/questionnaires/drafts/:id/item', async (request, reply) => {
    const id = idOf(request)
    const typed = (request.body ?? {}) as Typed
    const address = itemAddress(typed)
    if (!address) throw new Problem('invalid_input')
    let goTo = `${addressOf(id)}#questions`
    return saveDraft(services, request, reply, id, {
      apply: (working) => {
        const found = findItem(working, address) ?? orphan(working, typed)
        if (optionsLeftOut(working, found, typed))
          return [{ field: 'options_from', message: sayIn(services, request)('questionnaires.option.leftOut') }]
        const path = applyItem(working, found, typed)
        // one question after another: the next form of the same kind
        if (typed['after'] === 'another')
          goTo = `${addressOf(id)}/item?section=${working.sections[found.sectionIndex]!.id}&type=${found.type}`
        return errorsOf(withoutEmpty(faultsIn(working)), path, first(working), sayIn(services, request))
      },
      goTo: () => goTo,
      again: (row, back) => showItem(services, request, reply, row, address, back),
    })
  })

  scope.get('/hr/questionnaires/drafts/:id/scale', async (request, reply) =>
    showScale(services, request, reply, await openDraft(services, request), asked(request, 'scale')),
  )
  scope.post('/hr/questionnaires/drafts/:id/scale', async (request, reply) => {
    const id = idOf(request)
    const scaleId = bodyText(request, 'scale')
    const say = sayIn(services, request)
    return saveDraft(services, request, reply, id, {
      apply: (working, typed) => {
        const path = applyScale(working, scaleId, typed)
        if (path === undefined) return [{ field: '', message: say('questionnaires.fault.formula-empty') }]
        return errorsOf(withoutEmpty(faultsIn(working)), path, first(working), say)
      },
      goTo: () => `${addressOf(id)}#scales`,
      again: (row, back) => showScale(services, request, reply, row, scaleId, back),
    })
  })

  const change =
    (act: (working: Working, what: string, name: string, way: string) => void) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      const id = idOf(request)
      const [what = '', name = '', way = ''] = bodyText(request, 'part')?.split(':') ?? []
      return saveDraft(services, request, reply, id, {
        apply: (working) => {
          act(working, what, name, way)
          refreshRanges(working)
          return []
        },
        goTo: () => `${addressOf(id)}#questions`,
        again: async () => reply.redirect(`${addressOf(id)}?told=stale`, 303),
      })
    }
  scope.post(
    '/hr/questionnaires/drafts/:id/move',
    change((working, what, name, way) => {
      const step = way === 'up' ? -1 : 1
      if (what === 'item') moveItem(working, name, step)
      else if (what === 'section') moveSection(working, name, step)
    }),
  )
  scope.post(
    '/hr/questionnaires/drafts/:id/remove',
    change((working, what, name) => {
      if (what === 'item') removeItem(working, name)
      else if (what === 'scale') working.scales = working.scales.filter(({ id }) => id !== name)
      else if (what === 'section')
        working.sections = working.sections.filter(({ id, items }) => id !== name || items.length > 0)
    }),
  )
}

/** A draft that HR may write in. @throws {Problem} not_found, wrong_state */
async function openDraft(services: Services, request: FastifyRequest): Promise<DraftRow> {
  const row = await loadDraft(services, request, idOf(request))
  if (!isOpen(row)) throw new Problem('wrong_state')
  return row
}

/** An empty section is told on the draft's own page; a scale that lost its items too. */
const withoutEmpty = <Fault extends { code: string }>(faults: readonly Fault[]) =>
  faults.filter(({ code }) => code !== 'section-empty')

const asked = (request: FastifyRequest, name: string) => {
  const value = (request.query as Record<string, unknown>)[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
const bodyText = (request: FastifyRequest, name: string) => typedText((request.body ?? {}) as Typed, name) || undefined

function itemAddress(said: Typed): ItemAddress | undefined {
  const itemId = typedText(said, 'item')
  if (itemId !== '') return { itemId }
  const type = typedText(said, 'type') as ItemType
  return itemTypes.includes(type) ? { sectionId: typedText(said, 'section'), type } : undefined
}
