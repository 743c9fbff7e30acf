import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { addCompanyRoutes } from './admin-company.ts'
import { addDirectorRoute } from './admin-director.ts'
import { addGrantRoutes } from './admin-grants.ts'
import { addUserRoutes } from './admin-users.ts'

/** The administrator's desk: who has which role, and what the company says about itself. No record of any person is in reach here. */
export async function addAdminRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'admin')
    addUserRoutes(scope, services)
    addGrantRoutes(scope, services)
    addDirectorRoute(scope, services)
    addCompanyRoutes(scope, services)
  })
}
