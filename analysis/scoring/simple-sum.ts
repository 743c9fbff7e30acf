import { listItems, numericRange } from './items.ts'
import type { SlotOf } from './scales.ts'
import type { Term, TermSum } from './term-sum.ts'
import type { Criterion, Questionnaire } from '../../survey-definitions/schema.ts'

type SimpleSum = Extract<Criterion, { method: 'simple-sum' }>

/**
 * The totals of the simple-sum method (合計点数を使う方法): the answers of a section are added, those listed in
 * `reverse` count lowest + highest − answer (1↔4, 2↔3 in the 57-item form). Section C is not reversed there: a high sum
 * means little support. Source: https://wic-net.com/material/document/17187/263.
 *
 * Example: the official worked example gives A = 51, B = 92, C = 31.
 */
export function planSimpleSums(criterion: SimpleSum, questionnaire: Questionnaire, slotOf: SlotOf): TermSum[] {
  const items = listItems(questionnaire)
  return criterion.totals.map((total) => {
    const turned = new Set(total.reverse)
    const terms = items
      .filter((asked) => asked.sectionId === total.section)
      .map((asked): Term => {
        const [low, high] = numericRange(asked) ?? [0, 0]
        return { slot: slotOf(asked.id), mirror: turned.has(asked.id) ? low + high : undefined }
      })
    return { constant: 0, terms, divisor: 1 }
  })
}
