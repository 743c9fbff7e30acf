import { addDays, daysBetween, daysPerStep } from '../results/index.ts'

/** How near a deadline is: past it, the last day or the last week, the last fortnight, far, or met. */
export type Urgency = 'late' | 'week' | 'fortnight' | 'far' | 'met' | 'waiting'

export interface Clock {
  /** last day, yyyy-mm-dd; null while the step before is not done */
  byOn: string | null
  /** days left on `today`; negative when past */
  daysLeft: number | null
  urgency: Urgency
}

const waiting: Clock = { byOn: null, daysLeft: null, urgency: 'waiting' }

/** Warnings begin 14 days before a deadline, then at 7 and on the day (law I-2). */
function clockOf(fromOn: string, metOn: string | undefined, today: string): Clock {
  const byOn = addDays(fromOn, daysPerStep)
  if (metOn !== undefined) return { byOn, daysLeft: null, urgency: 'met' }
  const daysLeft = daysBetween(today, byOn)
  const urgency = daysLeft < 0 ? 'late' : daysLeft <= 7 ? 'week' : daysLeft <= 14 ? 'fortnight' : 'far'
  return { byOn, daysLeft, urgency }
}

/**
 * The three clocks of one request, about a month each: notice to request, request to interview, interview to opinion.
 * Calendar dates in the company's time zone. A withdrawn request has no running clock.
 * @example requested on 2026-11-02, nothing since, today 2026-11-25: interview by 2026-12-02, 7 days left, urgency week
 */
export function clocksOf(
  request: {
    notifiedOn: string
    requestedOn: string
    late: boolean
    interviewedOn: string | undefined
    opinionOn: string | undefined
    withdrawn: boolean
  },
  today: string,
): { request: Clock; interview: Clock; opinion: Clock; next: Clock } {
  const asked: Clock = {
    byOn: addDays(request.notifiedOn, daysPerStep),
    daysLeft: null,
    urgency: request.late ? 'late' : 'met',
  }
  if (request.withdrawn) return { request: asked, interview: waiting, opinion: waiting, next: waiting }
  const interview = clockOf(request.requestedOn, request.interviewedOn, today)
  const opinion =
    request.interviewedOn === undefined ? waiting : clockOf(request.interviewedOn, request.opinionOn, today)
  return { request: asked, interview, opinion, next: interview.urgency === 'met' ? opinion : interview }
}
