import { listItems, numericRange } from './items.ts'
import { pointScalesOf } from './scorer.ts'
import type { Verdict } from './criteria.ts'
import type { Condition, Criterion, Questionnaire, Rule, Scale } from '../../survey-definitions/schema.ts'

/** A rule of high-stress criteria with the numbers in force: those of a questionnaire, or those decided for a workplace. */
export type CriteriaRule = Pick<Rule, 'id' | 'when'>

/** One number of a criterion's rules. */
export type Threshold = {
  /** Place of the rule and of the number within it, from 1: `1-1`, `2-1`, `2-2`. The same for every rule of that shape. */
  readonly key: string
  readonly ruleId: string
  /** Totals that are added before they are compared. */
  readonly totals: readonly string[]
  readonly bound: 'at_least' | 'at_most'
  readonly value: number
}

/** A threshold with the lowest and highest value its sum can have. */
export type RangedThreshold = Threshold & { readonly range: readonly [number, number] }

/** Rules as the definition has them, without titles. */
export const standardRules = (criterion: Criterion): CriteriaRule[] =>
  criterion.rules.map(({ id, when }) => ({ id, when }))

/**
 * Every number of these rules in the order they are written.
 * Example, simple sum of the 57-item form: `1-1` B ≥ 77, `2-1` A+C ≥ 76, `2-2` B ≥ 63.
 */
export function listThresholds(rules: readonly CriteriaRule[]): Threshold[] {
  return rules.flatMap((rule, at) =>
    numbersOf(rule.when).map((one, index) => ({ key: `${at + 1}-${index + 1}`, ruleId: rule.id, ...one })),
  )
}

type Bare = Omit<Threshold, 'key' | 'ruleId'>

function numbersOf(condition: Condition): Bare[] {
  if ('all' in condition) return condition.all.flatMap(numbersOf)
  if ('any' in condition) return condition.any.flatMap(numbersOf)
  const { sum: totals, at_least: atLeast, at_most: atMost } = condition
  const found: Bare[] = []
  if (atLeast !== undefined) found.push({ totals, bound: 'at_least', value: atLeast })
  if (atMost !== undefined) found.push({ totals, bound: 'at_most', value: atMost })
  return found
}

/**
 * The numbers of a questionnaire's own criterion, each with what its sum can reach. The ministry gives them as examples of setting criteria:
 * an employer may set others with the implementer's opinion, after deliberation (https://wic-net.com/material/document/17187/111).
 * Example, simple sum of the 57-item form: B runs from 29 to 116, A+C from 26 to 104.
 */
export function rangedThresholds(questionnaire: Questionnaire, criterion: Criterion): RangedThreshold[] {
  const ranges = totalRanges(questionnaire, criterion)
  return listThresholds(standardRules(criterion)).map((threshold) => ({
    ...threshold,
    range: threshold.totals
      .map((id) => ranges.get(id) ?? [0, 0])
      .reduce<[number, number]>(([low, high], range) => [low + range[0], high + range[1]], [0, 0]),
  }))
}

function totalRanges(questionnaire: Questionnaire, criterion: Criterion): Map<string, readonly [number, number]> {
  const add = (ranges: readonly (readonly [number, number])[]): [number, number] =>
    ranges.reduce<[number, number]>(([low, high], range) => [low + range[0], high + range[1]], [0, 0])
  if (criterion.method === 'simple-sum') {
    const items = listItems(questionnaire)
    return new Map(
      criterion.totals.map(({ id, section }) => [
        id,
        add(items.filter((asked) => asked.sectionId === section).map((asked) => numericRange(asked) ?? [0, 0])),
      ]),
    )
  }
  const scales = new Map(pointScalesOf(questionnaire).map((scale) => [scale.id, scale]))
  return new Map(
    criterion.totals.map((total) => [total.id, add(total.scales.flatMap((id) => pointRange(scales.get(id))))]),
  )
}

