import { mapDisclosed, roundTo, toStored } from '../../analysis/disclosure/index.ts'
import {
  assessTurnover as assess,
  turnoverParameters,
  type CompanyHistory,
  type Month,
  type PreviousStatus,
  type ReleasedSurvey,
  type TurnoverAssessment,
} from '../../analysis/turnover/index.ts'
import { dateIn } from '../clock.ts'
import { getCompanyDetails } from '../database/companies.ts'
import type { Services } from '../services.ts'
import { Problem } from '../web/problems.ts'
import type { AssessedValue, StoredAssessment } from './assessment-content.ts'
import { insertAssessment, newestAssessmentBefore, releasedSurveys } from './assessment-queries.ts'
import { readAssessment } from './assessment-content.ts'
import { readContent, type ReportContent, type ReportedGroup } from './content.ts'
import { hashJson } from './hashes.ts'
import { readHistory } from './history.ts'
import { findReport } from './queries.ts'
import type { AnyHandle } from './tables.ts'

/**
 * Turnover risk of a released report's departments, under the role `turnover`: movements without names, facts of departures, released
 * survey figures, earlier assessments. Nothing of any answer, result or invitation is in its reach.
 *
 * Published departments get a figure under the disclosure of their survey figures, all others are withheld. An assessment is never
 * rewritten: the same inputs again keep the one there is, other inputs (next month) add one.
 * @returns the assessment's id; undefined when the campaign does not have this purpose
 * @throws {Problem} not_found when there is no released report of this id
 */
export async function assessTurnover(
  services: Services,
  companyId: string,
  reportId: string,
  at: Date,
): Promise<string | undefined> {
  return services.database.as<unknown, string | undefined>({ role: 'turnover', companyId }, at, async (db) => {
    const report = await findReport(db, companyId, reportId)
    if (!report) throw new Problem('not_found')
    const content = readContent(report.content)
    if (!content.turnoverRiskPurpose) return undefined
    const { timeZone } = await getCompanyDetails(db, companyId)
    const asOfOn = dateIn(timeZone, at)
    const month = asOfOn.slice(0, 7)
    const history = await readHistory(db, companyId, month)
    const surveys = await releasedSurveys(db, companyId)
    const previous = await previousStatuses(db, companyId, month)
    const stored = assessContent(content, history, surveys, previous, asOfOn)
    const inputHash = hashJson({
      report: report.contentHash,
      month,
      surveys,
      previous: [...previous],
      units: [...history.units],
      parameters: turnoverParameters,
    })
    return insertAssessment(
      db,
      {
        companyId,
        campaignId: report.campaignId,
        reportId,
        methodVersion: turnoverParameters.version,
        parameters: turnoverParameters,
        inputHash,
        content: stored,
        asOfOn,
      },
      at,
    )
  })
}

/** Assesses the published departments of a report; everything leaves under the disclosure of the department's own response figure. */
export function assessContent(
  content: ReportContent,
  history: CompanyHistory,
  surveys: readonly ReleasedSurvey[],
  previous: ReadonlyMap<string, PreviousStatus>,
  asOfOn: string,
): StoredAssessment {
  const departments = content.groups.filter((group) => group.kind === 'department')
  const published = departments.filter((group) => group.figures.response.kind === 'shown')
  const made = assess({
    history,
    departments: published.map(({ id, depth, members }) => ({
      id,
      level: depth,
      units: withPredecessors(history, members),
    })),
    surveys,
    previous,
  })
  const byId = new Map(made.map((one) => [one.id, one]))
  const month = asOfOn.slice(0, 7)
  const newest = surveys
    .filter((survey) => survey.inForceFrom <= month)
    .toSorted((a, b) => (a.inForceFrom < b.inForceFrom ? -1 : 1))
    .at(-1)
  return {
    format: 1,
    asOfOn,
    months: history.months.length,
    round: newest?.round ?? null,
    parameters: turnoverParameters.version,
    company: { observed: history.observed, personYears: roundTo(history.personYears, 1) },
    departments: departments.map((group) => ({
      id: group.id,
      level: group.depth,
      assessed: toStored(
        mapDisclosed(group.figures.response, () =>
          publish(byId.get(group.id)!, group, previous, newest?.round ?? null, month),
        ),
      ),
    })),
  }
}

// merged predecessors are counted under their successor already
function withPredecessors(history: CompanyHistory, members: readonly string[]): string[] {
  return members.filter((id) => history.units.has(id))
}

/**
 * Rounds an assessment for publication. Where the share of high stress is only a band (or not shown), multiplier and risk keep one
 * decimal: at two they would tell how many stand behind the band.
 */
function publish(
  made: TurnoverAssessment,
  group: ReportedGroup,
  previous: ReadonlyMap<string, PreviousStatus>,
  round: string | null,
  month: Month,
): AssessedValue {
  const { highStress } = group.figures
  const places = highStress.kind === 'shown' && highStress.value.kind === 'exact' ? 2 : 1
  const fine = (value: number) => roundTo(value, places)
  const { leavers, risk, nextYear } = made
  const flagged = made.status === 'high' || made.status === 'watch'
  const before = previous.get(group.id)
  const goesOn = flagged && before?.status === made.status && before.round === round
  const { ratio } = leavers
  return {
    leavers: {
      observed: leavers.observed,
      expected: roundTo(leavers.expected, 1),
      personYears: roundTo(leavers.personYears, 1),
      ratio: ratio && { value: roundTo(ratio.value, 2), lo: roundTo(ratio.lo, 2), hi: roundTo(ratio.hi, 2) },
      beyond: beyondChance(leavers),
    },
    decimals: places,
    survey: { use: made.survey?.use ?? 'none', multiplier: fine(made.survey?.multiplier ?? 1) },
    risk: {
      estimate: fine(risk.estimate),
      lo: fine(risk.interval90.lo),
      hi: fine(risk.interval90.hi),
      probability: roundTo(risk.probabilityAbove1, 2),
      mean: fine(risk.mean),
    },
    nextYear: { mean: roundTo(nextYear.mean, 1), lo: nextYear.lo, hi: nextYear.hi },
    trendAlarm: made.trend.alarm,
    status: made.status,
    reasons: [...made.reasons],
    flaggedIn: flagged ? (goesOn ? before.flaggedIn : month) : null,
    unvalidated: made.unvalidated,
    missedDoubling: made.missedDoubling === null ? null : roundTo(made.missedDoubling, 2),
  }
}

function beyondChance({ ratio, funnel }: TurnoverAssessment['leavers']): 'no' | '95' | '998' {
  if (ratio === null) return 'no'
  const outside = ({ lo, hi }: { lo: number; hi: number }) => ratio.value < lo || ratio.value > hi
  if (outside(funnel.limits998)) return '998'
  return outside(funnel.limits95) ? '95' : 'no'
}

/** The statuses of the newest assessment of an earlier month: this month's own would make a repeated run another input. */
async function previousStatuses(db: AnyHandle, companyId: string, month: Month): Promise<Map<string, PreviousStatus>> {
  const stored = await newestAssessmentBefore(db, companyId, `${month}-01`)
  if (stored === undefined) return new Map()
  const { departments, round, asOfOn } = readAssessment(stored)
  return new Map(
    [...departments].flatMap(([id, figure]) =>
      figure.kind === 'shown'
        ? [
            [
              id,
              { status: figure.value.status, round, flaggedIn: figure.value.flaggedIn ?? asOfOn.slice(0, 7) },
            ] as const,
          ]
        : [],
    ),
  )
}
