import type { Place, Report } from './findings.ts'
import type { Questionnaire, Text } from '../../survey-definitions/schema.ts'

/** Keys of the format that hold words in every language. */
const TEXT_KEYS: ReadonlySet<string> = new Set([
  'title',
  'introduction',
  'developer',
  'instruction',
  'text',
  'stem',
  'help',
  'unit',
  'low',
  'high',
])

/** Every text has every declared language, and no other. */
export function checkTexts(definition: Questionnaire, report: Report): void {
  const languages = Object.keys(definition.languages)
  if (languages.length === 0) report(['languages'], 'language-missing', 'no language is declared; add at least one')
  const visit = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) {
      for (const [index, part] of value.entries()) visit(part, [...place, index])
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) {
        if (TEXT_KEYS.has(key) && typeof part === 'object' && part !== null && !Array.isArray(part)) {
          checkText(part as Text, [...place, key], languages, report)
        } else visit(part, [...place, key])
      }
    }
  }
  const { sources: _sources, languages: _languages, licence, ...worded } = definition
  visit(worded, [])
  checkText(licence.attribution, ['licence', 'attribution'], languages, report)
  for (const [index, heading] of (definition.point_columns ?? []).entries()) {
    checkText(heading, ['point_columns', index], languages, report)
  }
}

function checkText(text: Text, place: Place, languages: readonly string[], report: Report): void {
  for (const language of languages) {
    if (text[language] === undefined) {
      report(place, 'language-missing', `the words in "${language}" are missing; add "${language}: …" here`)
    }
  }
  for (const language of Object.keys(text)) {
    if (!languages.includes(language)) {
      const what = `"${language}" is not among the languages of this questionnaire; declare it under "languages"`
      report([...place, language], 'language-undeclared', what)
    }
  }
}
