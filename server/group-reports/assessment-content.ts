import * as z from 'zod'
import { fromStored, type Disclosed, type StoredFigure } from '../../analysis/disclosure/index.ts'

const interval = z.strictObject({ lo: z.number(), hi: z.number() })

/**
 * One department's turnover risk as it is published: everything rounded, everything under the disclosure of the department's own
 * survey figures (from observed, expected and risk the multiplier can be computed, and from it the share behind it).
 */
const assessed = z.strictObject({
  leavers: z.strictObject({
    observed: z.int(),
    expected: z.number(),
    personYears: z.number(),
    ratio: interval.extend({ value: z.number() }).nullable(),
    /** beyond the limits of chance alone: of 95 %, of 99.8 %, or within */
    beyond: z.enum(['no', '95', '998']),
  }),
  /** decimals that multiplier and risk were rounded to */
  decimals: z.int(),
  survey: z.strictObject({ use: z.enum(['used', 'tooFew', 'lowResponse', 'none']), multiplier: z.number() }),
  risk: interval.extend({ estimate: z.number(), probability: z.number(), mean: z.number() }),
  nextYear: interval.extend({ mean: z.number() }),
  trendAlarm: z.boolean(),
  status: z.enum(['high', 'watch', 'ordinary', 'insufficient']),
  reasons: z.array(
    z.enum([
      'riskHigh',
      'keptHigh',
      'riskRaised',
      'stressSignal',
      'trendAlarm',
      'nothingStandsOut',
      'neitherSurveyNorHistory',
    ]),
  ),
  /** first month of the flag that stands; null where none does */
  flaggedIn: z.string().nullable(),
  unvalidated: z.boolean(),
  /** probability of missing a doubling, where the history is short */
  missedDoubling: z.number().nullable(),
})
export type AssessedValue = z.infer<typeof assessed>

export interface AssessmentFrame {
  format: 1
  asOfOn: string
  /** months of history that were counted */
  months: number
  /** campaign whose survey figures were the newest in use; null: none were */
  round: string | null
  parameters: string
  /** leavers of the whole company in the window, and its person-years */
  company: { observed: number; personYears: number }
}
export interface StoredAssessment extends AssessmentFrame {
  departments: { id: string; level: number; assessed: StoredFigure }[]
}
export interface ReadAssessment extends AssessmentFrame {
  departments: ReadonlyMap<string, Disclosed<AssessedValue>>
}

/** The assessment read back. @throws when a figure has not the stored form */
export function readAssessment(stored: unknown): ReadAssessment {
  const { departments, ...frame } = stored as StoredAssessment
  return {
    ...frame,
    departments: new Map(
      departments.map((one) => [one.id, fromStored(one.assessed, (value) => assessed.parse(value))]),
    ),
  }
}
