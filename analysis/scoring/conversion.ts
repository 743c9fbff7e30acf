import { plainSum } from './term-sum.ts'
import type { Criterion } from '../../survey-definitions/schema.ts'
import type { TermSum } from './term-sum.ts'

type Conversion = Extract<Criterion, { method: 'conversion' }>

/**
 * The totals of the conversion method (素点換算表を使う方法) over the evaluation points of the scales, by position: they are
 * added per area, so that a low total means much stress. Satisfaction takes no part. Sums are compared, never rounded
 * means: the printed mean 2.00 of B is 12/6, but 17/6 = 2.8333 is more than 2.83.
 * Source: https://wic-net.com/material/document/17187/111.
 *
 * Example: the official worked example (man) gives A = 21, B = 7, C = 4.
 */
export function planPointSums(criterion: Conversion, positionOf: (scaleId: string) => number): TermSum[] {
  return criterion.totals.map((total) => plainSum(total.scales.map(positionOf)))
}
