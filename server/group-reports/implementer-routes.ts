import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as z from 'zod'
import { everyHolderOf } from '../access/index.ts'
import { recordAudit } from '../audit/index.ts'
import { campaignQuestionnaires, getCampaign } from '../campaigns/index.ts'
import { newId } from '../ids.ts'
import { findProgress, requestJob } from '../jobs/index.ts'
import type { Services } from '../services.ts'
import { asAudience, forAudience, identityOf } from '../web/audience.ts'
import { deskPage } from '../web/desk.ts'
import { idOf } from '../web/params.ts'
import { Problem } from '../web/problems.ts'
import { once } from '../web/repeated-post.ts'
import { campaignNames } from './campaign-names.ts'
import { implementerList, recipientChoices, verdictView } from './implementer-view.ts'
import { computeJob } from './jobs.ts'
import { instrumentView } from './instrument-view.ts'
import { loadInstrument, loadReport } from './load.ts'
import { findReport, listReports, liveReports } from './queries.ts'
import { recipientsOf, replaceRecipients } from './recipient-queries.ts'
import { isShown } from './report-data.ts'
import { readGroups } from './read-groups.ts'
import { isReadyToCompute } from './ready.ts'
import { checkRecipients, releaseAlong, releaseReport, type Recipient } from './release.ts'
import { reportTitles } from './report-titles.ts'
import { reportView } from './report-view.ts'
import { createWords } from './words.ts'

const many = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => (value === undefined ? [] : [value].flat()))
const recipientForm = z.object({ whole: many, part: many, along: many })
const computeForm = z.object({ campaign: z.guid() })

