import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { dateIn } from '../clock.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import type { FieldError } from '../web/render.ts'

export const day = z.iso.date()
export const optionalDay = z
  .union([z.literal('').transform(() => null), day])
  .optional()
  .transform((on) => on ?? null)
export const datesBody = { noticeOn: optionalDay, lastWorkingOn: optionalDay, leavingOn: day }

/** What was typed into a form, to be shown again. */
export const typedOf = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value.slice(0, 100)]] : [],
    ),
  )

/** One fault for each wrong field; its text is graduations.errors.<field>. */
export const faultsOf = (issues: readonly { path: PropertyKey[] }[]): { field: string; key: string }[] =>
  [...new Set(issues.map((issue) => String(issue.path[0] ?? '')))].map((field) => ({
    field,
    key: `graduations.errors.${field}`,
  }))

/** Texts in the reader's language, today where the company is, and faults as a page shows them. */
export function deskWords(services: Services) {
  const sayIn = (request: FastifyRequest) => (key: string, values?: Record<string, string | number>) =>
    services.texts.text(request.locale, key, values)
  return {
    sayIn,
    todayOf: (request: FastifyRequest) => dateIn(identityOf(request).timeZone, services.clock.now()),
    errorsOf: (request: FastifyRequest, faults: readonly { field: string; key: string }[]): FieldError[] =>
      faults.map(({ field, key }) => ({ field, message: sayIn(request)(key) })),
  }
}
