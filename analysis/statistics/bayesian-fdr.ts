/**
 * Bayesian false discovery rate: the largest set, taken from the most certain downwards, whose mean posterior probability
 * of being wrong is at most `q`.
 *
 * `probabilities` are posterior probabilities that the claim is true (0..1), one a unit. `selected` is in the order given;
 * `cumulative` is FDR(k) for the top k in descending order of probability.
 * Variant: units with equal probability enter together or not at all, so the answer does not depend on their order.
 * Source: Newton, Noueiry, Sarkar & Ahlquist 2004, https://doi.org/10.1093/biostatistics/5.2.155
 * Example: bayesianFdr([0.99, 0.97, 0.95, 0.93, 0.88, 0.80, 0.60, 0.40], 0.10) selects the first six.
 * With no units: nothing selected.
 */
export function bayesianFdr(
  probabilities: readonly number[],
  q: number,
): { selected: boolean[]; cumulative: number[]; threshold: number | null } {
  const order = [...probabilities].sort((a, b) => b - a)
  const cumulative: number[] = []
  let wrong = 0
  let threshold: number | null = null
  for (const [index, probability] of order.entries()) {
    wrong += 1 - probability
    const rate = wrong / (index + 1)
    cumulative.push(rate)
    const lastOfTie = order[index + 1] !== probability
    // 1e-12: 0.05 written as a mean of decimals must not fail its own threshold by a rounding error.
    if (lastOfTie && rate <= q + 1e-12) threshold = probability
  }
  return { selected: probabilities.map((p) => threshold !== null && p >= threshold), cumulative, threshold }
}
