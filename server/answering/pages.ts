import { scoredItems } from '../../analysis/scoring/index.ts'
import type { Answer, AskedItem } from '../../analysis/scoring/index.ts'
import type { Text } from '../../survey-definitions/schema.ts'
import { countAnswered, isAnswered, type Draft, type Wrong } from './draft.ts'
import type { Say } from './landing-pages.ts'
import { fieldOf, hasTypedField, wasFieldOf, type SheetBody } from './sheet-form.ts'
import type { ItemsSheet, Sheet } from './sheets.ts'
import type { OpenSitting } from './sitting.ts'

const inLocale = (text: Text | undefined, locale: string) => text?.[locale] ?? text?.['ja'] ?? ''

/** The first screen with something left to answer; undefined when there is none. */
export function firstOpenSheet(sheets: readonly Sheet[], draft: Draft): Sheet | undefined {
  return sheets.find((sheet) => openItems(sheet, draft).length > 0 || (sheet.kind === 'sex' && draft.sex === null))
}

/** Items of a screen that the review page names: required ones without an answer. */
function openItems(sheet: Sheet, draft: Draft): AskedItem[] {
  if (sheet.kind === 'sex') return []
  const answers = draft.answers[sheet.version.slug] ?? {}
  return sheet.items.filter((asked) => asked.item.required && !isAnswered(answers[asked.id]))
}

function progressOf({ sheets, draft }: Pick<OpenSitting, 'sheets' | 'draft'>, say: Say) {
  let answered = 0
  let all = 0
  for (const sheet of sheets) {
    if (sheet.kind === 'sex') continue
    answered += countAnswered(draft, sheet.version.slug, sheet.items)
    all += sheet.items.length
  }
  return {
    progressValue: answered,
    progressMax: all,
    progressWords: say('answering.sheet.progress', { answered, all }),
  }
}

/** View model of templates/answering/sheet.hbs. `over` is what was just sent and not taken: typed values stay as typed. */
export function sheetView(
  sitting: OpenSitting,
  sheet: Sheet,
  say: Say,
  locale: string,
  draw: DrawItem,
  over: { body?: SheetBody; wrong?: readonly Wrong[] },
): Record<string, unknown> {
  const { sheets, draft, contact } = sitting
  const common = {
    contact,
    hideLanguages: true,
    ...progressOf(sitting, say),
    action: `/answer/${sheet.number}`,
    hasBack: sheet.number > 1,
    // once everything was seen, people come from the review page to fill one gap
    isLast: sheet.number === sheets.length,
    errors: (over.wrong ?? []).map((one) => ({
      field: fieldOf(one.itemId),
      message: faultWords(sheet, one, say),
    })),
  }
  if (sheet.kind === 'sex')
    return { ...common, kind: 'sex', sexIs: draft.sex ?? '', heading: say('answering.sex.title') }
  const { section, version } = sheet
  return {
    ...common,
    kind: 'items',
    heading: inLocale(section.title, locale),
    partWords: sheet.parts > 1 ? say('answering.sheet.part', { part: sheet.part, parts: sheet.parts }) : '',
    instruction: inLocale(section.instruction, locale),
    unvalidated: version.definition.languages[locale]?.validated !== true ? say('answering.sheet.unvalidated') : '',
    items: itemViews(sheet, draft, locale, draw, over),
  }
}

/** Draws templates/answering/item.hbs in the page's language. */
export type DrawItem = (item: Record<string, unknown>) => string

const drawn = new WeakMap<AskedItem, Map<string, string>>()

/**
 * A question with one choice looks the same for everybody who chose the same: drawn once per language and choice, for as
 * long as the process lives. It holds nothing of who chose it.
 */
function drawOnce(asked: AskedItem, key: string, draw: () => string): string {
  let known = drawn.get(asked)
  if (!known) drawn.set(asked, (known = new Map()))
  let html = known.get(key)
  if (html === undefined) known.set(key, (html = draw()))
  return html
}

function itemViews(
  sheet: ItemsSheet,
  draft: Draft,
  locale: string,
  draw: DrawItem,
  over: { body?: SheetBody; wrong?: readonly Wrong[] },
): Record<string, unknown>[] {
  const answers = draft.answers[sheet.version.slug] ?? {}
  return sheet.items.map((asked, index) => {
    const answer = answers[asked.id]
    const view = () => itemView(sheet, asked, index, answer, locale, over)
    const isPlain = asked.item.type === 'single' || asked.item.type === 'rating'
    if (!isPlain || over.wrong?.length) return view()
    return { html: drawOnce(asked, `${locale} ${String(answer ?? '')}`, () => draw(view())) }
  })
}

