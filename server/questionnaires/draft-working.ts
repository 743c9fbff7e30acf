import { parse, stringify } from 'yaml'
import { listItems, numericRange, reachableRange } from '../../analysis/scoring/index.ts'
import type { Item, Questionnaire, Scale, Section } from '../../survey-definitions/schema.ts'
import { textsOf } from './texts.ts'

/**
 * A definition while it is being written: the keys of the format, as far as they are there. Sections may be empty and words
 * missing; whoever wants to know whether it can be asked goes through `checkDraft`.
 */
export type Working = Omit<Questionnaire, 'sections'> & { sections: WorkingSection[] }
export type WorkingSection = Omit<Section, 'items'> & { items: Item[] }

/** Words by language code. */
export type Words = Record<string, string>

/** Where what a company words itself comes from; every text of a draft made by form names it. */
const ownSource = 'own_wording'

export interface NewDraft {
  slug: string
  kind: Questionnaire['kind']
  title: Words
  languages: readonly string[]
  companyName: string
}

/** A definition without questions yet, of a company's own wording. */
export function newWorking({ slug, kind, title, languages, companyName }: NewDraft): Working {
  const working = {
    format: 1 as const,
    slug,
    version: 1,
    kind,
    title,
    languages: {},
    option_sets: {},
    sections: [],
    scales: [],
    sources: { [ownSource]: { title: companyName } },
    licence: { name: companyName, attribution: Object.fromEntries(languages.map((code) => [code, companyName])) },
  }
  const made = working as unknown as Working
  for (const code of languages) declareLanguage(made, code)
  return made
}

/** A stored draft's text as a definition to change. The text is one of ours: made by the form or accepted from a file. */
export function readWorking(body: string): Working {
  const working = parse(body) as Working
  working.sections ??= []
  for (const section of working.sections) section.items ??= []
  // a file leaves out what goes without saying
  working.option_sets ??= {}
  working.scales ??= []
  for (const { formula } of working.scales) {
    if (formula.method === 'sum') {
      formula.constant ??= 0
      formula.plus ??= []
      formula.minus ??= []
    } else if (formula.method === 'mean') {
      formula.items ??= []
      formula.reverse ??= []
    }
  }
  return working
}

/** A definition as the text that is stored, downloaded and published. */
export function writeWorking(working: Working): string {
  const said = Object.entries(working).filter(([key, value]) => {
    const mayBeEmpty = ['option_sets', 'scales', 'same_items', 'related_scales', 'rotation'].includes(key)
    return !(mayBeEmpty && Object.keys(value as object).length === 0)
  })
  return stringify(Object.fromEntries(said), { lineWidth: 0, aliasDuplicateObjects: false })
}

export function declareLanguage(working: Working, code: string): void {
  working.sources[ownSource] ??= { title: working.licence.name }
  working.languages[code] ??= { validated: false, sources: [ownSource] }
  // the attribution is a name: the same in every language
  const { attribution } = working.licence
  attribution[code] ??= Object.values(attribution)[0] ?? working.licence.name
}

/** Takes a language out, with all words in it. */
export function dropLanguage(working: Working, code: string): void {
  delete working.languages[code]
  for (const { text } of textsOf(working)) delete text[code]
}

/** Language codes in the order of the file. */
export const languagesOf = (working: Working): string[] => Object.keys(working.languages)

/** The first id `prefix1`, `prefix2` … that nothing in the draft has. */
export function freeId(working: Working, prefix: string): string {
  const taken = new Set<string>([
    ...working.sections.flatMap(({ id, items }) => [id, ...items.map((item) => item.id)]),
    ...working.scales.map(({ id }) => id),
  ])
  let number = 1
  while (taken.has(`${prefix}${number}`)) number++
  return `${prefix}${number}`
}

export function placeOfItem(working: Working, itemId: string): { section: number; item: number } | undefined {
  for (const [section, { items }] of working.sections.entries()) {
    const item = items.findIndex(({ id }) => id === itemId)
    if (item >= 0) return { section, item }
  }
  return undefined
}

