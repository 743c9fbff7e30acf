import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addHrRoutes } from './hr-routes.ts'
import { addImplementerRoutes } from './implementer-routes.ts'

/** HR's desk, the implementer's and the clerk's; each a plugin behind its own guard. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await addHrRoutes(app, services)
  await addImplementerRoutes(app, services)
}
