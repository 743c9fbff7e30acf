/** What the page behind a confirmation says: to somebody who joins, to a member who ticked more, and where nothing is left to confirm. */
const words = {
  joining: {
    titleKey: 'alumni.confirm.title',
    leadKey: 'alumni.confirm.lead',
    notYouKey: 'alumni.confirm.notYou',
    tickKey: 'alumni.confirm.tick',
    pressKey: 'alumni.confirm.confirm',
    missingTickKey: 'alumni.errors.confirm',
  },
  adding: {
    titleKey: 'alumni.confirm.memberTitle',
    leadKey: 'alumni.confirm.memberLead',
    notYouKey: 'alumni.confirm.memberNotYou',
    tickKey: 'alumni.confirm.memberTick',
    pressKey: 'alumni.confirm.memberConfirm',
    missingTickKey: 'alumni.errors.receive',
  },
  nothing: {
    titleKey: 'alumni.confirm.memberTitle',
    leadKey: 'alumni.confirm.nothing',
    notYouKey: 'alumni.confirm.memberNotYou',
    tickKey: 'alumni.confirm.nothingTick',
    pressKey: 'alumni.confirm.nothingConfirm',
    missingTickKey: 'alumni.errors.open',
  },
} as const

type ConfirmWords = (typeof words)[keyof typeof words]

/** The wording for a member in this state, with so many purposes that this link would confirm. */
export function confirmWords(state: 'unconfirmed' | 'active' | 'paused', waiting: number): ConfirmWords {
  if (state === 'unconfirmed') return words.joining
  return waiting > 0 ? words.adding : words.nothing
}
