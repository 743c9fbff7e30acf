import type { AddRoutes } from '../capabilities.ts'
import { forAudience } from '../web/audience.ts'
import { addConsultationRoutes } from './consultation-routes.ts'
import { addHrRoutes } from './hr-routes.ts'
import { addOpinionRoutes } from './opinion-routes.ts'
import { addRequestRoutes } from './physician-routes.ts'

/**
 * The physician's desk: who asked for an interview, with three clocks; that person's result; private notes; the opinion, of which only
 * the released part reaches the company. Beside it HR's side of the same thing: requests once opened, released opinions, measures.
 */

export const addRoutes: AddRoutes = async (app, services) => {
  await app.register(async (scope) => {
    forAudience(scope, services, 'physician')
    addRequestRoutes(scope, services)
    addOpinionRoutes(scope, services)
    addConsultationRoutes(scope, services)
  })
  await addHrRoutes(app, services)
}
