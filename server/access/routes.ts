import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addAdminRoutes } from './admin-routes.ts'
import { addCodeRoutes } from './code-routes.ts'
import { addInvitationRoutes } from './invitation-routes.ts'
import { addSetupRoutes } from './setup-routes.ts'
import { addSignInRoutes } from './sign-in-routes.ts'
import { addStaffRoutes } from './staff-routes.ts'

/** Every page of access. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await addSetupRoutes(app, services)
  await addSignInRoutes(app, services)
  await addCodeRoutes(app, services)
  await addInvitationRoutes(app, services)
  await addStaffRoutes(app, services)
  await addAdminRoutes(app, services)
}
