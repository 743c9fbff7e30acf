/**
 * The roster: who is employed where and when, as dated facts imported from CSV files after a preview. Other capabilities read it
 * through these functions, in their own transaction; which role may see names is decided by the views' grants (0011_roster.sql).
 */
import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'
import { addImportRoutes } from './import-routes.ts'
import { addOverviewRoutes } from './overview-routes.ts'

export { mailTemplates } from './address-notices.ts'
export { applyImport } from './apply.ts'
export { importRosterCommand } from './command.ts'
export { departmentTreeOn, successions, workplacesOn, type Succession, type Workplace } from './departments.ts'
export { RosterFileFault } from './file-fault.ts'
export { importRosterFile } from './imports.ts'
export { findMember, findMembers, membersOn, movements, type Member, type Movement } from './members.ts'
export { paperPinFits } from './paper-pin.ts'

/** HR's pages: overview, roster, imports. */
export async function addRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await addOverviewRoutes(app, services)
  await addImportRoutes(app, services)
}
