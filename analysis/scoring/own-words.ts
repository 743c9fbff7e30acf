import type { Answers, Answer } from './answers.ts'
import type { AskedItem } from './items.ts'

/** A line for own words beside an option, as an item of its own: free text, never required, counted by nothing. */
export interface OwnWords {
  /** value of the option it stands beside */
  readonly value: number | string
  readonly asked: AskedItem
}

const known = new WeakMap<AskedItem, readonly OwnWords[]>()

/**
 * The lines for own words of a choice, in the order of its options; none for most items. Each is stored under its own id.
 *
 * Example: an item whose option "other" has `free_text: {id: otherWords, max_length: 100}` gives one, for the value `other`.
 */
export function ownWordsOf(asked: AskedItem): readonly OwnWords[] {
  let found = known.get(asked)
  if (!found) known.set(asked, (found = makeOwnWords(asked)))
  return found
}

function makeOwnWords(asked: AskedItem): OwnWords[] {
  return asked.options.flatMap((option) => {
    if (!option.free_text) return []
    const { id, max_length } = option.free_text
    const item = { type: 'text', id, text: option.text, required: false, skippable: true, max_length } as const
    return [{ value: option.value, asked: { id, item, sectionId: asked.sectionId, options: [], conditions: [] } }]
  })
}

/** The lines whose option is chosen: words beside any other option are not given. No answer gives none. */
export function givenWordsOf(asked: AskedItem, answers: Answers): readonly OwnWords[] {
  const all = ownWordsOf(asked)
  if (all.length === 0) return all
  const chosen = chosenValues(answers[asked.id] ?? null)
  return all.filter(({ value }) => chosen.includes(value))
}

const chosenValues = (answer: Answer): readonly (number | string)[] => {
  if (answer === null) return []
  return typeof answer === 'object' ? answer : [answer]
}
