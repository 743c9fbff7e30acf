import type { Questionnaire } from '../../survey-definitions/schema.ts'
import type { Texts } from '../web/texts.ts'
import { textsOf } from './texts.ts'
import type { QuestionnaireVersion } from './version.ts'

/** The language whose wording is shown to somebody who reads `locale`: its own, or the one it is a form of (`ja-simple`: `ja`). */
function languageOf({ languages }: Questionnaire, locale: string): string | undefined {
  return [locale, locale.split('-')[0]!].find((one) => languages[one] !== undefined)
}

/** Is the wording that is shown in this language a validated one? Readings above it change nothing about that. */
export function isValidatedIn(definition: Questionnaire, locale: string): boolean {
  const language = languageOf(definition, locale)
  return language !== undefined && definition.languages[language]!.validated
}

/** Parts of a definition that nobody sees who answers. */
const unseen: ReadonlySet<unknown> = new Set([
  'licence',
  'developer',
  'methods_not_offered',
  'point_columns',
  'group_measures',
])

/** Every text that somebody who answers may see, on the screens or in the result, in the words of this language. */
export function wordsSeen(definition: Questionnaire, locale: string): string[] {
  const language = languageOf(definition, locale)
  if (language === undefined) return []
  const seen = textsOf(definition).filter(({ place }) => !place.some((key) => unseen.has(key)))
  return [...seen.flatMap(({ text }) => text[language] ?? []), ...referencesOf(definition)]
}

/** Where reference values are from, as the result page of a form with means beside its points names it. */
function referencesOf({ scales, composites, sources, point_scales }: Questionnaire): string[] {
  if (!point_scales) return []
  const named = [...scales, ...composites].flatMap(({ norms }) => (norms ?? []).flatMap((norm) => norm.sources))
  return [...new Set(named)].flatMap((id) => sources[id]?.title ?? [])
}

/** What keeps a questionnaire from being shown in a language. */
export interface LanguageLack {
  /** it has no wording in it */
  hasWording: boolean
  /** kanji without a reading, in a language that is shown with readings */
  unread: string[]
}

const known = new WeakMap<Texts, Map<string, LanguageLack | undefined>>()

/** Undefined when nothing is lacking. Looked up once for each version and language: neither changes. */
export function lackOf(version: QuestionnaireVersion, locale: string, texts: Texts): LanguageLack | undefined {
  let lacks = known.get(texts)
  if (!lacks) known.set(texts, (lacks = new Map()))
  const name = `${version.hash} ${locale}`
  if (!lacks.has(name)) lacks.set(name, findLack(version, locale, texts))
  return lacks.get(name)
}

function findLack({ definition }: QuestionnaireVersion, locale: string, texts: Texts): LanguageLack | undefined {
  const hasWording = languageOf(definition, locale) !== undefined
  const unread = [...new Set(wordsSeen(definition, locale).flatMap((words) => texts.unread(locale, words)))]
  return hasWording && unread.length === 0 ? undefined : { hasWording, unread }
}
