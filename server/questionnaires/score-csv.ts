import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { compileScorer, countedItems, listItems, needsSex, readAnswer } from '../../analysis/scoring/index.ts'
import type { Readable, Writable } from 'node:stream'
import type { Answer, ScaleScore, Score, Sex, Verdict } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** The input cannot be scored from here on. Line and column count from 1; the column is that of the CSV header. */
export class ScoreCsvError extends Error {
  readonly line: number
  readonly column: number

  constructor(line: number, column: number, problem: string) {
    super(`line ${line}, column ${column}: ${problem}`)
    this.name = 'ScoreCsvError'
    this.line = line
    this.column = column
  }
}

/** Rows are written in blocks of about this many characters: one system call per row would cost more than scoring. */
const BLOCK_CHARACTERS = 64 * 1024
/** Guards against an unclosed quote or a file that is no CSV at all. */
const MAX_RECORD_CHARACTERS = 1_000_000

const notUtf8 = 'not readable as UTF-8; save the whole file as UTF-8'

type ParsedRow = { readonly record: string[]; readonly info: { readonly lines: number } }

/**
 * Scores a CSV of people: header `id`, `sex` (where a point table needs it) and the item ids, in any order, other
 * columns ignored; UTF-8 with or without byte order mark. Writes one JSON line per person in input order:
 * `{"id","scales","composites","simpleSum","conversion"}` as far as the questionnaire has them; `{"id","missing":[…]}` without the
 * scored answers; `{"id","missing":["sex"],"simpleSum"}` without the sex. Streams: neither side is held in memory, only
 * the ids seen (to notice one that stands twice). Does not end `output`.
 *
 * Throws a {@link ScoreCsvError} at the first answer outside the options, missing column or duplicate id; the rows before
 * it have been written (but for the last few before a record that is no CSV), nothing after it. The message names the
 * place, never an answer. A closed `output` rejects with its own error, e.g. EPIPE.
 */
export async function scoreCsv(job: {
  readonly input: Readable
  readonly output: Writable
  readonly questionnaire: Questionnaire
}): Promise<void> {
  const { input, output, questionnaire } = job
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_CHARACTERS,
  })
  // Errors of the input arrive through the parser, those of the output through the callback of the write that met them.
  pipeline(input, parser, () => {})
  output.on('error', () => {})
  let block = ''
  const flush = (): Promise<void> => {
    const full = block
    block = ''
    return new Promise((resolve, reject) => {
      output.write(full, (error) => (error ? reject(error) : resolve()))
    })
  }
  try {
    let scoreRow: ((record: readonly string[], line: number) => string) | undefined
    const lineOf = countLines()
    for await (const row of parser as AsyncIterable<ParsedRow>) {
      const line = lineOf(row)
      if (!scoreRow) {
        scoreRow = compileRow(row.record, line, questionnaire)
        continue
      }
      block += scoreRow(row.record, line)
      if (block.length >= BLOCK_CHARACTERS) await flush()
    }
    if (!scoreRow) throw new ScoreCsvError(1, 1, 'the input is empty; it begins with a header line')
    await flush()
  } catch (error) {
    const problem = error instanceof CsvError ? readerError(error) : error
    if (problem instanceof ScoreCsvError) await flush()
    throw problem
  }
}

function readerError(error: CsvError): ScoreCsvError {
  const [line, column] = [Number(error['lines'] ?? 1), Number(error['column'] ?? 0) + 1]
  if (error.code === 'CSV_MAX_RECORD_SIZE') {
    return new ScoreCsvError(line, column, `a record of more than ${MAX_RECORD_CHARACTERS} characters`)
  }
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') {
    return new ScoreCsvError(line, column, 'the end of the input, inside a quotation mark that was never closed')
  }
  return new ScoreCsvError(line, column, 'not a readable CSV record; look for a quotation mark out of place')
}

