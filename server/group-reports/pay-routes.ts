import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { recordAudit } from '../audit/index.ts'
import type { Services } from '../services.ts'
import { identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { inReport, namedReport } from './in-report.ts'
import { readInstrument } from './instrument-content.ts'
import { instrumentView } from './instrument-view.ts'
import { loadInstrument } from './load.ts'
import { payOf, replacePay } from './pay-queries.ts'
import { lossMeasure, payableGroups, payView, type TypedPay } from './pay-view.ts'
import { relatedView } from './related-view.ts'
import { createWords } from './words.ts'

const whole = (most: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFKC').replaceAll(/[,\s円¥]/g, ''))
    .pipe(z.string().regex(/^[1-9]\d{0,11}$/))
    .transform(Number)
    .pipe(z.number().max(most))
const payForm = z.object({
  group: z.string().max(64),
  yen: whole(1_000_000_000),
  period: z.enum(['month', 'year']),
  people: whole(10_000_000),
})
const forget = z.object({ forget: z.string().min(1).max(64) })

/** HR enters what a group is paid, or forgets it again; on the page of a report that counts lost work. */
export function addPayRoutes(scope: FastifyInstance, services: Services): void {
  scope.post('/hr/reports/:id/pay', async (request, reply) => {
    const id = idOf(request)
    const { companyId, subjectId } = identityOf(request)
    const forgotten = forget.safeParse(request.body)
    const typed = payForm.safeParse(request.body)
    if (!forgotten.success && !typed.success) return again(request, id, typed.error)
    return once<unknown>(services, request, reply, async (db) => {
      const at = services.clock.now()
      const report = await namedReport(db, companyId, id, subjectId)
      if (report.kind !== 'beside') throw new Problem('not_found')
      const content = readInstrument(report.content)
      const groupId = forgotten.success ? forgotten.data.forget : typed.data!.group
      if (!lossMeasure(content) || !payableGroups(content).some((group) => group.id === groupId))
        throw new Problem('invalid_input')
      const { yen, period, people } = typed.data ?? {}
      const pay = forgotten.success ? undefined : { yen: yen!, period: period!, people: people! }
      await replacePay(db, { companyId, reportId: id, groupId, userId: subjectId }, pay, at)
      await recordAudit(db, companyId, at, {
        actorKind: 'staff',
        actorId: subjectId,
        actorRole: 'hr',
        action: 'group_report.pay_entered',
        reason: 'group-reports.reason.pay',
        objectKind: 'group_report',
        objectId: id,
        requestId: request.id,
      })
      return `/hr/reports/${id}#pay`
    })

    async function again(asked: FastifyRequest, reportId: string, error: z.ZodError) {
      const words = createWords(services.texts, asked.locale, identityOf(asked).timeZone)
      const body = (asked.body ?? {}) as Record<string, unknown>
      const text = (name: string) => (typeof body[name] === 'string' ? body[name].slice(0, 64) : '')
      const shown: TypedPay = {
        group: text('group'),
        yen: text('yen'),
        period: text('period') === 'year' ? 'year' : 'month',
        people: text('people'),
      }
      const wrong = new Set(error.issues.map((issue) => String(issue.path[0])))
      const errors = (['yen', 'people'] as const)
        .filter((field) => wrong.has(field))
        .map((field) => ({ field, message: words.t(`pay.errors.${field}`) }))
      if (errors.length === 0) throw new Problem('invalid_input')
      const view = await inReport(services, asked, reportId, async (db, report) => {
        if (report.kind !== 'beside') throw new Problem('not_found')
        const data = await loadInstrument(db, companyId, report, words)
        return {
          ...instrumentView(data, words),
          exportHref: `/hr/reports/${reportId}/export.csv`,
          trendsHref: `/hr/reports/${reportId}/trends`,
          pay: payView(data, reportId, await payOf(db, companyId, reportId), shown, words),
          related: await relatedView(db, companyId, data, words),
        }
      })
      return deskPage(services, asked, reply, 'group-reports/hr-instrument', view, { errors })
    }
  })
}