/** Lowest and highest point that some raw value gives to a man or a woman: the outermost columns of a table may be blank. */
function pointRange(scale: Scale | undefined): [number, number][] {
  const table = scale?.point_table
  if (!table) return []
  const points = [table.male, table.female].flatMap((cells) =>
    cells.flatMap((cell, index) => (cell ? [scale.polarity === 'positive' ? index + 1 : cells.length - index] : [])),
  )
  return [[Math.min(...points), Math.max(...points)]]
}

/**
 * Can this number stand in a threshold's place? A whole number that the sum can reach, and not the one everybody reaches: that would be
 * no criterion. Example: B ≥ 30 … 116 in the simple sum of the 57-item form; B ≤ 6 … 29 in its conversion.
 */
export function isPossible({ bound, range: [low, high] }: RangedThreshold, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false
  return bound === 'at_least' ? value > low && value <= high : value >= low && value < high
}

/** Rules of the same shape with other numbers, by key; a key that is not given keeps its number. */
export function withThresholds(rules: readonly CriteriaRule[], values: ReadonlyMap<string, number>): CriteriaRule[] {
  return rules.map((rule, at) => {
    let index = 0
    const next = (own: number): number => values.get(`${at + 1}-${++index}`) ?? own
    return { id: rule.id, when: replaced(rule.when, next) }
  })
}

function replaced(condition: Condition, next: (own: number) => number): Condition {
  if ('all' in condition) return { all: condition.all.map((part) => replaced(part, next)) }
  if ('any' in condition) return { any: condition.any.map((part) => replaced(part, next)) }
  const { sum, at_least: atLeast, at_most: atMost } = condition
  return {
    sum,
    ...(atLeast !== undefined && { at_least: next(atLeast) }),
    ...(atMost !== undefined && { at_most: next(atMost) }),
  }
}

/** The rules without their numbers: two criteria of one shape differ in thresholds alone. Example: `ア:B>=|イ:(A+C>=&B>=)`. */
export function shapeOf(rules: readonly CriteriaRule[]): string {
  const shape = (condition: Condition): string => {
    if ('all' in condition) return `(${condition.all.map(shape).join('&')})`
    if ('any' in condition) return `(${condition.any.map(shape).join('|')})`
    const { sum, at_least: atLeast, at_most: atMost } = condition
    return `${sum.join('+')}${atLeast === undefined ? '' : '>='}${atMost === undefined ? '' : '<='}`
  }
  return rules.map((rule) => `${rule.id}:${shape(rule.when)}`).join('|')
}

/** Do both judge alike: the same shape and the same numbers? Keys may stand in any order, as a database gives them back. */
export function sameRules(one: readonly CriteriaRule[], other: readonly CriteriaRule[]): boolean {
  const numbers = (rules: readonly CriteriaRule[]) => listThresholds(rules).map(({ value }) => value)
  return shapeOf(one) === shapeOf(other) && numbers(one).join() === numbers(other).join()
}

/**
 * The verdict of totals under rules: high stress when any rule holds; sums are compared, never rounded means.
 *
 * Example: totals A 50, B 63, C 26 meet イ of the 57-item form's simple sum (A+C ≥ 76 and B ≥ 63), and nothing once that B is raised to 64.
 * @throws RangeError for a rule that names a total which is not there: it would silently judge nobody
 */
export function judge(rules: readonly CriteriaRule[], totals: Readonly<Record<string, number>>): Verdict {
  const rulesMet = rules.filter((rule) => holdsFor(rule.when, totals)).map((rule) => rule.id)
  return { totals, highStress: rulesMet.length > 0, rulesMet }
}

function holdsFor(condition: Condition, totals: Readonly<Record<string, number>>): boolean {
  if ('all' in condition) return condition.all.every((part) => holdsFor(part, totals))
  if ('any' in condition) return condition.any.some((part) => holdsFor(part, totals))
  let sum = 0
  for (const id of condition.sum) {
    const total = totals[id]
    if (total === undefined) throw new RangeError(`There is no total ${id}`)
    sum += total
  }
  const { at_least: atLeast = -Infinity, at_most: atMost = Infinity } = condition
  return sum >= atLeast && sum <= atMost
}
