/** Languages that every page is written in. */
export const wholeLocales = ['ja', 'en'] as const

/**
 * Languages of the pages and mails of people who answer, leave or have left. Plain Japanese (やさしい日本語) is `ja-simple`:
 * `simple`, "simplified form", is a variant of the IANA Language Subtag Registry (its registration:
 * https://www.alvestrand.no/pipermail/ietf-languages/2015-December/012975.html), so the tag needs no private part
 * (`ja-x-…`), programs that look for `ja` find it (RFC 4647, section 3.4), and `ja-Hira`, which would say that there are no
 * kanji, would not be true: they stay, with their readings above them.
 */
export const locales = ['ja', 'en', 'ja-simple'] as const

export type WholeLocale = (typeof wholeLocales)[number]
export type Locale = (typeof locales)[number]

export const isLocale = (value: unknown): value is Locale => (locales as readonly unknown[]).includes(value)

/** The language of a page that is not written in `locale`: the page is whole in it. `ja-simple` → `ja`. */
export function wholeLocaleOf(locale: string): WholeLocale {
  return locale.split('-')[0] === 'en' ? 'en' : 'ja'
}
