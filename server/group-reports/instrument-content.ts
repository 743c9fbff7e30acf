import * as z from 'zod'
import { fromStored } from '../../analysis/disclosure/index.ts'
import type {
  Disclosed,
  DistributionFigure,
  MeanFigure,
  ShareFigure,
  StoredFigure,
} from '../../analysis/disclosure/index.ts'
import type { InstrumentMeasures } from '../../analysis/groups/index.ts'
import { mean, share, type GroupFrame, type IntervalValue, type ResponseValue } from './content.ts'

/**
 * The content of a report about an instrument that was asked beside the stress check, or without one. It lies in
 * `group_report.content` like the stress check's own and is read back in the same way.
 */

/** Promoters − detractors in points of 100, whole numbers, with its 95 % interval. */
export interface RecommendationValue extends IntervalValue {
  score: number
}
export interface MeanValues {
  mean: MeanFigure
  /** Student's 95 % interval, where the mean is shown exactly */
  interval: IntervalValue
}

interface Figures<Response, Means, Spread, Chosen, Score> {
  figures: { response: Response }
  means: Readonly<Record<string, Means>>
  spreads: Readonly<Record<string, Spread>>
  /** by item, then by option */
  chosen: Readonly<Record<string, Readonly<Record<string, Chosen>>>>
  recommendations: Readonly<Record<string, Score>>
}
export type StoredInstrumentGroup = GroupFrame &
  Figures<StoredFigure, { mean: StoredFigure; interval: StoredFigure }, StoredFigure, StoredFigure, StoredFigure>
export type InstrumentGroup = GroupFrame &
  Figures<
    Disclosed<ResponseValue>,
    { mean: Disclosed<MeanFigure>; interval: Disclosed<IntervalValue> },
    Disclosed<DistributionFigure>,
    Disclosed<ShareFigure>,
    Disclosed<RecommendationValue>
  >

/** What holds for the whole report. */
export interface InstrumentFrame {
  format: 1
  campaign: { id: string; name: string; opensOn: string; closesOn: string }
  floor: number
  /** the one instrument it is about */
  questionnaires: { slug: string; version: number; hash: string }[]
  measures: InstrumentMeasures
}
export interface StoredInstrument extends InstrumentFrame {
  groups: StoredInstrumentGroup[]
}
export interface InstrumentContent extends InstrumentFrame {
  groups: readonly InstrumentGroup[]
}

const interval = z.strictObject({ lo: z.number(), hi: z.number() })
const response = z.strictObject({ respondents: z.int(), invited: z.int(), rate: z.number().nullable() })
const score = interval.extend({ score: z.int() })
const options = z.array(z.int())
const spread = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('exact'),
    classes: z.array(z.strictObject({ options, share: z.number() })),
  }),
  z.strictObject({ kind: z.literal('atMost'), options, people: z.int() }),
  z.strictObject({ kind: z.literal('atLeast'), options, people: z.int() }),
])

const mapValues = <From, To>(of: Readonly<Record<string, From>>, change: (one: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(of).map(([id, one]) => [id, change(one)]))

/** One group read back. @throws when a figure has not the stored form */
export function readInstrumentGroup(stored: unknown): InstrumentGroup {
  const { figures, means, spreads, chosen, recommendations, ...frame } = stored as StoredInstrumentGroup
  const read = <T>(one: StoredFigure, shape: z.ZodType<T>): Disclosed<T> =>
    fromStored(one, (value) => shape.parse(value))
  return {
    ...frame,
    figures: { response: read(figures.response, response) },
    means: mapValues(means, (one) => ({ mean: read(one.mean, mean), interval: read(one.interval, interval) })),
    spreads: mapValues(spreads, (one) => read(one, spread)),
    chosen: mapValues(chosen, (of) => mapValues(of, (one) => read(one, share))),
    recommendations: mapValues(recommendations, (one) => read(one, score)),
  }
}

/** The whole content read back. @throws when a figure has not the stored form */
export function readInstrument(stored: unknown): InstrumentContent {
  const { groups, ...frame } = stored as StoredInstrument
  return { ...frame, groups: groups.map(readInstrumentGroup) }
}
