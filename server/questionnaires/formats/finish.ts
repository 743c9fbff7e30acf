import { Document, isScalar, visit } from 'yaml'
import { questionnaireSchema } from '../../../survey-definitions/schema.ts'
import type { Questionnaire, Visibility } from '../../../survey-definitions/schema.ts'
import { itemsOfVisibility } from '../../../analysis/scoring/index.ts'
import { parseDefinition } from '../parse.ts'
import { settleTexts } from './draft-texts.ts'
import { MAX_NOTES } from './draft.ts'
import type { Draft, DraftItem, DraftOption, DraftSection, ImportFault, NotCarried } from './draft.ts'
import { said, type RemarkParams } from './remarks.ts'

/** A questionnaire of another format, as ours: the text of a definition file, and what could not come along. */
export type ImportedQuestionnaire =
  | {
      readonly yaml: string
      readonly definition: Questionnaire
      readonly notCarried: readonly NotCarried[]
      readonly faults?: undefined
    }
  | {
      readonly faults: readonly ImportFault[]
      readonly yaml?: undefined
      readonly definition?: undefined
      readonly notCarried?: undefined
    }

/** Makes a definition of a draft that another format gave: whole languages, possible conditions, an open licence to be told. */
export function finishDraft(draft: Draft, from: string, wantedLanguage?: string): ImportedQuestionnaire {
  const { notCarried } = draft
  dropImpossible(draft)
  if (draft.sections.length === 0)
    return {
      faults: [...notCarried.slice(0, 20), { where: 'the file', ...said('nothing-carried') }],
    }
  const languages = settleTexts(draft, wantedLanguage)
  dropConditions(draft)
  const attribution =
    draft.attribution ??
    Object.fromEntries(languages.map((code) => [code, code === 'ja' ? '出典は未記入です。' : 'Source not stated.']))
  if (!draft.attribution || draft.licence === undefined)
    notCarried.push({
      where: 'licence',
      ...said('licence'),
    })
  const definition = {
    format: 1,
    slug: draft.slug,
    version: draft.version,
    kind: 'own',
    title: draft.title,
    introduction: draft.introduction,
    languages: Object.fromEntries(languages.map((code) => [code, { validated: false, sources: ['imported'] }])),
    sections: draft.sections.map(plainSection),
    sources: { imported: { title: `Imported from ${from}` } },
    licence: { name: draft.licence ?? 'not stated', attribution },
  }
  return readBack(yamlOf(definition), notCarried)
}

/** A definition that came back from an export of ours, whole. */
export function finishOwn(definition: object): ImportedQuestionnaire {
  return readBack(yamlOf(definition), [])
}

/** What was made must be one of our definitions; what is wrong with it is wrong with the file it came from. */
function readBack(yaml: string, notCarried: readonly NotCarried[]): ImportedQuestionnaire {
  const { definition, faults } = parseDefinition(yaml, 'imported')
  if (faults)
    return {
      faults: faults.map(({ path, message }) => ({
        where: path || 'the questionnaire',
        ...said('shape', { message }),
      })),
    }
  return { yaml, definition, notCarried: notCarried.slice(0, MAX_NOTES) }
}

/** A definition as a person would write it: texts on one line each, nothing that goes without saying. */
function yamlOf(definition: object): string {
  const order = Object.keys(questionnaireSchema.shape)
  const sorted = Object.entries(definition).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  const written = withoutDefaults(Object.fromEntries(sorted))
  const document = new Document(written, { aliasDuplicateObjects: false })
  visit(document, {
    Seq: (_key, list) => {
      if (list.items.every(isScalar) && list.toString().length < 160) list.flow = true
    },
    Map: (_key, map) => {
      const short = map.items.every(({ value }) => isScalar(value))
      if (short && map.toString().length < 160) map.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: true })
}

const goesWithoutSaying: Readonly<Record<string, unknown>> = {
  required: true,
  skippable: true,
  integer: true,
  constant: 0,
}

function withoutDefaults(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefaults)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, part]) =>
          part !== undefined && !(Object.hasOwn(goesWithoutSaying, key) && part === goesWithoutSaying[key]),
      )
      .filter(
        ([key, part]) =>
          !(emptyByDefault.has(key) && typeof part === 'object' && part !== null && Object.keys(part).length === 0),
      )
      .map(([key, part]) => [key, withoutDefaults(part)]),
  )
}

const emptyByDefault: ReadonlySet<string> = new Set([
  'option_sets',
  'scales',
  'composites',
  'criteria',
  'methods_not_offered',
  'group_measures',
  'same_items',
  'related_scales',
  'notes',
  'plus',
  'minus',
  'reverse',
])

function plainSection({ where: _where, items, ...section }: DraftSection): object {
  return { ...section, items: items.map(({ where: _at, ...item }) => item) }
}

/** Choices with fewer than two options, sections without items: our format has no place for them. */
function dropImpossible(draft: Draft): void {
  for (const section of draft.sections) {
    section.items = section.items.filter((item) => {
      if (!('options' in item)) return true
      item.options = distinct(item, item.options, draft.notCarried)
      if (item.options.length >= 2) return true
      draft.notCarried.push({ where: item.where, ...said('two-options', { name: item.id }) })
      return false
    })
    if (section.items.length === 0) draft.notCarried.push({ where: section.where, ...said('empty-section') })
  }
  draft.sections = draft.sections.filter((section) => section.items.length > 0)
}

function distinct(item: DraftItem, options: readonly DraftOption[], notes: NotCarried[]): DraftOption[] {
  const seen = new Set<string>()
  return options.filter(({ value }) => {
    if (!seen.has(String(value))) return seen.add(String(value))
    notes.push({ where: item.where, ...said('option-twice', { value }) })
    return false
  })
}

/** Conditions on what was left out, stands later or has no such option would never hold, or mean something else. */
function dropConditions(draft: Draft): void {
  const before = new Map<string, DraftItem>()
  const kept = (condition: Visibility | undefined, where: string): { visible_if?: Visibility } => {
    if (!condition) return {}
    const missing = itemsOfVisibility(condition).find((id) => !before.has(id))
    const wrong = missing === undefined ? wrongValue(condition, before) : undefined
    if (missing === undefined && wrong === undefined) return { visible_if: condition }
    const why = missing === undefined ? said('why-option', wrong) : said('why-later', { name: missing })
    draft.notCarried.push({ where, ...said('condition', {}, why) })
    return {}
  }
  for (const section of draft.sections) {
    const { visible_if: condition } = section
    delete section.visible_if
    Object.assign(section, kept(condition, section.where))
    for (const item of section.items) {
      const { visible_if: own } = item
      delete item.visible_if
      Object.assign(item, kept(own, item.where))
      before.set(item.id, item)
    }
  }
}

function wrongValue(condition: Visibility, items: ReadonlyMap<string, DraftItem>): RemarkParams | undefined {
  if ('all' in condition) return condition.all.map((part) => wrongValue(part, items)).find((one) => one !== undefined)
  if ('any' in condition) return condition.any.map((part) => wrongValue(part, items)).find((one) => one !== undefined)
  if ('not' in condition) return wrongValue(condition.not, items)
  const item = items.get(condition.item)
  if (!item || !('options' in item)) return undefined
  const wrong = condition.one_of?.find((value) => !item.options.some((option) => option.value === value))
  return wrong === undefined ? undefined : { name: item.id, value: wrong }
}
