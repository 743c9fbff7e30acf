/**
 * Turnover risk of a department, never of a person: employments become person-months and voluntary leavers, a released survey
 * becomes one multiplier a department, both become a risk with interval, a status and its reasons.
 *
 * The wall runs through this room: `releaseSurveyFigures` alone reads survey rows and belongs to the implementer's side;
 * `assessTurnover` knows only what it released.
 */
export { countMovements, ageBandOf, tenureBandOf } from './movements.ts'
export type { EmploymentRow, MovementCell, Stratum, UnitMembership } from './movements.ts'
export { companyHistory, sumHistories } from './expected-leavers.ts'
export type { CompanyHistory, UnitHistory } from './expected-leavers.ts'
export { releaseSurveyFigures } from './survey-figures.ts'
export type { ReleasedDepartment, ReleasedSurvey } from './survey-figures.ts'
export type { StressSignal } from './stress-signal.ts'
export { compositionRatio, surveyMultiplier } from './survey-multiplier.ts'
export type { CompositionPart, ExpectedPart } from './survey-multiplier.ts'
export { nextYearLeavers, probabilityAbove, relativeRisk } from './posterior.ts'
export type { RelativeRisk } from './posterior.ts'
export { decideStatuses } from './status.ts'
export type { PreviousStatus, StatusCandidate, StatusDecision, StatusReason, TurnoverStatus } from './status.ts'
export { assessTurnover } from './assessment.ts'
export type { AssessedDepartment, LeaverRatio, TurnoverAssessment } from './assessment.ts'
export { turnoverParameterOrigins, turnoverParameters } from './parameters.data.ts'
export type { TurnoverParameters } from './parameters.data.ts'
export { addMonths, monthsBetween, monthsUntil } from './months.ts'
export type { Day, Month } from './months.ts'
export { calibrationRules, recalibrate, updateLogHazardRatio } from './recalibration.ts'
export type { Calibration, CalibrationPriors, CalibrationUnit } from './recalibration.ts'
export { backTest, backTestRules } from './back-test.ts'
export type { BackTest, BackTestUnit, Deviances } from './back-test.ts'
