import { itemsOfVisibility, ownWordsOf, visibleItems, type AskedItem } from '../../analysis/scoring/index.ts'
import type { Section } from '../../survey-definitions/schema.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import type { Draft } from './draft.ts'

/** One screen of a sitting: about six items of one section, or the question for the sex. Numbered from 1. */
export type Sheet = ItemsSheet | SexSheet

export interface ItemsSheet {
  kind: 'items'
  number: number
  version: QuestionnaireVersion
  section: Section
  items: readonly AskedItem[]
  /** number of each item within its questionnaire, by id; one that is not asked keeps its number */
  numbers: ReadonlyMap<string, number>
  /** which part of the section this is, and of how many */
  part: number
  parts: number
}

export interface SexSheet {
  kind: 'sex'
  number: number
}

const itemsPerSheet = 6

const stemOf = (asked: AskedItem) => asked.item.stem?.['ja']

/**
 * Cuts the items of a section into sheets of about six and of about the same length; items under one stem stay together.
 * A section that names its pages is cut there. Example: 17 items give 6, 6 and 5; nine items in three threes give 6 and 3.
 */
export function cutSection(items: readonly AskedItem[], pages?: readonly (readonly string[])[]): AskedItem[][] {
  const byId = new Map(items.map((item) => [item.id, item]))
  // an item that this wave does not ask is on no page
  const cut = pages ? pages.map((page) => page.flatMap((id) => byId.get(id) ?? [])) : cutEvenly(items)
  return cut.filter((page) => page.length > 0).flatMap(cutBeforeConditions)
}

/** What depends on an answer of the same screen begins a screen of its own: without script a page does not change under the hand. */
function cutBeforeConditions(items: readonly AskedItem[]): AskedItem[][] {
  const screens: AskedItem[][] = [[]]
  for (const item of items) {
    const awaited = new Set(item.conditions.flatMap(itemsOfVisibility))
    if (screens.at(-1)!.some(({ id }) => awaited.has(id))) screens.push([])
    screens.at(-1)!.push(item)
  }
  return screens
}

function cutEvenly(items: readonly AskedItem[]): AskedItem[][] {
  const blocks: AskedItem[][] = []
  for (const item of items) {
    const last = blocks.at(-1)
    const stem = stemOf(item)
    if (last && stem !== undefined && stemOf(last[0]!) === stem) last.push(item)
    else blocks.push([item])
  }
  const sheets = Math.ceil(items.length / itemsPerSheet)
  const target = Math.ceil(items.length / sheets)
  const limit = blocks.some((block) => block.length > 1) ? itemsPerSheet : target
  const cut: AskedItem[][] = []
  for (const block of blocks) {
    const last = cut.at(-1)
    if (last && last.length + block.length <= limit) last.push(...block)
    else cut.push([...block])
  }
  return cut
}

const planned = new Map<string, readonly Sheet[]>()

/**
 * Every screen of a sitting, in order: the campaign's questionnaires one after another, then the sex where it is not
 * known. Published versions never change, so each combination is planned once.
 */
export function planSheets(versions: readonly QuestionnaireVersion[], asksSex: boolean): readonly Sheet[] {
  const name = `${versions.map(({ hash, turn }) => `${hash}${turn === undefined ? '' : ` ${turn}`}`).join()} ${asksSex}`
  let sheets = planned.get(name)
  if (!sheets) planned.set(name, (sheets = cutSheets(versions, asksSex)))
  return sheets
}

/** The same for a questionnaire that is still being written: planned anew each time. */
export function cutSheets(versions: readonly QuestionnaireVersion[], asksSex: boolean): Sheet[] {
  const sheets: Sheet[] = []
  for (const version of versions) {
    const numbers = new Map(version.items.map((asked, index) => [asked.id, index + 1]))
    for (const section of version.definition.sections) {
      const parts = cutSection(
        version.items.filter((item) => item.sectionId === section.id),
        section.pages,
      )
      for (const [index, items] of parts.entries()) {
        sheets.push({
          kind: 'items',
          number: sheets.length + 1,
          version,
          section,
          items,
          numbers,
          part: index + 1,
          parts: parts.length,
        })
      }
    }
  }
  if (asksSex) sheets.push({ kind: 'sex', number: sheets.length + 1 })
  return sheets
}

/** Can something be written on this screen? */
export const takesWords = (sheet: Sheet): boolean =>
  sheet.kind === 'items' && sheet.items.some((asked) => asked.item.type === 'text' || ownWordsOf(asked).length > 0)

/** Everything somebody has written in their own words so far, seen or not. */
export function writtenIn(draft: Draft, plan: readonly Sheet[]): string[] {
  return plan.flatMap((sheet) => {
    if (sheet.kind === 'sex') return []
    const answers = draft.answers[sheet.version.slug] ?? {}
    return sheet.items.flatMap((asked) => {
      const fields = asked.item.type === 'text' ? [asked] : ownWordsOf(asked).map((words) => words.asked)
      return fields.flatMap(({ id }) => (typeof answers[id] === 'string' ? [answers[id]] : []))
    })
  })
}

/** Has this questionnaire items that are not asked of everybody? */
const isConditional = ({ items }: QuestionnaireVersion) => items.some(({ conditions }) => conditions.length > 0)

/** The items of a questionnaire that are asked of somebody with this draft. */
export function askedOf(version: QuestionnaireVersion, draft: Draft): readonly AskedItem[] {
  return isConditional(version) ? visibleItems(version.items, draft.answers[version.slug] ?? {}) : version.items
}

/**
 * The screens that somebody with this draft walks through: items that are not asked are left out, and screens without any.
 * Screens keep their numbers, so that an address means the same screen whatever is answered.
 */
export function sheetsSeen(sheets: readonly Sheet[], draft: Draft): readonly Sheet[] {
  const conditional = new Map<QuestionnaireVersion, ReadonlySet<AskedItem>>()
  for (const sheet of sheets)
    if (sheet.kind === 'items' && !conditional.has(sheet.version) && isConditional(sheet.version))
      conditional.set(sheet.version, new Set(askedOf(sheet.version, draft)))
  if (conditional.size === 0) return sheets
  return sheets.flatMap((sheet) => {
    const asked = sheet.kind === 'items' && conditional.get(sheet.version)
    if (!asked) return [sheet]
    const items = sheet.items.filter((item) => asked.has(item))
    return items.length > 0 ? [{ ...sheet, items }] : []
  })
}
