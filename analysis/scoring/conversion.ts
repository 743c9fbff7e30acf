import type { Criterion } from '../../survey-definitions/schema.ts'

type Conversion = Extract<Criterion, { method: 'conversion' }>

/** One total over the evaluation points by scale id; NaN when a point is missing. */
export type PointSumOf = (pointOf: (scaleId: string) => number | null) => number

/**
 * Prepares the totals of the conversion method (素点換算表を使う方法): evaluation points are added per area, so that a low
 * total means much stress. Satisfaction takes no part. Sums are compared, never rounded means: the printed mean 2.00 of
 * B is 12/6, but 17/6 = 2.8333 is more than 2.83. Source: https://wic-net.com/material/document/17187/111.
 *
 * Example: the official worked example (man) gives A = 21, B = 7, C = 4.
 */
export function compilePointSums(criterion: Conversion): PointSumOf[] {
  return criterion.totals.map((total) => (pointOf) => {
    let sum = 0
    for (const id of total.scales) sum += pointOf(id) ?? Number.NaN
    return sum
  })
}
