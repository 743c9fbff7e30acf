/**
 * The job stress judgement chart (仕事のストレス判定図): coefficients and national means as dated data.
 *
 * Credit: 仕事のストレス判定図, 川上憲人 (東京大学), 旧労働省「作業関連疾患の予防に関する研究班」; formula in the technical note
 * https://mental.m.u-tokyo.ac.jp/old/hanteizu/Technote.htm (2001-11-20) and the MHLW stress check manual, page 87. The base are
 * about 25,000 workers. The note's use conditions page could not be retrieved: re-check before a release.
 */
export type ChartAxes<T> = {
  readonly load: T
  readonly control: T
  readonly supervisor: T
  readonly coworker: T
}

/** The scale that feeds each axis; raw scores of 3 to 12. */
export const chartScales: ChartAxes<string> = {
  load: 'quantitativeLoad',
  control: 'control',
  supervisor: 'supervisorSupport',
  coworker: 'coworkerSupport',
}

/** Change of ln risk per raw point. Status: confirmed by three independent implementations (men: four). */
export const chartCoefficients: Readonly<Record<'male' | 'female', ChartAxes<number>>> = {
  male: { load: 0.076, control: -0.089, supervisor: -0.097, coworker: -0.097 },
  female: { load: 0.048, control: -0.056, supervisor: -0.097, coworker: -0.097 },
}

export type ChartNormSetId = 'updated' | 'ob198' | 'legacy'
export type ChartNormSet = {
  readonly male: ChartAxes<number>
  readonly female: ChartAxes<number>
  readonly status: string
  readonly source: string
}

/** National means: risk is 100 where a group has these. */
export const chartNorms: Readonly<Record<ChartNormSetId, ChartNormSet>> = {
  updated: {
    male: { load: 8.7, control: 7.9, supervisor: 7.5, coworker: 8.1 },
    female: { load: 7.9, control: 7.2, supervisor: 6.6, coworker: 8.2 },
    status:
      'default; the values as corrected in the Tokyo Medical University program; four published report rows are reproduced with them; male supervisor 7.5 against 7.6 is not decided',
    source: 'https://github.com/hironoriuematsu-byte/stres ; https://hsck.jp/stresscheck (plausibility)',
  },
  ob198: {
    male: { load: 8.7, control: 7.9, supervisor: 7.6, coworker: 8.1 },
    female: { load: 7.9, control: 7.2, supervisor: 6.6, coworker: 8.2 },
    status: 'single implementation; differs from the default in male supervisor alone',
    source: 'https://github.com/ob198-cpu/stresscheck',
  },
  legacy: {
    male: { load: 8.7, control: 8.0, supervisor: 7.6, coworker: 8.1 },
    female: { load: 7.6, control: 7.9, supervisor: 6.9, coworker: 8.1 },
    status: 'older set, kept to read old reports; no mix of sexes reproduces the published rows with it',
    source: 'https://github.com/ironwest/sctool-r (men)',
  },
}

/** How the sexes are put together and read. */
export const chartRules = {
  norms: 'updated' as ChartNormSetId,
  /**
   * `weightedTotal`: A, B and total are each the head-count-weighted mean of the per-sex values. How the ministry's program
   * combines them is not published; `productOfWeighted` and `blend` are seen elsewhere and agree within rounding.
   */
  combination: 'weightedTotal',
  /** Unknown sex is read on the men's chart, which overestimates the load–control risk of women (MHLW manual, page 86). */
  chartOfUnansweredSex: 'male',
  /** From here on a group deserves attention (wording of the Tokyo Medical University manual; https://hsck.jp/stresscheck). */
  attention: 120,
  since: '2001-11-20',
  source: 'https://mental.m.u-tokyo.ac.jp/old/hanteizu/Technote.htm',
} as const
