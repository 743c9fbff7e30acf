/**
 * Ordinary least squares of grouped data: coefficients β minimising Σ w·(y − xβ)².
 *
 * One entry a cell of people who share their `x` (first entry 1 for the constant): how many (`weight`) and their mean `y`.
 * Variant: normal equations by Gauss–Jordan with diagonal pivots; a column that is a combination of earlier ones gets 0,
 * as R's lm leaves it out. Source: Searle 1971, Linear Models, chapter 5.
 * Example: cells (x = [1, 0], y 2, weight 3) and (x = [1, 1], y 5, weight 1) give [2, 3].
 * With no cells: [].
 */
export function leastSquares(
  cells: readonly { readonly x: readonly number[]; readonly y: number; readonly weight: number }[],
): number[] {
  const p = cells[0]?.x.length ?? 0
  const matrix = Array.from({ length: p }, () => Array.from({ length: p + 1 }, () => 0))
  for (const { x, y, weight } of cells) {
    for (const [i, row] of matrix.entries()) {
      const scaled = weight * (x[i] ?? 0)
      if (scaled === 0) continue
      for (let j = 0; j < p; j += 1) row[j] = row[j]! + scaled * (x[j] ?? 0)
      row[p] = row[p]! + scaled * y
    }
  }
  const largest = Math.max(0, ...matrix.map((row, i) => row[i]!))
  const kept = new Set<number>()
  for (const [pivot, row] of matrix.entries()) {
    const head = row[pivot]!
    if (!(head > largest * 1e-10)) continue
    kept.add(pivot)
    for (let j = 0; j <= p; j += 1) row[j] = row[j]! / head
    for (const [i, other] of matrix.entries()) {
      const factor = other[pivot]!
      if (i === pivot || factor === 0) continue
      for (let j = 0; j <= p; j += 1) other[j] = other[j]! - factor * row[j]!
    }
  }
  return matrix.map((row, i) => (kept.has(i) ? row[p]! : 0))
}
