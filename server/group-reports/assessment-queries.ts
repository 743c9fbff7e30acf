import type { ReleasedDepartment, ReleasedSurvey } from '../../analysis/turnover/index.ts'
import { newId } from '../ids.ts'
import type { StoredAssessment } from './assessment-content.ts'
import { reportsOf, type AnyHandle } from './tables.ts'

/** Survey figures of every released report, by round; the database gives this role no others. */
export async function releasedSurveys(db: AnyHandle, companyId: string): Promise<ReleasedSurvey[]> {
  const rows = await reportsOf(db)
    .selectFrom('survey_signal')
    .selectAll()
    .where('company_id', '=', companyId)
    .orderBy('closed_on')
    .orderBy('department_id')
    .execute()
  return [...Map.groupBy(rows, (row) => row.campaign_id)].map(([round, own]) => ({
    round,
    inForceFrom: own[0]!.closed_on.slice(0, 7),
    kappa: own[0]!.kappa,
    parameters: own[0]!.parameters,
    departments: own.map((row): ReleasedDepartment => ({
      id: row.department_id,
      respondents: row.respondents,
      responseRate: row.response_rate,
      use: row.use,
      multiplier: row.multiplier,
      logVariance: row.log_multiplier_variance,
      stress: row.stress as ReleasedDepartment['stress'],
      tipOver: row.tip_over as ReleasedDepartment['tipOver'],
    })),
  }))
}

/** The newest assessment as of before a day. */
export async function newestAssessmentBefore(db: AnyHandle, companyId: string, day: string): Promise<unknown> {
  const row = await reportsOf(db)
    .selectFrom('turnover_assessment')
    .select('content')
    .where('company_id', '=', companyId)
    .where('as_of_on', '<', day)
    .orderBy('as_of_on', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.content
}

/** The newest assessment of a report, as stored. */
export async function assessmentOf(
  db: AnyHandle,
  companyId: string,
  reportId: string,
): Promise<{ content: unknown; methodVersion: string; computedAt: Date } | undefined> {
  const row = await reportsOf(db)
    .selectFrom('turnover_assessment')
    .select(['content', 'method_version', 'computed_at'])
    .where('company_id', '=', companyId)
    .where('report_id', '=', reportId)
    .orderBy('computed_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { content: row.content, methodVersion: row.method_version, computedAt: row.computed_at }
}

/** Adds an assessment; with the same inputs as one there is, that one stays. Returns its id. */
export async function insertAssessment(
  db: AnyHandle,
  of: {
    companyId: string
    campaignId: string
    reportId: string
    methodVersion: string
    parameters: unknown
    inputHash: string
    content: StoredAssessment
    asOfOn: string
  },
  at: Date,
): Promise<string> {
  await reportsOf(db)
    .insertInto('turnover_assessment')
    .values({
      company_id: of.companyId,
      id: newId(at),
      campaign_id: of.campaignId,
      report_id: of.reportId,
      method_version: of.methodVersion,
      parameters: JSON.stringify(of.parameters),
      input_hash: of.inputHash,
      content: JSON.stringify(of.content),
      as_of_on: of.asOfOn,
      computed_at: at,
    })
    .onConflict((conflict) => conflict.columns(['company_id', 'report_id', 'input_hash']).doNothing())
    .execute()
  const row = await reportsOf(db)
    .selectFrom('turnover_assessment')
    .select('id')
    .where('company_id', '=', of.companyId)
    .where('report_id', '=', of.reportId)
    .where('input_hash', '=', of.inputHash)
    .executeTakeFirstOrThrow()
  return row.id
}
