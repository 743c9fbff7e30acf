/**
 * Scoring: answers and a questionnaire's definition in; scales, evaluation points, totals and verdicts out. Nothing here
 * knows a particular instrument: items, formulas, tables and thresholds all come from the definition, and a new method
 * is one more file. Compile a scorer once per questionnaire version and keep it.
 */
export { addedUp } from './added-up.ts'
export { AnswerError, checkAnswer, readAnswer } from './answers.ts'
export type { Answer, AnswerFault, Answers, ReadAnswer } from './answers.ts'
export type { CompositeScores } from './composites.ts'
export type { Verdict } from './criteria.ts'
export {
  isPossible,
  judge,
  listThresholds,
  rangedThresholds,
  sameRules,
  shapeOf,
  standardRules,
  withThresholds,
} from './criteria-thresholds.ts'
export type { CriteriaRule, RangedThreshold, Threshold } from './criteria-thresholds.ts'
export { listItems, numericRange } from './items.ts'
export type { AskedItem } from './items.ts'
export { givenWordsOf, ownWordsOf } from './own-words.ts'
export type { OwnWords } from './own-words.ts'
export type { Sex } from './points.ts'
export { recommendationScore } from './recommendation.ts'
export type { RecommendationScore } from './recommendation.ts'
export { compileRaw, itemsOfFormula, needsSex, reachableRange } from './scales.ts'
export type { ScaleScore, ScaleScores } from './scale-scores.ts'
export { compileScorer, countedItems, pointScalesOf, scoredItems } from './scorer.ts'
export type { Score, Scorer } from './scorer.ts'
export { holds, itemsOfVisibility, visibleItems } from './visibility.ts'
