import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import iconv from 'iconv-lite'
import type { Encoding } from './encoding.ts'
import { RosterFileFault } from './file-fault.ts'

/** One record of the file with the line it begins on (from 1). */
export interface CsvRecord {
  line: number
  cells: string[]
}

/** Bytes one record may have. A roster's line has a few hundred; more is a quotation mark that never closes, or no CSV. */
export const longestRecord = 64 * 1024

/**
 * The records of a CSV file, as a stream: never more than one record and a block of the file are in memory. Blank lines are left out.
 * @throws {RosterFileFault} line_too_long or quote, with the line
 */
export async function* readCsv(path: string, encoding: Encoding): AsyncGenerator<CsvRecord> {
  // where the last record ended, at the moment of parsing: records still waiting in the stream are lost when it fails
  let end = 0
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    max_record_size: longestRecord,
    on_record: (record, { lines }) => {
      end = lines
      return record
    },
  })
  const file = createReadStream(path, { highWaterMark: 64 * 1024 })
  // failures of the file arrive through the parser
  if (encoding === 'utf-8') pipeline(file, parser, () => {})
  else pipeline(file, iconv.decodeStream('shift_jis'), parser, () => {})
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      // the parser counts to the end of a record, and quoted cells may hold line breaks
      const inside = record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0)
      yield { line: info.lines - inside, cells: record }
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code === 'CSV_MAX_RECORD_SIZE')
      throw new RosterFileFault('line_too_long', { line: end + 1, maximum: longestRecord })
    throw new RosterFileFault('quote', { line: end + 1 })
  } finally {
    file.destroy()
  }
}
