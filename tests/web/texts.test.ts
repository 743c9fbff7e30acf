import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { locales } from '../../server/locales.ts'
import { isForPeople } from '../../server/web/languages.ts'
import { problems } from '../../server/web/problems.ts'
import { createTexts, placeholdersOf } from '../../server/web/texts.ts'
import { temporaryFolder } from '../helpers/folder.ts'

const localesDir = 'templates/locales'
const texts = createTexts(localesDir)
const japanese = new Set(texts.keys('ja'))

describe('the texts of the product', () => {
  test('Japanese comes first and English is there', () => {
    expect(texts.locales.slice(0, 2)).toEqual(['ja', 'en'])
  })

  test('English has the keys of Japanese, plain Japanese those that people see, no more and no fewer', () => {
    const wanted = { en: japanese, 'ja-simple': new Set([...japanese].filter(isForPeople)) }
    expect([...locales].sort()).toEqual([...texts.locales].sort())
    for (const [locale, all] of Object.entries(wanted)) {
      const keys = new Set(texts.keys(locale))
      expect({ locale, missing: [...all.difference(keys)], extra: [...keys.difference(all)] }).toEqual({
        locale,
        missing: [],
        extra: [],
      })
    }
  })

  test('a text takes the same placeholders in every language', () => {
    const sources = new Map(texts.locales.map((locale) => [locale, sourceTexts(locale)]))
    const differing: string[] = []
    for (const [key, text] of sources.get('ja') ?? []) {
      for (const [locale, others] of sources) {
        const other = others.get(key)
        if (other !== undefined && placeholdersOf(other).join() !== placeholdersOf(text).join())
          differing.push(`${locale} ${key}`)
      }
    }
    expect(differing).toEqual([])
  })

  test('no text is empty or carries HTML', () => {
    const bad = texts.locales.flatMap((locale) =>
      [...sourceTexts(locale)]
        .filter(([, text]) => text.trim() === '' || /<[a-z/]/i.test(text))
        .map(([key]) => `${locale} ${key}`),
    )
    expect(bad).toEqual([])
  })

  test('every key written in a template exists', () => {
    const missing: string[] = []
    for (const [file, source] of filesOf('templates', '.hbs')) {
      for (const [, key = ''] of source.matchAll(/[{(]\s*t\s+["']([^"']+)["']/g))
        if (!japanese.has(key)) missing.push(`${file}: ${key}`)
    }
    expect(missing).toEqual([])
  })

  test('every key written in server code exists', () => {
    const missing: string[] = []
    for (const [file, source] of filesOf('server', '.ts'))
      for (const key of keysInCode(source)) if (!existsAsKeyOrPattern(key)) missing.push(`${file}: ${key}`)
    expect(missing).toEqual([])
  })

  test('every problem says what happened, what is safe and what to do', () => {
    const keys = Object.keys(problems).flatMap((code) =>
      ['title', 'body', 'action'].map((part) => `problem.${code}.${part}`),
    )
    const missing = keys.filter((key) => !japanese.has(key))
    expect(missing).toEqual([])
  })
})

describe('createTexts', () => {
  test('fills placeholders and keeps the rest', () => {
    const own = textsOf({ hello: '{name}さん、{count}件です', brace: '{ not one } {}' })
    expect(own.text('ja', 'a.hello', { name: '山田', count: 3 })).toBe('山田さん、3件です')
    expect(own.text('ja', 'a.brace')).toBe('{ not one } {}')
  })

  test('throws on a missing language, key or value, each by name', () => {
    const own = textsOf({ hello: '{name}さん' })
    expect(() => own.text('fr', 'a.hello')).toThrow(/locale "fr".*a\.hello/)
    expect(() => own.text('ja', 'a.bye')).toThrow(/"a\.bye".*"ja"/)
    expect(() => own.text('ja', 'a.hello')).toThrow(/a\.hello.*\{name\}/)
    expect(() => own.text('ja', 'a.hello', { toString: 'x' })).toThrow(/\{name\}/)
  })

  test('refuses a file that holds anything but texts', () => {
    expect(() => textsOf({ list: ['a'] })).toThrow(/a\.list.*must be a text/)
    expect(() => textsOf({ 'a.b': 'x' })).toThrow(/must be a word/)
  })
})

function textsOf(content: object) {
  const dir = temporaryFolder('texts')
  mkdirSync(join(dir, 'ja'))
  writeFileSync(join(dir, 'ja', 'a.json'), JSON.stringify(content))
  return createTexts(dir)
}

/** Texts as written, placeholders and all. */
function sourceTexts(locale: string): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (key: string, value: unknown): void => {
    if (typeof value === 'string') found.set(key, value)
    else for (const [part, inner] of Object.entries(value as object)) walk(`${key}.${part}`, inner)
  }
  for (const [file, source] of filesOf(join(localesDir, locale), '.json')) walk(file.slice(0, -5), JSON.parse(source))
  return found
}

function filesOf(dir: string, extension: string): [string, string][] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => [file, readFileSync(join(dir, file), 'utf8')])
}

/**
 * Keys in code: what stands as the second argument of text(…), after a property that ends in `key`, and every literal that
 * begins like an existing key (`web.errors.…`). In a template literal each `${…}` may be any one part.
 */
function keysInCode(source: string): string[] {
  const named = source.matchAll(
    /(?:\btext\(\s*[^,()]+,\s*|[kK]ey:\s*)(['`])([a-z][\w-]*(?:\.(?:[\w-]|\$\{[^}]*\})+)+)\1/g,
  )
  const literals = source.matchAll(/(['`])([a-z][\w-]*\.[\w-]+(?:\.(?:[\w-]|\$\{[^}]*\})+)*)\1/g)
  const beginsLikeAKey = (literal: string) => {
    const [file, first] = literal.split('.')
    return [...japanese].some((key) => key.startsWith(`${file}.${first}.`))
  }
  return [
    ...Array.from(named, (match) => match[2] ?? ''),
    ...Array.from(literals, (match) => match[2] ?? '').filter(beginsLikeAKey),
  ]
}

function existsAsKeyOrPattern(key: string): boolean {
  if (!key.includes('${')) return japanese.has(key) || [...japanese].some((other) => other.startsWith(`${key}.`))
  const pattern = new RegExp(`^${key.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[\\w-]+')}(\\.|$)`)
  return [...japanese].some((other) => pattern.test(other))
}
