import type { QuestionnaireVersion } from '../questionnaires/index.ts'
import { nextDays } from './calendar.ts'
import { standsBeside } from './offered.ts'
import { createCampaign, type CampaignPlan } from './planning.ts'
import type { AnyHandle } from './tables.ts'

/** What HR decides of a pulse: like a plan, without what belongs to a stress check, and how often it comes again. */
export interface PulsePlan {
  name: string
  opensOn: string
  closesOn: string
  questionnaires: readonly { slug: string; version: number }[]
  workplaceIds: readonly string[]
  floor: number
  remindersMaximum: number
  reminderIntervalDays: number
  /** one or more, each a campaign of its own */
  waves: number
  everyWeeks: number
}

/** Most waves planned at once: a year of a wave every four weeks. */
export const mostWaves = 13

/** May a pulse ask it: whatever may stand beside a stress check. */
export const isForPulse = (version: QuestionnaireVersion): boolean => standsBeside(version)

/** The plan of one wave (1 is the first): the same questions some weeks later. `named`: how a wave's name is made of the pulse's. */
export function planOfWave(plan: PulsePlan, wave: number, named: (name: string, wave: number) => string): CampaignPlan {
  const days = (wave - 1) * plan.everyWeeks * 7
  return {
    kind: 'pulse',
    name: plan.waves === 1 ? plan.name : named(plan.name, wave),
    opensOn: nextDays(plan.opensOn, days),
    closesOn: nextDays(plan.closesOn, days),
    questionnaires: plan.questionnaires,
    workplaceIds: plan.workplaceIds,
    // means nothing where no stress check is asked
    criteriaMethod: 'simpleSum',
    floor: plan.floor,
    employerReceivesIndividualResults: false,
    othersMayRequestInterview: false,
    turnoverRiskPurpose: false,
    remindersMaximum: plan.remindersMaximum,
    reminderIntervalDays: plan.reminderIntervalDays,
  }
}

/** Makes a draft for each wave, in order (role hr): a rotation's turns follow each other. @returns ids, the first wave's first */
export async function createPulses(
  db: AnyHandle,
  companyId: string,
  plan: PulsePlan,
  named: (name: string, wave: number) => string,
  createdBy: string,
  at: Date,
): Promise<string[]> {
  const ids: string[] = []
  for (let wave = 1; wave <= plan.waves; wave++)
    ids.push(await createCampaign(db, companyId, planOfWave(plan, wave, named), createdBy, at))
  return ids
}
