import type { FastifyRequest } from 'fastify'
import type { Services } from '../services.ts'
import { asAudience, identityOf } from '../web/audience.ts'
import { Problem } from '../web/problems.ts'
import { findReport, type Report } from './queries.ts'
import { reportsFor } from './recipient-queries.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Work on a released report this person was named for, in one transaction.
 * @throws {Problem} not_found for reports that are not released or that this person was not named for
 */
export async function inReport<Result>(
  services: Services,
  request: FastifyRequest,
  id: string,
  work: (db: AnyHandle, report: Report) => Promise<Result>,
): Promise<Result> {
  const { companyId, subjectId } = identityOf(request)
  return asAudience<unknown, Result>(services, request, async (db) =>
    work(db, await namedReport(db, companyId, id, subjectId)),
  )
}

/** @throws {Problem} not_found for reports that are not released or that this person was not named for */
export async function namedReport(db: AnyHandle, companyId: string, id: string, userId: string): Promise<Report> {
  const report = await findReport(db, companyId, id)
  if (!report || !(await reportsFor(db, companyId, userId)).has(id)) throw new Problem('not_found')
  return report
}
