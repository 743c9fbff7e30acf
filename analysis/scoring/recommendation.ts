import type { GroupMeasure } from '../../survey-definitions/schema.ts'

export type RecommendationScore = {
  readonly n: number
  readonly promoters: number
  readonly passives: number
  readonly detractors: number
  /** Percentage points, −100 to 100, not rounded. */
  readonly score: number
}

/**
 * Recommendation score of a group: percent of promoters minus percent of detractors among those who answered, from
 * answers of 0 to 10. The bands come from the definition (9–10 and 0–6 by the usual convention); what lies between is
 * passive. Null for a group without answers. A figure of a group: show it only through disclosure control.
 *
 * Example: 10, 9, 9, 8, 7, 6, 3, 0, 10, 5 has 4 promoters, 2 passives and 4 detractors: score 0.
 */
export function recommendationScore(
  answers: readonly number[],
  bands: Pick<GroupMeasure, 'promoters' | 'detractors'>,
): RecommendationScore | null {
  if (answers.length === 0) return null
  const within = ([low, high]: readonly [number, number]): number =>
    answers.filter((answer) => answer >= low && answer <= high).length
  const promoters = within(bands.promoters)
  const detractors = within(bands.detractors)
  return {
    n: answers.length,
    promoters,
    passives: answers.length - promoters - detractors,
    detractors,
    score: (100 * (promoters - detractors)) / answers.length,
  }
}
