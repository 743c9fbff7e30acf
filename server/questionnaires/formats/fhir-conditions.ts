import type { AskedItem } from '../../../analysis/scoring/index.ts'
import type { Visibility } from '../../../survey-definitions/schema.ts'
import type { EnableWhen } from './fhir-resources.ts'

export interface Enabled {
  enableWhen: EnableWhen[]
  enableBehavior?: 'all' | 'any'
}

/**
 * A condition as FHIR says it: a list of comparisons, all or any of which hold. Undefined where FHIR cannot: `not`, nesting,
 * order among options. What is given means exactly the same.
 * Example: `{item: a, one_of: [1, 2]}` gives `a = 1`, `a = 2`, any.
 */
export function enableWhenOf(
  condition: Visibility,
  find: (id: string) => AskedItem | undefined,
  systemOf: (id: string) => string,
): Enabled | undefined {
  const parts = 'all' in condition ? condition.all : 'any' in condition ? condition.any : [condition]
  const read = parts.map((part) => testsOf(part, find, systemOf))
  if (!read.every((part) => part !== undefined)) return undefined
  const tests = read.flatMap((part) => part.enableWhen)
  if (tests.length === 1) return { enableWhen: tests }
  // one part alone keeps its own way of joining; several parts must all join as the whole does
  const outer = parts.length === 1 ? read[0]!.behaviour : 'all' in condition ? 'all' : 'any'
  if (read.some((part) => part.enableWhen.length > 1 && part.behaviour !== outer)) return undefined
  return { enableWhen: tests, enableBehavior: outer }
}

interface Tests {
  enableWhen: EnableWhen[]
  behaviour: 'all' | 'any'
}

function testsOf(
  condition: Visibility,
  find: (id: string) => AskedItem | undefined,
  systemOf: (id: string) => string,
): Tests | undefined {
  if (!('item' in condition)) return undefined
  const { item: question, answered, one_of: oneOf, at_least: atLeast, at_most: atMost } = condition
  const asked = find(question)
  if (!asked) return undefined
  const { type } = asked.item
  const isNumber = type === 'number' || type === 'rating'
  const numberOf = (value: number): Partial<EnableWhen> =>
    type === 'number' && !asked.item.integer ? { answerDecimal: value } : { answerInteger: value }
  const tests: EnableWhen[] = []
  if (answered !== undefined) tests.push({ question, operator: 'exists', answerBoolean: answered })
  for (const [operator, value] of [
    ['>=', atLeast],
    ['<=', atMost],
  ] as const) {
    if (value === undefined) continue
    // FHIR has no order among options, nor half numbers to compare whole ones with
    if (!isNumber || ((type === 'rating' || asked.item.integer) && !Number.isInteger(value))) return undefined
    tests.push({ question, operator, ...numberOf(value) })
  }
  if (oneOf) {
    if (oneOf.length > 1 && tests.length > 0) return undefined
    for (const value of oneOf) {
      if (isNumber && typeof value === 'number' && (type === 'number' || Number.isInteger(value)))
        tests.push({ question, operator: '=', ...numberOf(value) })
      else if (type === 'single' || type === 'multiple')
        tests.push({ question, operator: '=', answerCoding: { system: systemOf(question), code: String(value) } })
      else return undefined
    }
    if (oneOf.length > 1) return { enableWhen: tests, behaviour: 'any' }
  }
  return tests.length === 0 ? undefined : { enableWhen: tests, behaviour: 'all' }
}
