import { listItems } from '../../analysis/scoring/index.ts'
import { checkUnique } from './findings.ts'
import type { Place, Report } from './findings.ts'
import type { Option, Questionnaire } from '../../survey-definitions/schema.ts'

/** Column names of the scoring command that no item may take. */
const RESERVED_ITEM_IDS = new Set(['id', 'sex'])

/** Every id stands once, and no item takes the name of a column of the scoring command. */
export function checkIds(definition: Questionnaire, report: Report): void {
  const places = (list: readonly { id: string }[], key: string): { id: string; place: Place }[] =>
    list.map(({ id }, index) => ({ id, place: [key, index, 'id'] }))
  checkUnique(places(definition.sections, 'sections'), 'section', report)
  checkUnique(places(definition.scales, 'scales'), 'scale', report)
  checkUnique(places(definition.point_scales ?? [], 'point_scales'), 'point scale', report)
  checkUnique(places(definition.composites, 'composites'), 'composite', report)
  checkUnique(places(definition.group_measures, 'group_measures'), 'group measure', report)
  const items = definition.sections.flatMap((section, at) =>
    section.items.map(({ id }, index): { id: string; place: Place } => ({
      id,
      place: ['sections', at, 'items', index, 'id'],
    })),
  )
  // own words beside an option are stored under their id, as an item's answer is
  const words = freeTexts(definition)
  checkUnique([...items, ...words.map((one) => ({ id: one.id, place: one.place }))], 'item', report)
  for (const { id, place, items: asking } of words) {
    if (asking.length < 2) continue
    const what = `own words "${id}" would be stored once for ${asking.join(' and ')}; give each item options of its own`
    report(place, 'duplicate-id', what, { id })
  }
  for (const { id, place } of items) {
    if (RESERVED_ITEM_IDS.has(id))
      report(place, 'reserved-id', `"${id}" is the name of a column; choose another id`, { id })
  }
}

/** Each line for own words, once where it is written, with the items whose options it stands beside. */
function freeTexts(definition: Questionnaire): { id: string; place: Place; items: string[] }[] {
  const found = new Map<Option, { id: string; place: Place; items: string[] }>()
  const add = (options: Options, place: Place): void => {
    if (typeof options === 'string') return
    for (const [index, option] of (options ?? []).entries())
      if (option.free_text)
        found.set(option, { id: option.free_text.id, place: [...place, index, 'free_text', 'id'], items: [] })
  }
  for (const [name, options] of Object.entries(definition.option_sets)) add(options, ['option_sets', name])
  for (const [at, section] of definition.sections.entries()) {
    add(section.options, ['sections', at, 'options'])
    for (const [index, item] of section.items.entries())
      if ('options' in item) add(item.options, ['sections', at, 'items', index, 'options'])
  }
  for (const { id, options } of listItems(definition)) for (const option of options) found.get(option)?.items.push(id)
  return [...found.values()]
}

type Options = Option[] | string | undefined

/** Choices have options, options differ, ranges have an inside. */
export function checkItems(definition: Questionnaire, report: Report): void {
  const checkOptions = (options: unknown, place: Place): void => {
    if (typeof options === 'string') {
      if (!Object.hasOwn(definition.option_sets, options)) {
        report(place, 'option-set-unknown', `there is no list "${options}" in option_sets; add it or mend the name`, {
          name: options,
        })
      }
    } else if (Array.isArray(options)) checkOptionValues(options as { value: unknown }[], place, report)
  }
  for (const [name, list] of Object.entries(definition.option_sets)) checkOptions(list, ['option_sets', name])
  for (const [at, section] of definition.sections.entries()) {
    checkOptions(section.options, ['sections', at, 'options'])
    for (const [index, item] of section.items.entries()) {
      const place: Place = ['sections', at, 'items', index]
      if (item.type === 'single' || item.type === 'multiple') {
        checkOptions(item.options, [...place, 'options'])
        if (item.options === undefined && section.options === undefined) {
          report(place, 'options-missing', `"${item.id}" is a choice without options; add them to it or to its section`)
        }
      }
      if ((item.type === 'number' || item.type === 'rating') && item.min >= item.max) {
        report([...place, 'max'], 'range-reversed', `the highest value of "${item.id}" must be above its lowest`)
      }
      if (!item.required && !item.skippable) {
        const what = `"${item.id}" may not be skipped, so it is required; remove "required: false"`
        report([...place, 'skippable'], 'required-meaningless', what)
      }
    }
  }
}

function checkOptionValues(options: readonly { value: unknown }[], place: Place, report: Report): void {
  const seen = new Set<string>()
  for (const [index, { value }] of options.entries()) {
    // Compared as text: 1 and "1" could not be told apart in a form field or a CSV cell.
    if (seen.has(String(value))) {
      const what = `two options have the value ${String(value)}; each option needs its own`
      report([...place, index, 'value'], 'duplicate-option', what, { value: String(value) })
    }
    seen.add(String(value))
  }
}
