import type { DraftText, NotCarried } from './draft.ts'
import { languageOf } from './languages.ts'
import { short } from './names.ts'
import type { Sheet } from './workbook.ts'
import { said } from './remarks.ts'

/** A row of a sheet, by the columns of its header. */
export interface Row {
  /** `survey row 7` */
  readonly where: string
  /** A cell of a column without a language, trimmed; blank where there is none. */
  plain(column: string): string
  /** The cells of a column in all its languages: `label`, `label::English (en)`. */
  text(column: string): DraftText | undefined
  /** Columns of which this row has something, beside those named. */
  others(read: ReadonlySet<string>): string[]
}

interface Column {
  readonly name: string
  readonly written: string
  readonly language: string | undefined
}

/** Older spellings that XLSForm still allows. */
const otherNames: Readonly<Record<string, string>> = {
  relevance: 'relevant',
  'list name': 'list_name',
  title: 'form_title',
}

/** Columns whose cells are words for people. */
const worded = new Set(['label', 'hint', 'form_title'])

/** Rows below the header; columns of a language that is none are named and left out. */
export function readTable(sheet: Sheet, language: string, notes: NotCarried[]): Row[] {
  const name = sheet.name.trim().toLowerCase()
  const headerAt = sheet.rows.findIndex((row) => row.some((cell) => cell.trim() !== ''))
  const header = sheet.rows[headerAt] ?? []
  const columns = header.map((cell): Column | undefined => {
    const written = cell.trim()
    if (written === '') return undefined
    const [first = '', ...rest] = written.split(/::?/)
    const plain = first.trim().toLowerCase()
    const columnName = otherNames[plain] ?? plain
    if (!worded.has(columnName))
      return { name: written.toLowerCase() === plain ? columnName : written, written, language: undefined }
    if (rest.length === 0) return { name: columnName, written, language }
    const code = languageOf(rest.join(':'))
    if (code === undefined) {
      notes.push({
        where: `${name}, column ${short(written)}`,
        ...said('language-unknown'),
      })
      return undefined
    }
    return { name: columnName, written, language: code }
  })
  return sheet.rows.slice(headerAt + 1).map((cells, index): Row => {
    const cell = (at: number): string => (cells[at] ?? '').trim()
    return {
      where: `${name} row ${headerAt + index + 2}`,
      plain: (wanted) => {
        const at = columns.findIndex((column) => column?.name === wanted)
        return at < 0 ? '' : cell(at)
      },
      text: (wanted) => {
        const text: DraftText = {}
        for (const [at, column] of columns.entries())
          if (column?.name === wanted && column.language !== undefined && cell(at) !== '')
            text[column.language] ??= cell(at)
        return Object.keys(text).length > 0 ? text : undefined
      },
      others: (read) => {
        const found = columns.flatMap((column, at) =>
          column && !read.has(column.name) && cell(at) !== '' ? [short(column.written)] : [],
        )
        return [...new Set(found)]
      },
    }
  })
}
