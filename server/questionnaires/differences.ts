import { listItems, pointScalesOf } from '../../analysis/scoring/index.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Composite, Questionnaire, Text } from '../../survey-definitions/schema.ts'

/** One difference in words, and whether answers or values before and after may be set beside each other. */
export interface Difference {
  readonly what: string
  readonly comparable: boolean
}

export interface Differences {
  /** items of the second that are the same question in the first: id there, id here */
  readonly shared: readonly (readonly [string, string])[]
  readonly differences: readonly Difference[]
}

/**
 * What changed from one definition to another, in words. Two items are the same question when an item map says so
 * (`same_items`), or, between versions of one questionnaire, when they have the same id, words and options: nothing else is
 * ever compared. A value stays comparable when the items, formula and table behind it are the same.
 *
 * Example: from `stress-check-57@1` to `stress-check-80@1` 57 items are shared and 23 are new; the same direction says that
 * "q58" is asked for the first time.
 */
export function differencesOf(before: Questionnaire, after: Questionnaire): Differences {
  const old = new Map(listItems(before).map((asked) => [asked.id, asked]))
  const now = new Map(listItems(after).map((asked) => [asked.id, asked]))
  const mapped = mapItems(before, after)
  const differences: Difference[] = []
  const shared: [string, string][] = []
  const say = (what: string, comparable: boolean): void => void differences.push({ what, comparable })

  for (const [id, asked] of now) {
    const from = mapped.get(id)
    const earlier = from === undefined ? undefined : old.get(from)
    if (from === undefined || !earlier) {
      say(`item "${id}" is asked for the first time: ${wordsOf(asked.item.text)}`, false)
      continue
    }
    const name = from === id ? `item "${id}"` : `item "${id}", "${from}" before,`
    const changes = itemChanges(earlier, asked)
    for (const { what, comparable } of changes) say(`${name} ${what}`, comparable)
    if (changes.every((change) => change.comparable)) shared.push([from, id])
  }
  const kept = new Set(mapped.values())
  for (const id of old.keys()) if (!kept.has(id)) say(`item "${id}" is not asked any more`, false)

  const same = new Map(shared.map(([from, id]) => [id, from]))
  const named = (scales: readonly Counted[], kind: string) => scales.map((scale) => ({ kind, scale }))
  // what criteria and trends are counted with goes on, whether or not a questionnaire has means beside it
  const countedBy = (one: Questionnaire) => [
    ...named(pointScalesOf(one), 'scale'),
    ...named(one.point_scales ? one.scales : [], 'mean of scale'),
    ...named(one.composites, 'composite'),
  ]
  compareScales(countedBy(before), countedBy(after), same, say)
  for (const criterion of after.criteria) {
    const earlier = before.criteria.find((one) => one.method === criterion.method)
    if (!earlier) say(`criteria by ${criterion.method} are new`, false)
    else if (differ(earlier.totals, criterion.totals) || differ(earlier.rules, criterion.rules))
      say(`criteria by ${criterion.method} are decided otherwise`, false)
  }
  for (const { method } of before.criteria)
    if (!after.criteria.some((one) => one.method === method))
      say(`criteria by ${method} are not offered any more`, false)
  for (const language of Object.keys(after.languages))
    if (!(language in before.languages)) say(`the language "${language}" is new`, true)
  for (const language of Object.keys(before.languages))
    if (!(language in after.languages)) say(`the language "${language}" is gone`, true)
  return { shared, differences }
}

/** Item of `after` → the same question in `before`. */
function mapItems(before: Questionnaire, after: Questionnaire): Map<string, string> {
  const mapped = new Map<string, string>()
  if (before.slug === after.slug) {
    const old = new Set(listItems(before).map(({ id }) => id))
    for (const { id } of listItems(after)) if (old.has(id)) mapped.set(id, id)
  }
  const link = (one: Questionnaire, other: Questionnaire) =>
    one.same_items.filter(({ of }) => of === `${other.slug}@${other.version}`)
  for (const { item, their_item: theirs } of link(before, after)) mapped.set(theirs, item)
  for (const { item, their_item: theirs } of link(after, before)) mapped.set(item, theirs)
  return mapped
}

function itemChanges(before: AskedItem, after: AskedItem): Difference[] {
  const found: Difference[] = []
  const { item: old } = before
  const { item: now } = after
  if (old.type !== now.type) found.push({ what: `was ${old.type} and is ${now.type}`, comparable: false })
  for (const key of ['text', 'stem', 'help'] as const)
    for (const language of Object.keys({ ...old[key], ...now[key] })) {
      const [was, is] = [old[key]?.[language], now[key]?.[language]]
      if (was === is || was === undefined || is === undefined) continue
      found.push({ what: `reads otherwise in "${language}": “${was}” is now “${is}”`, comparable: key === 'help' })
    }
  const values = (asked: AskedItem) => asked.options.map(({ value }) => value).join(', ')
  if (values(before) !== values(after))
    found.push({ what: `has other options: ${values(before)} is now ${values(after)}`, comparable: false })
  else if (differ(before.options.map(shownIn(after)), after.options.map(shownIn(before))))
    found.push({ what: 'has options in other words', comparable: false })
  const limits = (asked: AskedItem) => ('min' in asked.item ? `${asked.item.min} to ${asked.item.max}` : '')
  if (limits(before) !== limits(after))
    found.push({ what: `ran from ${limits(before)} and runs from ${limits(after)}`, comparable: false })
  if (differ(before.conditions, after.conditions)) found.push({ what: 'is asked of other people', comparable: false })
  if (old.required !== now.required || old.skippable !== now.skippable)
    found.push({ what: now.required ? 'is asked for on the review page' : 'may be left out', comparable: true })
  return found
}

/** The words of an option in the languages that the other side has too: a further translation changes no answer. */
const shownIn =
  (other: AskedItem) =>
  ({ value, text }: AskedItem['options'][number]) => {
    const theirs = other.options.find((one) => one.value === value)?.text ?? {}
    return Object.entries(text).filter(([language]) => language in theirs)
  }

type Counted = Pick<Composite, 'id' | 'norms'> & { readonly formula: unknown; readonly point_table?: unknown }
type Named = readonly { readonly kind: string; readonly scale: Counted }[]

function compareScales(
  before: Named,
  after: Named,
  same: ReadonlyMap<string, string>,
  say: (what: string, comparable: boolean) => void,
): void {
  const twin = (list: Named, { kind, scale }: Named[number]) =>
    list.find((one) => one.kind === kind && one.scale.id === scale.id)?.scale
  const inOldNames = (formula: unknown): unknown =>
    JSON.parse(JSON.stringify(formula), (_key, value: unknown) =>
      typeof value === 'string' ? (same.get(value) ?? value) : value,
    )
  for (const one of after) {
    const { kind, scale } = one
    const earlier = twin(before, one)
    if (!earlier) {
      say(`${kind} "${scale.id}" is new`, false)
      continue
    }
    if (differ(earlier.formula, inOldNames(scale.formula))) say(`${kind} "${scale.id}" is counted otherwise`, false)
    if (differ(earlier.point_table, scale.point_table)) say(`${kind} "${scale.id}" has another point table`, false)
    if (differ(earlier.norms, scale.norms)) say(`${kind} "${scale.id}" has other reference values`, true)
  }
  for (const one of before) if (!twin(after, one)) say(`${one.kind} "${one.scale.id}" is gone`, false)
}

const differ = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other)
const wordsOf = (text: Text): string => text['ja'] ?? Object.values(text)[0] ?? ''
