import { placeGroups } from '../groups/index.ts'
import { turnoverParameters } from './parameters.data.ts'
import { expectedStress, stressKappa, stressSignal } from './stress-signal.ts'
import { surveyMultiplier } from './survey-multiplier.ts'
import type { ReportGroup, RespondentSex, ScoredRespondent } from '../groups/index.ts'
import type { Month } from './months.ts'
import type { StressCount, StressRow, StressSignal } from './stress-signal.ts'
import type { TurnoverParameters } from './parameters.data.ts'

/** What a survey says about one department's leaving: all the turnover part ever learns of a survey. */
export type ReleasedDepartment = {
  readonly id: string
  /** Respondents with a verdict. */
  readonly respondents: number
  readonly responseRate: number | null
  /** Why the survey is not used, or `used`. */
  readonly use: 'used' | 'tooFew' | 'lowResponse'
  /** 1 with the default variance where not used. */
  readonly multiplier: number
  readonly logVariance: number
  readonly stress: StressSignal | null
  /** Signal if non-respondents were high stress this many times as often as respondents. */
  readonly tipOver: readonly { readonly factor: number; readonly ratio: number; readonly probabilityAbove1: number }[]
}

/** A round's figures, as released by the implementer's side. */
export type ReleasedSurvey = {
  readonly round: string
  /** First month in which these multipliers count. */
  readonly inForceFrom: Month
  readonly kappa: number
  readonly parameters: string
  readonly departments: readonly ReleasedDepartment[]
}

const sexes: readonly RespondentSex[] = ['male', 'female', 'unanswered']

/**
 * The one function of the turnover part that reads survey rows; its output is released with the group report.
 *
 * `groups` are the departments that will be published (nested, see `placeGroups`); `leavingRates` the company's leaving rates by
 * sex per person-year (`companyHistory().ratesBySex`); `weights` the leavers expected of each department, or its head count
 * before there is a history: the multipliers of the finest departments in use are scaled so that they average 1 by weight.
 * A department below ten respondents or 50 % response: multiplier 1, not used.
 * Source: design of each step at stress-signal.ts and survey-multiplier.ts.
 * Example: all departments alike → every multiplier 1 and every stress ratio near 1.
 * With no verdicts at all: every department `tooFew`.
 */
export function releaseSurveyFigures(input: {
  readonly round: string
  readonly inForceFrom: Month
  readonly respondents: readonly Pick<ScoredRespondent, 'atom' | 'sex' | 'ageBand' | 'highStress'>[]
  readonly groups: readonly ReportGroup[]
  readonly leavingRates: Readonly<Record<RespondentSex, number>>
  readonly weights?: ReadonlyMap<string, number> | undefined
  readonly parameters?: TurnoverParameters | undefined
}): ReleasedSurvey {
  const parameters = input.parameters ?? turnoverParameters
  const placed = placeGroups(input.groups)
  const covered = new Set(input.groups.flatMap((group) => group.atoms))
  const rows = input.respondents.flatMap((row): StressRow[] =>
    row.highStress !== null && covered.has(row.atom) ? [{ ...row, highStress: row.highStress }] : [],
  )
  const probabilityOf = expectedStress(rows, parameters.stratumPrior)
  const tallies = tallyByAtom(rows, probabilityOf)
  const company = companyRates(rows, parameters)
  const overall = rows.length > 0 ? rows.filter((row) => row.highStress).length / rows.length : 0

  const counted = placed.map(({ group, isFinest }) => ({ group, isFinest, bySex: sumOver(tallies, group) }))
  const kappa = stressKappa(
    counted.flatMap(({ isFinest, bySex }) => (isFinest ? [totalOf(bySex)] : [])),
    parameters,
  )

  const raw = counted.map(({ group, isFinest, bySex }) => {
    const count = totalOf(bySex)
    const responseRate = group.invited > 0 ? count.n / group.invited : null
    const use = decideUse(count.n, responseRate, parameters)
    if (use !== 'used') {
      const unused = { multiplier: 1, logVariance: parameters.unusedSurveySd ** 2, stress: null, tipOver: [] }
      return { group, isFinest, figures: { id: group.id, respondents: count.n, responseRate, use, ...unused } }
    }
    const stress = stressSignal(count, kappa, overall, parameters)
    const parts = sexes.map((sex) => ({
      sex,
      n: bySex[sex].n,
      expectedHighStress: bySex[sex].expected,
      companyRate: company[sex],
      leavingRate: input.leavingRates[sex],
    }))
    const { multiplier, logVariance } = surveyMultiplier(parts, stress, parameters)
    const tipOver = parameters.stress.tipOverFactors.map((factor) => {
      const { ratio, probabilityAbove1 } = stressSignal(
        extended(count, group.invited, factor),
        kappa,
        overall,
        parameters,
      )
      return { factor, ratio, probabilityAbove1 }
    })
    const figures = { id: group.id, respondents: count.n, responseRate, use, multiplier, logVariance, stress, tipOver }
    return { group, isFinest, figures }
  })

  let [sum, weighted] = [0, 0]
  for (const { group, isFinest, figures } of raw) {
    if (!isFinest || figures.use !== 'used') continue
    const weight = input.weights?.get(group.id) ?? group.invited
    sum += weight
    weighted += weight * figures.multiplier
  }
  const scale = weighted > 0 ? sum / weighted : 1
  return {
    round: input.round,
    inForceFrom: input.inForceFrom,
    kappa,
    parameters: parameters.version,
    departments: raw.map(({ figures }) =>
      figures.use === 'used' ? { ...figures, multiplier: figures.multiplier * scale } : figures,
    ),
  }
}

