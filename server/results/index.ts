import { resultNotice } from './mails.ts'

/**
 * Results: what answers came to, for the person, the implementer and, summed up, for groups. A submission stores its score
 * in its own transaction (`sealResult`, `storingResult`); closing-time analysis reads them all (`resultsForAnalysis`). A named implementer confirms
 * who needs an interview and releases to everybody at once; a person reads the own result, asks for the interview, or talks to a
 * physician in private. What the employer learns is `requestsForEmployer`, once opened `whoAsked`, and nothing else.
 */
export { isResultReleased, resultKeyOf, resultsForAnalysis, sealResult, storingResult } from './store.ts'
export type { CriteriaMethod, ResultForAnalysis, ResultToStore, SealedResult, StoredResult } from './store.ts'
export { addRoutes } from './routes.ts'
export { confirmNeeds, listNeeds, openNeeds, openResult } from './needs.ts'
export { releaseResults } from './notices.ts'
export { addRequestEvent, getRequest, listRequests, type InterviewRequest } from './requests.ts'
export { closeConsultation, listConsultations, openConsultation } from './consultations.ts'
export { reachEmployerSide, readEmployerSide, type EmployerSide } from './employer-side.ts'
export { markRequest, requestsForEmployer, whoAsked } from './employer-view.ts'
export { resultView } from './pages.ts'
export { addDays, daysBetween, daysPerStep } from './rules.ts'
export type { InterviewRequestForEmployerView } from './tables.ts'
/** The mail that tells everybody at once that results are ready. */
export const mailTemplates = [resultNotice]
