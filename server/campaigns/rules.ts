/** Decisions about campaigns without I/O: states, what must be set before signing, who may be asked. */

import type { Questionnaire } from '../../survey-definitions/schema.ts'

export const campaignStates = [
  'draft',
  'prepared',
  'signed',
  'open',
  'closed',
  'need_confirmed',
  'results_released',
  'archived',
] as const
/** A stress check, with or without other questionnaires beside it; or a pulse, which asks others only and gives nobody a result. */
export type CampaignKind = 'stress_check' | 'pulse'
export type CampaignState = (typeof campaignStates)[number]
export type InvitationState = 'invited' | 'started' | 'submitted' | 'declined'
export type CriteriaMethod = 'simpleSum' | 'conversion'
export type Basis = 'committee' | 'opinions_heard'

/** A method of the criteria as definitions name it. */
export const methodNames = { simpleSum: 'simple-sum', conversion: 'conversion' } as const

/**
 * Why high stress cannot be judged by this method with a form, in the words of its definition by language ({} where it has none);
 * undefined where it can. Example: `stress-check-23@1` has no conversion table, `stress-check-57@1` has both methods.
 */
export function whyNotOffered(
  definition: Pick<Questionnaire, 'criteria' | 'methods_not_offered'>,
  method: CriteriaMethod,
): Readonly<Record<string, string>> | undefined {
  const name = methodNames[method]
  if (definition.criteria.some((one) => one.method === name)) return undefined
  return definition.methods_not_offered.find((one) => one.method === name)?.reason ?? {}
}

// only back to draft while nothing is signed; everything else goes forward, one step at a time
const steps: Record<CampaignState, readonly CampaignState[]> = {
  draft: ['prepared'],
  prepared: ['draft', 'signed'],
  signed: ['open'],
  open: ['closed'],
  closed: ['need_confirmed'],
  need_confirmed: ['results_released'],
  results_released: ['archived'],
  archived: [],
}

/** May a campaign step from one state to another? Of a pulse there is nothing to confirm and to release. */
export function mayAdvance(from: CampaignState, to: CampaignState, kind: CampaignKind = 'stress_check'): boolean {
  if (kind === 'pulse' && (to === 'need_confirmed' || to === 'results_released')) return false
  return steps[from].includes(to)
}

/** Has the implementer signed, so that questionnaire, criteria, tree and floor stand? */
export function isSigned(state: CampaignState): boolean {
  return state !== 'draft' && state !== 'prepared'
}

/**
 * The eleven items the health committee deliberates (Ordinance on Industrial Safety and Health 22(10) as explained in the
 * ministry's guideline on stress checks 5(2); https://wic-net.com/material/document/17187/39), in its order.
 */
export const committeeItems = [
  'purpose',
  'organisation',
  'method',
  'groupAnalysis',
  'participation',
  'records',
  'use',
  'disclosure',
  'complaints',
  'voluntary',
  'disadvantage',
] as const

/**
 * Under fifty there is no committee: the opinions of the workers concerned are heard (manual for small workplaces,
 * ministry, 2026-02-25), and how and whose is kept.
 */
export const opinionItems = ['heardFrom', 'opinions'] as const

export function itemsOf(basis: Basis): readonly string[] {
  return basis === 'committee' ? committeeItems : opinionItems
}

/** Fifty, counted as for the duty to appoint an occupational physician (Enforcement Order art. 5), per workplace. */
export const committeeHeadcount = 50

/** A workplace of 50 and more deliberates in its committee; a smaller one hears opinions. Unknown counts are those on the roster. */
export function decideBasis(headcountFor50: number | null, onRoster: number): Basis {
  return (headcountFor50 ?? onRoster) >= committeeHeadcount ? 'committee' : 'opinions_heard'
}

export interface WorkplacePreparation {
  workplaceId: string
  basis: Basis
  heldOn: string | null
  items: Readonly<Record<string, string>>
}

/** Something that is still missing before the campaign can be prepared: the field and the text key that says so. */
export interface Missing {
  workplaceId: string | undefined
  field: string
}

/**
 * What is missing before a campaign can be handed to the implementer: for each workplace the date (not later than `today`)
 * and every item, the day the house rules were made known (law H-1), and a last day that still lies ahead.
 * Empty when nothing is missing.
 */
