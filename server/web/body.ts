import type { FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { Problem } from './problems.ts'

/** The body of a form as its schema wants it. @throws {Problem} invalid_input for what no form of ours sends */
export function bodyOf<Body>(request: FastifyRequest, schema: z.ZodType<Body>): Body {
  const read = schema.safeParse(request.body ?? {})
  if (!read.success) throw new Problem('invalid_input')
  return read.data
}
