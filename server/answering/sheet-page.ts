import type { FastifyReply, FastifyRequest } from 'fastify'
import { ownWordsOf, type Answer, type AskedItem, type OwnWords } from '../../analysis/scoring/index.ts'
import type { Services } from '../services.ts'
import { isValidatedIn } from '../questionnaires/index.ts'
import { helpFor } from '../web/help/index.ts'
import { drawShell, type Shell } from '../web/shell.ts'
import { isAnswered, type Wrong } from './draft.ts'
import { isNumbered, progressOf } from './pages.ts'
import { fieldOf, hasTypedField, wasFieldOf, type SheetBody } from './sheet-form.ts'
import { writtenIn, type ItemsSheet, type Sheet } from './sheets.ts'
import type { ShownSitting } from './sitting.ts'
import { wordsIn, type Read, type Say, type Words } from '../web/words.ts'

/** What was just sent and not taken: typed values stay as typed. */
export interface Refused {
  body: SheetBody
  wrong: readonly Wrong[]
}

/** One screen of a sitting, as it stands in the draft or, refused, as it was sent. */
export function sendSheet(
  services: Pick<Services, 'texts' | 'renderer'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { sitting, sheet, refused }: { sitting: ShownSitting; sheet: Sheet; refused?: Refused },
): Promise<FastifyReply> {
  const { locale, locales } = request
  const { timeZone, companyName } = sitting.identity
  const words = wordsIn(services.texts, locale)
  const { say } = words
  const progress = progressOf(sitting, say)
  const help = drawHelp(services, request, writtenIn(sitting.draft, sitting.plan))
  if (sheet.kind === 'sex') {
    const view = {
      ...around(sitting, sheet),
      ...progress,
      errors: [],
      kind: 'sex',
      heading: say('answering.sex.title'),
    }
    return reply.page('answering/sheet', { ...view, help, sexIs: sitting.draft.sex ?? '' })
  }
  const errors = (refused?.wrong ?? []).map((one) => ({
    field: fieldOf(one.itemId),
    message: faultWords(sheet, one, say),
  }))
  const draw = (item: object) =>
    services.renderer.render('answering/item', { locale, timeZone, data: { ...item, errors } })
  const questions = questionsOf(sitting, sheet, words, draw, refused)
  const view = { ...around(sitting, sheet), ...headOf(sheet, words), errors, kind: 'items' }
  if (refused) {
    const html = Buffer.concat(questions).toString()
    return reply.page('answering/sheet', { ...view, ...progress, help, questions: html }, { status: 400 })
  }
  const { progressMax } = progress
  // screens and items that are not asked of everybody change these
  const shape = `${view.hasBack} ${view.isLast} ${progressMax}`
  const shell = shellOf(sitting.frame, `${sheet.number} ${locale} ${shape}`, () => {
    const data = { ...view, companyName, progressMax }
    return drawShell(services.renderer, 'answering/sheet', { locale, locales, timeZone, data }, holes)
  })
  const { progressValue, progressWords } = progress
  return reply.pageFrom(shell, { progressValue, progressWords, questions, help: [Buffer.from(help)] })
}

/** Help lines where one of these texts holds words of the kept list; otherwise nothing at all. */
export function drawHelp(
  services: Pick<Services, 'renderer'>,
  { locale }: FastifyRequest,
  written: readonly string[],
): string {
  const data = helpFor(written, locale)
  return data.helpLines ? services.renderer.render('web/help-lines', { locale, timeZone: 'UTC', data }) : ''
}

/** The questions of a screen before anybody answered, with what stands above them: for those who write or review them. */
export function drawEmptySheet(
  services: Pick<Services, 'texts' | 'renderer'>,
  locale: string,
  sheet: ItemsSheet,
): ReturnType<typeof headOf> & { questions: string } {
  const words = wordsIn(services.texts, locale)
  const questions = sheet.items.map((asked) => {
    const lines = ownWordsOf(asked).map((one) => wordsView(one, undefined, undefined))
    const data = { ...itemView(sheet, asked, undefined, words.read, lines, undefined), errors: [] }
    return services.renderer.render('answering/item', { locale, timeZone: 'UTC', data })
  })
  return { ...headOf(sheet, words), questions: questions.join('') }
}

const holes = ['csrf', 'formId', 'progressValue', 'progressWords', 'questions', 'help']

const shells = new WeakMap<object, Map<string, Shell>>()

/** What stands around the questions of a screen is the same for everybody in a campaign: drawn once per language while the frame is fresh. */
function shellOf(frame: ShownSitting['frame'], name: string, draw: () => Shell): Shell {
  let known = shells.get(frame)
  if (!known) shells.set(frame, (known = new Map()))
  let shell = known.get(name)
  if (!shell) known.set(name, (shell = draw()))
  return shell
}

const around = ({ sheets, frame }: ShownSitting, sheet: Sheet) => ({
  contact: frame.contact,
  hideLanguages: true,
  action: `/answer/${sheet.number}`,
  hasBack: sheet.number > sheets[0]!.number,
  // once everything was seen, people come from the review page to fill one gap
  isLast: sheet.number === sheets.at(-1)!.number,
})

