import {
  compileScorer,
  holds,
  listItems,
  numericRange,
  type Answer,
  type AskedItem,
  type Score,
} from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/** A made-up person who has answered; nobody of the company. */
export interface MadeUpPerson {
  no: number
  answers: Record<string, Answer>
  /** items that were asked, with what went before */
  asked: ReadonlySet<string>
  score: Score
}

/** People of a test run: enough for every option of most questions, few enough to read. */
export const testRunPeople = 40

/** Words a made-up person writes into free text. */
export interface MadeUpWords {
  sentence: string
  /** a date as YYYY-MM-DD */
  day: string
}

/**
 * People who answer a questionnaire by chance, the same ones for the same seed. Each leans to one end of the options, so that
 * scales spread; conditions are followed; about one in twenty leaves a question out that may be left out. Every answer is
 * one the questionnaire allows, so whatever fails here would fail for people. Pure: chance comes from the seed alone.
 *
 * Example: the one question of `recommendation@1`, 40 people, seed 1: 40 answers from 0 to 10.
 */
export function runTest(
  definition: Questionnaire,
  seed: number,
  words: MadeUpWords,
  count = testRunPeople,
): MadeUpPerson[] {
  const items = listItems(definition)
  const score = compileScorer(definition)
  return Array.from({ length: count }, (_none, index) => {
    const draw = chanceOf(seed * 1_000 + index)
    const leaning = draw()
    const answers: Record<string, Answer> = {}
    const asked = new Set<string>()
    for (const item of items) {
      if (!item.conditions.every((condition) => holds(condition, answers))) continue
      asked.add(item.id)
      if (draw() < (item.item.required ? 0.02 : 0.3)) continue
      const answer = answerOf(item, leaning, draw, words)
      if (answer !== null) answers[item.id] = answer
    }
    return { no: index + 1, answers, asked, score: score(answers, draw() < 0.5 ? 'male' : 'female') }
  })
}

function answerOf(asked: AskedItem, leaning: number, draw: () => number, words: MadeUpWords): Answer {
  const { item, options } = asked
  // a place between 0 and 1 near where this person leans
  const near = () => Math.min(0.9999, Math.max(0, leaning + (draw() - 0.5) * 0.7))
  switch (item.type) {
    case 'single':
      return options[Math.floor(near() * options.length)]?.value ?? null
    case 'multiple': {
      const chosen = options.filter(() => draw() < 0.35).map(({ value }) => value)
      return chosen.length > 0 ? chosen : null
    }
    case 'number':
    case 'rating': {
      const [low, high] = numericRange(asked)!
      return Math.min(high, Math.ceil(low) + Math.floor(near() * (Math.floor(high) - Math.ceil(low) + 1)))
    }
    case 'text':
      return words.sentence.slice(0, item.max_length)
    default:
      return words.day
  }
}

/** mulberry32 (Tommy Ettinger 2017, public domain): repeatable, and good enough for people who do not exist. */
function chanceOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
