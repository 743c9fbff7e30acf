import { listItems, numericRange, addedUp, itemsOfFormula } from '../scoring/index.ts'
import { lossScaleOf } from './loss-in-money.ts'
import type { Answers, AskedItem, Score } from '../scoring/index.ts'
import type { LossScale } from './loss-in-money.ts'
import type { Formula, Questionnaire, Scale } from '../../survey-definitions/schema.ts'

/** Something averaged. `unit`: how many whole numbers make a point, so that sums are exact; `range` in points. */
export type MeanMeasure = {
  readonly id: string
  readonly of: 'scale' | 'composite' | 'item'
  readonly range: readonly [number, number]
  readonly unit: number
  readonly decimals: number
  readonly polarity: 'positive' | 'negative' | null
  /** Lost work that pay can be multiplied with. */
  readonly loss: LossScale | null
}

/** One class of answers, lowest or first first: an option by its value, a number or a run of numbers, or a band by its id. */
export type AnswerClass =
  | { readonly kind: 'option' | 'band'; readonly value: string | number }
  | { readonly kind: 'numbers'; readonly from: number; readonly to: number }

/** How answers to one item, or values of one scale with bands, are spread. `ordered`: neighbours may be put together. */
export type SpreadMeasure = {
  readonly id: string
  readonly of: 'item' | 'bands'
  readonly classes: readonly AnswerClass[]
  readonly ordered: boolean
  /** Ways to put classes together that the questionnaire itself names (detractors, passives, promoters). */
  readonly named: readonly (readonly number[])[] | null
}

/** A multiple choice: each option is chosen or not. */
export type ChosenMeasure = { readonly id: string; readonly options: readonly (string | number)[] }

export type RecommendationMeasure = {
  readonly id: string
  readonly item: string
  readonly promoters: readonly [number, number]
  readonly detractors: readonly [number, number]
}

/** Everything of an instrument that may be told of a group. Free text and dates are not in it: they are never told. */
export type InstrumentMeasures = {
  readonly means: readonly MeanMeasure[]
  readonly spreads: readonly SpreadMeasure[]
  readonly chosen: readonly ChosenMeasure[]
  readonly recommendations: readonly RecommendationMeasure[]
}

/** What one person's answers come to, by id of the measure; absent or null where an answer is missing. */
export type PersonFigures = {
  /** Whole numbers, `unit` of them a point. */
  readonly means: Readonly<Record<string, number | null>>
  /** Position of the class. */
  readonly spreads: Readonly<Record<string, number | null>>
  readonly chosen: Readonly<Record<string, readonly (string | number)[] | null>>
}

/** Numbers of more values than this are told in classes of the same width. */
const mostSingleNumbers = 11
const numberClasses = 5

/**
 * The measures of a questionnaire that stands beside the stress check: means of its scales, composites, ratings, numbers and
 * rated choices (three options or more with numbers; not where a scale is that one answer), spreads of single choices, ratings,
 * numbers and of scales with bands, options of multiple choices, recommendation measures.
 *
 * Example: `recommendation@1` gives the mean of its scale (0–10), the spread of 0, 1, …, 10 with 0–6, 7–8 and 9–10 as named
 * classes, and the recommendation score; its free text gives nothing.
 */
export function measuresOfInstrument(definition: Questionnaire): InstrumentMeasures {
  const asked = listItems(definition)
  const itemOf = (id: string) => asked.find((one) => one.id === id)
  const isWhole = (formula: Formula) =>
    itemsOfFormula(formula).every((id) => {
      const item = itemOf(id)?.item
      return item?.type === 'number' ? item.integer : true
    })
  const scales = definition.scales.map((scale): MeanMeasure => {
    const unit = unitOf(scale.formula, asked) * (isWhole(scale.formula) ? 1 : 100)
    return {
      id: scale.id,
      of: 'scale',
      range: scale.range,
      unit,
      decimals: decimalsOf(scale.range),
      polarity: scale.polarity,
      loss: lossScaleOf(scale.formula, (id) => itemOf(id)?.item) ?? null,
    }
  })
  const composites = definition.composites.map((composite): MeanMeasure => {
    const range = rangeOfComposite(composite.formula, definition.scales, asked)
    return {
      id: composite.id,
      of: 'composite',
      range,
      unit: 1000,
      decimals: decimalsOf(range),
      polarity: composite.polarity,
      loss: null,
    }
  })
  const asTheyStand = new Set(
    definition.scales.flatMap(({ formula }) =>
      formula.method === 'sum' && formula.constant === 0 && formula.minus.length === 0 && formula.plus.length === 1
        ? formula.plus
        : [],
    ),
  )
  const items = asked.flatMap((one): MeanMeasure[] => {
    const range = numericRange(one)
    if (!range || range[1] <= range[0] || asTheyStand.has(one.id)) return []
    if (one.item.type === 'single' && one.options.length < 3) return []
    const unit = one.item.type === 'number' && !one.item.integer ? 100 : 1
    return [{ id: one.id, of: 'item', range, unit, decimals: decimalsOf(range), polarity: null, loss: null }]
  })
  return {
    means: [...scales, ...composites, ...items],
    spreads: [
      ...asked.flatMap((one) => spreadOf(one, definition)),
      ...definition.scales.flatMap(({ id, bands }): SpreadMeasure[] =>
        bands
          ? [
              {
                id,
                of: 'bands',
                classes: bands.map((band) => ({ kind: 'band', value: band.id })),
                ordered: true,
                named: null,
              },
            ]
          : [],
      ),
    ],
    chosen: asked
      .filter(({ item }) => item.type === 'multiple')
      .map(({ id, options }) => ({ id, options: options.map(({ value }) => value) })),
    recommendations: definition.group_measures.map(({ id, item, promoters, detractors }) => ({
      id,
      item,
      promoters,
      detractors,
    })),
  }
}

