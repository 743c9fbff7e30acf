import { listItems, numericRange, reachableRange, type AskedItem } from '../../analysis/scoring/index.ts'
import type { Formula, Scale } from '../../survey-definitions/schema.ts'
import { freeId, isMadeByForm, languagesOf, ownSources, turningConstant, type Working } from './draft-working.ts'
import { typedText, typedWords, wordFields, type Say, type Typed } from './editor-fields.ts'
import { keepOthers } from './editor-options.ts'

/** Items with numbers: what a scale can count. */
export const countable = (working: Working): AskedItem[] =>
  listItems(working).filter((asked) => numericRange(asked) !== undefined)

/** Lays the form of a scale over the draft, a new one at the end; its place as a path. Without any item there is no scale: undefined. */
export function applyScale(working: Working, scaleId: string | undefined, typed: Typed): string | undefined {
  const items = new Map(countable(working).map((asked) => [asked.id, numericRange(asked)!]))
  const plain: string[] = []
  const reverse: string[] = []
  for (const id of items.keys()) {
    const counted = typedText(typed, `count_${id}`)
    if (counted === 'plain') plain.push(id)
    if (counted === 'reverse') reverse.push(id)
  }
  if (plain.length + reverse.length === 0) return undefined
  const found = working.scales.findIndex(({ id }) => id === scaleId)
  const index = found < 0 ? working.scales.length : found
  const before = working.scales[found]
  const constant = turningConstant(reverse, items)
  const formula: Formula =
    typedText(typed, 'method') === 'sum'
      ? { method: 'sum', constant, plus: plain, minus: reverse }
      : { method: 'mean', items: plain, reverse }
  const languages = languagesOf(working)
  working.scales[index] = {
    ...before,
    id: before?.id ?? freeId(working, 'scale'),
    title: keepOthers(typedWords(typed, 'title', languages), before?.title, languages),
    formula,
    range: reachableRange(formula, (id) => items.get(id)!),
    polarity: typedText(typed, 'polarity') === 'negative' ? 'negative' : 'positive',
    sources: before?.sources ?? ownSources(working),
  }
  return `scales.${index}`
}

/** View model of the form of a scale. */
export function scaleView(
  working: Working,
  scale: Scale | undefined,
  typed: Typed | undefined,
  locale: string,
  say: Say,
): Record<string, unknown> {
  const languages = languagesOf(working)
  const countOf = (id: string): string => {
    if (typed) return typedText(typed, `count_${id}`)
    if (!scale || !isMadeByForm(scale)) return 'no'
    const { formula } = scale
    const [plain, reverse] = formula.method === 'sum' ? [formula.plus, formula.minus] : [formula.items, formula.reverse]
    return plain?.includes(id) ? 'plain' : reverse?.includes(id) ? 'reverse' : 'no'
  }
  const method = typed ? typedText(typed, 'method') : (scale?.formula.method ?? 'mean')
  const polarity = typed ? typedText(typed, 'polarity') : (scale?.polarity ?? 'positive')
  const choice = (group: string, value: string, current: string) => ({
    value,
    label: say(`questionnaires.scale.${group}.${value}`),
    hint: group === 'method' ? say(`questionnaires.scale.methodHint.${value}`) : '',
    checked: value === current,
  })
  return {
    isNewScale: scale === undefined,
    scaleId: scale?.id ?? '',
    titleFields: wordFields('title', 'questionnaires.scale.title', { languages, typed, words: scale?.title }, say),
    methods: ['mean', 'sum'].map((one) => choice('method', one, method)),
    polarities: ['positive', 'negative'].map((one) => choice('polarity', one, polarity)),
    counted: countable(working).map(({ id, item }) => ({
      selectName: `count_${id}`,
      itemLabel: say('questionnaires.scale.itemLabel', {
        id,
        words: item.text[locale] ?? Object.values(item.text)[0] ?? '',
      }),
      counts: ['no', 'plain', 'reverse'].map((one) => ({
        value: one,
        label: say(`questionnaires.scale.count.${one}`),
        selected: one === (countOf(id) || 'no'),
      })),
    })),
  }
}
