import type { Item, Option, Questionnaire, Visibility } from '../../survey-definitions/schema.ts'

/** An item together with what it takes from its surroundings. */
export type AskedItem = {
  readonly id: string
  readonly item: Item
  readonly sectionId: string
  /** The options offered, in printed order; empty for items that are not a choice. */
  readonly options: readonly Option[]
  /** All of these hold when it is asked: its own condition and that of its section; none for most. */
  readonly conditions: readonly Visibility[]
}

/**
 * Every item of a questionnaire in printed order, each with its options: its own, or those of its section, written out
 * or named in `option_sets`. A choice item without options gives an empty list (the parser reports it as a fault).
 *
 * Example: for `stress-check-57@1` 57 entries, the first `{ id: 'q1', sectionId: 'A', options: [1..4] }`.
 */
export function listItems(questionnaire: Questionnaire): AskedItem[] {
  return questionnaire.sections.flatMap((section) =>
    section.items.map((item) => ({
      id: item.id,
      item,
      sectionId: section.id,
      options: isChoice(item) ? optionsOf(questionnaire, item.options ?? section.options) : [],
      conditions: [section.visible_if, item.visible_if].filter((condition) => condition !== undefined),
    })),
  )
}

function isChoice(item: Item): item is Extract<Item, { type: 'single' | 'multiple' }> {
  return item.type === 'single' || item.type === 'multiple'
}

function optionsOf(questionnaire: Questionnaire, options: Option[] | string | undefined): readonly Option[] {
  if (typeof options === 'string') return questionnaire.option_sets[options] ?? []
  return options ?? []
}

/**
 * Lowest and highest number an item can be answered with, or undefined where its answer is no number to calculate with
 * (free text, date, multiple choice, options with names instead of integers).
 *
 * Example: an item with options 1 to 4 gives `[1, 4]`; one with nothing to choose gives undefined.
 */
export function numericRange(asked: AskedItem): readonly [number, number] | undefined {
  const { item } = asked
  if (item.type === 'number' || item.type === 'rating') return [item.min, item.max]
  if (item.type !== 'single') return undefined
  const values = asked.options.map((option) => option.value)
  if (values.length === 0 || !values.every((value) => typeof value === 'number')) return undefined
  return [Math.min(...values), Math.max(...values)]
}
