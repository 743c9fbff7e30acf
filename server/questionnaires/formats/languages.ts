const known: ReadonlyMap<string, string> = new Map([
  ['japanese', 'ja'],
  ['日本語', 'ja'],
  ['english', 'en'],
  ['英語', 'en'],
  ['chinese', 'zh'],
  ['中文', 'zh'],
  ['korean', 'ko'],
  ['한국어', 'ko'],
  ['vietnamese', 'vi'],
  ['portuguese', 'pt'],
  ['spanish', 'es'],
  ['french', 'fr'],
  ['german', 'de'],
  ['nepali', 'ne'],
  ['indonesian', 'id'],
  ['tagalog', 'tl'],
  ['thai', 'th'],
])

/**
 * The language code of our format for one of another file: `ja-JP` is `ja` and `en_US` is `en`, as those two are spoken of
 * without a country; `日本語 (ja)` and `English` as XLSForm writes them. Undefined when it is none.
 */
export function languageOf(text: string): string | undefined {
  const inBrackets = /\(([^()]+)\)\s*$/.exec(text)?.[1] ?? text
  const name = inBrackets.trim()
  const byName = known.get(name.toLowerCase())
  if (byName) return byName
  const code = /^([A-Za-z]{2,3})((?:[-_][A-Za-z0-9]{2,8}){0,3})$/.exec(name)
  if (!code) return undefined
  const first = code[1]!.toLowerCase()
  return first === 'ja' || first === 'en' ? first : `${first}${code[2]!.replaceAll('_', '-')}`
}

/** Japanese where there is kana or kanji, English otherwise: for files that do not say. */
export function guessLanguage(text: string): string {
  return /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text) ? 'ja' : 'en'
}
