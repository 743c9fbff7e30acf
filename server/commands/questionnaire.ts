import { readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import {
  differencesOf,
  exportTexts,
  findVersion,
  importTexts,
  isLanguageCode,
  loadShippedQuestionnaires,
  shippedQuestionnaires,
} from '../questionnaires/index.ts'
import { placed, readDefinitionFile } from './definition-file.ts'
import { listItems } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

// the reader of our output went away (head, less): nothing is wrong
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** What is wrong goes to stderr, and the command ends with 2. */
export function fail(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`${line}\n`)
  process.exitCode = 2
}

const definitionsFolder = join(import.meta.dirname, '..', '..', 'survey-definitions')

interface Opened {
  definition: Questionnaire
  hash: string
  source: string
}

/** A file, or `slug[@version]` of one that ships. Explains what is wrong and gives undefined. */
export async function open(wanted: string): Promise<Opened | undefined> {
  if (/^[a-z][a-z0-9-]*(@\d+)?$/.test(wanted)) {
    const found = findVersion(await shippedQuestionnaires(), wanted)
    if (found) return { ...found, source: await readFile(join(definitionsFolder, found.file), 'utf8') }
    fail([`hanamichi: there is no questionnaire "${wanted}", and no such file. \`questionnaire list\` shows them`])
    return undefined
  }
  try {
    const { version, source, faults } = await readDefinitionFile(wanted)
    if (version) return { definition: version.definition, hash: version.hash, source }
    fail(faults.map(placed))
  } catch (error) {
    fail([`hanamichi: ${(error as Error).message}`])
  }
  return undefined
}

/** `questionnaire list`: slug, version, items, languages, hash; tab-separated, with a header. */
export async function listQuestionnaires(): Promise<void> {
  print(['slug', 'version', 'items', 'languages', 'hash'].join('\t'))
  for (const { slug, version, items, definition, hash } of await loadShippedQuestionnaires())
    print([slug, version, items.length, Object.keys(definition.languages).join(','), hash].join('\t'))
}

/** `questionnaire check FILE`: every fault with line and column, exit 2; or what it is, in a line. */
export async function checkQuestionnaire(file: string): Promise<void> {
  const found = await open(file)
  if (!found) return
  const { definition, hash } = found
  print(`${definition.slug}@${definition.version}: ${definition.title['ja'] ?? ''}`)
  print(
    `${listItems(definition).length} items, ${definition.scales.length} scales, ${Object.keys(definition.languages).join(', ')}`,
  )
  for (const [language, { validated }] of Object.entries(definition.languages))
    if (!validated) print(`"${language}" is not a validated wording; people are told so`)
  print(`SHA-256 ${hash}`)
}

/**
 * `questionnaire publish FILE`: freezes `<slug>/<version>.yaml` of a folder of definitions under its hash. A version that was
 * frozen with another content stays as it was: a correction is a new version.
 */
export async function publishQuestionnaire(file: string): Promise<void> {
  const found = await open(file)
  if (!found) return
  const { definition, hash } = found
  const name = `${definition.slug}@${definition.version}`
  const place = `${definition.slug}/${definition.version}.yaml`
  if (!resolve(file).endsWith(`/${place}`)) {
    fail([`hanamichi: ${file} says ${name}; move it to ${place} first`])
    return
  }
  const list = join(dirname(resolve(file)), '..', 'frozen.json')
  const frozen = JSON.parse(await readFile(list, 'utf8').catch(() => '{}')) as Record<string, string>
  if (frozen[name] === hash) {
    print(`${name} was published already, as it is`)
    return
  }
  if (frozen[name] !== undefined) {
    fail([`hanamichi: ${name} was published with another content; a correction is version ${definition.version + 1}`])
    return
  }
  frozen[name] = hash
  const sorted = Object.fromEntries(Object.entries(frozen).sort(([a], [b]) => (a < b ? -1 : 1)))
  // whole or not at all: the server refuses to start on half a list
  await writeFile(`${list}.part`, `${JSON.stringify(sorted, null, 2)}\n`)
  await rename(`${list}.part`, list)
  print(`${name} is published: ${hash}`)
}

/** `questionnaire diff A B`: what changed in words, and what stays comparable. */
export async function diffQuestionnaires(first: string, second: string): Promise<void> {
  const before = await open(first)
  const after = before && (await open(second))
  if (!after) return
  const { shared, differences } = differencesOf(before.definition, after.definition)
  const groups = [
    ['Not comparable:', differences.filter((one) => !one.comparable)],
    ['Changed, and still comparable:', differences.filter((one) => one.comparable)],
  ] as const
  for (const [title, lines] of groups) {
    if (lines.length === 0) continue
    print(title)
    for (const { what } of lines) print(`  ${what}`)
  }
  print(
    differences.length === 0
      ? 'No difference.'
      : `${shared.length} of ${listItems(after.definition).length} items are the same question as before; answers to them may be compared.`,
  )
}

function isLanguage(code: string): boolean {
  const isOne = isLanguageCode(code)
  if (!isOne) fail([`hanamichi: "${code}" is no language code; one looks like en or pt-BR`])
  return isOne
}

/** `questionnaire export-texts WHAT --language CODE`: a translator's CSV or XLIFF 1.2 on stdout. */
export async function exportQuestionnaireTexts(
  wanted: string,
  language: string,
  format: 'csv' | 'xliff',
): Promise<void> {
  const found = isLanguage(language) && (await open(wanted))
  if (!found) return
  if (format === 'csv') {
    process.stdout.write(exportTexts(found.definition, language))
    return
  }
  const { exportXliff } = await import('../questionnaires/formats/xliff.ts')
  if (Object.keys(found.definition.languages).every((code) => code === language))
    fail([`hanamichi: there is no other language than "${language}" to translate from`])
  else process.stdout.write(exportXliff(found.definition, language))
}

/** `questionnaire import-texts WHAT FILE --language CODE`: the next version with that language, as YAML on stdout. */
export async function importQuestionnaireTexts(wanted: string, file: string, language: string): Promise<void> {
  const found = isLanguage(language) && (await open(wanted))
  if (!found) return
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' || code === 'EISDIR' ? `cannot be read (${code})` : 'is not UTF-8; save it as UTF-8'
    fail([`hanamichi: ${file} ${what}`])
    return
  }
  const { importXliff, isXml } = await import('../questionnaires/formats/xliff.ts')
  const { yaml, faults } = isXml(text)
    ? importXliff(found.source, text, language)
    : importTexts(found.source, text, language)
  if (faults) fail(faults.map(({ line, column, message }) => `${basename(file)}:${line}:${column}: ${message}`))
  else process.stdout.write(yaml)
}