/** One person's part in the figures, from the answers and their score. Example: `days` 0 of QQ counts 0 lost days. */
export function personFigures(
  definition: Questionnaire,
  { means, spreads, chosen }: InstrumentMeasures,
  answers: Answers,
  score: Score,
): PersonFigures {
  const scales = new Map(definition.scales.map((scale) => [scale.id, scale]))
  const rawOf = (id: string) => addedUp(scales.get(id)!.formula, answers, score.scales[id]?.raw ?? null)
  const numberOf = (id: string) => {
    const answer = answers[id]
    return typeof answer === 'number' ? answer : null
  }
  const valueOf = ({ id, of }: MeanMeasure) =>
    of === 'scale' ? rawOf(id) : of === 'composite' ? (score.composites[id] ?? null) : numberOf(id)
  const classOf = ({ id, of, classes }: SpreadMeasure): number | null => {
    if (of === 'bands') {
      const raw = rawOf(id)
      const bands = scales.get(id)!.bands ?? []
      const at = raw === null ? -1 : bands.findIndex(({ from, to }) => raw >= from && raw <= to)
      return at === -1 ? null : at
    }
    const answer = answers[id] ?? null
    const at = classes.findIndex((one) =>
      one.kind === 'numbers'
        ? typeof answer === 'number' && answer >= one.from && answer <= one.to
        : one.value === answer,
    )
    return at === -1 ? null : at
  }
  return {
    means: Object.fromEntries(
      means.map((measure) => {
        const value = valueOf(measure)
        return [measure.id, value === null ? null : Math.round(value * measure.unit)]
      }),
    ),
    spreads: Object.fromEntries(spreads.map((measure) => [measure.id, classOf(measure)])),
    chosen: Object.fromEntries(
      chosen.map(({ id }) => {
        const answer = answers[id] ?? null
        return [id, typeof answer === 'object' && answer !== null && answer.length > 0 ? answer : null]
      }),
    ),
  }
}

/**
 * Ways to put the classes of a spread together, the finest first, each refining the next, the last of two.
 *
 * Step by step what few chose is put together: of ordered classes the two neighbours with the fewest people; of others the two
 * rarest, then the next rarest with them, until the most chosen stands alone beside the rest; classes the questionnaire itself names
 * (detractors, passives, promoters) are completed first and joined last. `chosen`: how many chose each in the whole company. Ties:
 * the first in order.
 * Example: five ordered options chosen by 2, 9, 20, 9, 4 give [0][1][2][3][4], [01][2][3][4], [01][2][34], [012][34]. Two options:
 * [0][1] alone.
 */
export function levelsOf(
  { classes, ordered, named }: Pick<SpreadMeasure, 'classes' | 'ordered' | 'named'>,
  chosen: readonly number[],
): number[][][] {
  let level = classes.map((_, at) => [at])
  const levels = [level]
  const weigh = (of: readonly number[]) => of.reduce((sum, at) => sum + (chosen[at] ?? 0), 0)
  const isNamed = (of: readonly number[]) => named?.some((one) => of.every((at) => one.includes(at))) ?? false
  while (level.length > 2) {
    const pairs = level.flatMap((one, first) =>
      level.flatMap((other, second) => {
        if (second <= first || (ordered && second !== first + 1)) return []
        // one class of put-together options, never two
        if (!ordered && one.length === 1 && other.length === 1 && level.some((made) => made.length > 1)) return []
        const joined = [...one, ...other].toSorted((a, b) => a - b)
        // within a named class before anything across: the questionnaire's own classes are a level of their own
        return [{ first, second, joined, across: !isNamed(joined), weight: weigh(joined) }]
      }),
    )
    const inside = pairs.filter(({ across }) => !across)
    const [least] = (named && inside.length > 0 ? inside : pairs).toSorted((a, b) => a.weight - b.weight)
    const { first, second, joined } = least!
    level = level.flatMap((one, at) => (at === first ? [joined] : at === second ? [] : [one]))
    levels.push(level)
  }
  return levels
}

