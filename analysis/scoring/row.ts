import { AnswerError, numbersAllowed } from './answers.ts'
import { keysOf } from './keys.ts'
import type { Answer, Answers } from './answers.ts'
import type { AskedItem } from './items.ts'
import type { SlotOf } from './scales.ts'

/** A person's answers as a row of numbers, one for each item that is calculated with. */
export type AnswerRow = {
  /** The numbers last read, in printed order; NaN where there is no answer. Read anew for each person. */
  readonly numbers: Float64Array
  /** An item's position in `numbers`; that of a NaN for an item that is not calculated with. */
  readonly slotOf: SlotOf
  /**
   * Reads a person's answers into `numbers`. Returns the ids of needed items without an answer, in printed order.
   * @throws {AnswerError} for an answer outside the options, and for an answer to an item that is not there
   */
  readonly read: (answers: Answers) => string[]
}

/**
 * Prepares the reading of answers: `counted` are the items calculated with, `needed` those without which there is no verdict.
 * The one row is written over for each person, so that a million people take no more memory than one.
 *
 * Example: of the 57-item form `{ q1: 4, q2: 1 }` gives 4, 1 and NaN for all others, and q3 to q55 as missing.
 */
export function compileRow(
  items: readonly AskedItem[],
  counted: ReadonlySet<string>,
  needed: ReadonlySet<string>,
): AnswerRow {
  const ids = keysOf(items.map(({ id }) => id))
  const placeOf = new Map(ids.map((id, place) => [id, place] as const))
  const columns = items
    .filter(({ id }) => counted.has(id))
    .map((asked) => ({ id: asked.id, needed: needed.has(asked.id), ...numbersAllowed(asked) }))
  const slotOfId = new Map(columns.map(({ id }, slot) => [id, slot]))
  // behind the last item: a NaN for what is not calculated with, and a place for answers that nobody reads
  const [nothing, unread] = [columns.length, columns.length + 1]
  const slots = Int32Array.from(ids, (id) => slotOfId.get(id) ?? unread)
  const numbers = new Float64Array(columns.length + 2).fill(Number.NaN)
  const lows = Float64Array.from(columns, ({ low }) => low)
  const highs = Float64Array.from(columns, ({ high }) => high)
  const isWhole = Uint8Array.from(columns, ({ whole }) => Number(whole))
  const gapped = columns.flatMap(({ among }, slot) => (among ? [{ slot, among }] : []))

  const faultOf = (answers: Answers): AnswerError => {
    for (const id in answers) if (!placeOf.has(id)) return new AnswerError(id, 'unknown-item')
    const wrong = columns.find((column) => !isAllowed(column, answers[column.id] ?? null))
    return new AnswerError(wrong?.id ?? '', 'not-an-option')
  }

  /** Whatever is answered, in whatever order. */
  const readAny = (answers: Answers): string[] => {
    numbers.fill(Number.NaN)
    for (const [id, answer] of Object.entries(answers)) {
      const slot = slots[placeOf.get(id) ?? -1]
      if (slot === undefined) throw faultOf(answers)
      if (slot === unread || answer === null || answer === undefined) continue
      if (!isAllowed(columns[slot]!, answer)) throw faultOf(answers)
      numbers[slot] = answer as number
    }
    return columns.filter((column, slot) => column.needed && Number.isNaN(numbers[slot]!)).map(({ id }) => id)
  }

  /** What nearly everybody sends, every number there and in printed order, takes no looking up; anything else is read anew. */
  const read = (answers: Answers): string[] => {
    let place = 0
    for (const id in answers) {
      const answer = answers[id]
      if (ids[place] !== id || typeof answer !== 'number') return readAny(answers)
      numbers[slots[place]!] = answer
      place++
    }
    if (place < ids.length) return readAny(answers)
    for (let slot = 0; slot < columns.length; slot++) {
      const number = numbers[slot]!
      if (!(number >= lows[slot]! && number <= highs[slot]!)) return readAny(answers)
      if (isWhole[slot] === 1 && !Number.isInteger(number)) return readAny(answers)
    }
    for (const { slot, among } of gapped) if (!among.has(numbers[slot]!)) return readAny(answers)
    return []
  }
  return { numbers, slotOf: (id) => slotOfId.get(id) ?? nothing, read }
}

function isAllowed({ low, high, whole, among }: ReturnType<typeof numbersAllowed>, answer: Answer): boolean {
  if (answer === null) return true
  if (typeof answer !== 'number' || !(answer >= low && answer <= high)) return false
  return (!whole || Number.isInteger(answer)) && (among === undefined || among.has(answer))
}
