import type { Measure } from './respondents.ts'

/**
 * Plain findings as rules. A sentence says only what its items ask; from the 57 items a department can be told that opinions
 * are hardly reflected in policy (item 10), not that people find it hard to speak up: no item asks that.
 */
export type FindingRule = {
  readonly id: string
  readonly evidence:
    | { readonly kind: 'gap'; readonly measure: string }
    | { readonly kind: 'spread'; readonly measure: string; readonly ratio: number; readonly q: number }
    | { readonly kind: 'chart'; readonly axis: 'loadControl' | 'support'; readonly atLeast: number }
  readonly items: readonly string[]
  /** Texts: `findings.<id>.sentence` and `findings.steps.<step>` in templates/locales. */
  readonly steps: readonly NextStep[]
}

/** A next step: one action of the public checklist, by its number. */
export type NextStep = { readonly id: string; readonly checklistItem: number; readonly source: string }

/**
 * 職場環境改善のためのヒント集 (mental health action checklist, 2004, 30 actions in six areas), which the MHLW stress check manual
 * recommends for planning with the people concerned.
 */
const checklist =
  '職場環境改善のためのヒント集 (メンタルヘルスアクションチェックリスト, 2004); recommended in https://wic-net.com/material/document/17187/157'
const step = (id: string, checklistItem: number): NextStep => ({ id, checklistItem, source: checklist })

const steps = {
  takePartInPlanning: step('takePartInPlanning', 1),
  widenDiscretion: step('widenDiscretion', 2),
  reviewWorkload: step('reviewWorkload', 3),
  meaningfulTasks: step('meaningfulTasks', 4),
  shareInformation: step('shareInformation', 5),
  overtimeTargets: step('overtimeTargets', 6),
  peakWork: step('peakWork', 7),
  comfortableEnvironment: step('comfortableEnvironment', 16),
  approachableSupervisor: step('approachableSupervisor', 21),
  approachableCoworkers: step('approachableCoworkers', 22),
} as const

/** Single items read beside the scales. Answer 4 (ちがう) to item 10 is the bad end, so a high value is bad. */
export const findingItems: readonly Pick<Measure, 'id' | 'polarity'>[] = [{ id: 'q10', polarity: 'negative' }]

export const findingRules: readonly FindingRule[] = [
  {
    id: 'supervisorSupportLow',
    evidence: { kind: 'gap', measure: 'supervisorSupport' },
    items: ['q47', 'q50', 'q53'],
    steps: [steps.approachableSupervisor, steps.shareInformation],
  },
  {
    id: 'coworkerSupportLow',
    evidence: { kind: 'gap', measure: 'coworkerSupport' },
    items: ['q48', 'q51', 'q54'],
    steps: [steps.approachableCoworkers],
  },
  {
    id: 'workloadHigh',
    evidence: { kind: 'gap', measure: 'quantitativeLoad' },
    items: ['q1', 'q2', 'q3'],
    steps: [steps.reviewWorkload, steps.overtimeTargets, steps.peakWork],
  },
  {
    // 負担の偏り: the same load on average can lie on few shoulders. The ratio of spreads is a judgement.
    id: 'workloadUneven',
    evidence: { kind: 'spread', measure: 'quantitativeLoad', ratio: 1.25, q: 0.1 },
    items: ['q1', 'q2', 'q3'],
    steps: [steps.reviewWorkload, steps.peakWork],
  },
  {
    id: 'controlLow',
    evidence: { kind: 'gap', measure: 'control' },
    items: ['q8', 'q9', 'q10'],
    steps: [steps.widenDiscretion, steps.takePartInPlanning],
  },
  {
    id: 'opinionsHardlyReflected',
    evidence: { kind: 'gap', measure: 'q10' },
    items: ['q10'],
    steps: [steps.takePartInPlanning],
  },
  {
    id: 'relationsStrained',
    evidence: { kind: 'gap', measure: 'interpersonalStress' },
    items: ['q12', 'q13', 'q14'],
    steps: [steps.approachableCoworkers, steps.shareInformation],
  },
  {
    id: 'environmentPoor',
    evidence: { kind: 'gap', measure: 'physicalEnvironment' },
    items: ['q15'],
    steps: [steps.comfortableEnvironment],
  },
  {
    id: 'skillsUnused',
    evidence: { kind: 'gap', measure: 'skillUse' },
    items: ['q11'],
    steps: [steps.meaningfulTasks],
  },
  {
    id: 'workLessMeaningful',
    evidence: { kind: 'gap', measure: 'meaningfulness' },
    items: ['q17'],
    steps: [steps.meaningfulTasks],
  },
  {
    id: 'chartLoadControl',
    evidence: { kind: 'chart', axis: 'loadControl', atLeast: 120 },
    items: ['q1', 'q2', 'q3', 'q8', 'q9', 'q10'],
    steps: [steps.reviewWorkload, steps.widenDiscretion],
  },
  {
    id: 'chartSupport',
    evidence: { kind: 'chart', axis: 'support', atLeast: 120 },
    items: ['q47', 'q48', 'q50', 'q51', 'q53', 'q54'],
    steps: [steps.approachableSupervisor, steps.approachableCoworkers],
  },
]
