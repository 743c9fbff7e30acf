// jstat 1.9.6 ships no types. Declared here: only what analysis/ calls, with the argument order of its sources (cdf: value first).
declare module 'jstat' {
  type Continuous<P extends number[]> = {
    cdf(x: number, ...parameters: P): number
    inv(p: number, ...parameters: P): number
  }
  const jstat: { readonly jStat: Distributions }
  export default jstat
  type Distributions = {
    normal: Continuous<[mean: number, sd: number]>
    studentt: Continuous<[degreesOfFreedom: number]>
    chisquare: Continuous<[degreesOfFreedom: number]>
    gamma: Continuous<[shape: number, scale: number]>
    beta: Continuous<[alpha: number, beta: number]>
    centralF: Continuous<[numerator: number, denominator: number]>
    binomial: { pdf(k: number, n: number, p: number): number }
    ibeta(x: number, a: number, b: number): number
    lowRegGamma(shape: number, x: number): number
    gammaln(x: number): number
  }
}
