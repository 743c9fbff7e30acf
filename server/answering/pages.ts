import { givenWordsOf, scoredItems } from '../../analysis/scoring/index.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import { helpFor } from '../web/help/index.ts'
import { countAnswered, isAnswered, type Draft } from './draft.ts'
import { fieldOf } from './sheet-form.ts'
import { writtenIn, type ItemsSheet, type Sheet } from './sheets.ts'
import type { OpenSitting } from './sitting.ts'
import type { Say, Words } from '../web/words.ts'

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

export function progressOf({ sheets, draft }: Pick<OpenSitting, 'sheets' | 'draft'>, say: Say) {
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

/** View model of templates/answering/review.hbs. */
export function reviewView(sitting: OpenSitting, words: Words): Record<string, unknown> {
  const { contact, campaign, code, identity } = sitting
  return {
    contact,
    ...gapsView(sitting, words),
    closesOn: campaign.closesOn,
    asksCode: !(code.isBound && identity.strength === 'code'),
  }
}

/** What is answered, what is not, and what follows from that. */
export function gapsView(
  { sheets, plan, draft }: Pick<OpenSitting, 'sheets' | 'plan' | 'draft'>,
  words: Words,
): Record<string, unknown> {
  const { locale, say } = words
  const count = sheets.reduce((sum, sheet) => sum + openItems(sheet, draft).length, 0)
  const gaps = sheets.flatMap((sheet) => {
    if (sheet.kind === 'sex')
      return draft.sex === null ? [{ href: `/answer/${sheet.number}`, words: say('answering.review.sexGap') }] : []
    return count > gapsNamed ? gapOfSheet(sheet, draft, words) : gapsOfSheet(sheet, draft, words)
  })
  return {
    ...helpFor(writtenIn(draft, plan), locale),
    ...progressOf({ sheets, draft }, say),
    gaps,
    ownWords: sheets.flatMap((sheet) => wordsOfSheet(sheet, draft, words)),
    gapCount: count + (draft.asksSex && draft.sex === null ? 1 : 0),
    lacksVerdict: lacksVerdict(sheets, draft),
    lacksSex: draft.asksSex && draft.sex === null,
    lastSheet: `/answer/${sheets.at(-1)!.number}`,
  }
}

/** What was written beside options, under the question and the option it belongs to. */
function wordsOfSheet(
  sheet: Sheet,
  draft: Draft,
  { say, read }: Words,
): { key: string; value: string; href: string; action: string }[] {
  if (sheet.kind === 'sex') return []
  const answers = draft.answers[sheet.version.slug] ?? {}
  return sheet.items.flatMap((asked) =>
    givenWordsOf(asked, answers).flatMap((given) => {
      const written = answers[given.asked.id]
      if (typeof written !== 'string' || written === '') return []
      const option = read(given.asked.item.text)
      return [
        {
          key: say('answering.review.wordsOf', { question: read(asked.item.text), option }),
          value: written,
          href: `/answer/${sheet.number}#${fieldOf(given.asked.id)}`,
          action: say('answering.review.changeWords'),
        },
      ]
    }),
  )
}

/** Up to so many gaps are named one by one; beyond that a line per screen. */
const gapsNamed = 12

function gapsOfSheet(sheet: ItemsSheet, draft: Draft, { say, read }: Words): { href: string; words: string }[] {
  return openItems(sheet, draft).map((asked) => {
    const words = [read(asked.item.stem), read(asked.item.text)].filter(Boolean).join(' ')
    const no = sheet.numbers.get(asked.id)!
    return {
      href: `/answer/${sheet.number}#${fieldOf(asked.id)}`,
      words: isNumbered(sheet) ? say('answering.review.gap', { no, words }) : words,
    }
  })
}

function gapOfSheet(sheet: ItemsSheet, draft: Draft, { say, read }: Words): { href: string; words: string }[] {
  const open = openItems(sheet, draft)
  if (open.length === 0) return []
  const heading = read(sheet.section.title)
  const numbers = open.map((asked) => sheet.numbers.get(asked.id)).join(', ')
  return [
    {
      href: `/answer/${sheet.number}#${fieldOf(open[0]!.id)}`,
      words: isNumbered(sheet) ? say('answering.review.gapSheet', { heading, numbers }) : heading,
    },
  ]
}

/** One question alone has no number. */
export const isNumbered = (sheet: ItemsSheet) => sheet.version.items.length > 1

/** Is an item missing without which there is no verdict? */
function lacksVerdict(sheets: readonly Sheet[], draft: Draft): boolean {
  return sheets.some((sheet) => {
    if (sheet.kind === 'sex' || sheet.version.definition.kind !== 'statutory') return false
    const needed = new Set(scoredItems(sheet.version.definition))
    const answers = draft.answers[sheet.version.slug] ?? {}
    return sheet.items.some((asked) => needed.has(asked.id) && !isAnswered(answers[asked.id]))
  })
}
