/**
 * Statistics that simple-statistics lacks: each function names its variant, its source and one worked example.
 *
 * Distributions come from jstat, whose values agree with R to 1e-12; digamma and trigamma are our own because no small package
 * has them. Means and variances of samples come from simple-statistics, normal probabilities never do.
 */
export type { Interval } from './interval.ts'
export { digamma } from './digamma.ts'
export { trigamma } from './trigamma.ts'
export { normalCdf, normalQuantile } from './normal.ts'
export { monotoneRoot } from './monotone-root.ts'
export { wilsonInterval } from './wilson-interval.ts'
export { clopperPearsonInterval } from './clopper-pearson-interval.ts'
export { binomialMidPInterval, poissonMidPInterval } from './mid-p-interval.ts'
export { garwoodInterval } from './garwood-interval.ts'
export { byarInterval } from './byar-interval.ts'
export { poissonUpperP } from './poisson-upper-p.ts'
export { poissonPower } from './poisson-power.ts'
export { poissonFunnelLimits } from './poisson-funnel-limits.ts'
export { poissonCusum } from './poisson-cusum.ts'
export { benjaminiHochberg } from './benjamini-hochberg.ts'
export { bayesianFdr } from './bayesian-fdr.ts'
export {
  estimateKappa,
  gammaPoissonNegativeLogLikelihood,
  gammaPosterior,
  gammaPosteriorQuantile,
  gammaProbabilityAbove,
  kappaByMoments,
} from './gamma-poisson.ts'
export type { GammaPosterior, ObservedExpected } from './gamma-poisson.ts'
export { betaPosterior, betaPosteriorQuantile, betaProbabilityAbove } from './beta-binomial.ts'
export type { BetaPosterior } from './beta-binomial.ts'
export { negativeBinomialQuantile } from './negative-binomial.ts'
export { anovaVariance } from './anova-variance.ts'
export type { AnovaVariance, GroupMoments } from './anova-variance.ts'
export { shrinkMean } from './shrink-mean.ts'
export type { ShrunkMean } from './shrink-mean.ts'
export { dersimonianLaird } from './dersimonian-laird.ts'
export { leastSquares } from './least-squares.ts'
export { meanInterval } from './mean-interval.ts'
export { pairedDifferenceInterval } from './paired-difference-interval.ts'
export { varianceRatioP } from './variance-ratio.ts'
