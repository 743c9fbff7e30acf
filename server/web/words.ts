import type { Texts } from './texts.ts'

/** Words in the person's language. */
export type Say = (key: string, params?: Record<string, string | number>) => string

/** The words of a definition in the person's language. */
export type Read = (text: Readonly<Record<string, string>> | undefined) => string

/** What a page about a questionnaire is written with. */
export interface Words {
  locale: string
  say: Say
  read: Read
}

export function wordsIn(texts: Texts, locale: string): Words {
  return {
    locale,
    say: (key, params) => texts.text(locale, key, params),
    read: (text) => texts.wording(locale, text),
  }
}
