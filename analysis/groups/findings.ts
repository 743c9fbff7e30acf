import { findingRules } from './findings.data.ts'
import type { FindingRule, NextStep } from './findings.data.ts'
import type { Gap } from './differences.ts'
import type { JudgementChart } from './judgement-chart.ts'

/** Why a finding is stated, with how sure that is. Gaps in company SDs, spreads as ratios of SDs, chart risks with 100 = nation. */
export type FindingEvidence =
  | {
      readonly kind: 'gap'
      readonly gap: number
      readonly lo90: number
      readonly hi90: number
      readonly probability: number
    }
  | { readonly kind: 'spread'; readonly ratio: number; readonly adjustedP: number }
  | { readonly kind: 'chart'; readonly risk: number; readonly lo90: number; readonly hi90: number }

/** One plain finding of a group. The sentence is the text `findings.<id>.sentence`. */
export type Finding = {
  readonly id: string
  readonly textKey: string
  readonly items: readonly string[]
  readonly n: number
  readonly evidence: FindingEvidence
  readonly nextSteps: readonly (NextStep & { readonly textKey: string })[]
}

/** How unevenly a group answers a measure: its SD over the usual SD within groups, and the p-value adjusted over all groups. */
export type Spread = {
  readonly measure: string
  readonly n: number
  readonly ratio: number
  readonly adjustedP: number
}

/**
 * The findings that hold for one group, in the order of the rules.
 *
 * gap: a clear gap in the bad direction (see `gapsOf`); spread: SD ratio and adjusted p; chart: the risk is at or above the
 * threshold and its 90 % interval lies above 100. The top group has no gaps; the chart compares it with the nation.
 * Example: a department whose supervisor support is clearly lower than the company's gets `supervisorSupportLow`.
 * With no evidence: []; "nothing stands out" is then the honest sentence.
 */
export function decideFindings(
  evidence: {
    readonly gaps: readonly Gap[]
    readonly spreads: readonly Spread[]
    readonly chart: JudgementChart | null
  },
  rules: readonly FindingRule[] = findingRules,
): Finding[] {
  return rules.flatMap((rule) => {
    const found = weigh(rule, evidence)
    if (found === null) return []
    return [
      {
        id: rule.id,
        textKey: `findings.${rule.id}.sentence`,
        items: rule.items,
        ...found,
        nextSteps: rule.steps.map((step) => ({ ...step, textKey: `findings.steps.${step.id}` })),
      },
    ]
  })
}

const z90 = 1.6448536269514722

function weigh(
  rule: FindingRule,
  { gaps, spreads, chart }: Parameters<typeof decideFindings>[0],
): { n: number; evidence: FindingEvidence } | null {
  const wanted = rule.evidence
  if (wanted.kind === 'gap') {
    const found = gaps.find((gap) => gap.measure === wanted.measure)
    if (found === undefined || !found.clear || found.gap <= 0) return null
    const { n, gap, se, probability } = found
    return { n, evidence: { kind: 'gap', gap, lo90: gap - z90 * se, hi90: gap + z90 * se, probability } }
  }
  if (wanted.kind === 'spread') {
    const found = spreads.find((spread) => spread.measure === wanted.measure)
    if (found === undefined || found.ratio < wanted.ratio || found.adjustedP > wanted.q) return null
    return { n: found.n, evidence: { kind: 'spread', ratio: found.ratio, adjustedP: found.adjustedP } }
  }
  if (chart === null) return null
  const risk = chart.combined[wanted.axis]
  const { lo, hi } = chart.interval90[wanted.axis]
  if (risk < wanted.atLeast || lo <= 100) return null
  return { n: chart.n, evidence: { kind: 'chart', risk, lo90: lo, hi90: hi } }
}
