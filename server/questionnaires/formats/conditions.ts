import type { Visibility } from '../../../survey-definitions/schema.ts'
import { said, type Said } from './remarks.ts'

/** A comparison as foreign files write it, before it is known what the item is. */
export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'answered' | 'unanswered' | 'has-one-of' | 'has-all-of'

export type Expression =
  | { readonly all: readonly Expression[] }
  | { readonly any: readonly Expression[] }
  | { readonly not: Expression }
  | { readonly name: string; readonly operator: Operator; readonly values: readonly (string | number | boolean)[] }

/** What a condition can be about: the item as it was carried. */
export interface Known {
  readonly id: string
  readonly kind: 'single' | 'multiple' | 'number' | 'rating' | 'text' | 'date'
  /** Whether its answers are whole numbers. */
  readonly integer?: boolean
  /** The value of ours for a value of the file; undefined when it has no such option. */
  readonly ours?: (value: string | number | boolean) => string | number | undefined
}

/** A condition that cannot be said in our format. The message says why. */
export class ConditionError extends Error {
  readonly why: Said

  constructor(why: Said) {
    super(why.what)
    this.name = 'ConditionError'
    this.why = why
  }
}

/**
 * A foreign condition in our words. Unanswered items meet no comparison, but `!=` holds for them, as in the files' own terms.
 * Example: `{age} > 17` of a whole number is `{item: age, at_least: 18}`.
 * @throws {ConditionError}
 */
export function toVisibility(expression: Expression, find: (name: string) => Known | undefined): Visibility {
  if ('all' in expression)
    return joined(
      'all',
      expression.all.map((part) => toVisibility(part, find)),
    )
  if ('any' in expression)
    return joined(
      'any',
      expression.any.map((part) => toVisibility(part, find)),
    )
  if ('not' in expression) return { not: toVisibility(expression.not, find) }
  const item = find(expression.name)
  if (!item) throw new ConditionError(said('why-unknown', { name: expression.name.slice(0, 80) }))
  return compare(item, expression.operator, expression.values)
}

function joined(key: 'all' | 'any', parts: readonly Visibility[]): Visibility {
  const flat = parts.flatMap((part) => {
    if (key === 'all') return 'all' in part ? part.all : [part]
    return 'any' in part ? part.any : [part]
  })
  const merged = key === 'all' ? flat : mergedValues(flat)
  if (merged.length === 1) return merged[0]!
  return key === 'all' ? { all: merged } : { any: merged }
}

/** `a = 1 or a = 2` is one test: a is one of 1 and 2. */
function mergedValues(parts: readonly Visibility[]): Visibility[] {
  const merged: Visibility[] = []
  for (const part of parts) {
    const before = merged.at(-1)
    if (before && onlyOneOf(before) && onlyOneOf(part) && before.item === part.item)
      merged[merged.length - 1] = { item: part.item, one_of: [...before.one_of, ...part.one_of] }
    else merged.push(part)
  }
  return merged
}

function onlyOneOf(part: Visibility): part is { item: string; one_of: (string | number)[] } {
  return 'item' in part && part.one_of !== undefined && Object.keys(part).length === 2
}

function compare(item: Known, operator: Operator, values: readonly (string | number | boolean)[]): Visibility {
  const { id } = item
  const [first] = values
  const isBlank = values.length === 1 && first === ''
  switch (operator) {
    case 'answered':
      return { item: id, answered: true }
    case 'unanswered':
      return { item: id, answered: false }
    case '=':
      if (isBlank) return { item: id, answered: false }
      if (item.kind === 'multiple' || values.length !== 1) throw new ConditionError(said('why-exactly', { name: id }))
      return { item: id, one_of: [valueFor(item, first!)] }
    case '!=':
      if (isBlank) return { item: id, answered: true }
      return { not: compare(item, '=', values) }
    case 'has-one-of':
      return { item: id, one_of: values.map((value) => valueFor(item, value)) }
    case 'has-all-of':
      return joined(
        'all',
        values.map((value) => ({ item: id, one_of: [valueFor(item, value)] })),
      )
    default:
      return compareSize(item, operator, first)
  }
}

function compareSize(
  item: Known,
  operator: '<' | '<=' | '>' | '>=',
  value: string | number | boolean | undefined,
): Visibility {
  const wanted = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (item.kind === 'text' || item.kind === 'date' || item.kind === 'multiple')
    throw new ConditionError(said('why-no-number', { name: item.id }))
  if (typeof wanted !== 'number' || !Number.isFinite(wanted))
    throw new ConditionError(said('why-compared', { name: item.id }))
  if (operator === '>=') return { item: item.id, at_least: wanted }
  if (operator === '<=') return { item: item.id, at_most: wanted }
  const whole = item.integer ?? item.kind !== 'number'
  if (operator === '>') {
    if (whole) return { item: item.id, at_least: Math.floor(wanted) + 1 }
    return { all: [{ item: item.id, at_least: wanted }, { not: { item: item.id, one_of: [wanted] } }] }
  }
  if (whole) return { item: item.id, at_most: Math.ceil(wanted) - 1 }
  return { all: [{ item: item.id, at_most: wanted }, { not: { item: item.id, one_of: [wanted] } }] }
}

function valueFor(item: Known, value: string | number | boolean): string | number {
  if (item.kind === 'text' || item.kind === 'date') throw new ConditionError(said('why-own-words', { name: item.id }))
  const found = item.ours ? item.ours(value) : Number(value)
  if (found === undefined || (typeof found === 'number' && !Number.isFinite(found)))
    throw new ConditionError(said('why-option', { name: item.id, value: String(value).slice(0, 80) }))
  return found
}

/** A condition and one around it. */
export function bothHold(outer: Visibility | undefined, inner: Visibility | undefined): Visibility | undefined {
  if (!outer || !inner) return outer ?? inner
  return { all: [...('all' in outer ? outer.all : [outer]), ...('all' in inner ? inner.all : [inner])] }
}
