/**
 * Group analysis: scored answers of many people in, one department's figures out: means with shrinkage, high-stress share,
 * judgement chart, presenteeism, recommendation, what differs, plain findings. What comes out is not yet released: it still has
 * to pass analysis/disclosure.
 */
export { analyseGroups, highStressFigure } from './group-figures.ts'
export type { GroupAnalysisInput, GroupFigures, HighStressFigure, PresenteeismFigure } from './group-figures.ts'
export { chartRisk, judgementChart } from './judgement-chart.ts'
export type { ChartPoint, ChartRisk, JudgementChart } from './judgement-chart.ts'
export { chartCoefficients, chartNorms, chartRules, chartScales } from './judgement-chart.data.ts'
export type { ChartAxes, ChartNormSet, ChartNormSetId } from './judgement-chart.data.ts'
export type { Gap } from './differences.ts'
export { differenceRules, relevanceWeights } from './differences.data.ts'
export { findingItems, findingRules } from './findings.data.ts'
export type { FindingRule, NextStep } from './findings.data.ts'
export { decideFindings } from './findings.ts'
export type { Finding, FindingEvidence, Spread } from './findings.ts'
export { meanFigures } from './scale-figures.ts'
export type { MeanFigure, MeanFigures } from './scale-figures.ts'
export { placeGroups } from './group-tree.ts'
export type { PlacedGroup } from './group-tree.ts'
export { measuresOf } from './respondents.ts'
export type { AtomValue, LooseAnswer, Measure, ReportGroup, RespondentSex, ScoredRespondent } from './respondents.ts'
export { shrinkageRules } from './shrinkage.data.ts'
export { comparableKeys, criteriaKey, nameQuestions } from './comparable.ts'
export type { ComparableKey, QuestionOf } from './comparable.ts'
export { levelsOf, measuresOfInstrument, personFigures } from './instrument-measures.ts'
export type {
  AnswerClass,
  ChosenMeasure,
  InstrumentMeasures,
  MeanMeasure,
  PersonFigures,
  RecommendationMeasure,
  SpreadMeasure,
} from './instrument-measures.ts'
export { lossInMoney, lossScaleOf } from './loss-in-money.ts'
export type { GroupPay, LossScale, MoneyLoss } from './loss-in-money.ts'
