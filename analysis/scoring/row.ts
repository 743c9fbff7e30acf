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
  const placeOf = new Map(ids.map((id, place) => [id, place]))
  const columns = items
    .filter(({ id }) => counted.has(id))
    .map((asked) => ({ id: asked.id, needed: needed.has(asked.id), ...numbersAllowed(asked) }))
  const slotOfId = new Map(columns.map(({ id }, slot) => [id, slot]))
  // behind the last item: a NaN for what is not calculated with, and a place for answers that nobody reads
  const [nothing, unread] = [columns.length, columns.length + 1]
  const slots = Int32Array.from(ids, (id) => slotOfId.get(id) ?? unread)
  const numbers = new Float64Array(columns.length + 2)
  const lows = Float64Array.from(columns, ({ low }) => low)
  const highs = Float64Array.from(columns, ({ high }) => high)
  const isWhole = Uint8Array.from(columns, ({ whole }) => Number(whole))
  const isNeeded = Uint8Array.from(columns, (column) => Number(column.needed))
  const gapped = columns.flatMap(({ among }, slot) => (among ? [{ slot, among }] : []))

  const faultOf = (answers: Answers): AnswerError => {
    for (const id in answers) if (!placeOf.has(id)) return new AnswerError(id, 'unknown-item')
    const wrong = columns.find((column) => !isAllowed(column, answers[column.id] ?? null))
    return new AnswerError(wrong?.id ?? '', 'not-an-option')
  }

  const read = (answers: Answers): string[] => {
    numbers.fill(Number.NaN)
    let next = 0
    for (const id in answers) {
      const answer = answers[id]
      let place = next
      // answers mostly come in printed order: then nothing has to be looked up
      if (ids[place] !== id) {
        place = placeOf.get(id) ?? -1
        if (place < 0) throw faultOf(answers)
      }
      next = place + 1
      const slot = slots[place]!
      if (typeof answer === 'number' && !Number.isNaN(answer)) numbers[slot] = answer
      else if (answer !== null && answer !== undefined && slot !== unread) throw faultOf(answers)
    }
    let missing = 0
    for (let slot = 0; slot < columns.length; slot++) {
      const number = numbers[slot]!
      if (number >= lows[slot]! && number <= highs[slot]!) {
        if (isWhole[slot] === 1 && !Number.isInteger(number)) throw faultOf(answers)
      } else if (Number.isNaN(number)) missing += isNeeded[slot]!
      else throw faultOf(answers)
    }
    for (const { slot, among } of gapped)
      if (!Number.isNaN(numbers[slot]!) && !among.has(numbers[slot]!)) throw faultOf(answers)
    return missing === 0
      ? []
      : columns.filter((column, slot) => column.needed && Number.isNaN(numbers[slot]!)).map(idOf)
  }
  return { numbers, slotOf: (id) => slotOfId.get(id) ?? nothing, read }
}

const idOf = ({ id }: { readonly id: string }): string => id

function isAllowed({ low, high, whole, among }: ReturnType<typeof numbersAllowed>, answer: Answer): boolean {
  if (answer === null) return true
  if (typeof answer !== 'number' || !(answer >= low && answer <= high)) return false
  return (!whole || Number.isInteger(answer)) && (among === undefined || among.has(answer))
}
