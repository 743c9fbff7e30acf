import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createReadings, type ReadingList, type Readings } from './readings.ts'

/** Values put into a text's `{placeholders}`. Format numbers and dates before passing them. */
export type TextParams = Readonly<Record<string, string | number>>

export type Texts = {
  /** The languages found, `ja` first, then by code. */
  readonly locales: readonly string[]
  /** Every key of one language, sorted. */
  keys(locale: string): string[]
  /** True when the key exists in the language. */
  has(locale: string, key: string): boolean
  /**
   * The text of `key` (`capability.path.to.text`) in `locale`, with `{name}` replaced from `params`.
   * Throws an Error naming key and locale when the language, the key or a placeholder's value is missing:
   * a page with a hole in it is a fault of ours, never something to paper over.
   */
  text(locale: string, key: string, params?: TextParams): string
  /** Words that are no text of ours but data of the product (dates, questionnaires) with the readings of the language, where it has any. */
  withReadings(locale: string, words: string): string
  /**
   * The words of a definition in a language: its own if there are some, else those of the language it is a form of
   * (`ja-simple`: the Japanese wording, untouched, with readings), else Japanese.
   */
  wording(locale: string, text: Readonly<Record<string, string>> | undefined): string
  /** Kanji for which the language ought to have readings and has none. */
  unread(locale: string, words: string): string[]
}

type Piece = string | { readonly name: string } | { readonly counter: string }

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/**
 * Reads `<dir>/<locale>/<capability>.json` once. Files hold nested objects of strings; the file name is the first part
 * of the key, so `{"landing":{"title":"…"}}` in `answering.json` is `answering.landing.title`.
 * `<dir>/<locale>.readings.json`, where there is one, holds the readings that every text of the language is shown with.
 * Throws on a value that is neither an object nor a string, and on a key that contains a dot.
 */
export function createTexts(dir: string): Texts {
  const byLocale = new Map<string, Map<string, readonly Piece[]>>()
  const readingsOf = new Map<string, Readings>()
  for (const locale of readLocales(dir)) {
    const readings = readReadings(join(dir, `${locale}.readings.json`))
    if (readings) readingsOf.set(locale, readings)
    byLocale.set(locale, readLocale(join(dir, locale), readings))
  }
  // words of definitions: as many as there are, the same for everybody
  const marked = new Map<string, string>()
  const wordsWithReadings = (locale: string, words: string): string => {
    const readings = readingsOf.get(locale)
    if (!readings) return words
    const name = `${locale} ${words}`
    let known = marked.get(name)
    if (known === undefined) marked.set(name, (known = readings.mark(words)))
    return known
  }

  const pieces = (locale: string, key: string): readonly Piece[] => {
    const texts = byLocale.get(locale)
    if (!texts) throw new Error(`No texts for locale "${locale}" (asked for "${key}")`)
    const found = texts.get(key)
    if (!found) throw new Error(`Text "${key}" is missing in locale "${locale}"`)
    return found
  }

  return {
    locales: [...byLocale.keys()],
    keys: (locale) => [...(byLocale.get(locale)?.keys() ?? [])].sort(),
    has: (locale, key) => byLocale.get(locale)?.has(key) ?? false,
    text(locale, key, params = {}) {
      let text = ''
      for (const piece of pieces(locale, key)) {
        if (typeof piece === 'string') {
          text += piece
          continue
        }
        if ('counter' in piece) {
          text += readingsOf.get(locale)!.mark(piece.counter, text)
          continue
        }
        const value = Object.hasOwn(params, piece.name) ? params[piece.name] : undefined
        if (value === undefined || value === null)
          throw new Error(`Text "${key}" in locale "${locale}" needs a value for {${piece.name}}`)
        text += String(value)
      }
      return text
    },
    withReadings: (locale, words) => readingsOf.get(locale)?.mark(words) ?? words,
    wording(locale, text) {
      const words = text?.[locale] ?? text?.[locale.split('-')[0]!] ?? text?.['ja'] ?? ''
      return wordsWithReadings(locale, words)
    },
    unread: (locale, words) => readingsOf.get(locale)?.unread(words) ?? [],
  }
}

/** The names of the `{placeholders}` in a text, sorted, each once. */
export function placeholdersOf(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(placeholder), (match) => match[1] ?? ''))].sort()
}

function readLocales(dir: string): string[] {
  const found = readdirSync(dir, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return found.map((entry) => entry.name).sort((a, b) => Number(b === 'ja') - Number(a === 'ja') || a.localeCompare(b))
}

function readReadings(path: string): Readings | undefined {
  return existsSync(path) ? createReadings(JSON.parse(readFileSync(path, 'utf8')) as ReadingList) : undefined
}

function readLocale(dir: string, readings: Readings | undefined): Map<string, readonly Piece[]> {
  const texts = new Map<string, readonly Piece[]>()
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.json'))) {
    const path = join(dir, file)
    let content: unknown
    try {
      content = JSON.parse(readFileSync(path, 'utf8'))
    } catch (cause) {
      throw new Error(`${path} is not valid JSON`, { cause })
    }
    collect(texts, file.slice(0, -'.json'.length), content, path, readings)
  }
  return texts
}

function collect(
  into: Map<string, readonly Piece[]>,
  key: string,
  value: unknown,
  path: string,
  readings: Readings | undefined,
): void {
  if (typeof value === 'string') {
    into.set(key, readings ? split(value).map((piece, index) => markPiece(readings, piece, index)) : split(value))
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path}: "${key}" must be a text or an object of texts`)
  for (const [part, inner] of Object.entries(value)) {
    if (part === '' || part.includes('.'))
      throw new Error(`${path}: the key part "${part}" under "${key}" must be a word`)
    collect(into, `${key}.${part}`, inner, path, readings)
  }
}

/** What is read by a number that is filled in before it gets its reading then. */
function markPiece(readings: Readings, piece: Piece, index: number): Piece {
  if (typeof piece !== 'string') return piece
  return index > 0 && readings.beginsWithCounter(piece) ? { counter: piece } : readings.mark(piece)
}

function split(text: string): readonly Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(placeholder)) {
    if (match.index > end) pieces.push(text.slice(end, match.index))
    pieces.push({ name: match[1] ?? '' })
    end = match.index + match[0].length
  }
  if (end < text.length) pieces.push(text.slice(end))
  return pieces
}
