import { isDeepStrictEqual } from 'node:util'
import type { AnswerTest, Visibility } from '../../../survey-definitions/schema.ts'
import { ImportError, type DraftText } from './draft.ts'
import { canonicalOf, codesOf, fhir, find, own, tagSystem, textOf } from './fhir-extensions.ts'
import { finishOwn, type ImportedQuestionnaire } from './finish.ts'
import type { Enabled } from './fhir-conditions.ts'
import type { EnableWhen, Extension, FhirQuestionnaire, QuestionnaireItem } from './fhir-resources.ts'
import { said } from './remarks.ts'

/** What `own.optionsOf` says: the section's options, or a list of `option_sets`. */
export const ofSection = 'section'
export const listName = (name: string): string => `list:${name}`
/** `section.A` is no id an item can have, so link ids of sections and items never meet. */
export const sectionLinkId = (id: string): string => `section.${id}`

type Json = Record<string, unknown>

/**
 * A Questionnaire that this program exported, as the definition it was made of. What FHIR itself says counts: a wording, an
 * option or a range that was changed in the file is changed in the definition; our extensions add what FHIR has no place for.
 * @throws {ImportError} where the file no longer hangs together
 */
export function importOwnQuestionnaire(resource: FhirQuestionnaire): ImportedQuestionnaire {
  const language = resource.language ?? 'ja'
  const {
    licence,
    option_sets: unused,
    ...rest
  } = unpacked(find(resource.extension, own.definition), 'Questionnaire') as {
    licence?: Json
    option_sets?: Json
  }
  const sets: Record<string, unknown> = { ...unused }
  const words = (text: string | undefined, element: FhirQuestionnaire['_title']): DraftText | undefined =>
    textOf(text, element, language)
  const [contact] = resource.contact ?? []
  const definition = {
    ...rest,
    slug: resource.url?.startsWith(canonicalOf('')) ? resource.url.slice(canonicalOf('').length) : resource.url,
    version: Number(resource.version),
    title: words(resource.title, resource._title),
    introduction: words(resource.description, resource._description),
    developer: words(contact?.name, contact?._name),
    option_sets: sets,
    sections: (resource.item ?? []).map((item, index) =>
      section(item, `Questionnaire.item[${index}]`, { language, sets }),
    ),
    licence: { ...licence, attribution: words(resource.copyright, resource._copyright) },
  }
  return finishOwn(definition)
}

interface Reading {
  readonly language: string
  /** filled as choices tell them */
  readonly sets: Record<string, unknown>
}

function section(group: QuestionnaireItem, where: string, reading: Reading): Json {
  if (group.type !== 'group' || !group.linkId.startsWith(sectionLinkId('')))
    throw new ImportError(where, said('own-group'))
  const from = find(group.extension, own.optionsOf)?.valueString
  const stems = new Map<string, DraftText | undefined>()
  const shared: { options?: unknown } = {}
  let instruction: DraftText | undefined
  const items: Json[] = []
  for (const [index, child] of (group.item ?? []).entries()) {
    const at = `${where}.item[${index}]`
    if (child.type !== 'display') items.push(item(child, at, { ...reading, stems, shared, from }))
    else if (codesOf(child.extension, fhir.displayCategory).includes('instructions'))
      instruction = textOf(child.text, child._text, reading.language)
    else stems.set(child.linkId, textOf(child.text, child._text, reading.language))
  }
  return {
    id: group.linkId.slice(sectionLinkId('').length),
    title: textOf(group.text, group._text, reading.language),
    instruction,
    options: from === undefined ? shared.options : from.slice(listName('').length),
    visible_if: condition(group, where),
    ...unpackedRest(group, where),
    items,
  }
}

interface InSection extends Reading {
  readonly stems: ReadonlyMap<string, DraftText | undefined>
  /** options of the section, once a choice told them */
  readonly shared: { options?: unknown }
  /** the named list that the section takes its options from */
  readonly from: string | undefined
}

