/**
 * Readings (furigana) of what is written in plain Japanese. A text of ours carries them as marks, three characters of the
 * private use area around word and reading, from where it is read to where it is drawn; what people typed carries none.
 * Rendering turns marks into ruby, brackets or nothing, as the place allows.
 */
const before = '\uE010'
const between = '\uE011'
const after = '\uE012'

const inside = `([^<>${before}-${after}]*)`
const mark = new RegExp(`${before}${inside}${between}${inside}${after}`, 'g')

/**
 * The kept list: words with their readings, written as they stand in texts, kana and all (`知らせ`: `しらせ`), the longest
 * that fits wins; and `counters`, which are read by the number before them: by its last digit, else as `""` says.
 */
export interface ReadingList {
  readonly words: Readonly<Record<string, string>>
  readonly counters: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface Readings {
  /** The text with marks. `preceding` is what stands before it (a counter goes by the number). */
  mark(text: string, preceding?: string): string
  /** Runs of kanji the list has no reading for, each once. */
  unread(text: string): string[]
  /** Does it begin with what is read by the number before it? */
  beginsWithCounter(text: string): boolean
}

type Part = string | { readonly base: string; readonly reading: string }

const kanji = /[\p{Script=Han}々〆ヶ]/u
const kanjiRun = /[\p{Script=Han}々〆ヶ]+/gu
const opensAlone = /^[\p{Script=Han}々〆ヶ](?![\p{Script=Han}々〆ヶ])/u
const endsAlone = /(?<![\p{Script=Han}々〆ヶ])[\p{Script=Han}々〆ヶ]$/u
const endsInCompound = /[\p{Script=Han}々〆ヶ]{2}$/u
const endsInKanji = /[\p{Script=Han}々〆ヶ]$/u
const digit = /[0-9\uFF10-\uFF19]$/

/** @throws when the reading of a word does not fit its kana */
export function createReadings({ words, counters }: ReadingList): Readings {
  const parts = new Map<string, readonly Part[]>()
  for (const [word, reading] of Object.entries(words)) parts.set(word, alignReading(word, reading))
  const byFirst = new Map<string, string[]>()
  for (const word of [...parts.keys()].sort((a, b) => b.length - a.length))
    byFirst.set(word[0]!, [...(byFirst.get(word[0]!) ?? []), word])
  const counting = Object.keys(counters).sort((a, b) => b.length - a.length)

  const counterAt = (text: string, at: number) => counting.find((one) => text.startsWith(one, at))
  const wordAt = (text: string, at: number, preceding: string, followsCompound: boolean) =>
    byFirst
      .get(text[at]!)
      ?.find((word) => text.startsWith(word, at) && standsFree(word, text, at, preceding, followsCompound))

  function walk(text: string, preceding: string): Part[] {
    const found: Part[] = []
    let plain = ''
    let compoundEnds = 0
    const put = (part: Part) => {
      if (typeof part === 'string') plain += part
      else {
        if (plain !== '') found.push(plain)
        plain = ''
        found.push(part)
      }
    }
    for (let at = 0; at < text.length;) {
      const number = digit.test(text[at - 1] ?? preceding) ? (text[at - 1] ?? preceding) : undefined
      const counter = number === undefined ? undefined : counterAt(text, at)
      const word = counter ?? wordAt(text, at, preceding, compoundEnds === at)
      if (counter !== undefined) {
        const byDigit = counters[counter]!
        put({ base: counter, reading: byDigit[number!.slice(-1)] ?? byDigit['']! })
      } else if (word === undefined) put(text[at]!)
      else for (const part of parts.get(word)!) put(part)
      at += word?.length ?? 1
      if (word !== undefined && (counter !== undefined || endsInCompound.test(word))) compoundEnds = at
    }
    if (plain !== '') found.push(plain)
    return found
  }

  return {
    mark: (text, preceding = '') =>
      walk(text, preceding)
        .map((part) => (typeof part === 'string' ? part : `${before}${part.base}${between}${part.reading}${after}`))
        .join(''),
    unread: (text) => [
      ...new Set(walk(text, '').flatMap((part) => (typeof part === 'string' ? (part.match(kanjiRun) ?? []) : []))),
    ],
    beginsWithCounter: (text) => counterAt(text, 0) !== undefined,
  }
}

/**
 * A single kanji is read otherwise inside a compound (人, 人気), so it must not touch another one that is no part of the word, and a
 * number not the rest of a longer one (1日, 11日). Compounds of two and more may stand side by side, and before a verb (一度働く).
 */
function standsFree(word: string, text: string, at: number, preceding: string, followsCompound: boolean): boolean {
  const last = preceding + text.slice(0, at)
  if (/^\d/.test(word)) return !digit.test(last)
  if (opensAlone.test(word) && !followsCompound && endsInKanji.test(last)) return false
  return !(endsAlone.test(word) && kanji.test(text[at + word.length] ?? ''))
}

/**
 * Which part of a word's reading belongs to which kanji: kana of the word stand in the reading as they are.
 * Example: お知らせ, おしらせ gives お, 知 しらせ without らせ: し, らせ.
 * @throws when they do not
 */
function alignReading(word: string, reading: string): Part[] {
  // a word that begins with figures (1日) is read as one
  const pieces = /^\d/.test(word) ? [word] : (word.match(/[\p{Script=Han}々〆ヶ]+|[^\p{Script=Han}々〆ヶ]+/gu) ?? [])
  const isRead = (piece: string) => kanji.test(piece) || /^\d/.test(piece)
  const pattern = pieces.map((piece) => (isRead(piece) ? '(.+?)' : escaped(piece))).join('')
  const found = new RegExp(`^${pattern}$`).exec(reading)
  if (!found) throw new Error(`The reading "${reading}" does not fit "${word}"`)
  let group = 0
  return pieces.map((piece) => (isRead(piece) ? { base: piece, reading: found[++group]! } : piece))
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

/** Without readings: for addresses, subjects of records, whatever is kept. */
export const withoutReadings = (text: string): string => (text.includes(before) ? text.replaceAll(mark, '$1') : text)

/** Readings instead of kanji: for the words in a picture. */
export const onlyReadings = (text: string): string => (text.includes(before) ? text.replaceAll(mark, '$2') : text)

/** 案内(あんない): where there is text and nothing else. */
export const bracketedReadings = (text: string): string =>
  text.includes(before) ? text.replaceAll(mark, '$1($2)') : text

const ruby = '<ruby>$1<rp>(</rp><rt>$2</rt><rp>)</rp></ruby>'
/** What cannot hold ruby as a whole, tags (their attributes), and the marks that are left. */
const places = new RegExp(
  `<(title|option|textarea|svg)\\b[^]*?</\\1>|<[^<>${before}]*${before}[^>]*>|${mark.source}`,
  'g',
)

/**
 * Finished HTML with its marks as ruby (WCAG technique H62, with brackets for programs that know none). Titles and attributes
 * get the words alone, options brackets, pictures the readings alone.
 */
export function drawReadings(html: string): string {
  if (!html.includes(before)) return html
  return html.replaceAll(places, (found: string, element: string | undefined, base?: string, reading?: string) => {
    if (base !== undefined) return ruby.replace('$1', () => base).replace('$2', () => reading!)
    if (element === 'option') return bracketedReadings(found)
    return element === 'svg' ? onlyReadings(found) : withoutReadings(found)
  })
}
