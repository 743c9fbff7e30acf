import type { Formula } from '../../survey-definitions/schema.ts'

/**
 * What a person counts for where people are added up: the raw value, and 0 days lost for whoever answered that there was no day
 * with symptoms. That person is asked no more, so the own scale stays empty (a share of no days says nothing), but nothing was
 * lost: 0 days × any decline is 0, and leaving these people out would count only those who were unwell
 * (survey-definitions/presenteeism-qq/1.yaml, notes).
 *
 * Example: days 0, nothing else answered: null alone, 0 in a sum. Without `days` in the formula, or without an answer: `raw`.
 */
export function addedUp(
  formula: Formula,
  answers: Readonly<Record<string, unknown>>,
  raw: number | null,
): number | null {
  if (raw !== null || formula.method !== 'quantity-quality' || formula.days === undefined) return raw
  return answers[formula.days] === 0 ? 0 : null
}