/** Reads the header and prepares what turns each further row into a line of JSON. */
function compileRow(
  header: readonly string[],
  headerLine: number,
  questionnaire: Questionnaire,
): (record: readonly string[], line: number) => string {
  const names = header.map((name) => name.trim())
  const foreign = names.findIndex((name) => name.includes('\uFFFD'))
  if (foreign >= 0) throw new ScoreCsvError(headerLine, foreign + 1, notUtf8)
  const separator = names.length === 1 ? /[;\t]/.exec(names[0]!)?.[0] : undefined
  if (separator) {
    const what = separator === ';' ? 'semicolons' : 'tabs'
    throw new ScoreCsvError(headerLine, 1, `the columns are separated by ${what}; save the file with commas`)
  }
  const columnOf = (name: string): number => {
    const at = names.indexOf(name)
    if (at < 0) throw new ScoreCsvError(headerLine, names.length + 1, `the column "${name}" is missing`)
    const again = names.indexOf(name, at + 1)
    if (again >= 0) throw new ScoreCsvError(headerLine, again + 1, `the column "${name}" stands twice`)
    return at
  }
  const idColumn = columnOf('id')
  const sexColumn = needsSex(questionnaire) ? columnOf('sex') : undefined
  const counted = new Set(countedItems(questionnaire))
  const items = listItems(questionnaire)
    .filter((asked) => counted.has(asked.id))
    .map((asked) => ({ asked, id: asked.id, column: columnOf(asked.id), known: new Map<string, Answer>() }))
  const score = compileScorer(questionnaire)
  const print = compilePrint(questionnaire)
  const ids = new Set<string>()

  return (record, line) => {
    const fault = (column: number, problem: string): ScoreCsvError =>
      new ScoreCsvError(line, column + 1, `${names[column]}: ${problem}`)
    if (record.length !== names.length) {
      const what = `${record.length} fields where the header has ${names.length} columns`
      throw new ScoreCsvError(line, Math.min(record.length, names.length) + 1, what)
    }
    const id = record[idColumn]!.trim()
    if (id === '') throw fault(idColumn, 'blank; every row needs an id')
    if (id.includes('\uFFFD')) throw fault(idColumn, notUtf8)
    if (ids.has(id)) throw fault(idColumn, 'this id stood in an earlier row already')
    ids.add(id)
    const sex = sexColumn === undefined ? null : readSex(record[sexColumn]!)
    if (sex === undefined) throw fault(sexColumn!, 'neither male nor female nor blank')
    const answers: Record<string, Answer> = {}
    for (const item of items) {
      const cell = record[item.column]!
      let answer = item.known.get(cell)
      if (answer === undefined) {
        const read = readAnswer(item.asked, cell)
        if (read.fault) throw fault(item.column, cell.includes('\uFFFD') ? notUtf8 : 'not an answer this item allows')
        answer = read.answer
        // A form has few answers; the bound keeps odd spacing from filling the memory.
        if (item.known.size < 256) item.known.set(cell, answer)
      }
      answers[item.id] = answer
    }
    return print(id, score(answers, sex))
  }
}

function readSex(cell: string): Sex | null | undefined {
  const sex = cell.trim()
  if (sex === '') return null
  return sex === 'male' || sex === 'female' ? sex : undefined
}

/**
 * Gives the line on which each row begins, called with the rows in order. The reader counts to a row's end, and inside
 * quotes it counts CR LF as two lines.
 */
function countLines(): (row: ParsedRow) => number {
  let [readerLine, tooMany] = [0, 0]
  return ({ record, info }) => {
    const breaks = info.lines - readerLine > 1 ? record.join(',').match(/\r\n|\r|\n/g) : null
    const counted = breaks?.reduce((sum, mark) => sum + mark.length, 0) ?? 0
    const line = info.lines - counted - tooMany
    tooMany += counted - (breaks?.length ?? 0)
    readerLine = info.lines
    return line
  }
}

type Printed = { readonly raw: number; readonly point?: number | null } | { readonly mean: number } | null

function compilePrint(questionnaire: Questionnaire): (id: string, score: Score) => string {
  const methods = new Set<string>(
    [...questionnaire.criteria, ...questionnaire.methods_not_offered].map((criterion) => criterion.method),
  )
  const withTable = new Set(questionnaire.scales.filter((scale) => scale.point_table).map((scale) => scale.id))
  const means = new Set(questionnaire.scales.filter(({ formula }) => formula.method === 'mean').map(({ id }) => id))
  const printScale = (name: string, scale: ScaleScore | null): Printed => {
    if (!scale) return null
    if (means.has(name)) return { mean: round(scale.raw) }
    return withTable.has(name) ? scale : { raw: round(scale.raw) }
  }
  return (id, { missing, scales, composites, simpleSum, conversion }) => {
    const sums = methods.has('simple-sum') ? { simpleSum: plain(simpleSum) } : {}
    if (missing.length > 0) {
      const line = simpleSum ? { id, missing, ...sums } : { id, missing }
      return `${JSON.stringify(line)}\n`
    }
    const printed: Record<string, Printed> = {}
    for (const [name, scale] of Object.entries(scales)) printed[name] = printScale(name, scale)
    const composed: Record<string, Printed> = {}
    for (const [name, value] of Object.entries(composites))
      composed[name] = value === null ? null : { mean: round(value) }
    return `${JSON.stringify({
      id,
      scales: printed,
      ...(questionnaire.composites.length > 0 ? { composites: composed } : {}),
      ...sums,
      ...(methods.has('conversion') ? { conversion: plain(conversion) } : {}),
    })}\n`
  }
}

/** Four decimals, as the published norms have them. Example: 7/3 gives 2.3333. */
const round = (value: number): number => Math.round(value * 10_000) / 10_000

function plain(verdict: Verdict | null): Record<string, number | boolean> | null {
  return verdict && { ...verdict.totals, highStress: verdict.highStress }
}
