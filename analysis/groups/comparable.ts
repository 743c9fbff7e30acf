import { itemsOfFormula, listItems, numericRange, pointScalesOf } from '../scoring/index.ts'
import type { Formula, Questionnaire } from '../../survey-definitions/schema.ts'

/** One name for each question, whatever instruments and versions ask it: `questionOf('stress-check-80@1', 'q1')`. */
export type QuestionOf = (reference: string, itemId: string) => string

type Linked = Pick<Questionnaire, 'slug' | 'version' | 'same_items'>

/**
 * Names questions by the item maps (`same_items`) of all definitions and by nothing else; maps are followed both ways and
 * further (57 ↔ 80 and 57 ↔ 23 make 80 ↔ 23). The name is the smallest of the items' own.
 *
 * Example: with the 80-item form's map, q1 of both forms is `stress-check-57@1#q1`. Without definitions: every item is itself.
 */
export function nameQuestions(definitions: readonly Linked[]): QuestionOf {
  const parents = new Map<string, string>()
  const top = (name: string): string => {
    const above = parents.get(name)
    if (above === undefined) return name
    const found = top(above)
    parents.set(name, found)
    return found
  }
  for (const { slug, version, same_items: links } of definitions)
    for (const { item, of, their_item: theirs } of links) {
      const [first, second] = [top(`${slug}@${version}#${item}`), top(`${of}#${theirs}`)].toSorted() as [string, string]
      if (first !== second) parents.set(second, first)
    }
  return (reference, itemId) => top(`${reference}#${itemId}`)
}

/** What lines of a trend are told apart by. The same key: the same questions, with the same answers, counted alike. */
export type ComparableKey = string

/**
 * Keys of everything a questionnaire averages over a group: its scales (of two with one id that which criteria are counted with,
 * `point_scales`), its composites and its single items. Two values are comparable when their keys are equal: all items are the same questions
 * with the same range, and the formula is the same whatever the order of its terms. Titles and ids do not matter.
 *
 * Example: `fatigue` of 57, 80 and 23 items has one key; `depression` (six items) and `depression3` have two. A scale that is one
 * answer as it stands has that item's key.
 */
export function comparableKeys(
  definition: Questionnaire,
  questionOf: QuestionOf,
): { readonly scales: ReadonlyMap<string, ComparableKey>; readonly items: ReadonlyMap<string, ComparableKey> } {
  const reference = `${definition.slug}@${definition.version}`
  const ranges = new Map(listItems(definition).map((asked) => [asked.id, numericRange(asked)]))
  const question = (id: string) => `${questionOf(reference, id)}[${ranges.get(id)?.join('..') ?? ''}]`
  const sorted = (ids: readonly string[]) => ids.map(question).toSorted()
  const keyOf = (formula: Formula): string => {
    if (formula.method === 'sum') {
      const { constant, plus, minus } = formula
      const [only] = itemsOfFormula(formula)
      if (constant === 0 && minus.length === 0 && plus.length === 1 && only !== undefined) return question(only)
      return JSON.stringify(['sum', constant, sorted(plus), sorted(minus)])
    }
    if (formula.method === 'mean' && formula.reverse.length === 0 && formula.items.length === 1)
      return question(formula.items[0]!)
    if (formula.method === 'mean') return JSON.stringify(['mean', sorted(formula.items), sorted(formula.reverse)])
    const { quantity, quality, days } = formula
    return JSON.stringify([formula.method, ...[quantity, quality, ...(days === undefined ? [] : [days])].map(question)])
  }
  const own = new Map(definition.scales.map(({ id, formula }) => [id, keyOf(formula)]))
  const composed = definition.composites.map(({ id, formula }): [string, string] => [
    id,
    'scales' in formula
      ? JSON.stringify(['composite', formula.scales.map((scale) => own.get(scale) ?? scale).toSorted()])
      : JSON.stringify(['mean', sorted(formula.items), sorted(formula.reverse)]),
  ])
  const counted = pointScalesOf(definition).map(({ id, formula }): [string, string] => [id, keyOf(formula)])
  return {
    scales: new Map([...own, ...composed, ...counted]),
    items: new Map([...ranges].flatMap(([id, range]) => (range ? [[id, question(id)] as const] : []))),
  }
}

/**
 * Key of what a method of the criteria adds up, whatever its thresholds: verdicts come from the same sums where the keys are equal.
 * Undefined where the form does not offer the method.
 *
 * Example: the 57 and the 80 items have one key for each method (the 80 items are judged by the 57); the 23 items have another.
 */
export function criteriaKey(
  definition: Questionnaire,
  questionOf: QuestionOf,
  method: 'simple-sum' | 'conversion',
): ComparableKey | undefined {
  const criterion = definition.criteria.find((one) => one.method === method)
  if (!criterion) return undefined
  const reference = `${definition.slug}@${definition.version}`
  const name = (id: string) => questionOf(reference, id)
  if (criterion.method === 'simple-sum') {
    const asked = listItems(definition)
    return JSON.stringify(
      criterion.totals.map(({ section, reverse }) => [
        asked
          .filter((one) => one.sectionId === section && numericRange(one))
          .map(({ id }) => name(id))
          .toSorted(),
        reverse.map(name).toSorted(),
      ]),
    )
  }
  const { scales } = comparableKeys(definition, questionOf)
  const tables = new Map(pointScalesOf(definition).map(({ id, point_table: table }) => [id, table]))
  return JSON.stringify(
    criterion.totals.map(({ scales: ids }) =>
      ids.map((id) => JSON.stringify([scales.get(id), tables.get(id)])).toSorted(),
    ),
  )
}