function spreadOf(asked: AskedItem, definition: Questionnaire): SpreadMeasure[] {
  const { id, item, options } = asked
  if (item.type === 'single') {
    const ordered = options.every(({ value }) => typeof value === 'number')
    if (options.length < 2) return []
    const values = options.map(({ value }) => value)
    const rising = ordered ? values.toSorted((a, b) => Number(a) - Number(b)) : values
    const classes = rising.map((value) => ({ kind: 'option' as const, value }))
    return [{ id, of: 'item', classes, ordered, named: null }]
  }
  if (item.type !== 'rating' && item.type !== 'number') return []
  if (item.max <= item.min) return []
  const classes = classesBetween(item.min, item.max, item.type === 'rating' || item.integer)
  const measure = definition.group_measures.find((one) => one.item === id)
  return [{ id, of: 'item', classes, ordered: true, named: measure ? namedClasses(classes, measure) : null }]
}

/** 1…100 in fives of twenty; 0…10 one by one. Whole numbers: [from, to]; others share their ends, the lower one wins. */
function classesBetween(min: number, max: number, whole: boolean): AnswerClass[] {
  const values = max - min + 1
  if (whole && values <= mostSingleNumbers)
    return Array.from({ length: values }, (_, at) => ({ kind: 'numbers', from: min + at, to: min + at }))
  if (!whole) {
    const width = (max - min) / numberClasses
    return Array.from({ length: numberClasses }, (_, at) => ({
      kind: 'numbers',
      from: min + at * width,
      to: min + (at + 1) * width,
    }))
  }
  // none at all is told apart from some: no day, no hour
  const zero: AnswerClass[] = min === 0 ? [{ kind: 'numbers', from: 0, to: 0 }] : []
  const first = min === 0 ? 1 : min
  const width = Math.ceil((max - first + 1) / numberClasses)
  const rest: AnswerClass[] = []
  for (let from = first; from <= max; from += width)
    rest.push({ kind: 'numbers', from, to: Math.min(max, from + width - 1) })
  return [...zero, ...rest]
}

function namedClasses(
  classes: readonly AnswerClass[],
  { promoters, detractors }: Pick<RecommendationMeasure, 'promoters' | 'detractors'>,
): number[][] | null {
  const within = ([low, high]: readonly [number, number]) =>
    classes.flatMap((one, at) => (one.kind === 'numbers' && one.from >= low && one.to <= high ? [at] : []))
  const [lower, upper] = [within(detractors), within(promoters)]
  const between = classes.flatMap((_, at) => (lower.includes(at) || upper.includes(at) ? [] : [at]))
  const named = [lower, between, upper]
  return named.every((one) => one.length > 0) ? named : null
}

/** Whole numbers in a point: 1 for sums, the number of items for a mean, the product of both highest answers for QQ. */
function unitOf(formula: Formula, asked: readonly AskedItem[]): number {
  if (formula.method === 'sum') return Number.isInteger(formula.constant) ? 1 : 100
  if (formula.method === 'mean') return Math.max(1, formula.items.length + formula.reverse.length)
  const most = (id: string) => {
    const found = asked.find((one) => one.id === id)
    return (found && numericRange(found)?.[1]) ?? 1
  }
  return most(formula.quantity) * most(formula.quality)
}

/** One place, as everywhere; two where the whole scale is no longer than a point (a share). */
function decimalsOf([low, high]: readonly [number, number]): number {
  return high - low <= 1 ? 2 : 1
}

function rangeOfComposite(
  formula: Questionnaire['composites'][number]['formula'],
  scales: readonly Scale[],
  asked: readonly AskedItem[],
): [number, number] {
  const ranges =
    'scales' in formula
      ? formula.scales.flatMap((id) => scales.find((scale) => scale.id === id)?.range ?? [])
      : asked.flatMap((one) => numericRange(one) ?? [])
  return [Math.min(...ranges), Math.max(...ranges)]
}
