/**
 * The x in [lo, hi] where a monotone function crosses zero, by bisection down to neighbouring doubles.
 *
 * Slow (about 60 calls) but it cannot leave the bracket and gives the same bits on every machine, which a stored
 * assessment that is recomputed years later needs.
 * Example: monotoneRoot((x) => x * x - 2, 1, 2) = 1.4142135623730951 to the last bit or two.
 * Without a change of sign inside: the end whose value is nearer to zero.
 */
export function monotoneRoot(f: (x: number) => number, lo: number, hi: number): number {
  let [a, b] = [lo, hi]
  const [fa, fb] = [f(a), f(b)]
  if (fa === 0) return a
  if (fb === 0) return b
  if (fa > 0 === fb > 0) return Math.abs(fa) <= Math.abs(fb) ? a : b
  for (let step = 0; step < 200; step += 1) {
    const middle = a + (b - a) / 2
    if (middle <= a || middle >= b) break
    const value = f(middle)
    if (value === 0) return middle
    if (value > 0 === fa > 0) a = middle
    else b = middle
  }
  return a + (b - a) / 2
}
