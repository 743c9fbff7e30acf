import type { AddRoutes } from '../capabilities.ts'
import { addOwnRoutes } from './own-routes.ts'
import { addUploadRoutes } from './own-upload-routes.ts'
import { addReviewRoutes } from './review-routes.ts'

export const addRoutes: AddRoutes = async (app, services) => {
  await addOwnRoutes(app, services)
  await addUploadRoutes(app, services)
  await addReviewRoutes(app, services)
}
