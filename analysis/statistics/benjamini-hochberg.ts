/**
 * Benjamini–Hochberg adjusted p-values, in the order given; p ≤ q after adjustment controls the false discovery rate at q.
 *
 * Variant: step-up with the running minimum from the largest p, capped at 1 (R: p.adjust(method = "BH")).
 * Source: Benjamini & Hochberg 1995, https://doi.org/10.1111/j.2517-6161.1995.tb02031.x
 * Example: benjaminiHochberg([0.01, 0.02, 0.9]) = [0.03, 0.03, 0.9].
 * With no p-values: [].
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => b.p - a.p)
  const adjusted = Array.from(pValues, () => 1)
  let smallest = 1
  for (const [position, { p, index }] of order.entries()) {
    smallest = Math.min(smallest, p * (pValues.length / (pValues.length - position)))
    adjusted[index] = smallest
  }
  return adjusted
}
