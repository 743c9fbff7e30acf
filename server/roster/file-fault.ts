/** Why a file cannot be read at all: a key of the texts (roster.fault.<code>) with what it names. */
export type FileFaultCode =
  | 'empty'
  | 'encoding'
  | 'utf16'
  | 'euc_jp'
  | 'line_too_long'
  | 'quote'
  | 'columns_missing'
  | 'columns_twice'
  | 'too_many_lines'
  | 'older_than_applied'
  | 'interrupted'

/** The file as a whole is refused; nothing of it is kept. `params.line` counts from 1, as an editor does. */
export class RosterFileFault extends Error {
  readonly code: FileFaultCode
  readonly params: Record<string, string | number>
  constructor(code: FileFaultCode, params: Record<string, string | number> = {}) {
    super(`roster file: ${code} ${JSON.stringify(params)}`)
    this.name = 'RosterFileFault'
    this.code = code
    this.params = params
  }
}
