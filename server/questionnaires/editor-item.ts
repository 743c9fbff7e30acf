import { listItems } from '../../analysis/scoring/index.ts'
import { itemTags, type Item, type Option } from '../../survey-definitions/schema.ts'
import { forbiddenTags } from './draft-check.ts'
import {
  forgetPages,
  freeId,
  languagesOf,
  placeOfItem,
  rangesOf,
  refreshRanges,
  type Working,
  type Words,
} from './draft-working.ts'
import { conditionView, typedCondition } from './editor-conditions.ts'
import {
  isTicked,
  languageName,
  typedList,
  typedNumber,
  typedText,
  typedWords,
  typedWordsOrNone,
  wordFields,
  type Say,
  type Typed,
} from './editor-fields.ts'
import { keepOthers, optionRows, typedOptions } from './editor-options.ts'

export const itemTypes = ['single', 'multiple', 'rating', 'number', 'text', 'date'] as const
export type ItemType = (typeof itemTypes)[number]

/** The question a form is about: one that is there, or a new one of a kind at the end of a section. */
export type ItemAddress = { itemId: string } | { sectionId: string; type: ItemType }

export interface FoundItem {
  item: Item | undefined
  type: ItemType
  sectionIndex: number
}

export function findItem(working: Working, address: ItemAddress): FoundItem | undefined {
  if ('itemId' in address) {
    const at = placeOfItem(working, address.itemId)
    const item = at && working.sections[at.section]!.items[at.item]
    return item && { item, type: item.type, sectionIndex: at.section }
  }
  const sectionIndex = working.sections.findIndex(({ id }) => id === address.sectionId)
  return sectionIndex < 0 ? undefined : { item: undefined, type: address.type, sectionIndex }
}

/** Lays the form over the draft; the place of the question in it, as a path. */
export function applyItem(working: Working, { item: before, type, sectionIndex }: FoundItem, typed: Typed): string {
  const ranges = rangesOf(working)
  const section = working.sections[sectionIndex]!
  const id = before?.id ?? freeId(working, 'q')
  const item = itemOf(id, type, before, typed, languagesOf(working))
  let index = section.items.findIndex((one) => one.id === id)
  if (index < 0) {
    index = section.items.length
    section.items.push(item)
    forgetPages(section)
  } else section.items[index] = item
  if (before && typed['hasSame'] === 'yes' && !isTicked(typed, 'same'))
    working.same_items = (working.same_items ?? []).filter((link) => link.item !== id)
  refreshRanges(working, ranges)
  return `sections.${sectionIndex}.items.${index}`
}

function itemOf(
  id: string,
  type: ItemType,
  before: Item | undefined,
  typed: Typed,
  languages: readonly string[],
): Item {
  const old = before as Record<string, unknown> | undefined
  const words = (field: string) => keepOthers(typedWords(typed, field, languages), old?.[field] as Words, languages)
  const required = isTicked(typed, 'required')
  const tags = typedList(typed, 'tags')
  const item: Record<string, unknown> = {
    ...old,
    id,
    type,
    stem: typedWordsOrNone(typed, 'stem', languages),
    text: words('text'),
    help: typedWordsOrNone(typed, 'help', languages),
    required,
    // whoever need not answer may go on without
    skippable: required ? old?.['skippable'] : undefined,
    visible_if: typedCondition(typed, before?.visible_if),
    tags: tags.length > 0 ? tags : undefined,
  }
  if (type === 'single' || type === 'multiple') {
    const from = typedText(typed, 'options_from')
    const kept = Array.isArray(old?.['options']) ? (old['options'] as Option[]) : []
    item['options'] =
      from === 'section'
        ? undefined
        : from.startsWith('set:')
          ? from.slice(4)
          : typedOptions(typed, languages, kept, id)
  } else if (type === 'number') {
    item['min'] = typedNumber(typed, 'min')
    item['max'] = typedNumber(typed, 'max')
    item['integer'] = isTicked(typed, 'decimals') ? false : undefined
    item['unit'] = typedWordsOrNone(typed, 'unit', languages)
  } else if (type === 'rating') {
    item['min'] = typedNumber(typed, 'min')
    item['max'] = typedNumber(typed, 'max')
    item['low'] = words('low')
    item['high'] = words('high')
  } else if (type === 'text') item['max_length'] = typedNumber(typed, 'max_length')
  // undefined is what a file does not say
  return Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)) as Item
}

/**
 * Were options typed into the table although others were chosen? They would be lost without a word; those that stood there
 * before may be given up.
 */
export function optionsLeftOut(working: Working, { item, type }: FoundItem, typed: Typed): boolean {
  const from = typedText(typed, 'options_from')
  if ((type !== 'single' && type !== 'multiple') || from === '' || from === 'own') return false
  const before = item && 'options' in item && Array.isArray(item.options) ? item.options : []
  const rows = typedOptions(typed, languagesOf(working), before, item?.id ?? 'new')
  const known = before.map(({ value, text }) => JSON.stringify([value, text]))
  return rows.some(({ value, text }) => !known.includes(JSON.stringify([value, text])))
}

