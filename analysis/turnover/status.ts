import { bayesianFdr } from '../statistics/index.ts'
import { addMonths } from './months.ts'
import { turnoverParameters } from './parameters.data.ts'
import type { Month } from './months.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** 高リスク, 要注意, 通常, 判定不可. */
export type TurnoverStatus = 'high' | 'watch' | 'ordinary' | 'insufficient'

/** Which rule set (or limits) the status; texts `turnover.reasons.<code>`. */
export type StatusReason =
  | 'riskHigh'
  | 'keptHigh'
  | 'riskRaised'
  | 'stressSignal'
  | 'trendAlarm'
  | 'nothingStandsOut'
  | 'neitherSurveyNorHistory'

/** A department's last status: from which round on, and since which month it has been flagged. */
export type PreviousStatus = {
  readonly status: TurnoverStatus
  readonly round: string | null
  readonly flaggedIn: Month
}

/** What the status of one department depends on. `level` is its depth in the tree: like is compared with like. */
export type StatusCandidate = {
  readonly id: string
  readonly level: number
  readonly risk: { readonly estimate: number; readonly probabilityAbove1: number }
  /** Expected leavers of the history, discounted (M). */
  readonly history: number
  readonly surveyUsed: boolean
  readonly stress: { readonly ratio: number; readonly probabilityAbove1: number } | null
  readonly trendAlarm: boolean
  readonly previous?: PreviousStatus | undefined
}

export type StatusDecision = {
  readonly id: string
  readonly status: TurnoverStatus
  readonly reasons: readonly StatusReason[]
  /** In the set whose expected share of wrong flags is at most q. */
  readonly inRiskSet: boolean
  readonly inStressSet: boolean
}

/**
 * Statuses of all departments shown, level by level.
 *
 * 高リスク: in the Bayesian FDR set of q = .05, P(R > 1) ≥ .90, R ≥ 1.25 and at least one expected leaver of history; once high,
 * it stays so until P falls below .80, within the same round and 13 months. 要注意: P ≥ .80 with R ≥ 1.15, or a stress signal in
 * its own FDR set with ratio ≥ 1.25, or a trend alarm. 判定不可: neither a survey in use nor one expected leaver.
 * Departments that cannot be judged take no part in the sets.
 * Source: bayesian-fdr.ts; thresholds by simulation, see parameters.data.ts.
 * Example: P .97, R 1.7, history 3 → high; the same with history 0.4 → watch (no history, no high).
 * With no departments: [].
 */
export function decideStatuses(
  candidates: readonly StatusCandidate[],
  now: { readonly month: Month; readonly round: string | null },
  parameters: TurnoverParameters = turnoverParameters,
): StatusDecision[] {
  const { high, watch } = parameters
  const judged = candidates.filter((unit) => unit.surveyUsed || unit.history >= high.history)
  const riskSet = new Set<string>()
  const stressSet = new Set<string>()
  for (const level of new Set(judged.map((unit) => unit.level))) {
    const peers = judged.filter((unit) => unit.level === level)
    collect(
      peers,
      peers.map((unit) => unit.risk.probabilityAbove1),
      high.q,
      riskSet,
    )
    const surveyed = peers.filter((unit) => unit.stress !== null)
    collect(
      surveyed,
      surveyed.map((unit) => unit.stress!.probabilityAbove1),
      watch.stressQ,
      stressSet,
    )
  }

  return candidates.map((unit): StatusDecision => {
    const inRiskSet = riskSet.has(unit.id)
    const inStressSet = stressSet.has(unit.id)
    const decision = (status: TurnoverStatus, reasons: StatusReason[]) => ({
      id: unit.id,
      status,
      reasons,
      inRiskSet,
      inStressSet,
    })
    if (!unit.surveyUsed && unit.history < high.history) return decision('insufficient', ['neitherSurveyNorHistory'])

    const { estimate, probabilityAbove1 } = unit.risk
    const others: StatusReason[] = []
    if (inStressSet && unit.stress !== null && unit.stress.ratio >= watch.stressRatio) others.push('stressSignal')
    if (unit.trendAlarm) others.push('trendAlarm')

    if (unit.history >= high.history) {
      if (inRiskSet && probabilityAbove1 >= high.probability && estimate >= high.risk)
        return decision('high', ['riskHigh', ...others])
      if (isKept(unit.previous, now, parameters) && probabilityAbove1 >= high.keptAbove)
        return decision('high', ['keptHigh', ...others])
    }
    if (probabilityAbove1 >= watch.probability && estimate >= watch.risk) others.unshift('riskRaised')
    return others.length > 0 ? decision('watch', others) : decision('ordinary', ['nothingStandsOut'])
  })
}

function collect(
  units: readonly StatusCandidate[],
  probabilities: readonly number[],
  q: number,
  into: Set<string>,
): void {
  const { selected } = bayesianFdr(probabilities, q)
  for (const [index, unit] of units.entries()) if (selected[index]) into.add(unit.id)
}

/** A flag is kept only within its own round, and for 13 months at most: then it has to be earned again. */
function isKept(
  previous: PreviousStatus | undefined,
  now: { readonly month: Month; readonly round: string | null },
  parameters: TurnoverParameters,
): boolean {
  if (previous?.status !== 'high' || previous.round !== now.round) return false
  return now.month < addMonths(previous.flaggedIn, parameters.flagMonths)
}
