import * as z from 'zod'
import { fromStored } from '../../analysis/disclosure/index.ts'
import type { Disclosed, MeanFigure, ShareFigure, StoredFigure } from '../../analysis/disclosure/index.ts'

/**
 * The content of a report, as it lies in `group_report.content` and as pages read it. Every figure is stored by `toStored` and read
 * back by `fromStored`: what comes out is `Disclosed`, and pages, exports and summaries take nothing else.
 */

/** Takers and askers of a group: a whole number of each, share in 0..1. */
export interface ResponseValue {
  respondents: number
  invited: number
  rate: number | null
}
export interface IntervalValue {
  lo: number
  hi: number
}
/** A group on the judgement chart: means of raw scores (1 decimal) and risks in whole numbers, 100 = nation. */
export interface ChartValue {
  means: { load: number; control: number; supervisor: number; coworker: number }
  loadControl: number
  support: number
  total: number
  interval90: { loadControl: IntervalValue; support: IntervalValue; total: IntervalValue }
}
/** Distance from the company in its standard deviations, positive = worse for the people; `notable`: beyond chance. */
export interface GapValue extends IntervalValue {
  gap: number
  notable: boolean
}
export type EvidenceValue =
  | ({ kind: 'gap'; size: number; probability: number } & IntervalValue)
  | { kind: 'spread'; size: number }
  | ({ kind: 'chart'; size: number } & IntervalValue)
export interface FindingValue {
  id: string
  textKey: string
  items: string[]
  n: number
  evidence: EvidenceValue
  steps: { textKey: string; checklistItem: number; source: string }[]
}
export interface DifferenceValue {
  scale: string
  gap: number
  n: number
}

interface FigureValues {
  response: ResponseValue
  highStress: ShareFigure
  highStressInterval: IntervalValue
  chart: ChartValue
  presenteeism: MeanFigure
  presenteeismInterval: IntervalValue
  findings: FindingValue[]
  differences: { worse: DifferenceValue[]; better: DifferenceValue[] }
}
interface ScaleValues {
  mean: MeanFigure
  gap: GapValue
}

/** What of a group is structure and not survey: known to whoever knows the roster. */
export interface GroupFrame {
  kind: 'company' | 'department' | 'rest'
  /** the department; for a rest the department whose remainder it is */
  id: string
  parent: string | null
  name: string
  depth: number
  /** what a rest lists */
  parts: { name: string; scope: 'whole' | 'direct' }[]
  /** departments whose directly attached people are in it */
  members: string[]
}

type Stored<Values> = { [Name in keyof Values]: StoredFigure }
type Read<Values> = { readonly [Name in keyof Values]: Disclosed<Values[Name]> }

export interface StoredGroup extends GroupFrame {
  figures: Stored<FigureValues>
  scales: Record<string, Stored<ScaleValues>>
}
export interface ReportedGroup extends GroupFrame {
  figures: Read<FigureValues>
  scales: Readonly<Record<string, Read<ScaleValues>>>
}

/** What holds for the whole report. */
export interface ReportFrame {
  format: 1
  campaign: { id: string; name: string; opensOn: string; closesOn: string }
  floor: number
  questionnaires: { slug: string; version: number; hash: string }[]
  criteriaMethod: 'simpleSum' | 'conversion'
  /** SHA-256 of the criteria that were signed: shares of high stress are compared only where it is the same */
  criteriaHash: string
  /** some workplaces were judged by numbers, or a method, of their own */
  criteriaOwn: boolean
  highStressShareResolvedOn: string | null
  turnoverRiskPurpose: boolean
  chartNorms: string
  /** share of men among those asked, from the roster: the contours of the drawn chart are mixed by it */
  menShare: number
  caseMixAdjusted: boolean
  /** false: no question on presenteeism stood beside it, and no column tells of one */
  presenteeismAsked: boolean
  /** the scales that criteria and chart are counted with, in points */
  scaleIds: string[]
  /** further scales and fields of a longer form, as means */
  furtherIds: string[]
}
export interface StoredContent extends ReportFrame {
  groups: StoredGroup[]
}
export interface ReportContent extends ReportFrame {
  groups: readonly ReportedGroup[]
}

const interval = z.strictObject({ lo: z.number(), hi: z.number() })
export const mean = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact'), mean: z.number() }),
  z.strictObject({ kind: z.literal('nearLowest') }),
  z.strictObject({ kind: z.literal('nearHighest') }),
])
export const share = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact'), share: z.number(), positives: z.int() }),
  z.strictObject({ kind: z.literal('atMost'), people: z.int() }),
  z.strictObject({ kind: z.literal('atLeast'), people: z.int() }),
])
const difference = z.array(z.strictObject({ scale: z.string(), gap: z.number(), n: z.int() }))
const evidence = z.discriminatedUnion('kind', [
  interval.extend({ kind: z.literal('gap'), size: z.number(), probability: z.number() }),
  z.strictObject({ kind: z.literal('spread'), size: z.number() }),
  interval.extend({ kind: z.literal('chart'), size: z.number() }),
])

const figureShapes: { [Name in keyof FigureValues]: z.ZodType<FigureValues[Name]> } = {
  response: z.strictObject({ respondents: z.int(), invited: z.int(), rate: z.number().nullable() }),
  highStress: share,
  highStressInterval: interval,
  chart: z.strictObject({
    means: z.strictObject({ load: z.number(), control: z.number(), supervisor: z.number(), coworker: z.number() }),
    loadControl: z.number(),
    support: z.number(),
    total: z.number(),
    interval90: z.strictObject({ loadControl: interval, support: interval, total: interval }),
  }),
  presenteeism: mean,
  presenteeismInterval: interval,
  findings: z.array(
    z.strictObject({
      id: z.string(),
      textKey: z.string(),
      items: z.array(z.string()),
      n: z.int(),
      evidence,
      steps: z.array(z.strictObject({ textKey: z.string(), checklistItem: z.int(), source: z.string() })),
    }),
  ),
  differences: z.strictObject({ worse: difference, better: difference }),
}
const scaleShapes: { [Name in keyof ScaleValues]: z.ZodType<ScaleValues[Name]> } = {
  mean,
  gap: interval.extend({ gap: z.number(), notable: z.boolean() }),
}

function read<Values>(
  shapes: { [Name in keyof Values]: z.ZodType<Values[Name]> },
  stored: Stored<Values>,
): Read<Values> {
  const entries = Object.entries(shapes) as [keyof Values & string, z.ZodType][]
  return Object.fromEntries(
    entries.map(([name, shape]) => [name, fromStored(stored[name], (value) => shape.parse(value))]),
  ) as Read<Values>
}

/** One group read back from a released (or checked) report. @throws when a figure has not the stored form */
export function readGroup(stored: unknown): ReportedGroup {
  const { figures, scales, ...frame } = stored as StoredGroup
  return {
    ...frame,
    figures: read(figureShapes, figures),
    scales: Object.fromEntries(Object.entries(scales).map(([id, one]) => [id, read(scaleShapes, one)])),
  }
}

/** The whole content read back. @throws when a figure has not the stored form */
export function readContent(stored: unknown): ReportContent {
  const { groups, ...frame } = stored as StoredContent
  return { ...frame, groups: groups.map(readGroup) }
}