type BySex = Record<RespondentSex, { n: number; observed: number; expected: number }>

function emptyTally(): BySex {
  const zero = () => ({ n: 0, observed: 0, expected: 0 })
  return { male: zero(), female: zero(), unanswered: zero() }
}

function tallyByAtom(rows: readonly StressRow[], probabilityOf: (row: StressRow) => number): Map<string, BySex> {
  const tallies = new Map<string, BySex>()
  for (const row of rows) {
    const tally = tallies.get(row.atom) ?? emptyTally()
    const own = tally[row.sex]
    own.n += 1
    own.observed += row.highStress ? 1 : 0
    own.expected += probabilityOf(row)
    tallies.set(row.atom, tally)
  }
  return tallies
}

function sumOver(tallies: ReadonlyMap<string, BySex>, group: ReportGroup): BySex {
  const total = emptyTally()
  for (const atom of group.atoms) {
    const tally = tallies.get(atom)
    if (tally === undefined) continue
    for (const sex of sexes) {
      total[sex].n += tally[sex].n
      total[sex].observed += tally[sex].observed
      total[sex].expected += tally[sex].expected
    }
  }
  return total
}

function totalOf(bySex: BySex): StressCount {
  const add = (field: keyof StressCount) => sexes.reduce((sum, sex) => sum + bySex[sex][field], 0)
  return { n: add('n'), observed: add('observed'), expected: add('expected') }
}

/** High-stress rates by sex for the composition; from fewer than 50 people of a sex the assumed rate stands in. */
function companyRates(rows: readonly StressRow[], parameters: TurnoverParameters): Record<RespondentSex, number> {
  const rate = (sex: RespondentSex) => {
    const people = rows.filter((row) => row.sex === sex)
    if (people.length < parameters.companyRateRespondents) return parameters.assumedHighStressRate
    return people.filter((row) => row.highStress).length / people.length
  }
  return { male: rate('male'), female: rate('female'), unanswered: rate('unanswered') }
}

function decideUse(n: number, responseRate: number | null, parameters: TurnoverParameters): ReleasedDepartment['use'] {
  if (n < parameters.surveyUse.respondents) return 'tooFew'
  return responseRate === null || responseRate < parameters.surveyUse.responseRate ? 'lowResponse' : 'used'
}

/** The count as if everybody invited had answered, the others `factor` times as often high stress. */
function extended(count: StressCount, invited: number, factor: number): StressCount {
  const silent = Math.max(0, invited - count.n)
  const n = count.n + silent
  const observed = count.observed + silent * Math.min(1, (factor * count.observed) / count.n)
  return { n, observed, expected: (count.expected * n) / count.n }
}
