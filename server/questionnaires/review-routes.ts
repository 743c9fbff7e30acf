import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { staffNames } from '../access/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { formatDate } from '../web/formats.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import type { FieldError } from '../web/render.ts'
import { checkDraft, forbiddenTags } from './draft-check.ts'
import { getDraft, listDrafts, StaleDraft } from './draft-queries.ts'
import type { AnyHandle } from './draft-tables.ts'
import { readWorking } from './draft-working.ts'
import { isTicked, typedText, type Typed } from './editor-fields.ts'
import { reviewDraft } from './own-actions.ts'
import { revisionOf, sayIn } from './own-desk.ts'
import { stateKind } from './own-pages.ts'
import { factRows, inLocale, questionsView } from './own-questions.ts'

const shownStates = ['in_review', 'approved', 'refused', 'published'] as const
const mostWords = 2_000

/** `/implementer/questionnaires…`: what HR wants to ask beside the stress check, read question by question, and the verdict on it. */
export async function addReviewRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')

    scope.get('/implementer/questionnaires', async (request, reply) => {
      const { companyId, timeZone } = identityOf(request)
      const { rows, names } = await asAudience(services, request, async (db: AnyHandle) => {
        const rows = await listDrafts(db, companyId, shownStates)
        const people = rows.flatMap(({ sent_by: one }) => (one ? [one] : []))
        return { rows, names: await staffNames(db, companyId, people) }
      })
      const say = sayIn(services, request)
      const sorted = [...rows].sort(
        (a, b) => shownStates.indexOf(a.state as 'approved') - shownStates.indexOf(b.state as 'approved'),
      )
      return deskPage(services, request, reply, 'questionnaires/review-list', {
        columns: ['title', 'name', 'state', 'sent'].map((key) => ({ label: say(`questionnaires.list.${key}`) })),
        rows: sorted.map((row) => ({
          cells: [
            {
              text: inLocale(readWorking(row.body).title, request.locale),
              heading: true,
              href: `/implementer/questionnaires/${row.id}`,
            },
            { text: `${row.slug}@${row.version}` },
            {
              text: say(`questionnaires.reviewState.${row.state}`),
              tag: row.state === 'in_review' ? 'strong' : stateKind[row.state],
            },
            {
              text: row.sent_at ? formatDate('date', row.sent_at, request.locale, timeZone) : '',
              note: names.get(row.sent_by ?? '') ?? '',
            },
          ],
        })),
      })
    })

    scope.get('/implementer/questionnaires/:id', (request, reply) => showReview(services, request, reply))

    scope.post('/implementer/questionnaires/:id', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const id = idOf(request)
      const typed = (request.body ?? {}) as Typed
      const say = sayIn(services, request)
      const revision = revisionOf(typed)
      const verdict = typedText(typed, 'verdict')
      const words = typedText(typed, 'words')
      const errors: FieldError[] = []
      if (verdict !== 'yes' && verdict !== 'no')
        errors.push({ field: 'verdict', message: say('questionnaires.review.error.verdict') })
      if (verdict === 'yes' && !isTicked(typed, 'none_forbidden'))
        errors.push({ field: 'none_forbidden', message: say('questionnaires.review.error.none') })
      if ((verdict === 'no' && words === '') || words.length > mostWords)
        errors.push({ field: 'words', message: say('questionnaires.review.error.words') })
      if (errors.length > 0) return showReview(services, request, reply, { typed, errors })
      try {
        return await once(services, request, reply, async (db: AnyHandle) => {
          const acting = { companyId, userId: subjectId, requestId: request.id }
          const at = services.clock.now()
          await reviewDraft(db, acting, id, { revision, yes: verdict === 'yes', words }, at)
          return '/implementer/questionnaires'
        })
      } catch (error) {
        // HR took it back or sent it anew: what was read is not what lies there now
        if (error instanceof StaleDraft) return showReview(services, request, reply, { typed, errors: [], stale: true })
        throw error
      }
    })
  })
}

async function showReview(
  services: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  back?: { typed: Typed; errors: readonly FieldError[]; stale?: boolean },
): Promise<FastifyReply> {
  const { companyId, timeZone } = identityOf(request)
  const id = idOf(request)
  const { row, names } = await asAudience(services, request, async (db: AnyHandle) => {
    const row = await getDraft(db, companyId, id)
    const people = [row.sent_by, row.reviewed_by, row.licence_attested_by].filter((one) => one !== null)
    return { row, names: await staffNames(db, companyId, people) }
  })
  // while HR is writing it is nobody else's
  const { definition } = checkDraft(readWorking(row.body))
  if (!definition || row.state === 'draft') {
    if (back) throw new Problem('wrong_state')
    throw new Problem('not_found')
  }
  const say = sayIn(services, request)
  const { locale } = request
  const when = (at: Date | null) => (at ? formatDate('dateTime', at, locale, timeZone) : '')
  const verdict = back ? typedText(back.typed, 'verdict') : ''
  const facts = factRows(definition, locale, say)
  if (row.licence_name)
    facts.push({
      key: say('questionnaires.fact.attested'),
      value: say('questionnaires.draft.attested', {
        licence: row.licence_name,
        name: names.get(row.licence_attested_by ?? '') ?? '',
        at: when(row.licence_attested_at),
      }),
    })
  facts.push({
    key: say('questionnaires.fact.sent'),
    value: say('questionnaires.draft.reviewedBy', { name: names.get(row.sent_by ?? '') ?? '', at: when(row.sent_at) }),
  })
  return deskPage(
    services,
    request,
    reply,
    'questionnaires/review',
    {
      draftTitle: inLocale(definition.title, locale),
      stateLabel: say(`questionnaires.reviewState.${row.state}`),
      stateTag: row.state === 'in_review' ? 'strong' : stateKind[row.state],
      facts,
      ...questionsView(definition, locale, say),
      action: `/implementer/questionnaires/${id}`,
      pagesHref: `/implementer/questionnaires/${id}/pages`,
      revisionNo: String(row.revision),
      mayReview: row.state === 'in_review',
      verdicts: ['yes', 'no'].map((one) => ({
        value: one,
        label: say(`questionnaires.review.${one}`),
        checked: one === verdict,
      })),
      forbiddenKinds: forbiddenTags.map((tag) => say(`questionnaires.tag.${tag}`)),
      noneTicked: back ? isTicked(back.typed, 'none_forbidden') : false,
      wordsTyped: back ? typedText(back.typed, 'words') : '',
      reviewWords: row.review_words ?? '',
      reviewedBy: say('questionnaires.draft.reviewedBy', {
        name: names.get(row.reviewed_by ?? '') ?? '',
        at: when(row.reviewed_at),
      }),
      wasReviewed: row.reviewed_at !== null && row.state !== 'in_review',
      ...(back?.stale && {
        notice: { kind: 'warn', title: say('questionnaires.stale.title'), text: say('questionnaires.review.stale') },
      }),
    },
    { status: back?.stale ? 409 : (back?.errors.length ?? 0) > 0 ? 400 : 200, errors: back?.errors ?? [] },
  )
}
