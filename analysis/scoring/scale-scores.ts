import { keysOf } from './keys.ts'
import { compilePoints } from './points.ts'
import { compileRaws } from './scales.ts'
import type { Sex } from './points.ts'
import type { Numbers, RangeOf, SlotOf } from './scales.ts'
import type { Scale } from '../../survey-definitions/schema.ts'

/** What one scale says about a person. `point` is null where the scale has no point table or the sex is not known. */
export type ScaleScore = { readonly raw: number; readonly point: number | null }

/** Scores by scale id, in the order of the definition; null where an item of the scale has no answer. */
export type ScaleScores = Readonly<Record<string, ScaleScore | null>>

/** All scales of a questionnaire, prepared. `raws` and `points` are those last scored, by position; NaN where there is none. */
export type ScaleScorer = {
  readonly score: (numbers: Numbers, sex: Sex | null) => ScaleScores
  readonly raws: Float64Array
  readonly points: Float64Array
  readonly positionOf: (scaleId: string) => number
}

/** Wider scales are worked out each time; the widest with a point table has 16 values. */
const MOST_PREPARED = 200

/**
 * Prepares scales. A scale that counts whole numbers has few values, so what it says for each of them and each sex is made
 * once and shared by everybody (frozen: nobody's score can be changed through somebody else's).
 *
 * Example: quantitative load of the 57-item form, raw 11, a man: `{ raw: 11, point: 2 }`.
 */
export function compileScaleScores(scales: readonly Scale[], slotOf: SlotOf, rangeOf: RangeOf): ScaleScorer {
  const ids = keysOf(scales.map(({ id }) => id))
  const positions = new Map(ids.map((id, position) => [id, position]))
  const blank: Record<string, ScaleScore | null> = Object.fromEntries(ids.map((id) => [id, null]))
  const sayings = scales.map(compileSaying)
  const prepared = { male: prepare(scales, 'male'), female: prepare(scales, 'female'), unknown: prepare(scales, null) }
  const work = compileRaws(
    scales.map(({ formula }) => formula),
    slotOf,
    rangeOf,
  )
  const raws = new Float64Array(scales.length)
  const points = new Float64Array(scales.length)

  const score = (numbers: Numbers, sex: Sex | null): ScaleScores => {
    work(numbers, raws)
    const { starts, said } = sex === null ? prepared.unknown : prepared[sex]
    const scores = { ...blank }
    for (let position = 0; position < ids.length; position++) {
      const raw = raws[position]!
      points[position] = Number.NaN
      if (Number.isNaN(raw)) continue
      const start = starts[position]!
      const one = (start === null ? undefined : said[start + raw]) ?? sayings[position]!(raw, sex)
      scores[ids[position]!] = one
      if (one.point !== null) points[position] = one.point
    }
    return scores
  }
  return { score, raws, points, positionOf: (id) => positions.get(id) ?? -1 }
}

/** What a scale says of a raw value. */
function compileSaying(scale: Scale): (raw: number, sex: Sex | null) => ScaleScore {
  const pointOf = compilePoints(scale)
  return (raw, sex) => Object.freeze({ raw, point: sex && pointOf ? pointOf(raw, sex) : null })
}

/** What every scale says of every raw value, in one list: `said[starts[position] + raw]`. A start of null: not prepared. */
function prepare(
  scales: readonly Scale[],
  sex: Sex | null,
): { readonly starts: readonly (number | null)[]; readonly said: readonly ScaleScore[] } {
  const said: ScaleScore[] = []
  const starts = scales.map((scale) => {
    const [low, high] = scale.range
    const isCounted = scale.formula.method === 'sum' && Number.isInteger(low) && high - low < MOST_PREPARED
    if (!isCounted) return null
    const start = said.length - low
    const say = compileSaying(scale)
    for (let raw = low; raw <= high; raw++) said.push(say(raw, sex))
    return start
  })
  return { starts, said }
}
