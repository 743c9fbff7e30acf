import { isPossible, listThresholds, standardRules, withThresholds } from '../../analysis/scoring/index.ts'
import type { Questionnaire } from '../../survey-definitions/schema.ts'
import type { Texts } from '../web/texts.ts'
import { offeredCriteria, type CriteriaDecision, type CriteriaInForce, type OfferedCriterion } from './criteria.ts'
import { whyNotOffered, type CriteriaMethod } from './rules.ts'

/** A workplace on the page, with what holds there as long as nothing else is typed. */
export type NamedCriteria = CriteriaInForce & { name: string; dayOwn: string | null }

/** Field names: `method.<workplace>`, `number.<workplace>.<method>.<key>`, `decidedOn.…`, `decidedBy.…`, `note.…`. */
export type CriteriaForm = Readonly<Record<string, string>>

const field = {
  method: (workplace: string) => `method.${workplace}`,
  number: (workplace: string, method: CriteriaMethod, key: string) => `number.${workplace}.${method}.${key}`,
  decidedOn: (workplace: string) => `decidedOn.${workplace}`,
  decidedBy: (workplace: string) => `decidedBy.${workplace}`,
  note: (workplace: string) => `note.${workplace}`,
}

const longest = { decidedBy: 200, note: 2000 } as const

/** What holds, as the form's values; of the method that does not hold the questionnaire's own numbers. */
export function criteriaFormOf(
  workplaces: readonly NamedCriteria[],
  offered: readonly OfferedCriterion[],
): CriteriaForm {
  const form: Record<string, string> = {}
  for (const one of workplaces) {
    form[field.method(one.workplaceId)] = one.method
    form[field.decidedOn(one.workplaceId)] = one.dayOwn ?? ''
    form[field.decidedBy(one.workplaceId)] = one.decidedBy
    form[field.note(one.workplaceId)] = one.note
    for (const { method, criterion } of offered)
      for (const { key, value } of listThresholds(method === one.method ? one.rules : standardRules(criterion)))
        form[field.number(one.workplaceId, method, key)] = String(value)
  }
  return form
}

/** Reads what was typed; only the fields of this campaign's workplaces count. Digits may be full-width. */
export function typedCriteria(
  body: unknown,
  workplaces: readonly NamedCriteria[],
  offered: readonly OfferedCriterion[],
  today: string,
): {
  form: CriteriaForm
  decisions: CriteriaDecision[]
  faults: { field: string; key: string; params?: Record<string, number> }[]
} {
  const given = (body ?? {}) as Record<string, unknown>
  const form: Record<string, string> = {}
  const faults: { field: string; key: string; params?: Record<string, number> }[] = []
  const read = (name: string): string => {
    const value = given[name]
    return (form[name] = typeof value === 'string' ? value.trim() : '')
  }
  const fault = (name: string, key: string, params?: Record<string, number>) =>
    faults.push({ field: name, key: `campaigns.error.${key}`, ...(params && { params }) })
  const decisions = workplaces.flatMap(({ workplaceId }): CriteriaDecision[] => {
    const wanted = read(field.method(workplaceId))
    const chosen = offered.find(({ method }) => method === wanted)
    if (!chosen) fault(field.method(workplaceId), 'method')
    const numbers = new Map<string, number>()
    for (const { method, thresholds } of offered)
      for (const threshold of thresholds) {
        const name = field.number(workplaceId, method, threshold.key)
        const digits = read(name).normalize('NFKC')
        if (method !== chosen?.method) continue
        const value = /^\d{1,4}$/.test(digits) ? Number(digits) : Number.NaN
        const [low, high] = possibleRange(threshold)
        if (isPossible(threshold, value)) numbers.set(threshold.key, value)
        else fault(name, 'threshold', { low, high })
      }
    const day = read(field.decidedOn(workplaceId))
    if (day !== '' && !isCalendarDate(day)) fault(field.decidedOn(workplaceId), 'date')
    else if (day > today) fault(field.decidedOn(workplaceId), 'decidedInFuture')
    const decidedBy = read(field.decidedBy(workplaceId))
    if (decidedBy.length > longest.decidedBy) fault(field.decidedBy(workplaceId), 'tooLongFor', { count: 200 })
    const note = read(field.note(workplaceId))
    if (note.length > longest.note) fault(field.note(workplaceId), 'tooLongFor', { count: 2000 })
    if (!chosen) return []
    const rules = withThresholds(standardRules(chosen.criterion), numbers)
    return [{ workplaceId, method: chosen.method, rules, decidedOn: day || null, decidedBy, note }]
  })
  return { form, decisions, faults }
}

