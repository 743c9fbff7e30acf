import type { Questionnaire } from '../../survey-definitions/schema.ts'
import { chance, type Chance } from './chance.ts'

/** How a workplace feels, in standard deviations from the usual: what the generated people of a department share. */
export interface Climate {
  load: number
  control: number
  supervisor: number
  coworker: number
}

/** Chance of a department's own, the same in every year, with a slow drift; `harder` departments carry more and are helped less. */
export function climateOf(seed: number, departmentCode: string, year: number, harder: number): Climate {
  const lasting = chance(seed, 'department', departmentCode)
  const yearly = chance(seed, 'department', departmentCode, year)
  const draw = () => 0.25 * lasting.normal() + 0.12 * yearly.normal()
  return {
    load: draw() + 0.7 * harder,
    control: draw() - 0.55 * harder,
    supervisor: draw() - 0.75 * harder,
    coworker: draw() - 0.3 * harder,
  }
}

// Mean item answer in the direction "more of the thing", 1 to 4, and its spread: close to the national means of the published norm table
// (raw mean of a scale / number of its items), so that the demo's share of high stress comes out near one in ten.
const usual: Record<string, { mean: number; spread: number }> = {
  quantitativeLoad: { mean: 2.78, spread: 0.72 },
  qualitativeLoad: { mean: 2.87, spread: 0.66 },
  physicalLoad: { mean: 2.2, spread: 0.95 },
  interpersonalStress: { mean: 2.08, spread: 0.65 },
  physicalEnvironment: { mean: 2.1, spread: 0.9 },
  control: { mean: 2.6, spread: 0.68 },
  skillUse: { mean: 2.9, spread: 0.75 },
  jobFit: { mean: 2.85, spread: 0.75 },
  meaningfulness: { mean: 2.85, spread: 0.8 },
  vigor: { mean: 2.2, spread: 0.78 },
  irritability: { mean: 2.08, spread: 0.78 },
  fatigue: { mean: 2.2, spread: 0.82 },
  anxiety: { mean: 2.04, spread: 0.75 },
  depression: { mean: 1.72, spread: 0.65 },
  physicalComplaints: { mean: 1.77, spread: 0.55 },
  supervisorSupport: { mean: 2.52, spread: 0.74 },
  coworkerSupport: { mean: 2.68, spread: 0.7 },
  familySupport: { mean: 3.2, spread: 0.72 },
  satisfaction: { mean: 2.88, spread: 0.65 },
}

/** Standard score of each scale for one person: climate, a lasting personal strain and chance. */
function standing(scale: string, climate: Climate, strain: number, noise: () => number): number {
  const own = 0.75 * noise()
  const felt = 0.25 * climate.load - 0.15 * climate.control - 0.25 * climate.supervisor - 0.1 * climate.coworker
  switch (scale) {
    case 'quantitativeLoad':
      return climate.load + 0.3 * strain + own
    case 'qualitativeLoad':
      return 0.6 * climate.load + 0.2 * strain + own
    case 'control':
      return climate.control - 0.3 * strain + own
    case 'supervisorSupport':
      return climate.supervisor - 0.3 * strain + own
    case 'coworkerSupport':
      return climate.coworker - 0.3 * strain + own
    case 'interpersonalStress':
      return 0.5 * felt + 0.4 * strain + own
    case 'vigor':
    case 'satisfaction':
    case 'meaningfulness':
    case 'jobFit':
      return -0.6 * felt - 0.55 * strain + own
    case 'irritability':
    case 'fatigue':
    case 'anxiety':
    case 'depression':
      return 0.9 * felt + 0.7 * strain + 0.6 * noise()
    case 'physicalComplaints':
      return 0.7 * felt + 0.6 * strain + 0.6 * noise()
    default:
      return own
  }
}

const clip = (value: number) => Math.max(1, Math.min(4, Math.round(value)))

/** One generated person's answers to the stress check: item id to option value, every item answered. */
export function stressAnswers(
  questionnaire: Questionnaire,
  who: { seed: number; employeeCode: string; year: number; climate: Climate },
): Record<string, number> {
  const lasting = chance(who.seed, 'person', who.employeeCode)
  const now: Chance = chance(who.seed, 'person', who.employeeCode, who.year)
  const strain = 0.75 * lasting.normal() + 0.65 * now.normal()
  const answers: Record<string, number> = {}
  for (const scale of questionnaire.scales ?? []) {
    const norm = usual[scale.id]
    if (!norm) continue
    const z = standing(scale.id, who.climate, strain, () => now.normal())
    const { plus = [], minus = [] } = scale.formula as { plus?: string[]; minus?: string[] }
    const level = () => clip(norm.mean + norm.spread * z + 0.45 * now.normal())
    for (const item of plus) answers[item] = level()
    for (const item of minus) answers[item] = 5 - level()
  }
  return answers
}

/** Answer to the single presenteeism item, percent: lower where strain and load are high. */
export function presenteeismAnswer(who: {
  seed: number
  employeeCode: string
  year: number
  climate: Climate
}): number {
  const now = chance(who.seed, 'presenteeism', who.employeeCode, who.year)
  const lasting = chance(who.seed, 'person', who.employeeCode)
  const strain = 0.75 * lasting.normal()
  const value = 85 - 5 * strain - 4 * who.climate.load + 11 * now.normal()
  return Math.max(10, Math.min(100, Math.round(value / 5) * 5))
}
