import { unzipSync, zipSync } from 'fflate'
import readWorkbook, { InvalidInputError, InvalidSpreadsheetError } from 'read-excel-file/universal'
import { ImportError } from './draft.ts'
import { said } from './remarks.ts'

/** A sheet of an .xlsx workbook: rows of cells as text, blank where there is nothing. The first row is row 1. */
export interface Sheet {
  readonly name: string
  readonly rows: readonly (readonly string[])[]
}

/** A form of a thousand questions unpacks to about a megabyte; a bomb of 5 MB to gigabytes. */
const mostBytes = 30_000_000
const mostFiles = 200
const mostRows = 20_000
const mostColumns = 300

/**
 * The sheets of a workbook. What it would unpack to is looked at before anything is unpacked, and never more is unpacked than
 * was announced; a cell far out would make the reader fill all the cells before it, so the ends of its sheets are looked at too.
 * @throws {ImportError} when it is no workbook, or too large a one
 */
export async function readSheets(bytes: Uint8Array): Promise<Sheet[]> {
  const checked = repacked(bytes)
  try {
    const sheets = await readWorkbook(checked, { trim: false, parseNumber: (text: string) => Number(text) })
    return sheets.map(({ sheet, data }) => ({
      name: sheet,
      rows: data.map((row) => row.map((cell) => (cell === null ? '' : textOfCell(cell)))),
    }))
  } catch (error) {
    if (error instanceof InvalidInputError || error instanceof InvalidSpreadsheetError || error instanceof Error)
      throw new ImportError('the file', said('workbook', { reason: error.message.slice(0, 120) }))
    throw error
  }
}

/** The archive's XML parts, packed again without compression: what was announced is what is there. */
function repacked(bytes: Uint8Array): ArrayBuffer {
  let [total, files] = [0, 0]
  let parts: Record<string, Uint8Array>
  try {
    parts = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/\.(xml|rels)$/.test(name)) return false
        total += originalSize
        files++
        if (total > mostBytes || files > mostFiles) throw new ImportError('the file', said('bomb'))
        return true
      },
    })
  } catch (error) {
    if (error instanceof ImportError) throw error
    throw new ImportError('the file', said('archive'))
  }
  for (const [name, part] of Object.entries(parts)) {
    const xml = new TextDecoder().decode(part)
    if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) throw new ImportError(name, said('entities'))
    if (/worksheets\//.test(name)) checkReach(xml, name)
  }
  const packed = zipSync(parts, { level: 0 })
  return packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength)
}

function checkReach(xml: string, name: string): void {
  for (const [, letters, digits] of xml.matchAll(/\sr\s*=\s*["']\s*([A-Za-z]*)(\d+)\s*["']/g)) {
    const column = Array.from(letters!.toUpperCase()).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)
    if (Number(digits) > mostRows || column > mostColumns)
      throw new ImportError(
        name,
        said('far-cell', { cell: `${letters}${digits}`, rows: mostRows, columns: mostColumns }),
      )
  }
}

function textOfCell(cell: unknown): string {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? '' : cell.toISOString().slice(0, 10)
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean' ? String(cell) : ''
}