function itemView(
  sheet: ItemsSheet,
  asked: AskedItem,
  index: number,
  answer: Answer | undefined,
  locale: string,
  over: { body?: SheetBody },
): Record<string, unknown> {
  const { item } = asked
  const typed = over.body?.[fieldOf(asked.id)]
  const chosen = new Set([answer ?? []].flat().map(String))
  const common = {
    field: fieldOf(asked.id),
    no: isNumbered(sheet) ? String(sheet.firstNumber + index) : '',
    words: inLocale(item.text, locale),
    stem: inLocale(item.stem, locale),
    help: inLocale(item.help, locale),
    wasField: hasTypedField(asked) || item.type === 'multiple' ? wasFieldOf(asked.id) : '',
    was: isAnswered(answer) ? 'filled' : 'empty',
    filledText: typeof typed === 'string' ? typed : answer === undefined || answer === null ? '' : String(answer),
  }
  if (item.type === 'single' || item.type === 'multiple') {
    const choices = asked.options.map((option) => ({
      no: String(option.value),
      words: inLocale(option.text, locale),
      checked: chosen.has(String(option.value)),
    }))
    return { ...common, kind: 'choices', many: item.type === 'multiple', choices }
  }
  if (item.type === 'rating') {
    const values = Array.from({ length: item.max - item.min + 1 }, (_none, step) => item.min + step)
    const ends: Record<number, string> = {
      [item.min]: inLocale(item.low, locale),
      [item.max]: inLocale(item.high, locale),
    }
    const choices = values.map((value) => ({
      no: String(value),
      words: ends[value] ? `${value} ${ends[value]}` : String(value),
      checked: chosen.has(String(value)),
    }))
    return { ...common, kind: 'choices', many: false, choices }
  }
  if (item.type === 'number')
    return { ...common, kind: 'number', unit: inLocale(item.unit, locale), range: { min: item.min, max: item.max } }
  if (item.type === 'text') return { ...common, kind: 'text', most: item.max_length, optionalItem: !item.required }
  return { ...common, kind: 'date' }
}

/** View model of templates/answering/review.hbs. */
export function reviewView(sitting: OpenSitting, say: Say, locale: string): Record<string, unknown> {
  const { sheets, draft, contact, code, identity } = sitting
  const count = sheets.reduce((sum, sheet) => sum + openItems(sheet, draft).length, 0)
  const gaps = sheets.flatMap((sheet) => {
    if (sheet.kind === 'sex')
      return draft.sex === null ? [{ href: `/answer/${sheet.number}`, words: say('answering.review.sexGap') }] : []
    return count > gapsNamed ? gapOfSheet(sheet, draft, say, locale) : gapsOfSheet(sheet, draft, say, locale)
  })
  return {
    contact,
    ...progressOf(sitting, say),
    gaps,
    gapCount: count + (draft.asksSex && draft.sex === null ? 1 : 0),
    lacksVerdict: lacksVerdict(sheets, draft),
    lacksSex: draft.asksSex && draft.sex === null,
    lastSheet: `/answer/${sheets.length}`,
    closesOn: sitting.campaign.closesOn,
    asksCode: !(code.isBound && identity.strength === 'code'),
  }
}

/** Up to so many gaps are named one by one; beyond that a line per screen. */
const gapsNamed = 12

function gapsOfSheet(sheet: ItemsSheet, draft: Draft, say: Say, locale: string): { href: string; words: string }[] {
  return openItems(sheet, draft).map((asked) => {
    const words = [inLocale(asked.item.stem, locale), inLocale(asked.item.text, locale)].filter(Boolean).join(' ')
    const no = sheet.firstNumber + sheet.items.indexOf(asked)
    return {
      href: `/answer/${sheet.number}#${fieldOf(asked.id)}`,
      words: isNumbered(sheet) ? say('answering.review.gap', { no, words }) : words,
    }
  })
}

function gapOfSheet(sheet: ItemsSheet, draft: Draft, say: Say, locale: string): { href: string; words: string }[] {
  const open = openItems(sheet, draft)
  if (open.length === 0) return []
  const heading = inLocale(sheet.section.title, locale)
  const numbers = open.map((asked) => sheet.firstNumber + sheet.items.indexOf(asked)).join(', ')
  return [
    {
      href: `/answer/${sheet.number}#${fieldOf(open[0]!.id)}`,
      words: isNumbered(sheet) ? say('answering.review.gapSheet', { heading, numbers }) : heading,
    },
  ]
}

/** One question alone has no number. */
const isNumbered = (sheet: ItemsSheet) => sheet.version.items.length > 1

/** What was typed wrongly, with what is allowed. */
function faultWords(sheet: Sheet, { itemId, fault }: Wrong, say: Say): string {
  const item = sheet.kind === 'items' ? sheet.items.find((asked) => asked.id === itemId)?.item : undefined
  if (item?.type === 'number') return say('answering.fault.number', { min: item.min, max: item.max })
  return say(`answering.fault.${fault}`)
}

/** Is an item missing without which there is no verdict? */
function lacksVerdict(sheets: readonly Sheet[], draft: Draft): boolean {
  return sheets.some((sheet) => {
    if (sheet.kind === 'sex' || sheet.version.definition.kind !== 'statutory') return false
    const needed = new Set(scoredItems(sheet.version.definition))
    const answers = draft.answers[sheet.version.slug] ?? {}
    return sheet.items.some((asked) => needed.has(asked.id) && !isAnswered(answers[asked.id]))
  })
}
