/**
 * Log-likelihood-ratio CUSUM of monthly counts: C = max(0, C + O·ln ρ − (ρ − 1)·E), alarm at `threshold`, then back to 0.
 *
 * Looks for the rate becoming `ratio` times the expected one. `path` holds C after each month, before a reset; `alarms` the
 * indices of the months that alarmed. With ρ = 2 and threshold 2.5 the false-alarm distance is 206/127/86/79/69 months at
 * E = 0.25/0.5/1/2/4 a month.
 * Source: Lucas 1985, https://doi.org/10.1080/00401706.1985.10488030
 * Example: O = 0,1,0,2,1,0,3,2 and E = 0.8 each month end at 1.8657359028.
 * With no months: an empty path, no alarm.
 */
export function poissonCusum(
  observed: readonly number[],
  expected: readonly number[],
  options: { readonly ratio: number; readonly threshold: number } = { ratio: 2, threshold: 2.5 },
): { path: number[]; alarms: number[] } {
  const path: number[] = []
  const alarms: number[] = []
  let level = 0
  for (const [month, count] of observed.entries()) {
    level = Math.max(0, level + count * Math.log(options.ratio) - (options.ratio - 1) * (expected[month] ?? 0))
    path.push(level)
    if (level >= options.threshold) {
      alarms.push(month)
      level = 0
    }
  }
  return { path, alarms }
}
