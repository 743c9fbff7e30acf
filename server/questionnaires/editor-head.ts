import { isLanguageCode, type Questionnaire } from '../../survey-definitions/schema.ts'
import { ownKinds } from './draft-check.ts'
import { declareLanguage, dropLanguage, languagesOf, type Working } from './draft-working.ts'
import {
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
import { keepOthers } from './editor-options.ts'

/** Languages a form offers; a file may bring others. */
const offeredLanguages = ['ja', 'en']

/** Lays the form of title, kind and languages over the draft. A language taken out takes its words with it. */
export function applyHead(working: Working, typed: Typed): void {
  const wanted = typedList(typed, 'languages')
  for (const code of languagesOf(working)) if (!wanted.includes(code)) dropLanguage(working, code)
  for (const code of wanted) if (isLanguageCode(code)) declareLanguage(working, code)
  const languages = languagesOf(working)
  working.title = keepOthers(typedWords(typed, 'title', languages), working.title, languages)
  const introduction = typedWordsOrNone(typed, 'introduction', languages)
  if (introduction) working.introduction = introduction
  else delete working.introduction
  const minutes = typedNumber(typed, 'minutes')
  if (minutes === undefined) delete working.minutes
  else working.minutes = minutes
  working.kind = typedText(typed, 'kind') as Questionnaire['kind']
  // the name of a next version is that of the one before
  if (working.version === 1 && typed['slug'] !== undefined) working.slug = typedText(typed, 'slug').normalize('NFKC')
}

/** View model of the form of title, kind and languages; without a draft, of a new one. */
export function headView(
  working: Working | undefined,
  typed: Typed | undefined,
  suggestedSlug: string,
  say: Say,
): Record<string, unknown> {
  const has = working ? languagesOf(working) : ['ja']
  const chosen = typed ? typedList(typed, 'languages') : has
  const kind = typed ? typedText(typed, 'kind') : (working?.kind ?? 'own')
  const shown = [...new Set([...offeredLanguages, ...has])]
  const fields = (name: 'title' | 'introduction') =>
    wordFields(name, `questionnaires.head.${name}`, { languages: shown, typed, words: working?.[name] }, say)
  return {
    titleFields: fields('title'),
    introductionFields: fields('introduction'),
    minutesTyped: typed ? typedText(typed, 'minutes') : working?.minutes === undefined ? '' : String(working.minutes),
    slugTyped: typed ? typedText(typed, 'slug') : (working?.slug ?? suggestedSlug),
    mayName: (working?.version ?? 1) === 1,
    kinds: ownKinds.map((one) => ({
      value: one,
      label: say(`questionnaires.kind.${one}`),
      hint: say(`questionnaires.kindHint.${one}`),
      checked: one === kind,
    })),
    languageChoices: shown.map((code) => ({
      value: code,
      label: languageName(code, say),
      hint: code === 'ja' ? '' : say('questionnaires.head.languageHint'),
      checked: chosen.includes(code),
    })),
  }
}
