import type { FastifyInstance } from 'fastify'
import * as access from './access/index.ts'
import * as alumni from './alumni/index.ts'
import * as answering from './answering/index.ts'
import * as campaigns from './campaigns/index.ts'
import * as graduations from './graduations/index.ts'
import * as groupReports from './group-reports/index.ts'
import type { JobHandler, Tick } from './jobs/types.ts'
import type { MailTemplate } from './mail/types.ts'
import * as physicianDesk from './physician-desk/index.ts'
import * as questionnaires from './questionnaires/index.ts'
import * as results from './results/index.ts'
import * as roster from './roster/index.ts'
import type { Services } from './services.ts'

/** Adds a capability's plugins to the app: one plugin for each audience, each beginning with forAudience(). */
export type AddRoutes = (app: FastifyInstance, services: Services) => Promise<void>

/**
 * Every capability, listed by hand, in the order of docs/ARCHITECTURE.md: a capability may use those above it, never those below.
 */
export const capabilities: readonly AddRoutes[] = [
  access.addRoutes,
  roster.addRoutes,
  questionnaires.addRoutes,
  campaigns.addRoutes,
  results.addRoutes,
  answering.addRoutes,
  physicianDesk.addRoutes,
  groupReports.addRoutes,
  graduations.addRoutes,
  alumni.addRoutes,
]

/** Kinds of mail, by the capability that owns them. */
export const mailTemplates: readonly MailTemplate[] = [
  ...access.mailTemplates,
  ...roster.mailTemplates,
  ...campaigns.mailTemplates,
  ...results.mailTemplates,
  ...graduations.mailTemplates,
  ...alumni.mailTemplates,
]

/** Work that requests leave behind. */
export const jobHandlers: readonly JobHandler[] = [
  ...campaigns.jobHandlers,
  ...groupReports.jobHandlers,
  ...graduations.jobHandlers,
]

/** Work that is looked for by the clock. */
export const ticks: readonly Tick[] = [
  ...access.ticks,
  ...campaigns.ticks,
  ...answering.ticks,
  ...graduations.ticks,
  ...alumni.ticks,
]
