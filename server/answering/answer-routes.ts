import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { findInvitation, getCampaign, offerLanguagesOfInvitation } from '../campaigns/index.ts'
import { isResultReleased } from '../results/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { bodyOf } from '../web/body.ts'
import { contactOf } from '../web/contact.ts'
import { isLocale } from '../locales.ts'
import { Problem } from '../web/problems.ts'
import type { Wrong } from './draft.ts'
import { firstOpenSheet, reviewView } from './pages.ts'
import { drawHelp, sendSheet, type Refused } from './sheet-page.ts'
import { applyForm, fieldOf, strangeFields, type SheetBody } from './sheet-form.ts'
import { sheetsSeen, takesWords, writtenIn, type Sheet } from './sheets.ts'
import { changeDraft, Elsewhere, invitationOf, loadSitting, orElsewhere } from './sitting.ts'
import type { AnyHandle } from './tables.ts'
import { wordsIn } from '../web/words.ts'

const params = z.object({ sheet: z.coerce.number().int().min(1).max(1000) })
const formBody = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const formId = z.uuid()

// the pages of the peak: everybody walks through them in the same weeks
const entersByItself = { config: { entersByItself: true } } as const

interface Saved {
  body: SheetBody
  wrong: Wrong[]
  seen: readonly Sheet[]
  /** what stands on the screen in the person's own words; undefined where it takes none */
  written: string[] | undefined
}

type SheetRequest = FastifyRequest<{ Params: z.infer<typeof params> }>

/** `/answer…`: the screens of a sitting. Every one is saved by its own buttons; with script also at each change. */
export function addAnswerRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'participant')

  app.get('/answer', entersByItself, (request, reply) =>
    orElsewhere(reply, async () => {
      const { sheets, draft } = await loadSitting(services, request)
      const open = firstOpenSheet(sheets, draft)
      return reply.redirect(open ? `/answer/${open.number}` : '/answer/review')
    }),
  )

  app.get('/answer/:sheet(^\\d+$)', { ...entersByItself, schema: { params } }, (request: SheetRequest, reply) =>
    orElsewhere(reply, () => showSheet(request, reply)),
  )

  async function showSheet(request: SheetRequest, reply: FastifyReply, refused?: Refused): Promise<FastifyReply> {
    const sitting = await loadSitting(services, request)
    const sheet = sitting.sheets.find(({ number }) => number === request.params.sheet)
    // not asked of this person, or not any more: on to what is
    if (!sheet) throw sitting.plan[request.params.sheet - 1] ? new Elsewhere('/answer') : new Problem('not_found')
    return sendSheet(services, request, reply, { sitting, sheet, ...(refused && { refused }) })
  }

  app.post('/answer/:sheet(^\\d+$)', { ...entersByItself, schema: { params } }, (request: SheetRequest, reply) =>
    orElsewhere(reply, async () => {
      const { body, wrong, seen } = await save(request)
      if (wrong.length > 0) return showSheet(request, reply, { body, wrong })
      return reply.redirect(afterSheet(request.params.sheet, seen, body['go']), 303)
    }),
  )

  // what autosave.js sends at each change; JSON problems on the way back. Screens that take words answer with help lines
  // or with nothing, and always with the same status: a log tells none from the other
  app.post(
    '/answer/:sheet(^\\d+$)/save',
    { ...entersByItself, schema: { params } },
    async (request: SheetRequest, reply) => {
      const { wrong, written } = await save(request).catch((error: unknown) => {
        // a script is not sent to another page
        if (error instanceof Elsewhere)
          throw new Problem(error.location === '/answer/submitted' ? 'already_submitted' : 'sign_in_needed')
        throw error
      })
      if (wrong.length > 0) throw new Problem('invalid_input', wrong.map(faultField))
      if (!written) return reply.code(204).send()
      return reply.type('text/html; charset=utf-8').send(drawHelp(services, request, written))
    },
  )

  /** Merges the form into the draft. What is typed wrongly keeps what it had and is returned; an option that does not exist is refused whole. */
  async function save(request: SheetRequest): Promise<Saved> {
    const body = bodyOf(request, formBody)
    const form = formId.safeParse(body['form_id'])
    if (!form.success) throw new Problem('form_expired')
    return changeDraft(services, request, (draft, sheets) => {
      const sheet = sheetOf(sheets, request.params.sheet)
      if (sheet.kind === 'sex') {
        const sex = body['a_sex']
        if (sex !== undefined && sex !== 'male' && sex !== 'female' && sex !== 'none') throw notAnOption('a_sex')
        const told = sex === 'none' ? null : (sex ?? draft.sex)
        return {
          draft: { ...draft, sex: told },
          result: { body, wrong: [], seen: sheetsSeen(sheets, draft), written: undefined },
        }
      }
      const [strange] = strangeFields(sheet, body)
      if (strange !== undefined) throw notAnOption(strange)
      const applied = applyForm(draft, sheet, body, form.data)
      const invented = applied.wrong.find((one) => one.fault === 'not-an-option' || one.fault === 'unknown-item')
      if (invented) throw notAnOption(fieldOf(invented.itemId))
      const seen = sheetsSeen(sheets, applied.draft)
      const written = takesWords(sheet) ? writtenIn(applied.draft, [sheet]) : undefined
      return { draft: applied.draft, result: { body, wrong: applied.wrong, seen, written } }
    })
  }

  app.get('/answer/review', entersByItself, (request, reply) =>
    orElsewhere(reply, async () => {
      const sitting = await loadSitting(services, request)
      return reply.page('answering/review', reviewView(sitting, wordsIn(services.texts, request.locale)))
    }),
  )

  app.get('/answer/submitted', async (request, reply) => {
    const identity = identityOf(request)
    const { companyId } = identity
    const found = await asAudience(services, request, async (db: AnyHandle) => {
      const invitation = await findInvitation(db, companyId, invitationOf(identity))
      if (invitation?.state !== 'submitted') return undefined
      await offerLanguagesOfInvitation(request, db, companyId, invitation.id, services.texts)
      return {
        isReleased: await isResultReleased(db, companyId, invitation.id),
        campaign: await getCampaign(db, companyId, invitation.campaignId),
        contact: await contactOf(services, db, companyId),
      }
    })
    if (!found) return reply.redirect('/answer')
    const { isReleased, campaign, contact } = found
    return reply.page('answering/submitted', {
      contact,
      isReleased,
      isPulse: campaign.kind === 'pulse',
      campaignName: campaign.name,
      closesOn: campaign.closesOn,
    })
  })
}

function sheetOf(sheets: readonly Sheet[], number: number): Sheet {
  const sheet = sheets[number - 1]
  if (!sheet) throw new Problem('not_found')
  return sheet
}

const notAnOption = (field: string) => new Problem('invalid_input', [{ field, key: 'answering.fault.not-an-option' }])
const faultField = (one: Wrong) => ({ field: fieldOf(one.itemId), key: `answering.fault.${one.fault}` })

/**
 * Where a button of a screen leads once the screen is saved: to the next or the one before of those that are asked now.
 * Languages are buttons too, so that changing them loses nothing.
 */
function afterSheet(number: number, seen: readonly Sheet[], go: string | readonly string[] | undefined): string {
  if (go === 'leave') return '/answer/leave'
  if (go === 'review') return '/answer/review'
  if (isLocale(go)) return `/answer/${number}?lang=${go}`
  if (go === 'back') return `/answer/${(seen.findLast((sheet) => sheet.number < number) ?? seen[0]!).number}`
  const next = seen.find((sheet) => sheet.number > number)
  return next ? `/answer/${next.number}` : '/answer/review'
}
