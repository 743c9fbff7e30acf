import { listItems, numericRange, pointScalesOf } from '../../analysis/scoring/index.ts'
import { checkCriteria } from './check-criteria.ts'
import { checkIds, checkItems } from './check-items.ts'
import { checkComposite, checkScale } from './check-scales.ts'
import { checkTexts } from './check-texts.ts'
import { checkVisibility } from './check-visibility.ts'
import { checkPages, checkRotation, checkTags } from './check-sitting.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Finding, Place, Report } from './findings.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'

/**
 * Everything that can be wrong with a definition although its shape is right: names that lead nowhere, doubles, holes,
 * ranges and thresholds that cannot be reached, words missing in a language. Pure; an empty list means it can be used.
 */
export function checkDefinition(definition: Questionnaire): Finding[] {
  const findings: Finding[] = []
  const report: Report = (place, code, message, params) => findings.push({ place, code, message, params })
  checkTexts(definition, report)
  checkIds(definition, report)
  checkItems(definition, report)
  const items = new Map(listItems(definition).map((asked) => [asked.id, asked]))
  checkVisibility(definition, report)
  checkPages(definition, report)
  checkRotation(definition, items, report)
  checkTags(definition, report)
  for (const key of ['scales', 'point_scales'] as const) {
    for (const [index, scale] of (definition[key] ?? []).entries()) {
      checkScale(scale, [key, index], items, definition, report)
    }
  }
  const scales = new Set(definition.scales.map((scale) => scale.id))
  for (const [index, composite] of definition.composites.entries()) {
    checkComposite(composite, ['composites', index], items, scales, report)
  }
  checkCriteria(definition, items, report)
  checkReferences(definition, items, report)
  return findings
}

function checkReferences(definition: Questionnaire, items: ReadonlyMap<string, AskedItem>, report: Report): void {
  const scales = new Set(pointScalesOf(definition).map((scale) => scale.id))
  for (const [axis, id] of Object.entries(definition.judgement_chart ?? {})) {
    if (!scales.has(id)) {
      report(['judgement_chart', axis], 'scale-unknown', `there is no scale "${id}"; name one of this questionnaire`, {
        id,
      })
    }
  }
  for (const [index, measure] of definition.group_measures.entries()) {
    const asked = items.get(measure.item)
    const at: Place = ['group_measures', index, 'item']
    if (!asked)
      report(at, 'item-unknown', `"${measure.id}" names the item "${measure.item}", which does not exist`, {
        id: measure.item,
      })
    else if (!numericRange(asked)) {
      report(at, 'item-without-number', `"${measure.item}" has no number to calculate with`, { id: measure.item })
    }
  }
  for (const [index, link] of definition.same_items.entries()) {
    if (!items.has(link.item)) {
      const what = `there is no item "${link.item}"; name one of this questionnaire`
      report(['same_items', index, 'item'], 'item-unknown', what, { id: link.item })
    }
  }
  for (const [index, link] of definition.related_scales.entries()) {
    for (const [at, id] of link.items.entries()) {
      const what = `there is no item "${id}"; name one of this questionnaire`
      if (!items.has(id)) report(['related_scales', index, 'items', at], 'item-unknown', what, { id })
    }
  }
  const visit = (value: unknown, place: Place): void => {
    if (typeof value !== 'object' || value === null) return
    for (const [key, part] of Object.entries(value)) {
      const at = [...place, Array.isArray(value) ? Number(key) : key]
      if (key !== 'sources' || !Array.isArray(part)) visit(part, at)
      else {
        for (const [index, id] of (part as string[]).entries()) {
          if (Object.hasOwn(definition.sources, id)) continue
          report([...at, index], 'source-unknown', `there is no source "${id}"; add it under "sources"`, { id })
        }
      }
    }
  }
  const { option_sets: _options, ...sourced } = definition
  visit(sourced, [])
}
