/**
 * Purposes a member may say yes to, each by itself (個人情報保護法 17条: the purpose is made as specific as possible;
 * 特定電子メール法 3条: mail only after consent). `directory` waits for the directory itself and is not offered before; `checkin`
 * is offered where HR has switched it on.
 */
export const purposes = [
  'news',
  'openings',
  'events',
  'projects',
  'referrals',
  'mentoring',
  'checkin',
  'directory',
] as const
export type Purpose = (typeof purposes)[number]

export const offeredPurposes = [
  'news',
  'events',
  'openings',
  'projects',
  'mentoring',
  'referrals',
] as const satisfies readonly Purpose[]
/** With those that wait for a switch of HR. */
export const choosablePurposes = [...offeredPurposes, 'checkin'] as const satisfies readonly Purpose[]
export type OfferedPurpose = (typeof choosablePurposes)[number]

/** Changes whenever a sentence (alumni.purpose.… in the locales) changes; the sentence itself is kept with each consent. */
export const purposeTextVersion = '2026-11'
