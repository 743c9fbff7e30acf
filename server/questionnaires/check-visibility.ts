import { itemsOfVisibility, listItems } from '../../analysis/scoring/index.ts'
import type { Option, Questionnaire, Visibility } from '../../survey-definitions/schema.ts'
import type { Place, Report } from './findings.ts'

/**
 * Conditions name items that stand before what they decide about: answering goes forwards, and without script a page cannot
 * change under the hand. So no circle is possible; where two items wait for each other, that is said.
 */
export function checkVisibility(definition: Questionnaire, report: Report): void {
  const order = new Map(listItems(definition).map((asked, index) => [asked.id, { asked, index }]))
  const waitsFor = new Map<string, string[]>()
  for (const { asked } of order.values()) waitsFor.set(asked.id, asked.conditions.flatMap(itemsOfVisibility))

  const check = (condition: Visibility, place: Place, first: string): void => {
    for (const key of ['all', 'any'] as const)
      for (const [index, part] of ((condition as Partial<Record<typeof key, Visibility[]>>)[key] ?? []).entries())
        check(part, [...place, key, index], first)
    if ('not' in condition) check(condition.not, [...place, 'not'], first)
    if (!('item' in condition)) return
    const at: Place = [...place, 'item']
    const named = order.get(condition.item)
    if (!named) {
      report(at, 'item-unknown', `there is no item "${condition.item}"; name one of this questionnaire`, {
        id: condition.item,
      })
      return
    }
    if (waitsOn(condition.item, first, waitsFor)) {
      report(
        at,
        'condition-cycle',
        `"${condition.item}" waits for "${first}" and this waits for it; break the circle`,
        {
          id: condition.item,
        },
      )
    } else if (named.index >= (order.get(first)?.index ?? 0)) {
      report(at, 'condition-order', `"${condition.item}" is asked later; a condition names what stands before it`, {
        id: condition.item,
      })
    }
    const tests = [condition.answered, condition.one_of, condition.at_least, condition.at_most]
    if (tests.every((test) => test === undefined)) {
      report(place, 'condition-empty', 'nothing to compare with; add answered, one_of, at_least or at_most')
    }
    checkValues(named.asked.options, condition.one_of, [...place, 'one_of'], report)
  }
  for (const [at, section] of definition.sections.entries()) {
    const place: Place = ['sections', at]
    if (section.visible_if) check(section.visible_if, [...place, 'visible_if'], section.items[0]!.id)
    for (const [index, item] of section.items.entries())
      if (item.visible_if) check(item.visible_if, [...place, 'items', index, 'visible_if'], item.id)
  }
}

function checkValues(
  options: readonly Option[],
  wanted: readonly (number | string)[] | undefined,
  place: Place,
  report: Report,
): void {
  if (options.length === 0) return
  for (const [index, value] of (wanted ?? []).entries()) {
    if (options.some((option) => option.value === value)) continue
    report([...place, index], 'condition-value', `the item has no option with the value ${value}; mend it`, { value })
  }
}

/** Does `from` wait for `to`, by whatever way round? */
function waitsOn(from: string, to: string, waitsFor: ReadonlyMap<string, readonly string[]>): boolean {
  const seen = new Set<string>()
  const open = [from]
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (id === to) return true
    if (seen.has(id)) continue
    seen.add(id)
    open.push(...(waitsFor.get(id) ?? []))
  }
  return false
}
