/**
 * Rules of shrinking group means towards their parent, as dated data.
 *
 * Status `judgement` marks choices without a published source.
 */
export const shrinkageRules = {
  /** Below this number of finest groups τ² cannot be estimated and is set to a share of σ². */
  fewGroups: { groups: 5, tau2ShareOfSigma2: 0.05, since: '2026-01-01', status: 'judgement' },
  /** τ² is never taken as smaller than this share of σ²: "no difference at all" is not believable either. */
  floor: { tau2ShareOfSigma2: 0.02, since: '2026-01-01', status: 'judgement' },
  /** From this many respondents on, comparisons between departments are adjusted for sex, age band and job. */
  caseMix: { respondents: 200, since: '2026-01-01', status: 'judgement' },
} as const