export function findMissing(
  workplaces: readonly WorkplacePreparation[],
  campaign: { kind?: CampaignKind; rulesPublishedOn: string | null; closesOn: string; questionnaires: number },
  today: string,
): Missing[] {
  const missing: Missing[] = []
  if (campaign.closesOn < today) missing.push({ workplaceId: undefined, field: 'closesOn' })
  if (workplaces.length === 0) missing.push({ workplaceId: undefined, field: 'workplaces' })
  if (campaign.questionnaires === 0) missing.push({ workplaceId: undefined, field: 'questionnaires' })
  // no committee deliberates a pulse: the law asks it of stress checks
  if (campaign.kind === 'pulse') return missing
  for (const { workplaceId, basis, heldOn, items } of workplaces) {
    if (heldOn === null || heldOn > today) missing.push({ workplaceId, field: 'heldOn' })
    for (const item of itemsOf(basis)) if (!items[item]?.trim()) missing.push({ workplaceId, field: item })
  }
  if (campaign.rulesPublishedOn === null || campaign.rulesPublishedOn > today)
    missing.push({ workplaceId: undefined, field: 'rulesPublishedOn' })
  return missing
}

/** What an answer is grouped by, and nothing finer: five age bands, four bands of years with the company. */
export interface Snapshot {
  sex: 'male' | 'female' | null
  /** null: the roster does not tell the birth date */
  ageBand: AgeBand | null
  tenureBand: TenureBand
  employmentKind: string
}
export type AgeBand = '~29' | '30-39' | '40-49' | '50-59' | '60~'
export type TenureBand = '<1' | '1-3' | '3-10' | '10+'

/**
 * Whole years between two calendar dates; a birthday on 29 February counts on 1 March in other years.
 * @example yearsBetween('1990-11-24', '2026-11-23') // 35
 */
export function yearsBetween(fromOn: string, toOn: string): number {
  const years = Number(toOn.slice(0, 4)) - Number(fromOn.slice(0, 4))
  return toOn.slice(5) < fromOn.slice(5) ? years - 1 : years
}

/** A person as the answer remembers them, frozen on the opening day. */
export function takeSnapshot(
  member: { sex: 'male' | 'female' | null; birthOn: string | null; employedFromOn: string; employmentKind: string },
  on: string,
): Snapshot {
  return {
    sex: member.sex,
    ageBand: member.birthOn === null ? null : ageBandOf(yearsBetween(member.birthOn, on)),
    tenureBand: tenureBandOf(yearsBetween(member.employedFromOn, on)),
    employmentKind: member.employmentKind,
  }
}

function ageBandOf(years: number): AgeBand {
  if (years < 30) return '~29'
  if (years < 40) return '30-39'
  if (years < 50) return '40-49'
  return years < 60 ? '50-59' : '60~'
}

function tenureBandOf(years: number): TenureBand {
  if (years < 1) return '<1'
  if (years < 3) return '1-3'
  return years < 10 ? '3-10' : '10+'
}

/** HR pressed the button, or the interval is over. */
export type ReminderCause = 'asked' | 'interval'

const day = 24 * 60 * 60 * 1000

/**
 * Whether a campaign may remind now, and who is left out: those invited or reminded after `notSince`.
 * Undefined: not open, no reminders wanted, or the next hour for mails comes after closing.
 * An automatic reminder waits for the hours of mails rather than being queued ahead of them.
 */
export function decideReminder(
  campaign: { state: CampaignState; closesAt: Date; remindersMaximum: number; reminderIntervalDays: number },
  when: { at: Date; dueAt: Date },
  cause: ReminderCause,
): { notSince: Date } | undefined {
  if (campaign.state !== 'open' || campaign.remindersMaximum === 0) return undefined
  if (when.at >= campaign.closesAt || when.dueAt >= campaign.closesAt) return undefined
  if (cause === 'interval' && when.dueAt > when.at) return undefined
  const days = cause === 'asked' ? 1 : campaign.reminderIntervalDays
  return { notSince: new Date(when.dueAt.getTime() - days * day) }
}
