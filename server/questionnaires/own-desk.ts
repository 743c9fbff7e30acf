import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { checkDraft } from './draft-check.ts'
import { changeDraft, getDraft, StaleDraft, type DraftRow } from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { readWorking, writeWorking, type Working } from './draft-working.ts'
import type { Say, Typed } from './editor-fields.ts'

/** Texts in the language of the page. */
export const sayIn =
  (services: Services, request: FastifyRequest): Say =>
  (key, params) =>
    services.texts.text(request.locale, key, params)

export const addressOf = (draftId: string) => `/hr/questionnaires/drafts/${draftId}`

/** May HR still write in it? */
export const isOpen = ({ state }: Pick<DraftRow, 'state'>) => state === 'draft' || state === 'refused'

/** A form that was not taken: what is wrong with it, at its fields. Nothing was stored. */
export class RefusedForm extends Error {
  readonly errors: readonly FieldError[]
  constructor(errors: readonly FieldError[]) {
    super('the form was refused')
    this.name = 'RefusedForm'
    this.errors = errors
  }
}

/** The revision a form was made from. @throws {Problem} invalid_input for what no form of ours sends */
export function revisionOf(typed: Typed): number {
  const text = typed['revision']
  if (typeof text !== 'string' || !/^[1-9]\d{0,8}$/.test(text)) throw new Problem('invalid_input')
  return Number(text)
}

export async function loadDraft(services: Services, request: FastifyRequest, id: string): Promise<DraftRow> {
  const { companyId } = identityOf(request)
  return asAudience(services, request, (db: AnyHandle) => getDraft(db, companyId, id))
}

/** How a form that came back is to be shown: what was typed, what is wrong with it, or that the draft changed meanwhile. */
export interface ComeBack {
  typed: Typed
  errors: readonly FieldError[]
  stale: boolean
}

/**
 * Saves one form of the editor: the draft as the form showed it, the form laid over it, stored when nothing is wrong with
 * that part. What is wrong elsewhere in the draft keeps nobody from saving. `apply` changes the draft in place and returns
 * what is wrong; `goTo` says where to go. Refused or overtaken by another tab, `again` shows the form with all that was typed.
 */
export async function saveDraft(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: string,
  form: {
    apply: (working: Working, typed: Typed, db: AnyHandle) => Promise<readonly FieldError[]> | readonly FieldError[]
    goTo: () => string
    again: (row: DraftRow, back: ComeBack) => Promise<FastifyReply>
  },
): Promise<FastifyReply> {
  const { companyId, subjectId } = identityOf(request)
  const typed = (request.body ?? {}) as Typed
  const revision = revisionOf(typed)
  try {
    return await once(services, request, reply, async (db: AnyHandle) => {
      const row = await getDraft(db, companyId, id)
      if (!isOpen(row)) throw new Problem('wrong_state')
      if (row.revision !== revision) throw new StaleDraft()
      const working = readWorking(row.body)
      const errors = await form.apply(working, typed, db)
      if (errors.length > 0) throw new RefusedForm(errors)
      const { slug, version } = working
      const body = writeWorking(working)
      await changeDraft(db, companyId, id, revision, { body, slug, version, userId: subjectId }, services.clock.now())
      return form.goTo()
    })
  } catch (error) {
    if (!(error instanceof RefusedForm) && !(error instanceof StaleDraft)) throw error
    const row = await loadDraft(services, request, id)
    const stale = error instanceof StaleDraft
    return form.again(row, { typed, errors: stale ? [] : error.errors, stale })
  }
}

/** The faults of a draft, from the point of view of one part of it. */
export const faultsIn = (working: Working) => checkDraft(working).faults ?? []

/** What a form shows above it when another tab was faster; status 409. */
export function staleNotice(back: ComeBack | undefined, say: Say): Record<string, unknown> {
  if (!back?.stale) return {}
  return {
    notice: { kind: 'warn', title: say('questionnaires.stale.title'), text: say('questionnaires.stale.text') },
    showStored: true,
  }
}

export const statusOf = (back: ComeBack | undefined) => (back === undefined ? 200 : back.stale ? 409 : 400)