/** Lowest and highest number that may be typed. Example: 30 to 116 for B in the simple sum of the 57-item form. */
function possibleRange({ bound, range: [low, high] }: OfferedCriterion['thresholds'][number]): [number, number] {
  return bound === 'at_least' ? [low + 1, high] : [low, high - 1]
}

/** Puts the questionnaire's own numbers back into the fields of one workplace; nothing is stored by it. */
export function standardNumbers(
  form: CriteriaForm,
  workplaceId: string,
  offered: readonly OfferedCriterion[],
): CriteriaForm {
  const own = offered.flatMap(({ method, thresholds }) =>
    thresholds.map(({ key, value }) => [field.number(workplaceId, method, key), String(value)]),
  )
  return { ...form, ...Object.fromEntries(own) }
}

/** Copies method and numbers of one workplace to all others; who decided them when is each workplace's own. */
export function copyCriteria(
  form: CriteriaForm,
  fromId: string,
  workplaces: readonly NamedCriteria[],
  offered: readonly OfferedCriterion[],
): CriteriaForm {
  const copied: Record<string, string> = { ...form }
  for (const { workplaceId } of workplaces) {
    copied[field.method(workplaceId)] = form[field.method(fromId)] ?? ''
    for (const { method, thresholds } of offered)
      for (const { key } of thresholds)
        copied[field.number(workplaceId, method, key)] = form[field.number(fromId, method, key)] ?? ''
  }
  return copied
}

/** The page's values. */
export function criteriaView(
  shown: { definition: Questionnaire; workplaces: readonly NamedCriteria[]; form: CriteriaForm },
  texts: Texts,
  locale: string,
): Record<string, unknown> {
  const { definition, workplaces, form } = shown
  const text = (key: string, params?: Record<string, string | number>) => texts.text(locale, `campaigns.${key}`, params)
  const words = (of: Readonly<Record<string, string>>) => of[locale] ?? of['ja'] ?? ''
  const offered = offeredCriteria(definition)
  const sumName = (totals: readonly string[]) =>
    totals
      .map((id) => {
        const section = definition.sections.find((one) => one.id === id)
        return section ? text('criteria.total', { id, name: words(section.title) }) : id
      })
      .join('+')
  return {
    formTitle: words(definition.title),
    notOffered: (['simpleSum', 'conversion'] as const).flatMap((method) => {
      const reason = whyNotOffered(definition, method)
      return reason ? [text('sign.notOffered', { method: text(`method.${method}`), reason: words(reason) })] : []
    }),
    several: workplaces.length > 1,
    workplaces: workplaces.map((one) => ({
      workplaceName: one.name,
      basisWords: text(one.basis === 'committee' ? 'criteria.ofCommittee' : 'criteria.ofOpinions'),
      methodField: field.method(one.workplaceId),
      methodOptions: offered.map(({ method, criterion }) => ({
        value: method,
        label: words(criterion.title),
        hint: text(`method.${method}Hint`),
        checked: form[field.method(one.workplaceId)] === method,
      })),
      methods: offered.map(({ method, criterion, thresholds }) => ({
        legend: text('criteria.numbersOf', { method: words(criterion.title) }),
        isChosen: form[field.method(one.workplaceId)] === method,
        numbers: thresholds.map((threshold) => ({
          numberField: field.number(one.workplaceId, method, threshold.key),
          numberLabel: text(threshold.bound === 'at_least' ? 'criteria.atLeast' : 'criteria.atMost', {
            rule: threshold.ruleId,
            sum: sumName(threshold.totals),
          }),
          numberHint: text('criteria.numberHint', {
            own: threshold.value,
            low: possibleRange(threshold)[0],
            high: possibleRange(threshold)[1],
          }),
          typed: form[field.number(one.workplaceId, method, threshold.key)] ?? '',
        })),
      })),
      decidedOnField: field.decidedOn(one.workplaceId),
      decidedOnValue: form[field.decidedOn(one.workplaceId)] ?? '',
      decidedByField: field.decidedBy(one.workplaceId),
      decidedByLabel: text(one.basis === 'committee' ? 'criteria.committee' : 'criteria.heard'),
      decidedByValue: form[field.decidedBy(one.workplaceId)] ?? '',
      noteField: field.note(one.workplaceId),
      noteValue: form[field.note(one.workplaceId)] ?? '',
      standardOf: one.workplaceId,
      copyFrom: one.workplaceId,
    })),
    sources: offered
      .flatMap(({ criterion }) => criterion.sources)
      .filter((id, index, all) => all.indexOf(id) === index)
      .map((id) => ({ words: definition.sources[id]?.title ?? id, url: definition.sources[id]?.url ?? '' })),
  }
}

function isCalendarDate(value: string): boolean {
  const parsed = new Date(`${value}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value)
}
