import type { FastifyRequest } from 'fastify'
import { Problem } from './problems.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** An id of the address. @throws {Problem} not_found when it is no id at all: the same answer as for one that does not exist */
export function idOf(request: FastifyRequest, name = 'id'): string {
  const value = (request.params as Record<string, unknown>)[name]
  if (typeof value !== 'string' || !uuid.test(value)) throw new Problem('not_found')
  return value
}