/** View model of the form of a question. */
export function itemView(
  working: Working,
  { item, type, sectionIndex }: FoundItem,
  typed: Typed | undefined,
  locale: string,
  say: Say,
): Record<string, unknown> {
  const languages = languagesOf(working)
  const section = working.sections[sectionIndex]!
  const id = item?.id
  // what was typed, in the shape of the draft: rows closed up, numbers read
  const shown = (typed ? itemOf(id ?? 'new', type, item, typed, languages) : item) as
    | (Record<string, unknown> & Partial<Item>)
    | undefined
  const fields = (name: string, key: string) =>
    wordFields(
      name,
      `questionnaires.item.${key}`,
      { languages, typed, words: (item as Record<string, unknown> | undefined)?.[name] as Words | undefined },
      say,
    )
  const earlier = earlierItems(working, sectionIndex, id)
  const options = shown?.['options']
  const from = typed
    ? typedText(typed, 'options_from')
    : typeof options === 'string'
      ? `set:${options}`
      : options === undefined && section.options !== undefined
        ? 'section'
        : 'own'
  const numberTyped = (field: string, usual: number) =>
    typed ? typedText(typed, field) : String((shown?.[field] as number | undefined) ?? usual)
  const required = typed ? isTicked(typed, 'required') : item ? item.required !== false : type !== 'text'
  const tags = typed ? typedList(typed, 'tags') : (item?.tags ?? [])
  const isChoice = type === 'single' || type === 'multiple'
  return {
    isNewItem: item === undefined,
    itemId: id ?? '',
    itemType: type,
    typeWords: say(`questionnaires.type.${type}`),
    sectionId: section.id,
    sectionWords: section.title[locale] ?? Object.values(section.title)[0] ?? section.id,
    textFields: fields('text', 'text'),
    helpFields: fields('help', 'help'),
    stemFields: fields('stem', 'stem'),
    detailsOpen: Boolean(shown?.['help'] ?? shown?.['stem']),
    requiredTicked: required,
    isChoice,
    optionSources: isChoice ? optionSources(working, section.options !== undefined, from, say) : [],
    optionRowsShown: isChoice
      ? optionRows(Array.isArray(options) ? (options as Option[]) : [], languages, { withOwnWords: true }, say)
      : [],
    optionLanguages: languages.map((code) => say('questionnaires.option.words', { language: languageName(code, say) })),
    isNumber: type === 'number',
    isRating: type === 'rating',
    isText: type === 'text',
    leastTyped: numberTyped('min', 0),
    mostTyped: numberTyped('max', type === 'rating' ? 10 : 100),
    decimalsTicked: typed ? isTicked(typed, 'decimals') : type === 'number' && shown?.['integer'] === false,
    unitFields: type === 'number' ? fields('unit', 'unit') : [],
    lowFields: type === 'rating' ? fields('low', 'low') : [],
    highFields: type === 'rating' ? fields('high', 'high') : [],
    lengthTyped: numberTyped('max_length', 1000),
    tagChoices: itemTags.map((tag) => ({
      value: tag,
      label: say(`questionnaires.tag.${tag}`),
      hint: forbiddenTags.includes(tag) ? say('questionnaires.item.tagForbidden') : '',
      checked: tags.includes(tag),
    })),
    tagsOpen: tags.length > 0,
    hasSame: id !== undefined && (working.same_items ?? []).some((link) => link.item === id),
    sameTicked: typed ? isTicked(typed, 'same') : true,
    ...conditionView(item?.visible_if, earlier, typed, locale, say),
  }
}

/** What is asked before this place: what a condition there may name. */
export function earlierItems(working: Working, sectionIndex: number, itemId?: string) {
  const all = listItems(working)
  const end = itemId === undefined ? -1 : all.findIndex(({ id }) => id === itemId)
  const before = working.sections.slice(0, sectionIndex + 1).reduce((sum, { items }) => sum + items.length, 0)
  return all.slice(0, end >= 0 ? end : before)
}

function optionSources(working: Working, sectionHas: boolean, chosen: string, say: Say) {
  const sources = [
    { value: 'own', label: say('questionnaires.option.own') },
    ...(sectionHas ? [{ value: 'section', label: say('questionnaires.option.section') }] : []),
    ...Object.keys(working.option_sets).map((name) => ({
      value: `set:${name}`,
      label: say('questionnaires.option.set', { name }),
    })),
  ]
  return sources.length === 1
    ? []
    : sources.map((one) => ({ ...one, checked: one.value === chosen || (chosen === '' && one.value === 'own') }))
}
