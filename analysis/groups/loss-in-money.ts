import type { Formula, Item } from '../../survey-definitions/schema.ts'

/** How a scale of lost work becomes a share of pay: value × `share`. */
export type LossScale = { readonly share: number; readonly basis: 'percent' | 'days' }

/** Pay of a group: yen a year for all its people together. */
export type GroupPay = { readonly yen: number; readonly period: 'month' | 'year'; readonly people: number }

export type MoneyLoss = {
  readonly paid: number
  readonly loss: number
  readonly lo: number
  readonly hi: number
}

/**
 * Whether a scale counts lost work in a way that pay can be multiplied with, and how: 100 − one answer in percent (SPQ), or
 * quantity and quality on days, of as many days as the question allows (QQ; 30 calendar days, as in "days/30 × rate × monthly
 * pay × 12"; programs that multiply with a working day's pay get more). Undefined for every other scale: points of a
 * questionnaire are no share of pay.
 *
 * Example: `100 − performance` gives 0.01 a point; `lostDays` of 0 to 30 gives 1/30 a day.
 */
export function lossScaleOf(formula: Formula, itemOf: (id: string) => Item | undefined): LossScale | undefined {
  if (formula.method === 'sum') {
    const [only, ...others] = formula.minus
    const item = only === undefined || others.length > 0 ? undefined : itemOf(only)
    const isPercent = item?.type === 'number' && item.max === 100 && item.min >= 0
    return isPercent && formula.constant === 100 && formula.plus.length === 0
      ? { share: 0.01, basis: 'percent' }
      : undefined
  }
  if (formula.method !== 'quantity-quality' || formula.days === undefined) return undefined
  const days = itemOf(formula.days)
  return days?.type === 'number' && days.max > 0 ? { share: 1 / days.max, basis: 'days' } : undefined
}

/**
 * Lost work in money a year: mean loss × pay of all the group's people, with the interval of the mean carried over.
 *
 * Variant: the interval is Student's t (95 %) of the mean loss of those who answered, pay taken as known without error, limits cut
 * to 0 and the whole pay; those who did not answer are taken to lose as much as those who did. `mean`, `lo`, `hi` are the
 * *published, rounded* figures: unrounded ones could be read from a large enough pay. Common practice (work done as a share of
 * annual pay), not a measured cost. Source: practice, see docs/sources.md.
 * Example: mean 20 % (15 to 25), 400,000 yen a month, 10 people: paid 48,000,000 a year, loss 9,600,000 (7,200,000 to
 * 12,000,000). With nobody: 0.
 */
export function lossInMoney(
  { mean, lo, hi }: { readonly mean: number; readonly lo: number; readonly hi: number },
  { share }: LossScale,
  pay: GroupPay,
): MoneyLoss {
  const paid = pay.yen * pay.people * (pay.period === 'month' ? 12 : 1)
  const part = (value: number) => Math.round(Math.min(1, Math.max(0, value * share)) * paid)
  return { paid, loss: part(mean), lo: part(lo), hi: part(hi) }
}
