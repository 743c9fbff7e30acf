import type { CampaignKind } from './rules.ts'

/** Mails of a campaign: those of a stress check are the notices the law speaks of, those of a pulse are a survey's. */
export const mailKinds = ['invitation', 'reminder', 'pulse-invitation', 'pulse-reminder'] as const
export type MailKind = (typeof mailKinds)[number]

/** Template and class of one step's mail. */
export function mailOf(
  kind: CampaignKind,
  step: 'invitation' | 'reminder',
): { template: `campaigns.${MailKind}`; mailClass: 'statutory' | 'survey' } {
  return kind === 'pulse'
    ? { template: `campaigns.pulse-${step}`, mailClass: 'survey' }
    : { template: `campaigns.${step}`, mailClass: 'statutory' }
}
