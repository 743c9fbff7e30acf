import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { withoutReadings } from '../web/readings.ts'
import type { Texts } from '../web/texts.ts'
import { isComplete, languagesOf, type CampaignLanguage } from './languages.ts'

/** Up to so many characters or keys are named; more would hide what matters. */
const mostNamed = 8

/** What HR is told about languages: those that these questionnaires are offered in, and for each other one what is missing. */
export function languageWords(versions: readonly QuestionnaireVersion[], texts: Texts, locale: string): string[] {
  const text = (key: string, params: Record<string, string | number>) =>
    texts.text(locale, `campaigns.languages.${key}`, params)
  const nameOf = (of: string) => withoutReadings(texts.text(of, 'web.language.name'))
  const all = languagesOf(versions, texts)
  const separator = text('separator', {})
  const offered = all.filter(isComplete).map((one) => nameOf(one.locale))
  const lackWords = (one: CampaignLanguage): string[] => {
    const language = nameOf(one.locale)
    return [
      ...one.lacks.map(({ version, lack }) => {
        const words = lack.hasWording
          ? text('unread', { language, words: lack.unread.slice(0, mostNamed).join(separator) })
          : text('noWording', { language })
        return versions.length > 1
          ? text('lackOf', { title: texts.wording(locale, version.definition.title), lack: words })
          : words
      }),
      ...(one.missingKeys.length > 0
        ? [
            text('missingTexts', {
              language,
              count: one.missingKeys.length,
              keys: one.missingKeys.slice(0, mostNamed).join(separator),
            }),
          ]
        : []),
    ]
  }
  return [text('offered', { languages: offered.join(separator) || '–' }), ...all.flatMap(lackWords)]
}
