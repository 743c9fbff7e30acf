/**
 * Slow, independent answers to compare with: rank over a large prime by plain dense elimination. A 0/1 vector of these
 * small systems lies in the rational row space exactly when it lies in the row space modulo the prime (the minors are
 * far smaller than the prime).
 */
const PRIME = 2_147_483_647n

export function inRowSpace(rows: readonly (readonly number[])[], target: readonly number[]): boolean {
  return rank([...rows, target]) === rank(rows)
}

function rank(rows: readonly (readonly number[])[]): number {
  const m = rows.map((row) => row.map((value) => ((BigInt(value) % PRIME) + PRIME) % PRIME))
  let found = 0
  for (let column = 0; column < (m[0]?.length ?? 0); column++) {
    const pivot = m.findIndex((row, index) => index >= found && row[column] !== 0n)
    if (pivot === -1) continue
    ;[m[found], m[pivot]] = [m[pivot]!, m[found]!]
    const inverse = power(m[found]![column]!, PRIME - 2n)
    for (let row = found + 1; row < m.length; row++) {
      const factor = (m[row]![column]! * inverse) % PRIME
      if (factor === 0n) continue
      m[row] = m[row]!.map((value, c) => (((value - factor * m[found]![c]!) % PRIME) + PRIME) % PRIME)
    }
    found++
  }
  return found
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base]
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME
    square = (square * square) % PRIME
  }
  return result
}

/** All non-empty subsets of 0 … count−1, as arrays. */
export function subsetsOf(count: number): number[][] {
  return Array.from({ length: 2 ** count - 1 }, (_, i) =>
    Array.from({ length: count }, (_, bit) => bit).filter((bit) => ((i + 1) >> bit) & 1),
  )
}

/** Every derivable set of atoms with 1 … k−1 people, by trying all sets. Cells and sets are indexes into `sizes`. */
export function smallDerivable(sizes: readonly number[], cells: readonly (readonly number[])[], k: number): number[][] {
  const vector = (set: readonly number[]) => sizes.map((_, at) => (set.includes(at) ? 1 : 0))
  const rows = cells.map(vector)
  return subsetsOf(sizes.length).filter((set) => {
    const people = set.reduce((sum, at) => sum + sizes[at]!, 0)
    return people >= 1 && people < k && inRowSpace(rows, vector(set))
  })
}
