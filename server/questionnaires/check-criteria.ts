import { listItems, numericRange, pointScalesOf } from '../../analysis/scoring/index.ts'
import { checkUnique } from './findings.ts'
import type { AskedItem } from '../../analysis/scoring/index.ts'
import type { Place, Report } from './findings.ts'
import type { Condition, Criterion, Questionnaire } from '../../survey-definitions/schema.ts'

type Range = readonly [number, number]

/** Checks the high-stress criteria: totals of real sections, items and scales; thresholds that can be reached. */
export function checkCriteria(definition: Questionnaire, items: ReadonlyMap<string, AskedItem>, report: Report): void {
  const methods = new Set<string>()
  for (const [index, criterion] of definition.criteria.entries()) {
    const place: Place = ['criteria', index]
    if (methods.has(criterion.method)) {
      const what = `the method "${criterion.method}" stands twice; keep one`
      report([...place, 'method'], 'method-repeated', what)
    }
    methods.add(criterion.method)
    const named = (key: 'totals' | 'rules'): { id: string; place: Place }[] =>
      criterion[key].map(({ id }, at) => ({ id, place: [...place, key, at, 'id'] }))
    checkUnique(named('totals'), 'total', report)
    checkUnique(named('rules'), 'rule', report)
    const ranges =
      criterion.method === 'simple-sum'
        ? sumRanges(criterion, place, definition, items, report)
        : pointRanges(criterion, place, definition, report)
    for (const [at, rule] of criterion.rules.entries()) {
      checkCondition(rule.when, [...place, 'rules', at, 'when'], ranges, report)
    }
  }
}

function sumRanges(
  criterion: Extract<Criterion, { method: 'simple-sum' }>,
  place: Place,
  definition: Questionnaire,
  items: ReadonlyMap<string, AskedItem>,
  report: Report,
): Map<string, Range | undefined> {
  const ranges = new Map<string, Range | undefined>()
  const sections = new Set(definition.sections.map((section) => section.id))
  const all = listItems(definition)
  for (const [at, total] of criterion.totals.entries()) {
    const here: Place = [...place, 'totals', at]
    ranges.set(total.id, undefined)
    if (!sections.has(total.section)) {
      report([...here, 'section'], 'section-unknown', `there is no section "${total.section}"; mend the name`, {
        id: total.section,
      })
      continue
    }
    const members = all.filter((asked) => asked.sectionId === total.section)
    const seen = new Set<string>()
    for (const [index, id] of total.reverse.entries()) {
      const spot: Place = [...here, 'reverse', index]
      if (!items.has(id))
        report(spot, 'reverse-unknown', `the reverse item "${id}" does not exist; mend the name`, { id })
      else if (!members.some((asked) => asked.id === id)) {
        report(spot, 'reverse-unknown', `the reverse item "${id}" is not in section "${total.section}"; remove it`, {
          id,
        })
      } else if (seen.has(id)) report(spot, 'item-repeated', `"${id}" is reversed twice; remove one`, { id })
      seen.add(id)
    }
    const odd = members.find((asked) => !numericRange(asked))
    if (odd)
      report([...here, 'section'], 'item-without-number', `"${odd.id}" has no number to add; use another section`, {
        id: odd.id,
      })
    else ranges.set(total.id, addRanges(members.map((asked) => numericRange(asked)!)))
  }
  return ranges
}

function pointRanges(
  criterion: Extract<Criterion, { method: 'conversion' }>,
  place: Place,
  definition: Questionnaire,
  report: Report,
): Map<string, Range | undefined> {
  const ranges = new Map<string, Range | undefined>()
  const scales = new Map(pointScalesOf(definition).map((scale) => [scale.id, scale]))
  for (const [at, total] of criterion.totals.entries()) {
    let whole = true
    const seen = new Set<string>()
    for (const [index, id] of total.scales.entries()) {
      const spot: Place = [...place, 'totals', at, 'scales', index]
      const scale = scales.get(id)
      if (!scale) report(spot, 'scale-unknown', `there is no scale "${id}"; name one of this questionnaire`, { id })
      else if (!scale.point_table) {
        report(spot, 'scale-without-points', `the scale "${id}" has no point_table; add one or leave it out`, { id })
      } else if (seen.has(id)) report(spot, 'item-repeated', `the scale "${id}" is counted twice; remove one`, { id })
      whole &&= scale?.point_table !== undefined
      seen.add(id)
    }
    const columns = definition.point_columns?.length ?? 0
    ranges.set(total.id, whole ? [total.scales.length, total.scales.length * columns] : undefined)
  }
  return ranges
}

function addRanges(ranges: readonly Range[]): Range {
  return ranges.reduce<Range>(([low, high], range) => [low + range[0], high + range[1]], [0, 0])
}

function checkCondition(
  condition: Condition,
  place: Place,
  totals: ReadonlyMap<string, Range | undefined>,
  report: Report,
): void {
  for (const key of ['all', 'any'] as const) {
    const parts = (condition as Partial<Record<typeof key, Condition[]>>)[key]
    for (const [index, part] of (parts ?? []).entries()) checkCondition(part, [...place, key, index], totals, report)
  }
  if (!('sum' in condition)) return
  for (const [index, id] of condition.sum.entries()) {
    if (!totals.has(id))
      report([...place, 'sum', index], 'total-unknown', `there is no total "${id}"; mend the name`, { id })
  }
  const { at_least: atLeast, at_most: atMost } = condition
  if (atLeast === undefined && atMost === undefined) {
    report(place, 'threshold-missing', 'nothing to compare with; add at_least or at_most')
  }
  const ranges = condition.sum.map((id) => totals.get(id))
  if (!ranges.every((range) => range !== undefined)) return
  const [low, high] = addRanges(ranges)
  const reaches = `the total runs from ${low} to ${high}`
  if (atLeast !== undefined && (atLeast > high || atLeast < low)) {
    report([...place, 'at_least'], 'threshold-unreachable', `${reaches}; ${atLeast} is outside, choose one within`, {
      low,
      high,
    })
  }
  if (atMost !== undefined && (atMost > high || atMost < low)) {
    report([...place, 'at_most'], 'threshold-unreachable', `${reaches}; ${atMost} is outside, choose one within`, {
      low,
      high,
    })
  }
}
