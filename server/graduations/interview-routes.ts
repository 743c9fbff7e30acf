import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { forAudience } from '../web/audience.ts'
import { addSurveyPages } from './survey-pages.ts'
import { exitInterview } from './surveys.ts'

/** `/graduation/interview…`: the survey at leaving; there for everybody who has a page. */
export function addInterviewRoutes(app: FastifyInstance, services: Services): void {
  forAudience(app, services, 'leaver')
  addSurveyPages(app, services, exitInterview)
}
