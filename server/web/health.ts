import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import type { Services } from '../services.ts'

const health = { summary: 'Does the process live?', response: { 200: z.object({ status: z.literal('ok') }) } }
const readiness = {
  summary: 'Can it serve: does the database answer, does the key fit?',
  response: { 200: z.object({ status: z.literal('ready') }), 503: z.object({ status: z.literal('not ready') }) },
}

/** /health: the process lives; /ready: it can serve (database reachable, key fits). Neither says anything about people. */
export function addHealth(app: FastifyInstance, services: Services): void {
  app.get('/health', { config: { audience: 'public' }, schema: health }, async () => ({ status: 'ok' }))
  app.get('/ready', { config: { audience: 'public' }, schema: readiness }, async (_request, reply) => {
    try {
      await services.vault.check()
      return { status: 'ready' }
    } catch {
      return reply.code(503).send({ status: 'not ready' })
    }
  })
}
