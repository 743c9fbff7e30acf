import type { Visibility } from '../../survey-definitions/schema.ts'
import type { Answer, Answers } from './answers.ts'
import type { AskedItem } from './items.ts'

/** Every item a condition names, as often as it stands there. */
export function itemsOfVisibility(condition: Visibility): string[] {
  if ('all' in condition) return condition.all.flatMap(itemsOfVisibility)
  if ('any' in condition) return condition.any.flatMap(itemsOfVisibility)
  if ('not' in condition) return itemsOfVisibility(condition.not)
  return [condition.item]
}

/** Does a condition hold? An item without an answer meets only `answered: false`, and what `not` makes of it. */
export function holds(condition: Visibility, answers: Answers): boolean {
  if ('all' in condition) return condition.all.every((part) => holds(part, answers))
  if ('any' in condition) return condition.any.some((part) => holds(part, answers))
  if ('not' in condition) return !holds(condition.not, answers)
  const answer = answers[condition.item] ?? null
  const isAnswered = answer !== null && answer !== '' && !(Array.isArray(answer) && answer.length === 0)
  if (condition.answered !== undefined && condition.answered !== isAnswered) return false
  const { one_of: oneOf, at_least: atLeast, at_most: atMost } = condition
  if (oneOf && !valuesOf(answer).some((value) => oneOf.includes(value))) return false
  if (atLeast !== undefined && !(typeof answer === 'number' && answer >= atLeast)) return false
  return atMost === undefined || (typeof answer === 'number' && answer <= atMost)
}

const valuesOf = (answer: Answer): readonly (number | string)[] => {
  if (answer === null) return []
  return typeof answer === 'object' ? answer : [answer]
}

/**
 * The items that are asked of a person with these answers, in printed order. A hidden item's answer counts for nothing,
 * so what depends on it is judged without it.
 *
 * Example: an item with `visible_if: {item: smoker, one_of: [yes]}` is not asked while `smoker` is "no" or empty.
 */
export function visibleItems(items: readonly AskedItem[], answers: Answers): AskedItem[] {
  const counting: Record<string, Answer | undefined> = {}
  return items.filter((asked) => {
    if (!asked.conditions.every((condition) => holds(condition, counting))) return false
    counting[asked.id] = answers[asked.id]
    return true
  })
}
