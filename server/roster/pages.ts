import { formatDate } from '../web/formats.ts'
import type { Texts } from '../web/texts.ts'
import { isFault, type Remark } from './remarks.ts'

type Params = Record<string, string | number>

/** Values that are words of ours and not of the file: shown in the reader's language. */
const worded: Record<string, readonly string[]> = {
  sex: ['male', 'female'],
  employment_kind: ['regular', 'fixed_term', 'part_time', 'dispatched', 'officer'],
  takes_stress_check: ['true', 'false'],
}

/** Values that are days: some always, some by the field they are about. What the file's cell holds (`value`) stays as it was written. */
const dayParams = new Set(['from', 'until', 'joined'])
const dayFields = new Set(['birth_on', 'joined_on', 'left_on', 'assigned_on', 'from_on', 'until_on'])
const isDay = (remark: Remark, name: string, value: string | number) =>
  (dayParams.has(name) || (dayFields.has(remark.field ?? '') && (name === 'before' || name === 'after'))) &&
  /^\d{4}-\d{2}-\d{2}$/.test(String(value))

/** What is said about a line, in the reader's language, faults first; only the faults where asked for. */
export function describeRemarks(
  texts: Texts,
  locale: string,
  remarks: readonly Remark[],
  faultsOnly = false,
): string[] {
  const chosen = faultsOnly ? remarks.filter(isFault) : remarks
  return chosen.map((remark) => describeRemark(texts, locale, remark))
}

function describeRemark(texts: Texts, locale: string, remark: Remark): string {
  const field = remark.field ? texts.text(locale, `roster.field.${remark.field}`) : ''
  const none = texts.text(locale, 'roster.blank')
  const params: Params = { field }
  for (const [name, value] of Object.entries(remark.params ?? {})) {
    const words = remark.field ? worded[remark.field] : undefined
    if (value === '') params[name] = none
    else if (words?.includes(String(value))) params[name] = texts.text(locale, `roster.word.${String(value)}`)
    // a day of the calendar is the same in every time zone
    else if (isDay(remark, name, value)) params[name] = formatDate('date', String(value), locale, 'UTC')
    else params[name] = value
  }
  if (remark.code === 'moved') return describeMove(texts, locale, remark, params)
  return texts.text(locale, `roster.remark.${remark.code}`, params)
}

// a move may be of the department, the workplace or both
function describeMove(texts: Texts, locale: string, remark: Remark, params: Params): string {
  const { before, after, workplaceBefore, workplaceAfter } = remark.params ?? {}
  const parts = [
    ...(before === after ? [] : [texts.text(locale, 'roster.remark.moved', params)]),
    ...(workplaceBefore === workplaceAfter ? [] : [texts.text(locale, 'roster.remark.movedWorkplace', params)]),
  ]
  return parts.join(' ')
}

/** Why a file could not be read, in the reader's language. */
export function describeFault(texts: Texts, locale: string, fault: { code: string; params: Params }): string {
  const params: Params = { ...fault.params }
  if (typeof params['fields'] === 'string')
    params['fields'] = params['fields']
      .split(',')
      .map((field) => texts.text(locale, `roster.field.${field}`))
      .join(texts.text(locale, 'roster.separator'))
  return texts.text(locale, `roster.fault.${fault.code}`, params)
}
