import { keysOf } from './keys.ts'
import { compileTermSums } from './term-sum.ts'
import type { Condition, Criterion } from '../../survey-definitions/schema.ts'
import type { Numbers } from './scales.ts'
import type { TermSum } from './term-sum.ts'

/** Outcome of one method of the high-stress criteria. */
export type Verdict = {
  /** Totals by id (A, B, C in the stress checks), in the order of the definition. */
  readonly totals: Readonly<Record<string, number>>
  readonly highStress: boolean
  /** Ids of all rules that hold (ア, イ), in the order of the definition; empty when none does. */
  readonly rulesMet: readonly string[]
}

type Test = (totals: Numbers) => boolean

/**
 * Prepares the verdict of a criterion: its totals (each from a row of numbers), then its rules. High stress when any rule
 * holds. Null when a total is NaN: an unanswered item gives no verdict, it is never imputed.
 *
 * Example, simple sum of the 57-item form (ア: B ≥ 77; イ: A+C ≥ 76 and B ≥ 63): totals 50, 63, 26 meet イ alone.
 * Source: https://wic-net.com/material/document/17187/263.
 */
export function compileVerdict(
  criterion: Criterion,
  totalsOf: readonly TermSum[],
): (numbers: Numbers) => Verdict | null {
  const ids = keysOf(criterion.totals.map((total) => total.id))
  const rules = criterion.rules.map((rule) => ({ id: rule.id, holds: compileCondition(rule.when, ids) }))
  const blank = Object.fromEntries(ids.map((id) => [id, Number.NaN]))
  const sumUp = compileTermSums(totalsOf)
  const totals = new Float64Array(ids.length)
  return (numbers) => {
    sumUp(numbers, totals)
    const byId = { ...blank }
    for (let index = 0; index < ids.length; index++) {
      const total = totals[index]!
      if (Number.isNaN(total)) return null
      byId[ids[index]!] = total
    }
    const rulesMet: string[] = []
    for (const rule of rules) if (rule.holds(totals)) rulesMet.push(rule.id)
    return { totals: byId, highStress: rulesMet.length > 0, rulesMet }
  }
}

function compileCondition(condition: Condition, ids: readonly string[]): Test {
  if ('all' in condition) {
    const tests = condition.all.map((part) => compileCondition(part, ids))
    return (totals) => {
      for (const test of tests) if (!test(totals)) return false
      return true
    }
  }
  if ('any' in condition) {
    const tests = condition.any.map((part) => compileCondition(part, ids))
    return (totals) => {
      for (const test of tests) if (test(totals)) return true
      return false
    }
  }
  const slots = condition.sum.map((id) => ids.indexOf(id))
  const { at_least: atLeast = -Infinity, at_most: atMost = Infinity } = condition
  return (totals) => {
    let sum = 0
    for (const slot of slots) sum += totals[slot] ?? Number.NaN
    return sum >= atLeast && sum <= atMost
  }
}
