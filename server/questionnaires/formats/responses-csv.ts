import { CsvError, parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import { listItems, needsSex, readAnswer } from '../../../analysis/scoring/index.ts'
import type { Answer, AskedItem } from '../../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../../survey-definitions/schema.ts'
import type { Responder } from './fhir-response.ts'

/** Something wrong with a file of answers. Lines and columns count from 1; the message never quotes an answer. */
export interface AnswersFault {
  readonly line: number
  readonly column: number
  readonly message: string
}

export type ReadAnswers =
  | { readonly responders: Responder[]; readonly ignored: string[]; readonly faults?: undefined }
  | { readonly responders?: undefined; readonly ignored?: undefined; readonly faults: readonly AnswersFault[] }

/** Several answers in one cell; the values of options are numbers and names without it. */
const between = ';'
const mostFaults = 100

interface Line {
  record: string[]
  info: { lines: number }
}

/**
 * Answers of people in the CSV of `score`: header `id`, `sex` (where there is one) and item ids in any order; beside those the
 * ids of lines for own words. A choice of several is written `a;b`. Columns that are none of these are told in `ignored`.
 */
export function readAnswersCsv(definition: Questionnaire, csv: string): ReadAnswers {
  const fault = (line: number, column: number, message: string): ReadAnswers => ({
    faults: [{ line, column, message }],
  })
  let lines: Line[]
  try {
    lines = parse(csv, { bom: true, info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as Line[]
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return fault(Number(error['lines'] ?? 1), 1, 'no readable CSV; look for a quotation mark out of place')
  }
  const [header, ...rows] = lines
  if (!header) return fault(1, 1, 'the file is empty; it begins with a header line')
  const names = header.record.map((name) => name.trim())
  const idColumn = names.indexOf('id')
  if (idColumn < 0) return fault(1, names.length + 1, 'the column "id" is missing')
  const again = names.findIndex((name, at) => names.indexOf(name) !== at)
  if (again >= 0) return fault(1, again + 1, `the column "${names[again]!.slice(0, 80)}" stands twice`)
  const items = new Map(listItems(definition).map((asked) => [asked.id, asked]))
  const lengths = ownWordsOf(items)
  if (!names.some((name) => items.has(name)))
    return fault(1, 1, 'no column has the name of an item of this questionnaire')
  const ignored = names.filter((name) => name !== 'id' && name !== 'sex' && !items.has(name) && !lengths.has(name))

  const faults: AnswersFault[] = []
  const seen = new Set<string>()
  const responders = rows.map(({ record, info }): Responder => {
    const at = (column: number, message: string): void =>
      void faults.push({
        line: info.lines,
        column: column + 1,
        message: `${(names[column] ?? '').slice(0, 80)}: ${message}`,
      })
    if (record.length !== names.length)
      at(0, `the line has ${record.length} fields where the header has ${names.length} columns`)
    const id = (record[idColumn] ?? '').trim()
    if (id === '') at(idColumn, 'blank; every line needs an id')
    else if (seen.has(id)) at(idColumn, 'this id stood in an earlier line already')
    seen.add(id)
    const answers: Record<string, Answer> = {}
    let sex: Responder['sex'] = null
    for (const [column, name] of names.entries()) {
      const cell = record[column] ?? ''
      if (cell.trim() === '') continue
      const asked = items.get(name)
      const longest = lengths.get(name)
      if (name === 'sex') {
        const given = cell.trim()
        if (given === 'male' || given === 'female') sex = given
        else at(column, 'neither male nor female nor blank')
      } else if (asked) {
        const read = readAnswer(asked, asked.item.type === 'multiple' ? cell.split(between) : cell)
        if (read.fault) at(column, 'not an answer this item allows')
        else answers[name] = read.answer
      } else if (longest !== undefined) {
        if (cell.length > longest) at(column, `more than ${longest} characters`)
        else answers[name] = cell
      }
    }
    return { id, sex, answers }
  })
  return faults.length > 0 ? { faults: faults.slice(0, mostFaults) } : { responders, ignored }
}

/**
 * The same the other way round: every item a column, lines for own words after the item they belong to. Cells with words that a
 * spreadsheet would take for a formula get a leading apostrophe.
 */
export function writeAnswersCsv(definition: Questionnaire, responders: readonly Responder[]): string {
  const items = listItems(definition)
  const columns = items.flatMap((asked) => [asked.id, ...ownWordsOf(new Map([[asked.id, asked]])).keys()])
  const withSex = needsSex(definition) || responders.some(({ sex }) => sex !== null)
  const words = new Set([
    'id',
    ...items.filter(({ item }) => item.type === 'text').map(({ id }) => id),
    ...ownWordsOf(new Map(items.map((one) => [one.id, one]))).keys(),
  ])
  const cellOf = (column: string, answer: Answer | undefined): string => {
    if (answer === null || answer === undefined) return ''
    const cell = typeof answer === 'object' ? answer.join(between) : String(answer)
    return words.has(column) && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  }
  const header = ['id', ...(withSex ? ['sex'] : []), ...columns]
  const lines = responders.map(({ id, sex, answers }) => [
    cellOf('id', id),
    ...(withSex ? [sex ?? ''] : []),
    ...columns.map((column) => cellOf(column, answers[column])),
  ])
  return stringify([header, ...lines])
}

/** Ids of the lines for own words, with the most characters each takes. */
function ownWordsOf(items: ReadonlyMap<string, AskedItem>): Map<string, number> {
  const found = new Map<string, number>()
  for (const { options } of items.values())
    for (const { free_text: line } of options) if (line) found.set(line.id, line.max_length)
  return found
}
