import type { FastifyInstance, FastifyRequest } from 'fastify'
import { recordAudit } from '../audit/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { campaignNames } from './campaign-names.ts'
import { departmentView } from './department-view.ts'
import { exportCsv } from './export.ts'
import { inReport } from './in-report.ts'
import { exportInstrumentCsv } from './instrument-export.ts'
import { instrumentView } from './instrument-view.ts'
import { loadInstrument, loadReport } from './load.ts'
import { addPayRoutes } from './pay-routes.ts'
import { payView } from './pay-view.ts'
import { payOf } from './pay-queries.ts'
import { listReports, type Report } from './queries.ts'
import { reportsFor } from './recipient-queries.ts'
import { relatedView } from './related-view.ts'
import { isShown } from './report-data.ts'
import { reportTitles } from './report-titles.ts'
import { reportView } from './report-view.ts'
import type { AnyHandle } from './tables.ts'
import { roundsUpTo } from './trend-rounds.ts'
import { trendView } from './trend-view.ts'
import { createWords } from './words.ts'

/** Reports for HR: released ones this person was named for. The database shows this role no others. */
export async function addHrRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'hr')
    const wordsOf = (request: FastifyRequest) =>
      createWords(services.texts, request.locale, identityOf(request).timeZone)
    const departmentHref = (id: string) => (department: string) => `/hr/reports/${id}/departments/${department}`

    scope.get('/hr/reports', async (request, reply) => {
      const { companyId, subjectId } = identityOf(request)
      const data = await asAudience<unknown, Record<string, unknown>>(services, request, async (db) => {
        const named = await reportsFor(db, companyId, subjectId)
        const reports = (await listReports(db, companyId)).filter((report) => named.has(report.id))
        const names = await campaignNames(db, companyId)
        const titles = await reportTitles(db, companyId, reports, request.locale)
        return {
          reports: reports.map((report) => ({
            href: `/hr/reports/${report.id}`,
            name: names.get(report.campaignId)?.name ?? '',
            instrument: titles.get(report.id) ?? report.slug,
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
      const { companyId } = identityOf(request)
      const words = wordsOf(request)
      const { page, ...data } = await inReport<Record<string, unknown> & { page: string }>(
        services,
        request,
        id,
        async (db, report) => {
          const hrefs = { exportHref: `/hr/reports/${id}/export.csv`, trendsHref: `/hr/reports/${id}/trends` }
          if (report.kind === 'statutory') {
            const loaded = await loadReport(db, companyId, report, request.locale, departmentHref(id))
            return { page: 'group-reports/hr-report', ...reportView(loaded, words), ...hrefs }
          }
          const loaded = await loadInstrument(db, companyId, report, words)
          return {
            page: 'group-reports/hr-instrument',
            ...instrumentView(loaded, words),
            ...hrefs,
            pay: payView(loaded, id, await payOf(db, companyId, id), undefined, words),
            related: await relatedView(db, companyId, loaded, words),
          }
        },
      )
      return deskPage(services, request, reply, page, data)
    })

    scope.get('/hr/reports/:id/departments/:departmentId', async (request, reply) => {
      const id = idOf(request)
      const departmentId = idOf(request, 'departmentId')
      const { companyId } = identityOf(request)
      const view = await inReport(services, request, id, async (db, report) => {
        // an instrument's page holds all its departments
        if (report.kind !== 'statutory') throw new Problem('not_found')
        const data = await loadReport(db, companyId, report, request.locale, departmentHref(id))
        const group = data.content.groups.find((one) => one.kind === 'department' && one.id === departmentId)
        if (!group || !isShown(group)) throw new Problem('not_found')
        return departmentView(data, group, wordsOf(request))
      })
      return deskPage(services, request, reply, 'group-reports/hr-department', {
        ...view,
        reportHref: `/hr/reports/${id}`,
        trendsHref: `/hr/reports/${id}/trends/${departmentId}`,
      })
    })

    for (const path of ['/hr/reports/:id/trends', '/hr/reports/:id/trends/:departmentId'])
      scope.get(path, async (request, reply) => {
        const id = idOf(request)
        const departmentId = path.endsWith('/trends') ? undefined : idOf(request, 'departmentId')
        const { companyId } = identityOf(request)
        const words = wordsOf(request)
        const view = await inReport(services, request, id, async (db, report) => {
          const rounds = await roundsUpTo(db, companyId, report, words)
          return trendView(rounds, departmentId, { id, href: `/hr/reports/${id}` }, words)
        })
        return deskPage(services, request, reply, 'group-reports/hr-trends', view)
      })

    scope.get('/hr/reports/:id/export.csv', async (request, reply) => {
      const id = idOf(request)
      const { companyId, subjectId } = identityOf(request)
      const words = wordsOf(request)
      const { name, csv } = await inReport(services, request, id, async (db, report) => {
        const file = report.kind === 'statutory' ? await statutoryFile(db, report) : await instrumentFile(db, report)
        await recordAudit(db, companyId, services.clock.now(), {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'hr',
          action: 'group_report.exported',
          reason: 'group-reports.reason.export',
          objectKind: 'group_report',
          objectId: id,
          requestId: request.id,
        })
        return file
      })
      return reply
        .type('text/csv; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename="group-report.csv"; filename*=UTF-8''${encodeURIComponent(`${name}.csv`)}`,
        )
        .send(csv)

      async function statutoryFile(db: AnyHandle, report: Report) {
        const data = await loadReport(db, companyId, report, request.locale, undefined)
        return { name: data.content.campaign.name, csv: exportCsv(data, words) }
      }
      async function instrumentFile(db: AnyHandle, report: Report) {
        const data = await loadInstrument(db, companyId, report, words)
        const name = `${data.content.campaign.name} ${data.titles.instrument}`
        return { name, csv: exportInstrumentCsv(data, await payOf(db, companyId, id), words) }
      }
    })

    addPayRoutes(scope, services)
  })
}
