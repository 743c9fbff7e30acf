import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const lines = readFileSync(join(root, 'docs/sources.md'), 'utf8').split('\n')

const texts = ['server', 'analysis', 'survey-definitions', 'tests'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|sql|yaml)$/.test(name) && !name.endsWith('database/schema.sql'))
    .map((name) => ({ path: join(folder, name), text: readFileSync(join(root, folder, name), 'utf8') })),
)

/** Addresses of sources, without what ends the sentence; not those of the program itself, of examples and of name spaces. */
function addresses(text: string): string[] {
  return [...text.matchAll(/https?:\/\/[^\s'"`<>|,;{}]+/g)]
    .map(([url]) => url.replace(/[.):]+$/, (end) => (url.includes('(') && end.startsWith(')') ? ')' : '')))
    .filter((url) => !/localhost|127\.0\.0\.1|example|www\.w3\.org|\$$|json-schema/.test(url))
}

test('each rule that the code names by its code stands in docs/sources.md, and none stands there for nothing', () => {
  const told = lines.flatMap((line) => /^\| ([A-Z]-\d+) \| .* \| \S.* \|$/.exec(line)?.[1] ?? [])
  const named = new Set(
    texts.flatMap(({ text }) =>
      [...text.matchAll(/\blaw [A-Z]-\d+(?:(?:, | and |\/)[A-Z]-\d+)*/g)].flatMap(([found]) =>
        [...found.matchAll(/[A-Z]-\d+/g)].map(String),
      ),
    ),
  )
  expect(named.size).toBeGreaterThan(30)
  expect([...named].filter((code) => !told.includes(code))).toEqual([])
  // S-5, R-4 and D-2 are also said without the word
  expect(told.filter((code) => !texts.some(({ text }) => text.includes(code)))).toEqual([])
  expect(new Set(told).size).toBe(told.length)
})

test('each address that stands beside a rule or a formula stands in docs/sources.md on the line of its file', () => {
  const missing = texts
    .filter(({ path }) => !path.startsWith('tests/'))
    .flatMap(({ path, text }) => {
      const own = lines.filter((line) => line.includes(`\`${path}\``)).flatMap(addresses)
      return addresses(text)
        .filter((url) => !own.includes(url))
        .map((url) => `${path}: ${url}`)
    })
  expect([...new Set(missing)]).toEqual([])
})

test('every file that docs/sources.md names exists, and each formula of analysis/ with a source is named', () => {
  const named = lines.flatMap((line) => [...line.matchAll(/`([a-z-]+\/[^`]+\.[a-z]+)`/g)].map((match) => match[1]!))
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  // "at each function" and the like point on to others
  const sourced = texts.filter(
    ({ path, text }) =>
      path.startsWith('analysis/') && /\* (?:.*\. )?Source: (?!design of|bayesian-fdr\.ts)/.test(text),
  )
  expect(sourced.length).toBeGreaterThan(20)
  expect(sourced.map(({ path }) => path).filter((path) => !named.includes(path))).toEqual([])
})
