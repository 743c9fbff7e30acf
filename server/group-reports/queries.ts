import { sql, type Selectable } from 'kysely'
import { newId } from '../ids.ts'
import {
  reportsOf,
  type AnyHandle,
  type GroupReportTable,
  type ReportKind,
  type ReportState,
  type SurveySignalTable,
} from './tables.ts'

/** A report without its content. */
export interface ReportHead {
  id: string
  campaignId: string
  /** the instrument it is about */
  slug: string
  kind: ReportKind
  state: ReportState
  floor: number
  methodVersion: string
  contentHash: string
  verdict: unknown
  computedAt: Date
  releasedAt: Date | null
  releasedBy: string | null
}
export interface Report extends ReportHead {
  content: unknown
}

const headColumns = [
  'id',
  'campaign_id',
  'slug',
  'kind',
  'state',
  'floor',
  'method_version',
  'content_hash',
  'audit_verdict',
  'computed_at',
  'released_at',
  'released_by',
] as const

function headOf(row: Pick<Selectable<GroupReportTable>, (typeof headColumns)[number]>): ReportHead {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    slug: row.slug,
    kind: row.kind,
    state: row.state,
    floor: row.floor,
    methodVersion: row.method_version,
    contentHash: row.content_hash,
    verdict: row.audit_verdict,
    computedAt: row.computed_at,
    releasedAt: row.released_at,
    releasedBy: row.released_by,
  }
}

/** Reports in reach of the role (released ones only for HR and turnover), the latest first. */
export async function listReports(db: AnyHandle, companyId: string): Promise<ReportHead[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report')
    .select(headColumns)
    .where('company_id', '=', companyId)
    .where('state', '<>', 'superseded')
    .orderBy('computed_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map(headOf)
}

/** One report with its content; undefined where the role does not reach it. */
export async function findReport(db: AnyHandle, companyId: string, reportId: string): Promise<Report | undefined> {
  const row = await reportsOf(db)
    .selectFrom('group_report')
    .select([...headColumns, 'content'])
    .where('company_id', '=', companyId)
    .where('id', '=', reportId)
    .executeTakeFirst()
  return row && { ...headOf(row), content: row.content }
}

/** The reports of a campaign that are checked or released, one for each instrument at most; the stress check's first. */
export async function liveReports(db: AnyHandle, companyId: string, campaignId: string): Promise<ReportHead[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report')
    .select(headColumns)
    .where('company_id', '=', companyId)
    .where('campaign_id', '=', campaignId)
    .where('state', 'in', ['checked', 'released'])
    .orderBy('kind', 'desc')
    .orderBy('slug')
    .execute()
  return rows.map(headOf)
}

/** A campaign's contents that were released. */
export interface ReleasedContent {
  reportId: string
  slug: string
  kind: ReportKind
  content: unknown
}

/** Contents of all released reports, those of the campaign that closed first first. */
export async function releasedContents(db: AnyHandle, companyId: string): Promise<ReleasedContent[]> {
  const rows = await reportsOf(db)
    .selectFrom('group_report')
    .select(['id', 'slug', 'kind', 'content'])
    .where('company_id', '=', companyId)
    .where('state', '=', 'released')
    .orderBy(sql`content #>> '{campaign,closesOn}'`)
    .orderBy('kind', 'desc')
    .orderBy('slug')
    .execute()
  return rows.map((row) => ({ reportId: row.id, slug: row.slug, kind: row.kind, content: row.content }))
}

/** Content of the stress check's released report of the campaign that closed last before a day. */
export async function previousReleased(db: AnyHandle, companyId: string, closesOn: string): Promise<unknown> {
  const closed = sql<string>`content #>> '{campaign,closesOn}'`
  const row = await reportsOf(db)
    .selectFrom('group_report')
    .select('content')
    .where('company_id', '=', companyId)
    .where('kind', '=', 'statutory')
    .where('state', '=', 'released')
    .where(closed, '<', closesOn)
    .orderBy(closed, 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.content
}

/** Lets two computations or releases of one campaign take turns until the transaction ends. */
export async function lockCampaignReports(db: AnyHandle, campaignId: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`group report ${campaignId}`}, 0))`.execute(db)
}

export async function insertReport(
  db: AnyHandle,
  report: {
    id: string
    companyId: string
    campaignId: string
    slug: string
    kind: ReportKind
    state: 'checked' | 'refused'
    floor: number
    methodVersion: string
    inputHash: string
    content: unknown
    contentHash: string
    verdict: unknown
  },
  at: Date,
): Promise<void> {
  await reportsOf(db)
    .insertInto('group_report')
    .values({
      company_id: report.companyId,
      id: report.id,
      campaign_id: report.campaignId,
      slug: report.slug,
      kind: report.kind,
      state: report.state,
      floor: report.floor,
      method_version: report.methodVersion,
      input_hash: report.inputHash,
      content: JSON.stringify(report.content),
      content_hash: report.contentHash,
      audit_verdict: JSON.stringify(report.verdict),
      computed_at: at,
      released_by: null,
      released_at: null,
    })
    .execute()
}

/** A checked report that was computed anew steps back. */
export async function supersedeReport(db: AnyHandle, companyId: string, reportId: string): Promise<void> {
  await reportsOf(db)
    .updateTable('group_report')
    .set({ state: 'superseded' })
    .where('company_id', '=', companyId)
    .where('id', '=', reportId)
    .where('state', '=', 'checked')
    .execute()
}

/** Checked becomes released, once. False when it was not checked (any more). */
export async function markReleased(
  db: AnyHandle,
  companyId: string,
  reportId: string,
  userId: string,
  at: Date,
): Promise<boolean> {
  const done = await reportsOf(db)
    .updateTable('group_report')
    .set({ state: 'released', released_by: userId, released_at: at })
    .where('company_id', '=', companyId)
    .where('id', '=', reportId)
    .where('state', '=', 'checked')
    .executeTakeFirst()
  return done.numUpdatedRows === 1n
}

export interface NewSignal {
  departmentId: string
  respondents: number
  use: SurveySignalTable['use']
  multiplier: number
  logVariance: number
  responseRate: number | null
  stress: unknown
  tipOver: unknown
}

export async function insertSignals(
  db: AnyHandle,
  of: { companyId: string; campaignId: string; reportId: string; kappa: number; parameters: string; closedOn: string },
  signals: readonly NewSignal[],
  at: Date,
): Promise<void> {
  if (signals.length === 0) return
  await reportsOf(db)
    .insertInto('survey_signal')
    .values(
      signals.map((one) => ({
        company_id: of.companyId,
        id: newId(at),
        campaign_id: of.campaignId,
        report_id: of.reportId,
        department_id: one.departmentId,
        respondents: one.respondents,
        use: one.use,
        multiplier: one.multiplier,
        log_multiplier_variance: one.logVariance,
        response_rate: one.responseRate,
        stress: one.stress === null ? null : JSON.stringify(one.stress),
        tip_over: JSON.stringify(one.tipOver),
        kappa: of.kappa,
        parameters: of.parameters,
        closed_on: of.closedOn,
      })),
    )
    .execute()
}
