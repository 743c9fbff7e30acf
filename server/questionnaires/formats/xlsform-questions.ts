import type { Known } from './conditions.ts'
import { USUAL_LENGTH, USUAL_RANGE } from './draft.ts'
import type { DraftOption, DraftText } from './draft.ts'
import { short } from './names.ts'
import { said, type Said } from './remarks.ts'
import { otherWords, unusedValue } from './usual-options.ts'
import type { Row } from './xlsform-table.ts'

export interface Choice {
  value: string | number
  text: DraftText
  name: string
}

/** What reading a row needs of the whole form. */
export interface RowReading {
  note: (where: string, what: Said) => void
  nameFor: (wanted: string, where: string) => string
  lists: ReadonlyMap<string, Choice[]>
}

/**
 * What a row of the sheet survey is in our format; undefined for types that have no place in it. `read` takes the columns
 * that were carried.
 */
export function rowKind(
  row: Row,
  read: Set<string>,
  reading: RowReading,
): { shape: object; ours?: NonNullable<Known['ours']> } | undefined {
  const [type = '', list = '', more = ''] = row.plain('type').split(/\s+/)
  const word = type.toLowerCase()
  switch (word) {
    case 'select_one':
    case 'select_multiple': {
      const given = reading.lists.get(list)
      if (!given) {
        reading.note(`${row.where}, type`, said('list-missing', { list: short(list) }))
        return undefined
      }
      const options: DraftOption[] = given.map(({ value, text }) => ({ value, text: { ...text } }))
      if (more.toLowerCase() === 'or_other')
        options.push({
          value: unusedValue(options, 'other'),
          text: { ...otherWords },
          free_text: { id: reading.nameFor(`${row.plain('name')}_other`, row.where), max_length: 200 },
        })
      const byName = new Map(given.map((one) => [one.name, one.value]))
      return {
        shape: { type: word === 'select_one' ? 'single' : 'multiple', options },
        ours: (value) => byName.get(String(value)),
      }
    }
    case 'integer':
    case 'decimal':
    case 'range':
      return { shape: number(row, word, read, reading) }
    case 'text':
      reading.note(row.where, said('usual-length', { most: USUAL_LENGTH }))
      return { shape: { type: 'text', max_length: USUAL_LENGTH } }
    case 'date':
      return { shape: { type: 'date' } }
    default:
      return undefined
  }
}

/** `. >= 0 and . <= 120`, or the parameters of a range. */
function number(row: Row, word: string, read: Set<string>, reading: RowReading): object {
  const limits: { min?: number; max?: number; step?: number } = {}
  if (word === 'range') {
    read.add('parameters')
    for (const [, key, value] of row.plain('parameters').matchAll(/(start|end|step)\s*=\s*(-?\d+(?:\.\d+)?)/g))
      limits[({ start: 'min', end: 'max', step: 'step' } as const)[key as 'start' | 'end' | 'step']] = Number(value)
    limits.min ??= 0
    limits.max ??= 10
  } else {
    const whole = word === 'integer' ? 1 : 0
    const parts = row.plain('constraint').split(/\s+and\s+/i)
    const tests = parts.map((part) => /^\(?\s*\.\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)\s*\)?$/.exec(part.trim()))
    if (tests.every((part) => part !== null) && (whole === 1 || tests.every((part) => part[1]!.length === 2))) {
      read.add('constraint')
      for (const [, sign, digits] of tests) {
        if (sign!.startsWith('>')) limits.min = Number(digits) + (sign === '>' ? whole : 0)
        else limits.max = Number(digits) - (sign === '<' ? whole : 0)
      }
    }
  }
  const { min, max } = limits
  if (min === undefined || max === undefined)
    reading.note(row.where, said('usual-range', { low: min ?? USUAL_RANGE[0], high: max ?? USUAL_RANGE[1] }))
  const low = min ?? Math.min(USUAL_RANGE[0], max ?? 0)
  const integer =
    word === 'integer' || (word === 'range' && [limits.min, limits.step ?? 1].every((one) => Number.isInteger(one)))
  return { type: 'number', min: low, max: Math.max(max ?? USUAL_RANGE[1], low + 1), integer }
}
