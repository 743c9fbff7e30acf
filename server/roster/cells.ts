import { shown, type Remark } from './remarks.ts'

/** Reads the cells of one line and gathers every fault of it, not only the first. */
export class Cells {
  readonly remarks: Remark[] = []
  readonly #record: readonly string[]
  readonly #places: ReadonlyMap<string, number>

  constructor(record: readonly string[], places: ReadonlyMap<string, number>) {
    this.#record = record
    this.#places = places
  }

  fault(code: Remark['code'], field: string, params: Record<string, string | number> = {}): null {
    this.remarks.push({ code, field, params })
    return null
  }

  #raw(field: string): string {
    const place = this.#places.get(field)
    return place === undefined ? '' : (this.#record[place] ?? '').trim()
  }

  /**
   * A text cell; null when blank. A cell that a spreadsheet would take for a formula is refused: it would run in the reader's
   * program when this data is exported again (https://owasp.org/www-community/attacks/CSV_Injection).
   */
  text(field: string, maximum: number, required = false): string | null {
    const value = this.#raw(field)
    if (value === '') return required ? this.fault('required', field) : null
    if (/^[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(value)) return this.fault('formula', field, { value: shown(value) })
    // oxlint-disable-next-line no-control-regex -- looking for them is the point
    if (/[\u0000-\u001f\u007f\ufffd]/.test(value)) return this.fault('control_character', field)
    if (value.length > maximum) return this.fault('too_long', field, { maximum })
    return value.normalize('NFC')
  }

  /** A code: no blanks and no separators of lists inside. */
  code(field: string, required = false): string | null {
    const value = this.text(field, 40, required)
    if (value !== null && /[\s,;\u3001\uff0c\uff1b]/.test(value))
      return this.fault('bad_code', field, { value: shown(value) })
    return value
  }

  /** Codes of a list, separated by ; , 、 or blanks. */
  codes(field: string): string[] {
    const value = this.text(field, 2000)
    return value === null ? [] : [...new Set(value.split(/[\s,;\u3001\uff0c\uff1b]+/).filter((part) => part !== ''))]
  }

  /** yyyy-mm-dd or yyyy/m/d, a day that exists between 1900 and 2199; null when blank. */
  date(field: string, required = false): string | null {
    const value = this.#raw(field)
    if (value === '') return required ? this.fault('required', field) : null
    return readDate(value) ?? this.fault('impossible_date', field, { value: shown(value) })
  }

  /** One of known words, compared after NFKC and in any case. */
  word<Word extends string | boolean>(field: string, words: ReadonlyMap<string, Word>, required = false): Word | null {
    const value = this.#raw(field)
    if (value === '') return required ? this.fault('required', field) : null
    const found = words.get(value.normalize('NFKC').toLowerCase())
    return found === undefined ? this.fault('unknown_word', field, { value: shown(value) }) : found
  }

  /**
   * A mail address in lower case. Looser than RFC 5321 where Japanese carriers were (dots next to the @ or doubled),
   * strict about what a mail program would split or smuggle.
   */
  address(field: string): string | null {
    const value = this.text(field, 254)
    if (value === null) return null
    return /^[\w.!#$%&'*+/?^`{|}~-]{1,64}@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/i.test(value)
      ? value.toLowerCase()
      : this.fault('bad_address', field, { value: shown(value) })
  }
}

/** A calendar day from yyyy-mm-dd or yyyy/m/d; undefined when there is no such day. Example: '2024/2/29' → '2024-02-29'. */
export function readDate(text: string): string | undefined {
  const match = /^(\d{4})([-/])(\d{1,2})\2(\d{1,2})$/.exec(text.normalize('NFKC'))
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), Number(match[3]), Number(match[4])]
  if (year < 1900 || year > 2199 || month < 1 || month > 12 || day < 1) return undefined
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
  if (day > days) return undefined
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}

/** A day some days later (or before). Example: '2024-03-01', -1 → '2024-02-29'. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
