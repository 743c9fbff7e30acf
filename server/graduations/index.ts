/**
 * Graduations: one leaver's walk from a roster's end date to the last paper. HR confirms what kind of leaving it is (a draft mails nobody), steps
 * follow from rules in data, the leaver has a page of their own with the exit interview and a private address. What the leaver did not open to HR
 * leaves no trace that HR could see. Exit data of a person share no key with stress or alumni data.
 */
export { addRoutes } from './routes.ts'
export { mailTemplates } from './mails.ts'
export { jobHandlers, ticks } from './jobs.ts'
export { cancelDeparture, confirmDeparture, listDepartures, type Confirmation, type Departure } from './departures.ts'
export { openDraft, openDraftsForEndedEmployments } from './drafts.ts'
export { contactOf, getLeaver, type Leaver } from './leavers.ts'
export { interviewForm, interviewInWords, readInterview, writtenIn } from './interview-form.ts'
export type { InterviewAnswers } from './interviews.ts'
export { countedInterviews, type CountedInterview } from './reasons.ts'
export type { Kind } from './kinds.data.ts'
