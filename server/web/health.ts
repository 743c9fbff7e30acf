import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'

/** /health: the process lives; /ready: it can serve (database reachable, key fits). Neither says anything about people. */
export function addHealth(app: FastifyInstance, services: Services): void {
  app.get('/health', { config: { audience: 'public' } }, async () => ({ status: 'ok' }))
  app.get('/ready', { config: { audience: 'public' } }, async (_request, reply) => {
    try {
      await services.vault.check()
      return { status: 'ready' }
    } catch {
      return reply.code(503).send({ status: 'not ready' })
    }
  })
}