/** Puts an item one place up or down; at the end of its section into the next one. False when there is nowhere to go. */
export function moveItem(working: Working, itemId: string, step: -1 | 1): boolean {
  const at = placeOfItem(working, itemId)
  if (!at) return false
  const from = working.sections[at.section]!
  const target = at.item + step
  if (target >= 0 && target < from.items.length) {
    const [moved] = from.items.splice(at.item, 1)
    from.items.splice(target, 0, moved!)
    forgetPages(from)
    return true
  }
  const to = working.sections[at.section + step]
  if (!to) return false
  const [moved] = from.items.splice(at.item, 1)
  // options of the old section stay with the question
  if (moved && 'options' in moved === false && (moved.type === 'single' || moved.type === 'multiple') && from.options)
    moved.options = from.options
  to.items.splice(step === 1 ? 0 : to.items.length, 0, moved!)
  forgetPages(from)
  forgetPages(to)
  return true
}

/** Puts a section one place up or down. */
export function moveSection(working: Working, sectionId: string, step: -1 | 1): boolean {
  const at = working.sections.findIndex(({ id }) => id === sectionId)
  const target = at + step
  if (at < 0 || target < 0 || target >= working.sections.length) return false
  const [moved] = working.sections.splice(at, 1)
  working.sections.splice(target, 0, moved!)
  return true
}

/** Takes an item out, and out of the lists that say when it is asked and what it is compared with. Scales and conditions that name it are left: the draft says so. */
export function removeItem(working: Working, itemId: string): void {
  const at = placeOfItem(working, itemId)
  if (!at) return
  const section = working.sections[at.section]!
  section.items.splice(at.item, 1)
  forgetPages(section)
  if (working.same_items) working.same_items = working.same_items.filter(({ item }) => item !== itemId)
  if (working.related_scales)
    working.related_scales = working.related_scales
      .map((link) => ({ ...link, items: link.items.filter((id) => id !== itemId) }))
      .filter(({ items }) => items.length > 0)
  if (working.rotation)
    working.rotation = working.rotation
      .map((wave) => wave.filter((id) => id !== itemId))
      .filter((wave) => wave.length > 0)
}

/** Which items stand on one page is made anew where items came or went. */
export function forgetPages(section: WorkingSection): void {
  delete section.pages
}

type Ranges = ReadonlyMap<string, readonly [number, number] | undefined>

/** Lowest and highest number of each item. */
export const rangesOf = (working: Working): Ranges =>
  new Map(listItems(working).map((asked) => [asked.id, numericRange(asked)]))

/** What turns answers round in a sum: lowest + highest of each. Example: two items of 1 to 4 give 10. */
export const turningConstant = (reverse: readonly string[], ranges: Ranges): number =>
  reverse.reduce((sum, id) => sum + (ranges.get(id)?.[0] ?? 0) + (ranges.get(id)?.[1] ?? 0), 0)

/**
 * Scales counted by form have the range their items give; one with a table or bands keeps what its author wrote. `before`:
 * the numbers of the items until now; a constant that turned them round turns the new ones round.
 */
export function refreshRanges(working: Working, before?: Ranges): void {
  const items = rangesOf(working)
  for (const scale of working.scales) {
    if (!isMadeByForm(scale)) continue
    const { formula } = scale
    const named =
      formula.method === 'sum'
        ? [...(formula.plus ?? []), ...(formula.minus ?? [])]
        : [...formula.items, ...formula.reverse]
    if (named.length === 0 || !named.every((id) => items.get(id))) continue
    if (formula.method === 'sum' && before && formula.constant === turningConstant(formula.minus, before))
      formula.constant = turningConstant(formula.minus, items)
    scale.range = reachableRange(formula, (id) => items.get(id)!)
  }
}

type PlainFormula = Exclude<Scale['formula'], { method: 'quantity-quality' }>

/** Can the form for scales show all of it? */
export const isMadeByForm = (scale: Scale): scale is Scale & { formula: PlainFormula } =>
  scale.point_table === undefined && scale.bands === undefined && scale.formula.method !== 'quantity-quality'

/** Adds what a scale of a company's own names as its source. */
export function ownSources(working: Working): string[] {
  working.sources[ownSource] ??= { title: working.licence.name }
  return [ownSource]
}
