/** Every number the turnover assessment depends on. An assessment stores the set it was made with. */
export type TurnoverParameters = {
  readonly version: string
  /** Months of history that count, and the weight a year-old month keeps of a new one's. */
  readonly windowMonths: number
  readonly yearlyDecay: number
  /** A leaver belongs to the unit held this many days before leaving. */
  readonly attributionDays: number
  /** Whether months on leave of absence count as exposure. */
  readonly absenceCounts: boolean
  /** Person-years (and, for the survey, respondents) with which a stratum is pulled to the company's overall rate. */
  readonly stratumPrior: number
  /** Departments are alike with this size: SD of the department effect is 1/√κ. */
  readonly kappa: number
  /** ln hazard ratio of leaving for high stress, by sex, with its published standard error. */
  readonly logHazardRatio: Readonly<
    Record<'male' | 'female' | 'unanswered', { readonly b: number; readonly se: number }>
  >
  /** SD added to each ln hazard ratio because it comes from one company. */
  readonly transportSd: number
  /** Exponent of the survey multiplier and its variance. */
  readonly gamma: { readonly mean: number; readonly variance: number }
  /** SD of ln multiplier where the survey is not used. */
  readonly unusedSurveySd: number
  /** Use of a survey needs this many respondents and this response rate. */
  readonly surveyUse: { readonly respondents: number; readonly responseRate: number }
  /** Company respondents of a sex below which `assumedHighStressRate` stands in for the company's own rate. */
  readonly companyRateRespondents: number
  readonly assumedHighStressRate: number
  /** Stress signal: prior of ln κ, bounds, and the company rate above which counts are treated as binomial. */
  readonly stress: {
    readonly logKappaPrior: { readonly mean: number; readonly sd: number }
    readonly kappaBounds: readonly [number, number]
    readonly binomialAbove: number
    /** What if non-respondents' rate were this many times the respondents'. */
    readonly tipOverFactors: readonly number[]
  }
  /** Statuses. */
  readonly high: {
    readonly q: number
    readonly probability: number
    readonly risk: number
    readonly history: number
    readonly keptAbove: number
  }
  readonly watch: {
    readonly probability: number
    readonly risk: number
    readonly stressQ: number
    readonly stressRatio: number
  }
  readonly flagMonths: number
  /** Trend alarm of monthly leavers. */
  readonly alarm: {
    readonly ratio: number
    readonly threshold: number
    readonly monthlyExpected: number
    readonly months: number
  }
  /** Below this history the card prints how likely a doubling would be missed. */
  readonly lowPowerHistory: number
}

/** The set in force. A changed value is a new version, never an edit of an old assessment. */
export const turnoverParameters: TurnoverParameters = {
  version: '2026-01',
  windowMonths: 36,
  yearlyDecay: 0.8,
  attributionDays: 30,
  absenceCounts: true,
  stratumPrior: 20,
  kappa: 8,
  logHazardRatio: {
    male: { b: Math.log(2.86), se: 0.25240591269 },
    female: { b: Math.log(1.52), se: 0.082137005698 },
    // Geometric mean of both; the standard errors are independent.
    unanswered: {
      b: (Math.log(2.86) + Math.log(1.52)) / 2,
      se: Math.sqrt(0.25240591269 ** 2 + 0.082137005698 ** 2) / 2,
    },
  },
  transportSd: 0.3,
  gamma: { mean: 1, variance: 0.25 },
  unusedSurveySd: 0.1,
  surveyUse: { respondents: 10, responseRate: 0.5 },
  companyRateRespondents: 50,
  assumedHighStressRate: 0.1,
  stress: {
    logKappaPrior: { mean: Math.log(10), sd: 0.7 },
    kappaBounds: [2, 200],
    binomialAbove: 0.25,
    tipOverFactors: [0.5, 1, 1.5, 2],
  },
  high: { q: 0.05, probability: 0.9, risk: 1.25, history: 1, keptAbove: 0.8 },
  watch: { probability: 0.8, risk: 1.15, stressQ: 0.05, stressRatio: 1.25 },
  flagMonths: 13,
  alarm: { ratio: 2, threshold: 2.5, monthlyExpected: 0.25, months: 3 },
  lowPowerHistory: 3,
}

type Origin = {
  readonly since: string
  readonly status: 'published' | 'computed' | 'judgement'
  readonly source: string
}

const kachi =
  'Kachi et al. 2020, one financial company, 3,892 men and 5,765 women aged 20–49; https://link.springer.com/article/10.1186/s12889-020-8289-5'

/** Where each parameter comes from; a test holds that none is without. */
export const turnoverParameterOrigins: Readonly<Record<Exclude<keyof TurnoverParameters, 'version'>, Origin>> = {
  windowMonths: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'three years: enough leavers for most departments, recent enough',
  },
  yearlyDecay: { since: '2026-01-01', status: 'judgement', source: 'a year-old month counts 80 %' },
  attributionDays: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'people are moved to a personnel unit shortly before leaving',
  },
  absenceCounts: { since: '2026-01-01', status: 'judgement', source: 'people on leave can and do resign' },
  stratumPrior: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'twenty person-years of the company’s overall rate',
  },
  kappa: {
    since: '2026-01-01',
    status: 'computed',
    source: 'simulation: calibration slope .72/1.01/1.21/1.43 at κ 4/8/12/20; department SD about 0.35',
  },
  logHazardRatio: {
    since: '2020-04-20',
    status: 'published',
    source: `high stress and actual resignation: HR 2.86 (1.74–4.68) men, 1.52 (1.29–1.78) women; ${kachi}`,
  },
  transportSd: { since: '2026-01-01', status: 'judgement', source: 'one company, ages 20–49: widened for any other' },
  gamma: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'the published effect as it is, SD 0.5 until a company’s own departures recalibrate it',
  },
  unusedSurveySd: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'typical SD of ln multiplier between departments',
  },
  surveyUse: {
    since: '2026-01-01',
    status: 'published',
    source:
      'Kentucky working conditions survey reports at 10 responses and 50 %; https://education.ky.gov/teachers/PGES/prinpges/Pages/PPGES-Working-Conditions-Goal.aspx',
  },
  companyRateRespondents: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'a rate from fewer than 50 people is mostly chance',
  },
  assumedHighStressRate: {
    since: '2015-12-01',
    status: 'published',
    source:
      'the standard criteria are set so that about 10 % are high stress (MHLW stress check manual); https://wic-net.com/material/document/17187/111',
  },
  stress: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'prior department SD about 0.32; a Poisson count is too wide for rates above a quarter',
  },
  high: {
    since: '2026-01-01',
    status: 'computed',
    source:
      'simulation of 40 departments: with three years of history 98 % of flagged truly above average, 84 % above 1.25',
  },
  watch: {
    since: '2026-01-01',
    status: 'judgement',
    source: 'simulation: a survey signal alone has a true mean ratio of 1.15–1.19, so it is no turnover risk',
  },
  flagMonths: { since: '2026-01-01', status: 'judgement', source: 'a yearly survey and one month' },
  alarm: {
    since: '2026-01-01',
    status: 'computed',
    source:
      'in-control run length 206/127/86/79/69 months at 0.25/0.5/1/2/4 expected a month (Markov chain); the three months are a judgement',
  },
  lowPowerHistory: {
    since: '2026-01-01',
    status: 'computed',
    source: 'exact power to see a doubling: 14 % at 1 expected leaver, 26 % at 3',
  },
}
