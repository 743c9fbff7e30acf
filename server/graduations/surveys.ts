/**
 * The two times a leaver is asked: at leaving, and some months later. Both are chosen, answered, declined and read in the same way; tables and keys are
 * apart, so that what was told then and what is told now stay two answers.
 */
export interface ExitSurvey {
  /** `exit_followup` has every column of `exit_interview`: queries are written for that one */
  table: 'exit_interview'
  /** of the data key that seals its answers */
  recordType: 'answers' | 'followup'
  /** where its pages are */
  path: string
  /** folder of its own texts: graduations.<words>.… */
  words: 'interview' | 'followup'
  /** first part of what the ledger calls an act on it */
  action: 'exit_interview' | 'exit_followup'
  /** states in which it may be answered or declined */
  openStates: readonly ('waiting' | 'invited')[]
  /** what the walk is told after sending, `?done=` */
  sentNotice: string
  declinedNotice: string
}

export const exitInterview: ExitSurvey = {
  table: 'exit_interview',
  recordType: 'answers',
  path: '/graduation/interview',
  words: 'interview',
  action: 'exit_interview',
  openStates: ['waiting', 'invited'],
  sentNotice: 'interview',
  declinedNotice: 'declined',
}

export const exitFollowup: ExitSurvey = {
  table: 'exit_followup' as 'exit_interview',
  recordType: 'followup',
  path: '/graduation/followup',
  words: 'followup',
  action: 'exit_followup',
  openStates: ['invited'],
  sentNotice: 'followup',
  declinedNotice: 'followupDeclined',
}
