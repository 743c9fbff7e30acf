import { givenWordsOf, ownWordsOf, type AskedItem } from '../../analysis/scoring/index.ts'
import { clearStrayWords, mergeGiven, type Draft, type Given, type Wrong } from './draft.ts'
import type { ItemsSheet } from './sheets.ts'

/** Fields of a sheet's form: `a_<item>` the answer, `was_<item>` whether its field was filled when the page was made. */
export const fieldOf = (itemId: string) => `a_${itemId}`
export const wasFieldOf = (itemId: string) => `was_${itemId}`

/** Items whose empty field is sent too; of a radio group nobody touched the form says nothing. */
export function hasTypedField(asked: AskedItem): boolean {
  return ['number', 'text', 'date'].includes(asked.item.type)
}

export type SheetBody = Readonly<Record<string, string | readonly string[] | undefined>>

/** Fields that say they are answers but are not of this sheet: an invented item. */
export function strangeFields(sheet: ItemsSheet, body: SheetBody): string[] {
  const words = sheet.items.flatMap((asked) => ownWordsOf(asked).map((one) => one.asked))
  const known = new Set([...sheet.items, ...words].map((asked) => fieldOf(asked.id)))
  return Object.keys(body).filter((name) => name.startsWith('a_') && !known.has(name))
}

/** Lays a sheet's form over the draft: first the answers, then own words beside the options that are chosen now. */
export function applyForm(
  draft: Draft,
  sheet: ItemsSheet,
  body: SheetBody,
  formId: string,
): { draft: Draft; wrong: Wrong[] } {
  const { slug } = sheet.version
  const givenOf = (item: AskedItem): Given => {
    const raw = body[fieldOf(item.id)]
    // boxes of which none is ticked send nothing; the hidden mark tells that they were on the page
    const isEmptied = item.item.type === 'multiple' && raw === undefined && body[wasFieldOf(item.id)] !== undefined
    return { item, raw: isEmptied ? [] : raw, wasFilled: body[wasFieldOf(item.id)] === 'filled' }
  }
  const chosen = mergeGiven(draft, slug, sheet.items.map(givenOf), formId)
  const answers = chosen.draft.answers[slug] ?? {}
  const words = sheet.items.flatMap((item) => givenWordsOf(item, answers).map(({ asked }) => asked))
  const written = mergeGiven(chosen.draft, slug, words.map(givenOf), formId)
  return { draft: clearStrayWords(written.draft, slug, sheet.items), wrong: [...chosen.wrong, ...written.wrong] }
}