const headOf = ({ section, version, part, parts }: ItemsSheet, { locale, say, read }: Words) => ({
  heading: read(section.title),
  partWords: parts > 1 ? say('answering.sheet.part', { part, parts }) : '',
  instruction: read(section.instruction),
  unvalidated: isValidatedIn(version.definition, locale) ? '' : say('web.unvalidated'),
})

/** Draws templates/answering/item.hbs in the page's language. */
type DrawItem = (item: Record<string, unknown>) => string

const drawn = new WeakMap<AskedItem, Map<string, Buffer>>()

/**
 * A question with one choice looks the same for everybody who chose the same: drawn once per language and choice, for as
 * long as the process lives. It holds nothing of who chose it.
 */
function drawOnce(asked: AskedItem, key: string, draw: () => Buffer): Buffer {
  let known = drawn.get(asked)
  if (!known) drawn.set(asked, (known = new Map()))
  let html = known.get(key)
  if (html === undefined) known.set(key, (html = draw()))
  return html
}

function questionsOf(
  { draft }: ShownSitting,
  sheet: ItemsSheet,
  { locale, read }: Words,
  draw: DrawItem,
  refused: Refused | undefined,
): Buffer[] {
  const answers = draft.answers[sheet.version.slug] ?? {}
  return sheet.items.map((asked) => {
    const answer = answers[asked.id]
    const words = ownWordsOf(asked).map((one) => wordsView(one, answers[one.asked.id], refused))
    const drawItem = () => Buffer.from(draw(itemView(sheet, asked, answer, read, words, refused)))
    // what somebody wrote is theirs alone
    const hasOneChoice = (asked.item.type === 'single' || asked.item.type === 'rating') && words.length === 0
    return hasOneChoice && !refused ? drawOnce(asked, `${locale} ${String(answer ?? '')}`, drawItem) : drawItem()
  })
}

/** A line for own words as templates/answering/item.hbs draws it, under the option it belongs to. */
interface WordsView {
  option: string
  field: string
  wasField: string
  was: 'filled' | 'empty'
  most: number
  rows: number
  filledText: string
}

/** From so many characters on a line gets room for more than one. */
const longWords = 100

function wordsView({ value, asked }: OwnWords, answer: Answer | undefined, refused: Refused | undefined): WordsView {
  const typed = refused?.body[fieldOf(asked.id)]
  const most = asked.item.type === 'text' ? asked.item.max_length : 0
  return {
    option: String(value),
    field: fieldOf(asked.id),
    wasField: wasFieldOf(asked.id),
    was: isAnswered(answer) ? 'filled' : 'empty',
    most,
    rows: most > longWords ? 3 : 0,
    filledText: typeof typed === 'string' ? typed : typeof answer === 'string' ? answer : '',
  }
}

function itemView(
  sheet: ItemsSheet,
  asked: AskedItem,
  answer: Answer | undefined,
  read: Read,
  words: readonly WordsView[],
  refused: Refused | undefined,
): Record<string, unknown> {
  const { item } = asked
  const typed = refused?.body[fieldOf(asked.id)]
  const chosen = new Set([answer ?? []].flat().map(String))
  const common = {
    field: fieldOf(asked.id),
    no: isNumbered(sheet) ? String(sheet.numbers.get(asked.id)) : '',
    words: read(item.text),
    stem: read(item.stem),
    help: read(item.help),
    wasField: hasTypedField(asked) || item.type === 'multiple' ? wasFieldOf(asked.id) : '',
    was: isAnswered(answer) ? 'filled' : 'empty',
    filledText: typeof typed === 'string' ? typed : answer === undefined || answer === null ? '' : String(answer),
  }
  if (item.type === 'single' || item.type === 'multiple') {
    const choices = asked.options.map((option) => ({
      no: String(option.value),
      words: read(option.text),
      checked: chosen.has(String(option.value)),
      ownWords: words.find((one) => one.option === String(option.value)),
    }))
    return { ...common, kind: 'choices', many: item.type === 'multiple', choices, wordFields: words }
  }
  if (item.type === 'rating') {
    const values = Array.from({ length: item.max - item.min + 1 }, (_none, step) => item.min + step)
    const ends: Record<number, string> = {
      [item.min]: read(item.low),
      [item.max]: read(item.high),
    }
    const choices = values.map((value) => ({
      no: String(value),
      words: ends[value] ? `${value} ${ends[value]}` : String(value),
      checked: chosen.has(String(value)),
    }))
    return { ...common, kind: 'choices', many: false, choices }
  }
  if (item.type === 'number')
    return { ...common, kind: 'number', unit: read(item.unit), range: { min: item.min, max: item.max } }
  if (item.type === 'text') return { ...common, kind: 'text', most: item.max_length, optionalItem: !item.required }
  return { ...common, kind: 'date' }
}

/** What was typed wrongly, with what is allowed. */
function faultWords(sheet: ItemsSheet, { itemId, fault }: Wrong, say: Say): string {
  const all = sheet.items.flatMap((asked) => [asked, ...ownWordsOf(asked).map((one) => one.asked)])
  const item = all.find((asked) => asked.id === itemId)?.item
  if (item?.type === 'text' && fault === 'too-long') return say('answering.fault.text', { most: item.max_length })
  if (item?.type === 'number') return say('answering.fault.number', { min: item.min, max: item.max })
  return say(`answering.fault.${fault}`)
}
