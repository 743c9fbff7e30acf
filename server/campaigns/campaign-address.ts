import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Problem } from '../web/problems.ts'

const address = z.object({ id: z.uuid() })

/** The id in `/…/campaigns/:id`; anything else is a page that does not exist. @throws {Problem} not_found */
export function campaignIdOf(request: FastifyRequest): string {
  const parsed = address.safeParse(request.params)
  if (!parsed.success) throw new Problem('not_found')
  return parsed.data.id
}
