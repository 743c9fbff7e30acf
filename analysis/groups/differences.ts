import { benjaminiHochberg, normalCdf } from '../statistics/index.ts'
import { differenceRules, relevanceWeights } from './differences.data.ts'
import type { MeanFigures } from './scale-figures.ts'
import type { Measure } from './respondents.ts'

/**
 * A group's distance from its company on one measure, in company standard deviations; positive = worse for the people.
 *
 * `probability` is that of the true difference pointing the way `gap` does; `adjustedP` its complement after
 * Benjamini–Hochberg across the group's measures; `clear` whether it may be said.
 */
export type Gap = {
  readonly measure: string
  readonly kind: Measure['kind']
  readonly n: number
  readonly gap: number
  readonly se: number
  readonly probability: number
  readonly adjustedP: number
  readonly clear: boolean
}

/**
 * All gaps of one group, in the order of the measures; the shrunk mean against the top group's mean.
 *
 * Clear: probability ≥ .90, adjusted p ≤ .10, |gap| ≥ 0.2. Worse and better are two questions with a family each.
 * The uncertainty of the company's mean is left out (it is far smaller). `company` gives mean and sd of the top group.
 * Example: shrunk 9 (se 0.5), company 8 with sd 2, a scale where high is bad: gap 0.5, se 0.25, probability Φ(2) = .977.
 * A measure without spread, or without values in the group: left out.
 */
export function gapsOf(
  groupId: string,
  topId: string,
  measures: readonly { readonly measure: Measure; readonly figures: MeanFigures }[],
): Gap[] {
  const raw = measures.flatMap(({ measure, figures }) => {
    const own = figures.byGroup.get(groupId)
    const company = figures.byGroup.get(topId)
    if (!own || !company || !(company.sd > 0)) return []
    const direction = measure.polarity === 'negative' ? 1 : -1
    const gap = (direction * (own.shrunk - company.mean)) / company.sd
    const se = own.se / company.sd
    const worse = se > 0 ? normalCdf(gap / se) : 0.5
    return [{ measure: measure.id, kind: measure.kind, n: own.n, gap, se, worse }]
  })
  const adjustedWorse = benjaminiHochberg(raw.map(({ worse }) => 1 - worse))
  const adjustedBetter = benjaminiHochberg(raw.map(({ worse }) => worse))
  return raw.map(({ worse, ...rest }, index) => {
    const isWorse = rest.gap > 0
    const probability = isWorse ? worse : 1 - worse
    const adjustedP = (isWorse ? adjustedWorse : adjustedBetter)[index]!
    const clear =
      probability >= differenceRules.probability &&
      adjustedP <= differenceRules.q &&
      Math.abs(rest.gap) >= differenceRules.gap
    return { ...rest, probability, adjustedP, clear }
  })
}

/**
 * What to show under 「会社平均と比べて差が大きい項目」: the clear gaps of scales in one direction, at most three, ordered by
 * size times relevance. A difference, never a cause.
 */
export function topDifferences(gaps: readonly Gap[], direction: 'worse' | 'better'): Gap[] {
  const weigh = ({ measure, gap }: Gap) => Math.abs(gap) * (relevanceWeights[measure] ?? 1)
  return gaps
    .filter((gap) => gap.clear && gap.kind === 'scale' && (direction === 'worse' ? gap.gap > 0 : gap.gap < 0))
    .sort((a, b) => weigh(b) - weigh(a) || (a.measure < b.measure ? -1 : 1))
    .slice(0, differenceRules.shown)
}
