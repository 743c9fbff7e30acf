import type { AddRoutes } from '../capabilities.ts'
import { addClerkRoutes } from './clerk-routes.ts'
import { addEmployeeRoutes } from './employee-routes.ts'
import { addImplementerRoutes } from './implementer-routes.ts'

/** Results' pages, one plugin for each audience. */
export const addRoutes: AddRoutes = async (app, services) => {
  await addImplementerRoutes(app, services)
  await addClerkRoutes(app, services)
  await addEmployeeRoutes(app, services)
}