/** Reports on the implementer's side: computed, looked at with the auditor's verdict, released to named people. */
export async function addImplementerRoutes(app: FastifyInstance, services: Services): Promise<void> {
  await app.register(async (scope) => {
    forAudience(scope, services, 'implementer')
    const wordsOf = (request: FastifyRequest) =>
      createWords(services.texts, request.locale, identityOf(request).timeZone)

    scope.get('/implementer/reports', async (request, reply) => {
      const { companyId } = identityOf(request)
      const data = await asAudience<unknown, Record<string, unknown>>(services, request, async (db) => {
        const campaigns = [...(await campaignNames(db, companyId)).values()]
        const reports = await listReports(db, companyId)
        const progress = new Map<string, Awaited<ReturnType<typeof findProgress>>>()
        for (const { id } of campaigns) progress.set(id, await findProgress(db, companyId, id, 'implementer'))
        const ready = new Set<string>()
        const asked = new Map<string, number>()
        for (const campaign of campaigns) {
          if (await isReadyToCompute(db, companyId, campaign)) ready.add(campaign.id)
          asked.set(campaign.id, (await campaignQuestionnaires(db, companyId, campaign.id)).length)
        }
        const titles = await reportTitles(db, companyId, reports, request.locale)
        return implementerList(campaigns, { reports, titles, ready, asked }, progress, wordsOf(request))
      })
      return deskPage(services, request, reply, 'group-reports/implementer-list', data)
    })

    scope.get('/implementer/reports/progress/:id', async (request) => {
      const { companyId } = identityOf(request)
      const campaignId = idOf(request)
      const progress = await asAudience(services, request, (db) =>
        findProgress(db, companyId, campaignId, 'implementer'),
      )
      const words = wordsOf(request)
      if (!progress) return { value: 0, max: 1, words: words.t('progress.waiting'), done: false }
      return {
        value: progress.done,
        max: progress.total,
        words: words.t(`progress.${progress.state}`),
        done: progress.state === 'done' || progress.state === 'failed',
      }
    })

    scope.post('/implementer/reports/compute', async (request, reply) => {
      const { companyId } = identityOf(request)
      const typed = computeForm.safeParse(request.body)
      if (!typed.success) throw new Problem('invalid_input')
      return once<unknown>(services, request, reply, async (db) => {
        const campaign = await getCampaign(db, companyId, typed.data.campaign)
        if (!(await isReadyToCompute(db, companyId, campaign))) throw new Problem('wrong_state')
        // those that were released stay as they are
        const live = await liveReports(db, companyId, campaign.id)
        const asked = await campaignQuestionnaires(db, companyId, campaign.id)
        if (live.filter(({ state }) => state === 'released').length < asked.length)
          await requestJob(db, companyId, computeJob, campaign.id, services.clock.now())
        return `/implementer/reports?waiting=${campaign.id}`
      })
    })

    scope.get('/implementer/reports/:id', async (request, reply) => {
      const { page, ...data } = await preview(request)
      return deskPage(services, request, reply, page, data)
    })

    scope.post('/implementer/reports/:id/release', async (request, reply) => {
      const id = idOf(request)
      const { recipients, along } = readRecipients(request.body)
      const { companyId, subjectId } = identityOf(request)
      try {
        return await once<unknown>(services, request, reply, async (db) => {
          const of = { companyId, userId: subjectId, recipients, requestId: request.id }
          const at = services.clock.now()
          await releaseReport(services, db, { ...of, reportId: id }, at)
          const report = (await findReport(db, companyId, id))!
          await releaseAlong(services, db, { ...of, report, along }, at)
          return `/implementer/reports/${id}`
        })
      } catch (error) {
        if (!(error instanceof Problem) || error.fields.length === 0) throw error
        const { page, ...shown } = await preview(request, recipients, along)
        const data = {
          ...shown,
          errors: error.fields.map(({ field, key }) => ({ field, message: services.texts.text(request.locale, key) })),
        }
        return deskPage(services, request, reply, page, data, { status: error.status })
      }
    })

    scope.post('/implementer/reports/:id/recipients', async (request, reply) => {
      const id = idOf(request)
      const { recipients } = readRecipients(request.body)
      const { companyId, subjectId } = identityOf(request)
      return once<unknown>(services, request, reply, async (db) => {
        const at = services.clock.now()
        const report = await findReport(db, companyId, id)
        if (report?.state !== 'released') throw new Problem('not_found')
        checkRecipients(readGroups(report), recipients)
        await replaceRecipients(
          db,
          companyId,
          id,
          recipients.map((one) => ({ id: newId(at), ...one })),
          at,
        )
        await recordAudit(db, companyId, at, {
          actorKind: 'staff',
          actorId: subjectId,
          actorRole: 'implementer',
          action: 'group_report.recipients_changed',
          reason: 'group-reports.reason.recipients',
          objectKind: 'group_report',
          objectId: id,
          requestId: request.id,
        })
        return `/implementer/reports/${id}`
      })
    })

    async function preview(
      request: FastifyRequest,
      typed?: readonly Recipient[],
      typedAlong: readonly string[] = [],
    ): Promise<Record<string, unknown> & { page: string }> {
      const id = idOf(request)
      const { companyId } = identityOf(request)
      return asAudience<unknown, Record<string, unknown> & { page: string }>(services, request, async (db) => {
        const report = await findReport(db, companyId, id)
        if (!report || report.state === 'superseded') throw new Problem('not_found')
        const words = wordsOf(request)
        const campaign = await getCampaign(db, companyId, report.campaignId)
        const titles = await reportTitles(db, companyId, [report], request.locale)
        const head = {
          page:
            report.kind === 'statutory' ? 'group-reports/implementer-report' : 'group-reports/implementer-instrument',
          id,
          state: report.state,
          refused: report.state === 'refused',
          released: report.state === 'released',
          releasedAt: report.releasedAt,
          campaignName: campaign.name,
          instrumentName: titles.get(id) ?? report.slug,
        }
        if (report.state === 'refused')
          return { ...head, foot: '', verdict: verdictView(report.verdict, undefined, words) }
        const groups = readGroups(report)
        const shownView =
          report.kind === 'statutory'
            ? reportView(await loadReport(db, companyId, report, request.locale, undefined), words)
            : instrumentView(await loadInstrument(db, companyId, report, words), words)
        const holders = {
          hr: await everyHolderOf(db, companyId, 'hr'),
          managers: await everyHolderOf(db, companyId, 'manager'),
        }
        const chosen = typed ?? (report.state === 'released' ? await recipientsOf(db, companyId, id) : undefined)
        const shown = groups.filter((group) => group.kind === 'department' && isShown(group))
        const others = (await liveReports(db, companyId, report.campaignId)).filter(
          (one) => one.id !== id && one.state === 'checked',
        )
        const otherTitles = await reportTitles(db, companyId, others, request.locale)
        return {
          ...shownView,
          ...head,
          verdict: verdictView(report.verdict, groups, words),
          ...recipientChoices(holders, shown, chosen),
          alongOptions:
            report.state === 'checked'
              ? others.map((one) => ({
                  value: one.id,
                  label: otherTitles.get(one.id) ?? one.slug,
                  checked: typedAlong.includes(one.id),
                }))
              : [],
          action: `/implementer/reports/${id}/${report.state === 'released' ? 'recipients' : 'release'}`,
        }
      })
    }
  })
}

/** "user" boxes get the whole report, "user:department" boxes that department's part. @throws {Problem} invalid_input for anything else */
function readRecipients(body: unknown): { recipients: Recipient[]; along: string[] } {
  const typed = recipientForm.safeParse(body)
  if (!typed.success) throw new Problem('invalid_input')
  const id = z.guid()
  const checked = (value: string | undefined): string => {
    const parsed = id.safeParse(value)
    if (!parsed.success) throw new Problem('invalid_input')
    return parsed.data
  }
  return {
    recipients: [
      ...typed.data.whole.map((userId) => ({ userId: checked(userId), departmentId: null })),
      ...typed.data.part.map((pair) => {
        const [userId, departmentId] = pair.split(':')
        return { userId: checked(userId), departmentId: checked(departmentId) }
      }),
    ],
    along: typed.data.along.map(checked),
  }
}
