import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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
}

type Piece = string | { readonly name: string }

const placeholder = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/**
 * Reads `<dir>/<locale>/<capability>.json` once. Files hold nested objects of strings; the file name is the first part
 * of the key, so `{"landing":{"title":"…"}}` in `answering.json` is `answering.landing.title`.
 * Throws on a value that is neither an object nor a string, and on a key that contains a dot.
 */
export function createTexts(dir: string): Texts {
  const byLocale = new Map<string, Map<string, readonly Piece[]>>()
  for (const locale of readLocales(dir)) byLocale.set(locale, readLocale(join(dir, locale)))

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
        const value = Object.hasOwn(params, piece.name) ? params[piece.name] : undefined
        if (value === undefined || value === null)
          throw new Error(`Text "${key}" in locale "${locale}" needs a value for {${piece.name}}`)
        text += String(value)
      }
      return text
    },
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

function readLocale(dir: string): Map<string, readonly Piece[]> {
  const texts = new Map<string, readonly Piece[]>()
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.json'))) {
    const path = join(dir, file)
    let content: unknown
    try {
      content = JSON.parse(readFileSync(path, 'utf8'))
    } catch (cause) {
      throw new Error(`${path} is not valid JSON`, { cause })
    }
    collect(texts, file.slice(0, -'.json'.length), content, path)
  }
  return texts
}

function collect(into: Map<string, readonly Piece[]>, key: string, value: unknown, path: string): void {
  if (typeof value === 'string') {
    into.set(key, split(value))
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${path}: "${key}" must be a text or an object of texts`)
  for (const [part, inner] of Object.entries(value)) {
    if (part === '' || part.includes('.'))
      throw new Error(`${path}: the key part "${part}" under "${key}" must be a word`)
    collect(into, `${key}.${part}`, inner, path)
  }
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
