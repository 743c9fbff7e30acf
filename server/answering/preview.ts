import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { offerLanguages } from '../campaigns/index.ts'
import { isLocale, wholeLocaleOf, type Locale } from '../locales.ts'
import { faultWords, type DefinitionFault, type QuestionnaireVersion } from '../questionnaires/index.ts'
import type { PageServices } from '../web/pages.ts'
import { bodyOf } from '../web/body.ts'
import { Problem } from '../web/problems.ts'
import { answersOf, type Draft } from './draft.ts'
import { gapsView } from './pages.ts'
import { carryOver, emptyDraft } from './preview-draft.ts'
import { scoresView } from './preview-scores.ts'
import { applyForm, strangeFields, type SheetBody } from './sheet-form.ts'
import { sendSheet } from './sheet-page.ts'
import { askedOf, planSheets, sheetsSeen } from './sheets.ts'
import type { ShownSitting } from './sitting.ts'
import { wordsIn } from '../web/words.ts'

/** A file as it is at this moment: a questionnaire, or what is wrong with it. */
export type PreviewedFile =
  | { readonly version: QuestionnaireVersion; readonly faults?: undefined }
  | { readonly version?: undefined; readonly faults: readonly DefinitionFault[] }

const params = z.object({ sheet: z.coerce.number().int().min(1).max(1000) })
const formBody = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

type SheetRequest = FastifyRequest<{ Params: z.infer<typeof params> }>

/**
 * The screens of one questionnaire for whoever is writing it: drawn by what draws them for the people who are asked, from one
 * screen to the next, to a review page with every score of what was typed. `read` is asked at each page, so that a change
 * of the file shows at once. The answers of one visitor lie in memory, and nowhere else.
 */
export function addPreviewRoutes(
  app: FastifyInstance,
  services: PageServices,
  from: { file: string; read: () => Promise<PreviewedFile>; language?: Locale | undefined },
): void {
  let draft: Draft | undefined
  let language = from.language

  app.addHook('onRequest', (request, _reply, done) => {
    const asked = (request.query as { lang?: unknown } | undefined)?.lang
    if (isLocale(asked)) language = asked
    if (language) request.locale = language
    done()
  })

  app.get('/', async (request, reply) => {
    request.locale = wholeLocaleOf(request.locale)
    const { version, faults } = await from.read()
    const reference = version && `${version.slug}@${version.version}`
    return reply.page('answering/preview', {
      file: from.file,
      reference: reference ?? '',
      faultCount: faults?.length ?? 0,
      state: stateOf({ version, faults } as PreviewedFile),
    })
  })

  // what preview.js asks once a second: another answer means that the file was changed
  app.get('/state', async (_request, reply) => reply.type('text/plain').send(stateOf(await from.read())))

  app.post('/restart', async (_request, reply) => {
    draft = undefined
    return reply.redirect('/', 303)
  })

  app.get('/answer', async (_request, reply) => reply.redirect('/answer/1'))

  app.get('/answer/:sheet(^\\d+$)', { schema: { params } }, (request: SheetRequest, reply) =>
    orFaults(request, reply, async (version) => {
      const sitting = sittingOf(version)
      const { sheet: number } = request.params
      const sheet = sitting.sheets.find((one) => one.number >= number) ?? sitting.sheets.at(-1)!
      return sendSheet(services, request, reply, { sitting, sheet })
    }),
  )

  app.post('/answer/:sheet(^\\d+$)', { schema: { params } }, (request: SheetRequest, reply) =>
    orFaults(request, reply, async (version) => {
      const body = bodyOf(request, formBody)
      const { number, wrong } = keep(version, request.params.sheet, body)
      const sitting = sittingOf(version)
      const sheet = sitting.sheets.find((one) => one.number === number)
      if (wrong.length > 0 && sheet)
        return sendSheet(services, request, reply, { sitting, sheet, refused: { body, wrong } })
      const { go } = body
      const other = request.locales.find((locale) => locale === go)
      if (other) {
        language = other
        return reply.redirect(`/answer/${number}`, 303)
      }
      const next = sitting.sheets.find((one) => one.number > number)
      const back = sitting.sheets.findLast((one) => one.number < number)
      if (go === 'back') return reply.redirect(`/answer/${back?.number ?? number}`, 303)
      return reply.redirect(go === 'next' && next ? `/answer/${next.number}` : '/answer/review', 303)
    }),
  )

  app.post('/answer/:sheet(^\\d+$)/save', { schema: { params } }, async (request: SheetRequest, reply) => {
    const { version } = await from.read()
    if (!version) throw new Problem('invalid_input')
    const { wrong } = keep(version, request.params.sheet, bodyOf(request, formBody))
    if (wrong.length > 0) throw new Problem('invalid_input')
    return reply.code(204).send()
  })

  app.get('/answer/review', (request, reply) =>
    orFaults(request, reply, async (version) => {
      request.locale = wholeLocaleOf(request.locale)
      const words = wordsIn(services.texts, request.locale)
      const sitting = sittingOf(version)
      const answers = answersOf(sitting.draft, version.slug, askedOf(version, sitting.draft))
      const score = version.score(answers, sitting.draft.sex)
      return reply.page('answering/preview-review', {
        hideLanguages: true,
        ...gapsView(sitting, words),
        ...scoresView(version.definition, score, words),
      })
    }),
  )

  async function orFaults(
    request: FastifyRequest,
    reply: FastifyReply,
    show: (version: QuestionnaireVersion) => Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const { version, faults } = await from.read()
    if (version) {
      offerLanguages(request, [version], services.texts)
      return show(version)
    }
    request.locale = wholeLocaleOf(request.locale)
    const { say } = wordsIn(services.texts, request.locale)
    const rows = faults.map((fault) => ({ line: fault.line, column: fault.column, message: faultWords(fault, say) }))
    return reply.page(
      'answering/preview-faults',
      { hideLanguages: true, file: from.file, faults: rows },
      { status: 422 },
    )
  }

  function sittingOf(version: QuestionnaireVersion): ShownSitting {
    if (draft?.questionnaires[0]?.hash !== version.hash) draft = draft ? carryOver(draft, version) : emptyDraft(version)
    const plan = planSheets([version], draft.asksSex)
    const contact = { name: services.texts.text('ja', 'preview.contact') }
    return {
      draft,
      plan,
      sheets: sheetsSeen(plan, draft),
      identity: { timeZone: 'Asia/Tokyo', companyName: '' },
      // a frame of its own for each version: what is drawn once is drawn anew when the file changes
      frame: { contact },
    }
  }

  /** Lays a sent screen over the answers, as saving does for the people who are asked. */
  function keep(version: QuestionnaireVersion, number: number, body: SheetBody) {
    const { plan, draft: before } = sittingOf(version)
    const sheet = plan[number - 1]
    if (!sheet) throw new Problem('not_found')
    if (sheet.kind === 'sex') {
      const sex = body['a_sex']
      draft = { ...before, sex: sex === 'male' || sex === 'female' ? sex : sex === 'none' ? null : before.sex }
      return { number, wrong: [] }
    }
    if (strangeFields(sheet, body).length > 0) throw new Problem('invalid_input')
    const formId = typeof body['form_id'] === 'string' ? body['form_id'] : ''
    const applied = applyForm(before, sheet, body, formId)
    draft = applied.draft
    return { number, wrong: applied.wrong }
  }
}

/** Changes whenever the file does. */
function stateOf({ version, faults }: PreviewedFile): string {
  return version ? version.hash : faults.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n')
}
