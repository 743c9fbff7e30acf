import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { parseDocument } from 'yaml'
import { isLanguageCode, type Questionnaire } from '../../survey-definitions/schema.ts'
import { parseDefinition } from './parse.ts'
import { nameOfPlace, textsOf } from './texts.ts'

/** Something wrong with a translator's file. Lines and columns count from 1. */
export interface TranslationFault {
  line: number
  column: number
  message: string
}

interface ParsedRow {
  record: string[]
  info: { lines: number }
}

/**
 * A translator's file: CSV with a byte order mark (so that spreadsheets read it as UTF-8), one line per text, the columns
 * `place`, every language there is, and the one wanted, empty or as far as it is translated.
 */
export function exportTexts(definition: Questionnaire, wanted: string): string {
  if (!isLanguageCode(wanted)) throw new Error(`"${wanted}" is no language code; write it like en or pt-BR`)
  const known = Object.keys(definition.languages).filter((code) => code !== wanted)
  const rows = textsOf(definition).map(({ place, text }) => [
    nameOfPlace(definition, place),
    ...known.map((code) => text[code] ?? ''),
    text[wanted] ?? '',
  ])
  return stringify([['place', ...known, wanted], ...rows], { bom: true, record_delimiter: '\r\n' })
}

export type ImportedTexts =
  | { readonly yaml: string; readonly faults?: undefined }
  | { readonly yaml?: undefined; readonly faults: readonly TranslationFault[] }

interface Position {
  readonly line: number
  readonly column: number
}

/** One text as a translator's file has it. */
export interface TranslatedText extends Position {
  readonly name: string
  /** what it was translated from, by language */
  readonly from: readonly (Position & { readonly code: string; readonly words: string })[]
  readonly words: Position & { readonly text: string }
}

export type ReadTexts =
  | { readonly texts: readonly TranslatedText[]; readonly end: Position; readonly faults?: undefined }
  | { readonly texts?: undefined; readonly faults: readonly TranslationFault[] }

/**
 * The next version of a definition with one more language, or that language put right: comments and layout of the file stay.
 * The wording is said to be not validated. Every text must be there, and the words it was translated from must be those of
 * the definition: a file made from another version is refused, not guessed at.
 */
export function importTexts(source: string, csv: string, wanted: string): ImportedTexts {
  return takeTexts(source, (definition) => readCsv(definition, csv, wanted), wanted)
}

function readCsv(definition: Questionnaire, csv: string, wanted: string): ReadTexts {
  const fault = (line: number, column: number, message: string): ReadTexts => ({ faults: [{ line, column, message }] })
  let records: ParsedRow[]
  try {
    records = parse(csv, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as ParsedRow[]
  } catch (error) {
    const { message } = error as Error
    const line = error instanceof CsvError ? Number(error['lines'] ?? 1) : 1
    return fault(line, 1, `no readable CSV (${message.split(':')[0]}); save the file as CSV with commas`)
  }
  const [header, ...rows] = records
  if (!header) return fault(1, 1, 'the file is empty; it begins with a header line')
  const placeColumn = header.record.indexOf('place')
  const column = header.record.indexOf(wanted)
  if (placeColumn < 0 || column < 0) {
    const missing = placeColumn < 0 ? 'place' : wanted
    return fault(1, header.record.length + 1, `the column "${missing}" is missing; export the file anew`)
  }
  const texts = rows.map(({ record, info: { lines: line } }): TranslatedText => {
    const from = header.record.flatMap((code, index) => {
      if (index === placeColumn || index === column || !(code in definition.languages)) return []
      return [{ code, words: record[index] ?? '', line, column: index + 1 }]
    })
    const words = { text: record[column] ?? '', line, column: column + 1 }
    return { name: record[placeColumn] ?? '', line, column: placeColumn + 1, from, words }
  })
  return { texts, end: { line: rows.length + 1, column: placeColumn + 1 } }
}

/** Carries the texts that `read` finds into the next version of a definition; what a translator's file must be, whatever its format. */
export function takeTexts(
  source: string,
  read: (definition: Questionnaire) => ReadTexts,
  wanted: string,
): ImportedTexts {
  const { definition } = parseDefinition(source, 'definition')
  if (!definition) throw new Error('the definition itself has faults; check it first')
  const found = read(definition)
  if (found.faults) return { faults: found.faults }
  const texts = new Map(textsOf(definition).map((one) => [nameOfPlace(definition, one.place), one]))
  const faults: TranslationFault[] = []
  const translated = new Map<string, string>()
  for (const { name, line, column, from, words } of found.texts) {
    const one = texts.get(name)
    if (!one) {
      faults.push({ line, column, message: `there is no text "${name}"; leave the places as they were exported` })
      continue
    }
    for (const { code, words: given, ...at } of from) {
      if (given !== one.text[code])
        faults.push({
          ...at,
          message: `"${name}" reads otherwise in "${code}" now; export the file anew and carry the translation over`,
        })
    }
    const text = words.text.trim()
    if (text === '') faults.push({ line: words.line, column: words.column, message: `"${name}" is not translated yet` })
    if (translated.has(name)) faults.push({ line, column, message: `"${name}" stands twice; keep one` })
    translated.set(name, text)
  }
  for (const name of texts.keys())
    if (!translated.has(name)) faults.push({ ...found.end, message: `"${name}" is missing` })
  if (faults.length > 0) return { faults }

  const document = parseDocument(source)
  document.set('version', definition.version + 1)
  const old = definition.languages[wanted]
  document.setIn(
    ['languages', wanted],
    document.createNode({ ...old, validated: false, sources: old?.sources ?? ['translation'] }),
  )
  if (!old && !('translation' in definition.sources))
    document.setIn(['sources', 'translation'], document.createNode({ title: `Translation (${wanted})` }))
  for (const [name, words] of translated) document.setIn([...texts.get(name)!.place, wanted], words)
  const yaml = document.toString({ lineWidth: 0 })
  const made = parseDefinition(yaml, 'translated')
  if (made.faults)
    return { faults: made.faults.map(({ line, column: at, message }) => ({ line, column: at, message })) }
  return { yaml }
}
