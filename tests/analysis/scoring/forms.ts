import { findVersion, loadShippedQuestionnaires } from '../../../server/questionnaires/index.ts'
import type { Answers } from '../../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../../survey-definitions/schema.ts'

const shipped = await loadShippedQuestionnaires()

/** The shipped definition of that name, as every other part of the program gets it. */
export function shippedForm(reference: string): Questionnaire {
  const version = findVersion(shipped, reference)
  if (!version) throw new Error(`no questionnaire ${reference}`)
  return version.definition
}

/** Answers in printed order, q1 first. */
export function answersInOrder(row: readonly (number | null)[], ids?: readonly string[]): Answers {
  return Object.fromEntries(row.map((answer, index) => [ids?.[index] ?? `q${index + 1}`, answer]))
}
