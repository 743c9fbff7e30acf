import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addHrBoardRoutes } from './hr-board-routes.ts'
import { addHrRecordRoutes } from './hr-record-routes.ts'
import { addHrRoutes } from './hr-routes.ts'
import { addFollowupRoutes } from './followup-routes.ts'
import { addInterviewRoutes } from './interview-routes.ts'
import { addLandingRoutes } from './landing-routes.ts'
import { addLeaverRoutes } from './leaver-routes.ts'

/** One plugin for each audience. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  for (const plugin of [
    addLandingRoutes,
    addLeaverRoutes,
    addInterviewRoutes,
    addFollowupRoutes,
    addHrBoardRoutes,
    addHrRoutes,
    addHrRecordRoutes,
  ])
    await app.register(async (scope) => plugin(scope, services))
}
