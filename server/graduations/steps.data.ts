import type { Kind } from './kinds.data.ts'

export type Actor = 'leaver' | 'hr'

/** When a step is due: some days after one of the dates of the departure, or a day of the month after leaving; never: on request only. */
export type DueRule =
  | { from: 'lastWorkingOn' | 'leavingOn'; days: number }
  | { from: 'leavingOn'; months: number }
  | { dayOfNextMonth: number }
  | 'onRequest'

export interface StepRule {
  step: string
  actor: Actor
  /** kinds that have it; absent: all but death */
  kinds?: readonly Kind[]
  due: DueRule
  /** kept off the leaver's page: a surprise, or HR's own affair */
  isForHrOnly?: true
  /** the law the date comes from; absent: custom of the house */
  source?: string
}

const all: readonly Kind[] = [
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
]

/**
 * The steps of leaving, in the order of the page. Dates are the last day the law leaves (weekends are not moved). The loss of social insurance is
 * the day after leaving. Nothing here depends on the exit interview, the private address or the alumni pool: those are the person's own choices
 * and no steps.
 */
export const stepRules = [
  {
    step: 'handover',
    actor: 'leaver',
    kinds: all.filter((kind) => !['death', 'illness', 'leave_expired'].includes(kind)),
    due: { from: 'lastWorkingOn', days: 0 },
  },
  { step: 'equipment', actor: 'leaver', due: { from: 'lastWorkingOn', days: 0 } },
  { step: 'pledge', actor: 'leaver', due: { from: 'lastWorkingOn', days: 0 } },
  {
    step: 'papers_wanted',
    actor: 'leaver',
    due: { from: 'leavingOn', days: 0 },
    source: '雇用保険法施行規則7条3項・労働基準法22条',
  },
  {
    step: 'health_card',
    actor: 'leaver',
    due: { from: 'leavingOn', days: 5 },
    source: '健康保険法施行規則(資格確認書の返納)',
  },
  {
    step: 'own_insurance',
    actor: 'leaver',
    due: { from: 'leavingOn', days: 14 },
    source: '国民健康保険法9条・国民年金法12条',
  },
  {
    step: 'thanks',
    actor: 'hr',
    kinds: ['resignation', 'retirement', 'transfer_out'],
    due: { from: 'lastWorkingOn', days: 0 },
    isForHrOnly: true,
  },
  { step: 'bereaved_contact', actor: 'hr', kinds: ['death'], due: 'onRequest' },
  { step: 'accounts', actor: 'hr', kinds: all, due: { from: 'leavingOn', days: 0 } },
  {
    step: 'social_insurance',
    actor: 'hr',
    kinds: all,
    due: { from: 'leavingOn', days: 5 },
    source: '健康保険法施行規則29条・厚生年金保険法施行規則22条',
  },
  {
    step: 'employment_insurance',
    actor: 'hr',
    kinds: all,
    due: { from: 'leavingOn', days: 11 },
    source: '雇用保険法施行規則7条',
  },
  { step: 'money', actor: 'hr', kinds: all, due: { from: 'leavingOn', days: 7 }, source: '労働基準法23条' },
  { step: 'resident_tax', actor: 'hr', kinds: all, due: { dayOfNextMonth: 10 }, source: '地方税法321条の5' },
  { step: 'withholding_slip', actor: 'hr', kinds: all, due: { from: 'leavingOn', months: 1 }, source: '所得税法226条' },
  { step: 'certificate', actor: 'hr', due: 'onRequest', source: '労働基準法22条1項' },
  {
    step: 'reason_certificate',
    actor: 'hr',
    kinds: ['dismissal', 'redundancy', 'non_renewal'],
    due: 'onRequest',
    source: '労働基準法22条2項・有期労働契約の締結、更新及び雇止めに関する基準',
  },
  { step: 'funeral_benefit', actor: 'hr', kinds: ['death'], due: 'onRequest', source: '健康保険法100条' },
] as const satisfies readonly StepRule[]

export type StepName = (typeof stepRules)[number]['step']