function item(asked: QuestionnaireItem, where: string, reading: InSection): Json {
  const { extension, linkId } = asked
  const words = (child: QuestionnaireItem | undefined): DraftText | undefined =>
    child && textOf(child.text, child._text, reading.language)
  const control = (code: string): QuestionnaireItem | undefined =>
    asked.item?.find((child) => codesOf(child.extension, fhir.itemControl).includes(code))
  const stem = find(extension, own.stem)?.valueString
  const tags = asked.code?.flatMap(({ system, code }) => (system === tagSystem && code !== undefined ? [code] : []))
  return {
    id: linkId,
    ...kind(asked, where, reading),
    text: words(asked),
    stem: stem === undefined ? undefined : reading.stems.get(stem),
    help: words(control('help')),
    required: asked.required ?? false,
    skippable: find(extension, own.skippable)?.valueBoolean ?? true,
    visible_if: condition(asked, where),
    tags: tags && tags.length > 0 ? tags : undefined,
    ...unpackedRest(asked, where),
  }

  function kind(question: QuestionnaireItem, at: string, around: InSection): Json {
    const number = (url: string): number | undefined => {
      const found = find(question.extension, url)
      return found?.valueInteger ?? found?.valueDecimal
    }
    const range = { min: number(fhir.minValue), max: number(fhir.maxValue) }
    switch (question.type) {
      case 'choice':
        return { type: question.repeats === true ? 'multiple' : 'single', options: options(question, around) }
      case 'integer':
      case 'decimal': {
        if (codesOf(question.extension, fhir.itemControl).includes('slider'))
          return { type: 'rating', ...range, low: words(control('lower')), high: words(control('upper')) }
        const unit = find(question.extension, fhir.unit)?.valueCoding
        return {
          type: 'number',
          ...range,
          integer: question.type === 'integer',
          unit: unit && textOf(unit.display, unit._display, around.language),
        }
      }
      case 'text':
        return { type: 'text', max_length: question.maxLength }
      case 'date':
        return { type: 'date' }
      default:
        throw new ImportError(at, said('own-type', { type: question.type.slice(0, 60) }))
    }
  }
}

/** The options of a choice; undefined where section or list tells the very same. */
function options(asked: QuestionnaireItem, { language, sets, shared, from }: InSection): unknown {
  const listed = (asked.answerOption ?? []).map(({ valueCoding }) => {
    const code = valueCoding?.code ?? ''
    const line = asked.item?.find((child) => find(child.extension, own.ownWordsOf)?.valueString === code)
    return {
      value: valueOfCode(code),
      text: textOf(valueCoding?.display, valueCoding?._display, language),
      ...(line ? { free_text: { id: line.linkId.slice(asked.linkId.length + 1), max_length: line.maxLength } } : {}),
    }
  })
  const source = find(asked.extension, own.optionsOf)?.valueString
  if (source === undefined) return listed
  const list = source === ofSection ? from : source
  if (list === undefined) {
    shared.options ??= listed
    return isDeepStrictEqual(shared.options, listed) ? undefined : listed
  }
  const name = list.slice(listName('').length)
  if (!Object.hasOwn(sets, name)) sets[name] = listed
  if (!isDeepStrictEqual(sets[name], listed)) return listed
  return source === ofSection ? undefined : name
}

/** Codes of our options are whole numbers or names that begin with a letter. */
export function valueOfCode(code: string): string | number {
  return /^-?(0|[1-9]\d{0,14})$/.test(code) ? Number(code) : code
}

/**
 * What a list of comparisons means, said as shortly as our format can.
 * Example: `a = 1`, `a = 2`, any: `{item: a, one_of: [1, 2]}`.
 */
export function conditionFrom({ enableWhen, enableBehavior }: Enabled): Visibility {
  const parts: AnswerTest[] = []
  for (const one of enableWhen) {
    const test = testFrom(one)
    const before = parts.at(-1)
    if (before?.item !== test.item) parts.push(test)
    else if (enableBehavior === 'any' && before.one_of && test.one_of && Object.keys(before).length === 2)
      before.one_of.push(...test.one_of)
    else if (enableBehavior === 'all' && Object.keys(test).every((key) => key === 'item' || !(key in before)))
      Object.assign(before, test)
    else parts.push(test)
  }
  if (parts.length === 1) return parts[0]!
  return enableBehavior === 'any' ? { any: parts } : { all: parts }
}

function testFrom({ question: itemId, operator, ...answer }: EnableWhen): AnswerTest {
  const code = answer.answerCoding?.code
  const value = answer.answerInteger ?? answer.answerDecimal ?? (code === undefined ? undefined : valueOfCode(code))
  if (operator === 'exists') return { item: itemId, answered: answer.answerBoolean ?? true }
  if (operator === '>=' && typeof value === 'number') return { item: itemId, at_least: value }
  if (operator === '<=' && typeof value === 'number') return { item: itemId, at_most: value }
  if (operator === '=' && value !== undefined) return { item: itemId, one_of: [value] }
  throw new ImportError(`the condition on "${itemId}"`, said('own-condition', { operator }))
}

function condition(asked: QuestionnaireItem, where: string): Visibility | undefined {
  const written = find(asked.extension, own.condition)
  if (written) return unpacked(written, where) as Visibility
  const { enableWhen, enableBehavior } = asked
  if (!enableWhen || enableWhen.length === 0) return undefined
  return conditionFrom({ enableWhen, ...(enableBehavior ? { enableBehavior } : {}) })
}

function unpackedRest(asked: QuestionnaireItem, where: string): Json {
  const rest = find(asked.extension, own.rest)
  return rest ? unpacked(rest, where) : {}
}

function unpacked(extension: Extension | undefined, where: string): Json {
  try {
    const value: unknown = JSON.parse(extension?.valueString ?? '{}')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json
  } catch {
    // said below
  }
  throw new ImportError(where, said('own-json', { url: extension?.url ?? '' }))
}
