import type { AddRoutes } from '../capabilities.ts'
import { addCriteriaTrialRoutes } from './criteria-trial-routes.ts'
import { addHrRoutes } from './hr-routes.ts'
import { addImplementerRoutes } from './implementer-routes.ts'
import { addManagerRoutes } from './manager-routes.ts'
import { addResearchRoutes } from './research-routes.ts'

export const addRoutes: AddRoutes = async (app, services) => {
  await addImplementerRoutes(app, services)
  await addCriteriaTrialRoutes(app, services)
  await addHrRoutes(app, services)
  await addManagerRoutes(app, services)
  await addResearchRoutes(app, services)
}
