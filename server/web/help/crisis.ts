import { englishWords, japaneseWords, type CrisisWords } from './crisis-wording.data.ts'

/**
 * Does one of these texts hold words of the kept list? A fixed rule over what was written, nothing more: no model, no degree, no record. Whoever asks
 * shows help lines to the writer and does nothing else with the answer: it is neither kept nor logged nor told to anybody.
 *
 * Two lists, both asked of every text whatever language its page has. Japanese: NFKC, katakana as hiragana, without spaces and middle dots, found
 * anywhere. English: NFKC, small letters, whole words.
 *
 * @example 「もう 消え タイ」 yes; 「死にそうに忙しい」 no; 「話し合いにたいして」 no; "I don’t want to live" yes; "deadline to die for" no
 */
export function holdsCrisisWording(texts: readonly unknown[]): boolean {
  return texts.some(
    (text) => typeof text === 'string' && text !== '' && (isJapaneseCrisis(text) || isEnglishCrisis(text)),
  )
}

const isJapaneseCrisis = (text: string): boolean => {
  const whole = joined(text)
  return japanese.some(({ words, unlessThen }) => {
    for (let at = whole.indexOf(words); at >= 0; at = whole.indexOf(words, at + 1)) {
      const then = whole.slice(at + words.length)
      if (!unlessThen.some((other) => then.startsWith(other))) return true
    }
    return false
  })
}

const isEnglishCrisis = (text: string): boolean => {
  const whole = spaced(text)
  return english.some((words) => whole.includes(words))
}

/** Spaces of every width, marks that have none, and middle dots: 「死 に た い」 and 「シ・ニ・タ・イ」 are the word itself. */
const between = /[\s\u200B-\u200D\u2060\uFEFF・･]+/gu
const katakana = /[ァ-ヶ]/gu

const joined = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(between, '')
    .replaceAll(katakana, (sign) => String.fromCodePoint(sign.codePointAt(0)! - 0x60))

const spaced = (text: string): string =>
  ` ${text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/['’‘`]/gu, '')
    .replaceAll(/[^a-z0-9]+/gu, ' ')} `

const japanese = japaneseWords.map(({ words, unlessThen = [] }: CrisisWords) => ({
  words: joined(words),
  unlessThen: unlessThen.map(joined),
}))
const english = englishWords.map(({ words }) => ` ${spaced(words).trim()} `)
