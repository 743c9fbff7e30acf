import { z } from 'zod'

/** Fields of the forms a campaign is planned with; messages are text keys. */

export const date = (key: string) =>
  z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, key)
    .refine(isDate, key)

/** Boxes of one name: none, one or many. */
export const manyOf = (one: z.ZodType<string, string>) =>
  z.union([z.array(one), one.transform((value) => [value])]).default([])

export const wholeNumber = (least: number, most: number, key: string) =>
  z
    .string()
    .trim()
    .regex(/^\d{1,4}$/, key)
    .transform(Number)
    .refine((value) => value >= least && value <= most, key)

/** `slug@version` */
export const reference = z.string().regex(/^[a-z][a-z0-9-]{1,62}@[1-9]\d{0,3}$/, 'campaigns.error.noQuestionnaire')

export function referenceOf(text: string): { slug: string; version: number } {
  const [slug, version] = text.split('@')
  return { slug: slug!, version: Number(version) }
}

function isDate(value: string): boolean {
  const parsed = new Date(`${value}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(value)
}

/** One fault for each wrong field; messages that are no text keys of ours say that the value does not fit. */
export function faultsOf(error: z.ZodError): { field: string; key: string }[] {
  const faults = new Map<string, { field: string; key: string }>()
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '')
    const key = issue.message.startsWith('campaigns.error.') ? issue.message : 'campaigns.error.value'
    if (!faults.has(field)) faults.set(field, { field, key })
  }
  return [...faults.values()]
}
