import { isDeepStrictEqual } from 'node:util'
import { listItems } from '../../../analysis/scoring/index.ts'
import type { AskedItem } from '../../../analysis/scoring/index.ts'
import type { Item, Option, Questionnaire, Section, Visibility } from '../../../survey-definitions/schema.ts'
import { conditionFrom, listName, ofSection, sectionLinkId } from './fhir-own.ts'
import { enableWhenOf } from './fhir-conditions.ts'
import {
  canonicalOf,
  concept,
  displayCategories,
  fhir,
  itemControls,
  own,
  packed,
  tagSystem,
  worded,
} from './fhir-extensions.ts'
import type { AnswerOption, Extension, FhirQuestionnaire, QuestionnaireItem } from './fhir-resources.ts'

/** The system of an item's option codes. */
export const optionSystem = (slug: string, itemId: string): string => `${canonicalOf(slug)}:${itemId}`

/** The language in which words stand outside translations: Japanese where there is any. */
export const firstLanguage = (definition: Questionnaire): string =>
  'ja' in definition.languages ? 'ja' : Object.keys(definition.languages)[0]!

/**
 * A definition as an HL7 FHIR R4 Questionnaire. Sections are groups; texts, options, ranges and conditions stand where FHIR
 * has a place for them, with translations as extensions; scoring, criteria, tables, sources and the rest stand as JSON in an
 * extension of ours, so that `importFhirQuestionnaire` gives back the same definition. Nothing in it tells who exported it when.
 */
export function exportFhirQuestionnaire(
  definition: Questionnaire,
  status: 'draft' | 'active' = 'active',
): FhirQuestionnaire {
  const language = firstLanguage(definition)
  const { slug, version, title, introduction, developer, sections, option_sets: sets, licence, ...rest } = definition
  const { attribution, ...terms } = licence
  const used = namedLists(definition)
  const unused = Object.fromEntries(Object.entries(sets).filter(([name]) => !used.has(name)))
  const asked = new Map(listItems(definition).map((one) => [one.id, one]))
  const id = `${slug}-${version}`
  return {
    resourceType: 'Questionnaire',
    ...(id.length <= 64 ? { id } : {}),
    language,
    extension: [packed(own.definition, { ...rest, option_sets: unused, licence: terms })],
    url: canonicalOf(slug),
    version: String(version),
    name: slug.replace(/(?:^|-)(.)/g, (_, letter: string) => letter.toUpperCase()),
    ...worded('title', title, language),
    status,
    ...(licence.holder === undefined ? {} : { publisher: licence.holder }),
    ...(developer ? { contact: [worded('name', developer, language)] } : {}),
    ...(introduction ? worded('description', introduction, language) : {}),
    subjectType: ['Person'],
    ...worded('copyright', attribution, language),
    item: sections.map((section) => group(section, { slug, language, asked })),
  }
}

interface Surroundings {
  readonly slug: string
  readonly language: string
  readonly asked: ReadonlyMap<string, AskedItem>
}

function group(section: Section, around: Surroundings): QuestionnaireItem {
  const { id, title, instruction, options, visible_if: condition, items, ...rest } = section
  const linkId = sectionLinkId(id)
  const optionsShown = items.some((item) => isChoice(item) && item.options === undefined)
  const kept = { ...rest, ...(Array.isArray(options) && !optionsShown ? { options } : {}) }
  const shown = when(condition, around)
  const extension: Extension[] = [
    ...(typeof options === 'string' ? [{ url: own.optionsOf, valueString: listName(options) }] : []),
    ...shown.extension,
    ...(Object.keys(kept).length > 0 ? [packed(own.rest, kept)] : []),
  ]
  const children: QuestionnaireItem[] = []
  if (instruction)
    children.push({
      extension: [concept(fhir.displayCategory, displayCategories, 'instructions')],
      linkId: `${linkId}.instruction`,
      ...worded('text', instruction, around.language),
      type: 'display',
    })
  let stem: { text: Item['stem']; linkId: string } | undefined
  for (const item of items) {
    if (!item.stem) stem = undefined
    else if (!stem || !isDeepStrictEqual(stem.text, item.stem)) {
      stem = { text: item.stem, linkId: `${item.id}.stem` }
      children.push({
        linkId: stem.linkId,
        ...worded('text', item.stem, around.language),
        type: 'display',
        ...when(item.visible_if, around).enabled,
      })
    }
    children.push(question(item, stem?.linkId, around))
  }
  return {
    ...(extension.length > 0 ? { extension } : {}),
    linkId,
    ...worded('text', title, around.language),
    type: 'group',
    ...shown.enabled,
    item: children,
  }
}

function isChoice(item: Item): item is Extract<Item, { type: 'single' | 'multiple' }> {
  return item.type === 'single' || item.type === 'multiple'
}

const fhirTypes = { single: 'choice', multiple: 'choice', rating: 'integer', text: 'text', date: 'date' } as const

/** Keys of an item that have a place in FHIR; further ones go along as JSON. */
const placed: ReadonlySet<string> = new Set(
  'id text stem help required skippable visible_if tags type options min max integer unit low high max_length'.split(
    ' ',
  ),
)

