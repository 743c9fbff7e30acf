import { createHash } from 'node:crypto'

/** Repeatable chance: the demo tells the same story for the same seed, whatever order its steps run in. */
export interface Chance {
  /** uniform in [0, 1) */
  uniform: () => number
  /** standard normal */
  normal: () => number
}

/**
 * A stream of its own for each name under a seed (mulberry32, Tommy Ettinger 2017, public domain algorithm; seeded from SHA-256 of the name),
 * so that one person's answers do not depend on who answered before.
 */
export function chance(seed: number, ...names: readonly (string | number)[]): Chance {
  let state = createHash('sha256')
    .update(`${seed}|${names.join('|')}`)
    .digest()
    .readUInt32LE(0)
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  return {
    uniform,
    // Box and Muller
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}
