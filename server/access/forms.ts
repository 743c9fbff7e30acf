import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Services } from '../services.ts'
import type { Problem } from '../web/problems.ts'
import type { FieldError } from '../web/render.ts'

/** A field's fault as a text key; messages in the schemas of this capability are such keys. */
export interface Fault {
  field: string
  key: string
  params?: Record<string, string | number>
}

/** Reads a form: the values, or one fault for each wrong field in the order of the schema. */
export function readForm<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
): { values: z.output<Schema>; faults?: undefined } | { values?: undefined; faults: Fault[] } {
  const parsed = schema.safeParse(body ?? {})
  if (parsed.success) return { values: parsed.data }
  const faults = new Map<string, Fault>()
  for (const issue of parsed.error.issues) {
    const field = String(issue.path[0] ?? '')
    const key = issue.message.startsWith('access.') ? issue.message : 'access.errors.invalid'
    if (!faults.has(field)) faults.set(field, { field, key })
  }
  return { faults: [...faults.values()] }
}

/** Faults as the pages show them. */
export function errorsOf(services: Services, request: FastifyRequest, faults: readonly Fault[]): FieldError[] {
  return faults.map((fault) => ({
    field: fault.field,
    message: services.texts.text(request.locale, fault.key, fault.params ?? {}),
  }))
}

/** A Problem's faults; one without fields is told by its own sentence. */
export function faultsOfProblem(problem: Problem, field: string): Fault[] {
  if (problem.fields.length > 0) return problem.fields.map((one) => ({ ...one }))
  return [{ field, key: `problem.${problem.code}.body` }]
}

/** What was typed, to be shown again: texts only, never passwords, codes or hidden fields. */
export function typedValues(body: unknown): Record<string, string> {
  const secret = /password|code|^_csrf$|^form_id$/i
  return Object.fromEntries(
    Object.entries((body ?? {}) as Record<string, unknown>).flatMap(([name, value]) =>
      typeof value === 'string' && !secret.test(name) ? [[name, value.slice(0, 500)]] : [],
    ),
  )
}
