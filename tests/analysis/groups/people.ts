import type { ScoredRespondent } from '../../../analysis/groups/index.ts'

/** A respondent with the four chart scales; anything may be replaced. */
export function person(
  atom: string,
  scales: Record<string, number | null> = {},
  rest: Partial<Omit<ScoredRespondent, 'atom' | 'scales'>> = {},
): ScoredRespondent {
  return {
    atom,
    sex: 'male',
    ageBand: '30-39',
    items: {},
    highStress: false,
    ...rest,
    scales: { quantitativeLoad: 8, control: 8, supervisorSupport: 8, coworkerSupport: 8, ...scales },
  }
}

/** Seeded generator of numbers in 0..1 (mulberry32): the same people in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** A whole score in 3..12 around `centre` with SD about 2. */
export function score(random: () => number, centre: number): number {
  const noise = (random() + random() + random() + random() - 2) * 3.5
  return Math.min(12, Math.max(3, Math.round(centre + noise)))
}
