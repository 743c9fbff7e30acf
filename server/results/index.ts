/**
 * Results: what answers came to, for the person, the implementer and, summed up, for groups. A submission stores its score
 * in its own transaction (`storeResult`); closing-time analysis reads them all (`resultsForAnalysis`).
 */
export { isResultReleased, resultKeyOf, resultsForAnalysis, storeResult } from './store.ts'
export type { CriteriaMethod, ResultForAnalysis, ResultToStore, StoredResult } from './store.ts'
