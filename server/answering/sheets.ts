import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Section } from '../../survey-definitions/schema.ts'
import type { QuestionnaireVersion } from '../questionnaires/index.ts'

/** One screen of a sitting: about six items of one section, or the question for the sex. Numbered from 1. */
export type Sheet = ItemsSheet | SexSheet

export interface ItemsSheet {
  kind: 'items'
  number: number
  version: QuestionnaireVersion
  section: Section
  items: readonly AskedItem[]
  /** number of the first item within its questionnaire */
  firstNumber: number
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
 * Example: 17 items give 6, 6 and 5; nine items in three threes give 6 and 3.
 */
export function cutSection(items: readonly AskedItem[]): AskedItem[][] {
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
  const name = `${versions.map((version) => version.hash).join()} ${asksSex}`
  let sheets = planned.get(name)
  if (!sheets) planned.set(name, (sheets = cutSheets(versions, asksSex)))
  return sheets
}

function cutSheets(versions: readonly QuestionnaireVersion[], asksSex: boolean): Sheet[] {
  const sheets: Sheet[] = []
  for (const version of versions) {
    let next = 1
    for (const section of version.definition.sections) {
      const parts = cutSection(version.items.filter((item) => item.sectionId === section.id))
      for (const [index, items] of parts.entries()) {
        sheets.push({
          kind: 'items',
          number: sheets.length + 1,
          version,
          section,
          items,
          firstNumber: next,
          part: index + 1,
          parts: parts.length,
        })
        next += items.length
      }
    }
  }
  if (asksSex) sheets.push({ kind: 'sex', number: sheets.length + 1 })
  return sheets
}
