import { textsOf } from './texts.ts'
import type { Place, Report } from './findings.ts'
import type { Questionnaire, Text } from '../../survey-definitions/schema.ts'

/** Every text has every declared language, and no other. */
export function checkTexts(definition: Questionnaire, report: Report): void {
  const languages = Object.keys(definition.languages)
  if (languages.length === 0)
    report(['languages'], 'language-missing', 'no language is declared; add at least one', { language: 'ja' })
  for (const { place, text } of textsOf(definition)) checkText(text, place, languages, report)
}

function checkText(text: Text, place: Place, languages: readonly string[], report: Report): void {
  for (const language of languages) {
    if (text[language] === undefined) {
      report(place, 'language-missing', `the words in "${language}" are missing; add "${language}: …" here`, {
        language,
      })
    }
  }
  for (const language of Object.keys(text)) {
    if (!languages.includes(language)) {
      const what = `"${language}" is not among the languages of this questionnaire; declare it under "languages"`
      report([...place, language], 'language-undeclared', what, { language })
    }
  }
}