function question(item: Item, stem: string | undefined, around: Surroundings): QuestionnaireItem {
  const { language } = around
  const rest = Object.fromEntries(Object.entries(item).filter(([key, part]) => !placed.has(key) && part !== undefined))
  const shown = when(item.visible_if, around)
  const options = around.asked.get(item.id)!.options
  const extension: Extension[] = []
  if (isChoice(item) && typeof item.options !== 'object')
    extension.push({ url: own.optionsOf, valueString: item.options ? listName(item.options) : ofSection })
  if (item.type === 'rating') extension.push(concept(fhir.itemControl, itemControls, 'slider'))
  if (item.type === 'rating' || item.type === 'number')
    extension.push({ url: fhir.minValue, ...bound(item, item.min) }, { url: fhir.maxValue, ...bound(item, item.max) })
  if (item.type === 'number' && item.unit)
    extension.push({ url: fhir.unit, valueCoding: worded('display', item.unit, language) })
  if (!item.skippable) extension.push({ url: own.skippable, valueBoolean: false })
  if (stem !== undefined) extension.push({ url: own.stem, valueString: stem })
  extension.push(...shown.extension)
  if (Object.keys(rest).length > 0) extension.push(packed(own.rest, rest))

  const children: QuestionnaireItem[] = []
  const shows = (part: 'lower' | 'upper', text: Section['title']): void =>
    void children.push({
      extension: [concept(fhir.itemControl, itemControls, part)],
      linkId: `${item.id}.${part}`,
      ...worded('text', text, language),
      type: 'display',
    })
  if (item.help)
    children.push({
      extension: [concept(fhir.itemControl, itemControls, 'help')],
      linkId: `${item.id}.help`,
      ...worded('text', item.help, language),
      type: 'display',
    })
  if (item.type === 'rating') {
    shows('lower', item.low)
    shows('upper', item.high)
  }
  for (const option of options) if (option.free_text) children.push(ownWords(item.id, option, around))
  const type = item.type === 'number' ? (item.integer ? 'integer' : 'decimal') : fhirTypes[item.type]
  return {
    ...(extension.length > 0 ? { extension } : {}),
    linkId: item.id,
    ...(item.tags ? { code: item.tags.map((tag) => ({ system: tagSystem, code: tag })) } : {}),
    ...worded('text', item.text, language),
    type,
    ...shown.enabled,
    required: item.required,
    ...(item.type === 'multiple' ? { repeats: true } : {}),
    ...(item.type === 'text' ? { maxLength: item.max_length } : {}),
    ...(isChoice(item) ? { answerOption: options.map((option) => answerOption(item.id, option, around)) } : {}),
    ...(children.length > 0 ? { item: children } : {}),
  }
}

function answerOption(itemId: string, { value, text }: Option, { slug, language }: Surroundings): AnswerOption {
  return {
    valueCoding: {
      ...(typeof value === 'number' ? { extension: [{ url: fhir.ordinalValue, valueDecimal: value }] } : {}),
      system: optionSystem(slug, itemId),
      code: String(value),
      ...worded('display', text, language),
    },
  }
}

/** A line for own words: asked while its option is chosen. */
function ownWords(itemId: string, { value, text, free_text: line }: Option, around: Surroundings): QuestionnaireItem {
  return {
    extension: [{ url: own.ownWordsOf, valueString: String(value) }],
    linkId: ownWordsLinkId(itemId, line!.id),
    ...worded('text', text, around.language),
    type: 'string',
    enableWhen: [
      {
        question: itemId,
        operator: '=',
        answerCoding: { system: optionSystem(around.slug, itemId), code: String(value) },
      },
    ],
    required: false,
    maxLength: line!.max_length,
  }
}

export const ownWordsLinkId = (itemId: string, id: string): string => `${itemId}.${id}`

function bound(item: Item, value: number): { valueInteger: number } | { valueDecimal: number } {
  const whole = item.type === 'rating' || (item.type === 'number' && item.integer)
  // FHIR's integers have 32 bits
  return whole && Number.isInteger(value) && Math.abs(value) < 2 ** 31
    ? { valueInteger: value }
    : { valueDecimal: value }
}

/** The condition in FHIR's words; and in ours where those cannot say it, or would be read back otherwise. */
function when(
  condition: Visibility | undefined,
  { slug, asked }: Surroundings,
): { enabled: Partial<QuestionnaireItem>; extension: Extension[] } {
  if (!condition) return { enabled: {}, extension: [] }
  const enabled = enableWhenOf(
    condition,
    (id) => asked.get(id),
    (id) => optionSystem(slug, id),
  )
  const same = enabled !== undefined && isDeepStrictEqual(conditionFrom(enabled), condition)
  return { enabled: enabled ?? {}, extension: same ? [] : [packed(own.condition, condition)] }
}

/** Named lists that some choice shows, so that its options tell them. */
function namedLists(definition: Questionnaire): ReadonlySet<string> {
  const names = new Set<string>()
  for (const section of definition.sections)
    for (const item of section.items) {
      const options = isChoice(item) ? (item.options ?? section.options) : undefined
      if (typeof options === 'string') names.add(options)
    }
  return names
}
