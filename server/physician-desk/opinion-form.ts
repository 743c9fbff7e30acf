import * as z from 'zod'

/**
 * The form 「面接指導結果報告書及び事後措置に係る意見書(例)」 as data. Numbers and wording are those printed in
 * https://wic-net.com/material/document/17187/149; measures follow https://wic-net.com/material/document/17187/145 and
 * article 66-10(6) of the Act. Entries whose printed wording could not be read there (working hours 3 and 5) are left out: they are
 * written under 6 その他. `day_work` is marked on the page as not yet checked against the printed form.
 */
export const formVersion = 'opinion-2026-11'

/** 本人への指導区分 (several) */
export const guidances = ['none', 'health_guidance', 'follow_up', 'second_interview', 'treatment'] as const
/** 就業区分 */
export const workCategories = ['ordinary', 'restricted', 'leave'] as const
/** 労働時間: 0, 1, 2, 4, 6 of the printed list */
export const hourLimits = ['none', 'overtime_limit', 'overtime_ban', 'no_flexible_system', 'other'] as const
/** 労働時間以外 */
export const otherLimits = ['change_place', 'change_task', 'less_night_work', 'day_work'] as const
export const uncheckedWording: readonly string[] = ['day_work']

const words = z.string().trim().max(2_000).default('')
const list = <Value extends string>(values: readonly [Value, ...Value[]]) =>
  z
    .union([z.enum(values).transform((one) => [one]), z.array(z.enum(values))])
    .default([])
    .transform((all) => [...new Set(all)])
const dateOrNothing = z.union([z.literal(''), z.iso.date()]).default('')

/** What the physician writes: the whole form, kept sealed. Names are those of the page's fields. */
export const opinionFormSchema = z.object({
  // report: stays with the physician
  work_hours: words,
  work_factors: words,
  medical_notes: words,
  mind_body: z.enum(['', 'none', 'found']).default(''),
  mind_body_detail: words,
  guidance: list(guidances),
  second_interview_when: words,
  report_notes: words,
  // opinion: goes to the company
  work_category: z.union([z.literal(''), z.enum(workCategories)]).default(''),
  hours: list(hourLimits),
  overtime_hours: z.union([z.literal(''), z.coerce.number().int().min(0).max(100)]).default(''),
  hours_other: words,
  other_limits: list(otherLimits),
  limits_detail: words,
  period_from: dateOrNothing,
  period_until: dateOrNothing,
  workplace_improvement: words,
  medical_visits: words,
  affiliation: z.string().trim().max(200).default(''),
})
export type OpinionForm = z.infer<typeof opinionFormSchema>

/** The form as a page shows it: what was typed, readable or not. */
export type TypedForm = Record<keyof OpinionForm, string | number | string[]>

/** A field and the text (physician-desk.form.errors.<text>) that says what is wrong with it. */
export interface WrongField {
  field: string
  text: string
}

/** What was posted, as it stands, for the page that shows it again: nothing typed gets lost because one field cannot be read. */
export function typedValues(body: Record<string, unknown>): TypedForm {
  const form: TypedForm = opinionFormSchema.parse({})
  for (const field of Object.keys(form) as (keyof OpinionForm)[]) {
    const all = [body[field] ?? []].flat().filter((one) => typeof one === 'string')
    form[field] = Array.isArray(form[field]) ? all : (all[0] ?? '')
  }
  return form
}

/** Fields that cannot be read: too long, no day of the calendar, not one of the choices. Each once. */
export function findUnreadable(error: z.ZodError): WrongField[] {
  const wrong = new Map<string, string>()
  for (const issue of error.issues) {
    const field = String(issue.path[0])
    const tooLong = issue.code === 'too_big' && issue.origin === 'string'
    if (!wrong.has(field)) wrong.set(field, tooLong ? 'tooLong' : field.startsWith('period_') ? 'notADay' : field)
  }
  return [...wrong].map(([field, text]) => ({ field, text }))
}

/** Items of the statutory record (Ordinance 52-18) and of the opinion that are still empty, by field name. Empty: it may be released. */
export function findMissingItems(form: OpinionForm): string[] {
  const missing: string[] = []
  if (!form.work_hours && !form.work_factors) missing.push('work_hours')
  if (!form.mind_body) missing.push('mind_body')
  if (form.mind_body === 'found' && !form.mind_body_detail) missing.push('mind_body_detail')
  if (form.guidance.length === 0) missing.push('guidance')
  if (form.guidance.includes('second_interview') && !form.second_interview_when) missing.push('second_interview_when')
  if (!form.work_category) missing.push('work_category')
  if (form.hours.length === 0) missing.push('hours')
  if (form.hours.includes('overtime_limit') && form.overtime_hours === '') missing.push('overtime_hours')
  if (form.hours.includes('other') && !form.hours_other) missing.push('hours_other')
  if (form.work_category !== 'ordinary' && form.work_category !== '' && !form.period_from) missing.push('period_from')
  if (form.period_from && form.period_until && form.period_until < form.period_from) missing.push('period_until')
  if (!form.affiliation) missing.push('affiliation')
  return missing
}

/**
 * Exactly what the company gets (law P-4): no burden, no findings, no guidance to the person, no note. Strict: a field that is not
 * named here cannot be released.
 */
export const releasedOpinionSchema = z.strictObject({
  interviewedOn: z.iso.date(),
  mode: z.enum(['in_person', 'online']),
  workCategory: z.enum(workCategories),
  hours: z.array(z.enum(hourLimits)).min(1),
  overtimeHours: z.number().int().nullable(),
  hoursOther: z.string(),
  otherLimits: z.array(z.enum(otherLimits)),
  limitsDetail: z.string(),
  periodFrom: z.iso.date().nullable(),
  periodUntil: z.iso.date().nullable(),
  workplaceImprovement: z.string(),
  medicalVisits: z.string(),
  physicianName: z.string(),
  affiliation: z.string(),
  opinionOn: z.iso.date(),
})
export type ReleasedOpinion = z.infer<typeof releasedOpinionSchema>

/** Builds the released form from the whole one. @throws when an item of the opinion is empty (see {@link findMissingItems}) */
export function releasedPartOf(
  form: OpinionForm,
  of: { interviewedOn: string; mode: 'in_person' | 'online'; physicianName: string; opinionOn: string },
): ReleasedOpinion {
  const limited = form.hours.includes('overtime_limit')
  return releasedOpinionSchema.parse({
    ...of,
    workCategory: form.work_category,
    hours: form.hours,
    overtimeHours: limited && form.overtime_hours !== '' ? form.overtime_hours : null,
    hoursOther: form.hours.includes('other') ? form.hours_other : '',
    otherLimits: form.other_limits,
    limitsDetail: form.limits_detail,
    periodFrom: form.period_from || null,
    periodUntil: form.period_until || null,
    workplaceImprovement: form.workplace_improvement,
    medicalVisits: form.medical_visits,
    affiliation: form.affiliation,
  })
}
