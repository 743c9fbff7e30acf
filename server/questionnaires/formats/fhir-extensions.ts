import type { Coding, Extension, FhirElement } from './fhir-resources.ts'
import type { DraftText } from './draft.ts'

const standard = 'http://hl7.org/fhir/StructureDefinition/'

/** Extensions of FHIR R4 itself. Source: https://hl7.org/fhir/R4/extensibility-registry.html. */
export const fhir = {
  translation: `${standard}translation`,
  ordinalValue: `${standard}ordinalValue`,
  minValue: `${standard}minValue`,
  maxValue: `${standard}maxValue`,
  unit: `${standard}questionnaire-unit`,
  itemControl: `${standard}questionnaire-itemControl`,
  displayCategory: `${standard}questionnaire-displayCategory`,
  hidden: `${standard}questionnaire-hidden`,
} as const

export const itemControls = 'http://hl7.org/fhir/questionnaire-item-control'
export const displayCategories = 'http://hl7.org/fhir/questionnaire-display-category'

/** What FHIR has no place for. Names only: nothing is fetched from them. */
export const own = {
  /** the parts of a definition beside title, introduction and items, as JSON */
  definition: 'urn:hanamichi:fhir:definition',
  /** the parts of a section or item that have no place in FHIR, as JSON */
  rest: 'urn:hanamichi:fhir:rest',
  /** whose options these are: those of the section, or a named list */
  optionsOf: 'urn:hanamichi:fhir:options-of',
  /** the condition as it was written, where `enableWhen` cannot say it or says it otherwise; JSON */
  condition: 'urn:hanamichi:fhir:condition',
  /** false: submitting without an answer is not possible */
  skippable: 'urn:hanamichi:fhir:skippable',
  /** linkId of the lead sentence that an item shares with those before it */
  stem: 'urn:hanamichi:fhir:stem',
  /** code of the option that a line for own words belongs to */
  ownWordsOf: 'urn:hanamichi:fhir:own-words-of',
} as const

export const canonicalOf = (slug: string): string => `urn:hanamichi:questionnaire:${slug}`
export const tagSystem = 'urn:hanamichi:item-tag'

/** Words in the first language beside their translations: `{text, _text: {extension: […]}}` for the key `text`. */
export function worded<Key extends string>(
  key: Key,
  text: DraftText,
  language: string,
): Record<Key, string> & Partial<Record<`_${Key}`, FhirElement>> {
  const translations = Object.entries(text)
    .filter(([code]) => code !== language)
    .map(([code, content]) => ({
      url: fhir.translation,
      extension: [
        { url: 'lang', valueCode: code },
        { url: 'content', valueString: content },
      ],
    }))
  const element = translations.length > 0 ? { [`_${key}`]: { extension: translations } } : {}
  return { [key]: text[language] ?? '', ...element } as Record<Key, string> & Partial<Record<`_${Key}`, FhirElement>>
}

/** The other way round; undefined where there are no words at all. */
export function textOf(
  words: string | undefined,
  element: FhirElement | undefined,
  language: string,
  codeOf: (code: string) => string | undefined = (code) => code,
): DraftText | undefined {
  const text: DraftText = {}
  if (words !== undefined && words.trim() !== '') text[language] = words
  for (const { url, extension } of element?.extension ?? []) {
    if (url !== fhir.translation) continue
    const lang = extension?.find((part) => part.url === 'lang')?.valueCode
    const content = extension?.find((part) => part.url === 'content')
    const code = lang === undefined ? undefined : codeOf(lang)
    const translated = content?.valueString ?? content?.valueMarkdown
    if (code !== undefined && translated !== undefined) text[code] ??= translated
  }
  return Object.keys(text).length > 0 ? text : undefined
}

export function find(extensions: readonly Extension[] | undefined, url: string): Extension | undefined {
  return extensions?.find((one) => one.url === url)
}

/** JSON in an extension: blanks that FHIR's strings do not take (the ideographic one) are written as escapes. */
export function packed(url: string, value: unknown): Extension {
  const text = JSON.stringify(value).replace(
    /[^\S ]/g,
    (blank) => `\\u${blank.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { url, valueString: text }
}

/** Codes of an extension that holds a CodeableConcept, e.g. `slider`. */
export function codesOf(extensions: readonly Extension[] | undefined, url: string): string[] {
  const codings = extensions?.filter((one) => one.url === url).flatMap((one) => one.valueCodeableConcept?.coding ?? [])
  return (codings ?? []).flatMap(({ code }) => code ?? [])
}

export function concept(url: string, system: string, code: string): Extension {
  return { url, valueCodeableConcept: { coding: [{ system, code } satisfies Coding] } }
}
