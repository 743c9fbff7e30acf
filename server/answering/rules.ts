/** Decisions without I/O: where a person stands with an invitation. */

/** What the landing page offers. `own`: this browser has begun it; `elsewhere`: another one has, and nothing is bound yet. */
export type Standing =
  | 'not_open'
  | 'fresh'
  | 'own'
  | 'elsewhere'
  | 'bound'
  | 'submitted'
  | 'released'
  | 'declined'
  | 'closed'

export interface StandingFacts {
  campaign: { state: string; opensAt: Date; closesAt: Date }
  invitationState: 'invited' | 'started' | 'submitted' | 'declined'
  /** the personal code: undefined before any start */
  isBound: boolean | undefined
  isReleased: boolean
  /** this browser may go on: it began, or has proven the code */
  isOwn: boolean
}

/** Is the campaign open for answers at this instant? The state follows the clock by a job, so both are asked. */
export function decideOpening(campaign: StandingFacts['campaign'], at: Date): 'not_open' | 'open' | 'closed' {
  if (['draft', 'prepared', 'signed'].includes(campaign.state) || at < campaign.opensAt) return 'not_open'
  return campaign.state === 'open' && at < campaign.closesAt ? 'open' : 'closed'
}

export function decideStanding(facts: StandingFacts, at: Date): Standing {
  if (facts.invitationState === 'submitted') return facts.isReleased ? 'released' : 'submitted'
  const opening = decideOpening(facts.campaign, at)
  if (opening !== 'open') return opening
  if (facts.invitationState === 'declined') return 'declined'
  if (facts.isBound === undefined || facts.invitationState === 'invited') return 'fresh'
  if (facts.isOwn) return 'own'
  return facts.isBound ? 'bound' : 'elsewhere'
}
