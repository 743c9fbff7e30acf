/**
 * The alumni pool: people who left and said yes, purpose by purpose, to a private address they confirmed. What they wrote is theirs and sealed under
 * their own keys; nothing leads from a member to an employment, an exit interview or a stress check. Leaving destroys the keys and leaves a numbered
 * certificate; a refusal of mail survives as a keyed hash.
 */
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addCheckinRoutes } from './checkin-routes.ts'
import { addDoorRoutes } from './door-routes.ts'
import { addHomeRoutes } from './home-routes.ts'
import { addHrCheckinRoutes } from './hr-checkin-routes.ts'
import { addHrRoutes } from './hr-routes.ts'
import { addJoinRoutes } from './join-routes.ts'

export { mailTemplates } from './mails.ts'
export { ticks } from './jobs.ts'

/** One plugin for each audience. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  for (const plugin of [addJoinRoutes, addDoorRoutes, addHomeRoutes, addCheckinRoutes, addHrRoutes, addHrCheckinRoutes])
    await app.register(async (scope) => plugin(scope, services))
}
