import type { FastifyInstance, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import { campaignNames } from './campaign-names.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { departmentView } from './department-view.ts'
import { exportCsv } from './export.ts'
import { loadReport } from './load.ts'
import { findReport, listReports } from './queries.ts'
import { reportsFor } from './recipient-queries.ts'
import { isShown, type ReportData } from './report-data.ts'
import { reportView } from './report-view.ts'
import type { AnyHandle } from './tables.ts'
import { createWords } from './words.ts'

/** Reports for HR: released ones this person was named for. The database shows this role no others. */
export async function addHrRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    const wordsOf = (request: FastifyRequest) =>
      createWords(services.texts, request.locale, identityOf(request).timeZone)

    scope.get('/hr/reports', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const data = await asAudience<unknown, Record<string, unknown>>(services, request, async (db) => {
        const named = await reportsFor(db, companyId, subjectId)
        const reports = (await listReports(db, companyId)).filter((report) => named.has(report.id))
        const names = await campaignNames(db, companyId)
        return {
          reports: reports.map((report) => ({
            href: `/hr/reports/${report.id}`,
            name: names.get(report.campaignId)?.name ?? '',
            closesOn: names.get(report.campaignId)?.closesOn ?? '',
            releasedAt: report.releasedAt,
            hash: report.contentHash.slice(0, 12),
          })),
        }
      })
      return deskPage(services, request, reply, 'group-reports/hr-list', data)
    })

    scope.get('/hr/reports/:id', async (request, reply) => {
      const id = idOf(request)
      const data = await readForHr(services, request, id)
      return deskPage(services, request, reply, 'group-reports/hr-report', {
        ...reportView(data, wordsOf(request)),
        exportHref: `/hr/reports/${id}/export.csv`,
      })
    })

    scope.get('/hr/reports/:id/departments/:departmentId', async (request, reply) => {
      const id = idOf(request)
      const departmentId = idOf(request, 'departmentId')
      const data = await readForHr(services, request, id)
      const group = data.content.groups.find((one) => one.kind === 'department' && one.id === departmentId)
      if (!group || !isShown(group)) throw new Problem('not_found')
      return deskPage(services, request, reply, 'group-reports/hr-department', {
        ...departmentView(data, group, wordsOf(request)),
        reportHref: `/hr/reports/${id}`,
      })
    })

    scope.get('/hr/reports/:id/export.csv', async (request, reply) => {
      const id = idOf(request)
      const { companyId, subjectId } = identityOf(request)
      const data = await readForHr(services, request, id, (db) =>
        recordAudit(db, companyId, services.clock.now(), {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'hr',
          action: 'group_report.exported',
          reason: 'group-reports.reason.export',
          objectKind: 'group_report',
          objectId: id,
          requestId: request.id,
        }),
      )
      const name = encodeURIComponent(`${data.content.campaign.name}.csv`)
      return reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="group-report.csv"; filename*=UTF-8''${name}`)
        .send(exportCsv(data, wordsOf(request)))
    })
  })
}

/** @throws {Problem} not_found for reports that are not released or that this person was not named for */
async function readForHr(
  services: Services,
  request: FastifyRequest,
  id: string,
  then?: (db: AnyHandle) => Promise<void>,
): Promise<ReportData> {
  const { companyId, subjectId } = identityOf(request)
  return asAudience<unknown, ReportData>(services, request, async (db) => {
    const report = await findReport(db, companyId, id)
    if (!report || !(await reportsFor(db, companyId, subjectId)).has(id)) throw new Problem('not_found')
    const data = await loadReport(
      db,
      companyId,
      report,
      request.locale,
      (department) => `/hr/reports/${id}/departments/${department}`,
    )
    await then?.(db)
    return data
  })
}
