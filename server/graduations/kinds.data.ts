/**
 * Kinds of leaving. The kind decides tone and steps: 卒業 is not said of dismissal, illness, death or the end of a term, and such leavers are not
 * invited to the alumni pool by default (practice of firms that say 卒業:
 * https://bizgate.nikkei.co.jp/article/DGXMZO7111819017042021000000).
 */
export const kinds = [
  'resignation',
  'retirement',
  'transfer_out',
  'end_of_term',
  'non_renewal',
  'dismissal',
  'encouraged',
  'redundancy',
  'leave_expired',
  'illness',
  'death',
] as const
export type Kind = (typeof kinds)[number]

/** full: the company's own word and thanks first; neutral: plain words, no invitation; none: no page and no mail at all. */
export type Tone = 'full' | 'neutral' | 'none'

export const toneOfKind: Record<Kind, Tone> = {
  resignation: 'full',
  retirement: 'full',
  transfer_out: 'full',
  end_of_term: 'neutral',
  non_renewal: 'neutral',
  dismissal: 'neutral',
  encouraged: 'neutral',
  redundancy: 'neutral',
  leave_expired: 'neutral',
  illness: 'neutral',
  death: 'none',
}
