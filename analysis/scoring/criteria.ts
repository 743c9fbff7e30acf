import type { Condition, Criterion } from '../../survey-definitions/schema.ts'

/** Outcome of one method of the high-stress criteria. */
export type Verdict = {
  /** Totals by id (A, B, C in the stress checks), in the order of the definition. */
  readonly totals: Readonly<Record<string, number>>
  readonly highStress: boolean
  /** Ids of all rules that hold (ア, イ), in the order of the definition; empty when none does. */
  readonly rulesMet: readonly string[]
}

type Test = (totals: readonly number[]) => boolean

/**
 * Prepares the rules of a criterion: totals in, verdict out. High stress when any rule holds. Undefined when a total is
 * NaN: an unanswered item gives no verdict, it is never imputed.
 *
 * Example, simple sum of the 57-item form (ア: B ≥ 77; イ: A+C ≥ 76 and B ≥ 63): totals 50, 63, 26 meet イ alone.
 * Source: https://wic-net.com/material/document/17187/263.
 */
export function compileVerdict(criterion: Criterion): (totals: readonly number[]) => Verdict | null {
  const ids = criterion.totals.map((total) => total.id)
  const rules = criterion.rules.map((rule) => ({ id: rule.id, holds: compileCondition(rule.when, ids) }))
  return (totals) => {
    if (totals.some((total) => Number.isNaN(total))) return null
    const rulesMet = rules.filter((rule) => rule.holds(totals)).map((rule) => rule.id)
    const byId: Record<string, number> = {}
    for (const [index, id] of ids.entries()) byId[id] = totals[index] ?? Number.NaN
    return { totals: byId, highStress: rulesMet.length > 0, rulesMet }
  }
}

function compileCondition(condition: Condition, ids: readonly string[]): Test {
  if ('all' in condition) {
    const tests = condition.all.map((part) => compileCondition(part, ids))
    return (totals) => tests.every((test) => test(totals))
  }
  if ('any' in condition) {
    const tests = condition.any.map((part) => compileCondition(part, ids))
    return (totals) => tests.some((test) => test(totals))
  }
  const slots = condition.sum.map((id) => ids.indexOf(id))
  const { at_least: atLeast = -Infinity, at_most: atMost = Infinity } = condition
  return (totals) => {
    let sum = 0
    for (const slot of slots) sum += totals[slot] ?? Number.NaN
    return sum >= atLeast && sum <= atMost
  }
}
