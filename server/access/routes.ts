import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addCodeRoutes } from './code-routes.ts'
import { addSignInRoutes } from './sign-in-routes.ts'
import { addStaffRoutes } from './staff-routes.ts'

/** Every page of access. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await addSignInRoutes(app, services)
  await addCodeRoutes(app, services)
  await addStaffRoutes(app, services)
}
