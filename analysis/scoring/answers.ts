import { numericRange } from './items.ts'
import type { AskedItem } from './items.ts'

/**
 * One answer as it is stored: an option's value or a number; the values chosen in a multiple choice; free text; a date
 * as `YYYY-MM-DD`. Null is an item left without an answer.
 */
export type Answer = number | string | readonly (number | string)[] | null

/** Answers by item id. An item that is absent counts as not answered. */
export type Answers = Readonly<Record<string, Answer | undefined>>

export type AnswerFault = 'unknown-item' | 'not-an-option' | 'not-a-number' | 'out-of-range' | 'too-long' | 'not-a-date'

/** An answer that the questionnaire does not allow. Carries the item, never the answer: it may end up in a log. */
export class AnswerError extends Error {
  readonly itemId: string
  readonly fault: AnswerFault

  constructor(itemId: string, fault: AnswerFault) {
    super(`the answer to ${itemId} is not allowed: ${fault}`)
    this.name = 'AnswerError'
    this.itemId = itemId
    this.fault = fault
  }
}

export type ReadAnswer =
  | { readonly answer: Answer; readonly fault?: undefined }
  | { readonly answer?: undefined; readonly fault: AnswerFault }

/**
 * Reads what a form field or a CSV cell holds as the answer to an item. Blank is `null` (not answered), never a fault.
 * Numbers are plain ASCII digits with an optional minus and decimals: "3", "0.5"; "03", "+3" and "３" are faults.
 *
 * Example: for an item with options 1..4 `"3"` gives `{ answer: 3 }`, `"5"` gives `{ fault: 'not-an-option' }`.
 */
export function readAnswer(asked: AskedItem, raw: string | readonly string[]): ReadAnswer {
  const { item } = asked
  const given = (typeof raw === 'string' ? [raw] : raw).map((part) => part.trim()).filter((part) => part !== '')
  if (given.length === 0) return { answer: null }
  if (item.type === 'multiple') return readMultiple(asked, given)
  const [only, ...others] = given
  if (only === undefined || others.length > 0) return { fault: 'not-an-option' }
  if (item.type === 'single') {
    const chosen = asked.options.find((option) => String(option.value) === only)
    return chosen ? { answer: chosen.value } : { fault: 'not-an-option' }
  }
  // Forms send line ends as CR LF while the browser counts one character for each: count as the browser does.
  const answer = item.type === 'number' || item.type === 'rating' ? readNumber(only) : only.replaceAll('\r\n', '\n')
  if (answer === undefined) return { fault: 'not-a-number' }
  const fault = checkAnswer(asked, answer)
  return fault ? { fault } : { answer }
}

function readMultiple(asked: AskedItem, given: readonly string[]): ReadAnswer {
  const values = new Map(asked.options.map((option) => [String(option.value), option.value]))
  if (!given.every((part) => values.has(part))) return { fault: 'not-an-option' }
  const chosen = new Set(given)
  return { answer: asked.options.map((option) => option.value).filter((value) => chosen.has(String(value))) }
}

function readNumber(text: string): number | undefined {
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,6})?$/.test(text) ? Number(text) : undefined
}

/**
 * What is wrong with a stored answer, or undefined when it is allowed; null (not answered) is always allowed.
 *
 * Example: an item of 1 to 100 gives undefined for 70, `out-of-range` for 0 and `not-a-number` for "70".
 */
export function checkAnswer(asked: AskedItem, answer: Answer): AnswerFault | undefined {
  if (answer === null) return undefined
  const { item } = asked
  const isOption = (value: unknown): boolean => asked.options.some((option) => option.value === value)
  switch (item.type) {
    case 'single':
      return isOption(answer) ? undefined : 'not-an-option'
    case 'multiple':
      if (!Array.isArray(answer) || new Set(answer).size !== answer.length) return 'not-an-option'
      return answer.every(isOption) ? undefined : 'not-an-option'
    case 'number':
    case 'rating': {
      if (typeof answer !== 'number' || !Number.isFinite(answer)) return 'not-a-number'
      const whole = item.type === 'rating' || item.integer
      if (whole && !Number.isInteger(answer)) return 'not-a-number'
      return answer >= item.min && answer <= item.max ? undefined : 'out-of-range'
    }
    case 'text':
      if (typeof answer !== 'string') return 'not-an-option'
      return answer.length <= item.max_length ? undefined : 'too-long'
    default:
      return typeof answer === 'string' && isCalendarDate(answer) ? undefined : 'not-a-date'
  }
}

/** Whether a text is a real day of the Gregorian calendar, written YYYY-MM-DD. `2024-02-29` is, `2023-02-29` is not. */
function isCalendarDate(text: string): boolean {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!parts) return false
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])]
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  return year >= 1 && days !== undefined && day >= 1 && day <= days
}

/** Which numbers an item that is calculated with may be answered with. */
export type NumbersAllowed = {
  readonly low: number
  readonly high: number
  readonly whole: boolean
  /** the only ones, where options leave gaps between them */
  readonly among: ReadonlySet<unknown> | undefined
}

/**
 * A fast form of {@link checkAnswer} for the items that are calculated with. Items without numbers allow none.
 *
 * Example: options 1 to 4 allow whole numbers from 1 to 4; options 0, 1 and 5 the same from 0 to 5, among 0, 1, 5.
 */
export function numbersAllowed(asked: AskedItem): NumbersAllowed {
  const { item } = asked
  const range = numericRange(asked)
  if (!range) return { low: Infinity, high: -Infinity, whole: true, among: undefined }
  const [low, high] = range
  const isGapped = item.type === 'single' && asked.options.length <= high - low
  return {
    low,
    high,
    whole: item.type !== 'number' || item.integer,
    among: isGapped ? new Set(asked.options.map((option) => option.value)) : undefined,
  }
}
