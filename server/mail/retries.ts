import type { ClaimedMail, MailEnd } from './queue.ts'
import type { SendOutcome } from './transport.ts'

const minute = 60_000
// greylisting asks for a few minutes, a full mailbox for hours
const backOff = [1, 5, 15, 60, 240].map((minutes) => minutes * minute)
// RFC 5321 4.5.4.1: give up after four to five days
const giveUpAfter = 5 * 24 * 60 * minute

/** What an outcome means for a message. */
export function endOf(mail: ClaimedMail, outcome: SendOutcome, at: Date): MailEnd {
  if (outcome.kind === 'accepted') return { state: 'accepted' }
  if (outcome.kind === 'permanent') return { state: 'failed', failure: 'permanent', code: outcome.code }
  // not this message's fault: it stays first in the queue while everything waits
  if (outcome.kind === 'unreachable')
    return { state: 'queued', failure: 'unreachable', code: outcome.code, nextAttemptAt: at, counts: false }
  return later(mail, outcome, at)
}

/** Once more after a wait that grows with the attempts; given up after five days. */
export function later(
  mail: ClaimedMail,
  outcome: Extract<SendOutcome, { kind: 'transient' | 'broken' | 'timeout' }>,
  at: Date,
): MailEnd {
  const failure = outcome.kind === 'timeout' ? 'timeout' : 'transient'
  const code = 'code' in outcome ? outcome.code : undefined
  if (at.getTime() - mail.due_at.getTime() > giveUpAfter) return { state: 'failed', failure, code }
  const wait = backOff[Math.min(mail.attempts, backOff.length) - 1] ?? minute
  return { state: 'queued', failure, code, nextAttemptAt: new Date(at.getTime() + wait), counts: true }
}
