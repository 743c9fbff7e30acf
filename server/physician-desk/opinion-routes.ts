import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { dateIn } from '../clock.ts'
import { getRequest, type InterviewRequest } from '../results/index.ts'
import type { Services } from '../services.ts'
import { asAudience, identityOf, workplacesInReach } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { auditDesk } from './desk-audit.ts'
import {
  findMissingItems,
  findUnreadable,
  guidances,
  hourLimits,
  opinionFormSchema,
  otherLimits,
  typedValues,
  uncheckedWording,
  workCategories,
  type TypedForm,
  type WrongField,
} from './opinion-form.ts'
import { previewOf, readOpinion, releaseOpinion, saveOpinion, type Release } from './opinions.ts'
import { nameOf, opinionFields, releasedRows, wordsOf } from './pages.ts'
import { memberOf } from './people.ts'
import type { AnyHandle, DeskTables } from './tables.ts'

const lists = {
  mind_body: ['none', 'found'],
  guidance: guidances,
  work_category: workCategories,
  hours: hourLimits,
  other_limits: otherLimits,
}

/** The report and opinion form, its preview of what the company gets, and the release. */
export function addOpinionRoutes(scope: FastifyInstance, services: Services): void {
  scope.get('/physician/requests/:id/opinion', (request, reply) => formPage(services, request, reply))

  scope.post('/physician/requests/:id/opinion', async (request, reply) => {
    const id = idOf(request)
    const parsed = opinionFormSchema.safeParse(request.body ?? {})
    if (!parsed.success)
      return formPage(services, request, reply, {
        wrong: findUnreadable(parsed.error),
        form: typedValues((request.body ?? {}) as Record<string, unknown>),
      })
    const preview = (request.body as Record<string, unknown>)['go'] === 'preview'
    const wrong = (preview ? findMissingItems(parsed.data) : []).map((field) => ({ field, text: field }))
    if (wrong.length > 0) return formPage(services, request, reply, { wrong, form: parsed.data })
    return once<DeskTables>(services, request, reply, async (db) => {
      const { companyId, subjectId } = identityOf(request)
      const asked = await askedFor(db, request, id)
      await saveOpinion(
        db,
        services.vault,
        { companyId, requestId: id, subjectId: asked.subjectId, authorId: subjectId },
        parsed.data,
        services.clock.now(),
      )
      await auditDesk(services, db, request, {
        action: 'opinion.saved',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.opinion',
        objectKind: 'opinion',
        objectId: id,
      })
      return `/physician/requests/${id}/opinion${preview ? '/preview' : ''}`
    })
  })

  scope.get('/physician/requests/:id/opinion/preview', (request, reply) => previewPage(services, request, reply))

  scope.post('/physician/requests/:id/opinion/release', async (request, reply) => {
    const id = idOf(request)
    const explained = (request.body as Record<string, unknown> | undefined)?.['explained'] === 'yes'
    if (!explained) return previewPage(services, request, reply, ['explained'])
    return once<DeskTables>(services, request, reply, async (db) => {
      const asked = await askedFor(db, request, id)
      await releaseOpinion(db, services.vault, releaseOf(services, request, asked), explained, services.clock.now())
      await auditDesk(services, db, request, {
        action: 'opinion.released',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.opinion',
        objectKind: 'opinion',
        objectId: id,
      })
      return `/physician/requests/${id}`
    })
  })
}

/** @throws {Problem} not_found out of reach, wrong_state for a withdrawn request or before the interview */
async function askedFor(db: AnyHandle, request: FastifyRequest, id: string): Promise<InterviewRequest> {
  const asked = await getRequest(db, identityOf(request).companyId, id, workplacesInReach(request))
  if (asked.withdrawnAt || !asked.interview) throw new Problem('wrong_state')
  return asked
}

function releaseOf(services: Services, request: FastifyRequest, asked: InterviewRequest): Release {
  const { companyId, subjectId, timeZone } = identityOf(request)
  return {
    companyId,
    request: asked,
    physician: { id: subjectId, name: request.staffName ?? '' },
    today: dateIn(timeZone, services.clock.now()),
    timeZone,
  }
}

async function formPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  again: { wrong: readonly WrongField[]; form?: TypedForm } = { wrong: [] },
): Promise<FastifyReply> {
  const id = idOf(request)
  const { companyId } = identityOf(request)
  const words = wordsOf(services.texts, request.locale)
  const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
    const asked = await askedFor(db, request, id)
    const opinion = await readOpinion(db, services.vault, companyId, id)
    if (opinion?.releasedAt) throw new Problem('wrong_state')
    if (opinion)
      await auditDesk(services, db, request, {
        action: 'opinion.opened',
        subjectId: asked.subjectId,
        reason: 'physician-desk.reason.opinion',
        objectKind: 'opinion',
        objectId: id,
      })
    const form = again.form ?? opinion?.form ?? opinionFormSchema.parse({})
    const member = await memberOf(services, db, request, asked.subjectId)
    return {
      id,
      personHref: `/physician/requests/${id}`,
      personName: nameOf(member, words),
      saved: opinion !== undefined,
      ...opinionFields(form, words, uncheckedWording, lists),
    }
  })
  const errors = again.wrong.map(({ field, text }) => ({ field, message: words(`form.errors.${text}`) }))
  return deskPage(services, request, reply, 'physician-desk/opinion', data, { errors })
}

async function previewPage(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  wrong: readonly string[] = [],
): Promise<FastifyReply> {
  const id = idOf(request)
  const { companyId, timeZone } = identityOf(request)
  const words = wordsOf(services.texts, request.locale)
  const data = await asAudience<DeskTables, Record<string, unknown>>(services, request, async (db) => {
    const asked = await askedFor(db, request, id)
    const release = releaseOf(services, request, asked)
    const content = previewOf(await readOpinion(db, services.vault, companyId, id), release)
    if (!content || asked.opinionReleasedAt) throw new Problem('wrong_state')
    await auditDesk(services, db, request, {
      action: 'opinion.previewed',
      subjectId: asked.subjectId,
      reason: 'physician-desk.reason.opinion',
      objectKind: 'opinion',
      objectId: id,
    })
    const member = await memberOf(services, db, request, asked.subjectId)
    return {
      id,
      opinionHref: `/physician/requests/${id}/opinion`,
      personName: nameOf(member, words),
      rows: releasedRows(content, words, request.locale, timeZone),
    }
  })
  const errors = wrong.map((field) => ({ field, message: words('preview.explainedFirst') }))
  return deskPage(services, request, reply, 'physician-desk/preview', data, { errors })
}
