import type { Scale } from '../../survey-definitions/schema.ts'
import { itemsOfFormula } from '../scoring/index.ts'

/** Sex as the analysis needs it: a person may leave it unanswered. */
export type RespondentSex = 'male' | 'female' | 'unanswered'

/**
 * One person's scored answers, as the implementer's side hands them to the group analysis. Never leaves the wall.
 *
 * `atom` is the smallest unit disclosure control counts in: the department the person is attached to directly (so a head
 * of a division has the division's atom, not one of its sections'). `scales` are raw scores, `items` the plain answers that
 * a finding reads (only those: see `itemsReadByFindings`). Null where an answer is missing.
 */
export type ScoredRespondent = {
  readonly atom: string
  readonly sex: RespondentSex
  readonly ageBand: string
  readonly job?: string | undefined
  readonly scales: Readonly<Record<string, number | null>>
  readonly items: Readonly<Record<string, number | null>>
  /** Verdict of the criteria; null where an item is missing (no verdict is not "no"). */
  readonly highStress: boolean | null
}

/** An answer of an instrument stored apart from the stress check (presenteeism, recommendation): atom and value, no person. */
export type LooseAnswer = { readonly atom: string; readonly value: number }

/**
 * A group to be reported: the atoms that belong to it, and the nearest reported group above it (null for the top).
 *
 * Groups must be nested (a tree of departments, residuals 「その他合算」 as further children); `invited` counts the people asked.
 */
export type ReportGroup = {
  readonly id: string
  readonly parent: string | null
  readonly atoms: readonly string[]
  readonly invited: number
}

/** Something averaged over a group: a scale's raw score or one item's answer. */
export type Measure = {
  readonly id: string
  /** A field is made of scales: it is compared like one, but not named beside its own scales where differences are listed. */
  readonly kind: 'scale' | 'field' | 'item'
  /** `positive`: a high value is good for the person. */
  readonly polarity: 'positive' | 'negative'
  readonly items: readonly string[]
}

/** One value a person, with where it was given; the form in which figures are computed. */
export type AtomValue = { readonly atom: string; readonly value: number }

/**
 * The measures of a questionnaire: its scales and, beside them, single items that a finding reads.
 *
 * Example: scale quantitativeLoad of stress-check-57 → { id: 'quantitativeLoad', kind: 'scale', polarity: 'negative',
 * items: ['q1', 'q2', 'q3'] }. With no scales and no items: [].
 */
export function measuresOf(
  scales: readonly Pick<Scale, 'id' | 'polarity' | 'formula'>[],
  items: readonly Pick<Measure, 'id' | 'polarity'>[],
): Measure[] {
  return [
    ...scales.map(({ id, polarity, formula }) => ({
      id,
      kind: 'scale' as const,
      polarity,
      items: itemsOfFormula(formula),
    })),
    ...items.map(({ id, polarity }) => ({ id, kind: 'item' as const, polarity, items: [id] })),
  ]
}

/** A person's value of a measure, null where it is missing. */
export function valueOf(respondent: ScoredRespondent, measure: Measure): number | null {
  return (measure.kind === 'item' ? respondent.items[measure.id] : respondent.scales[measure.id]) ?? null
}

/** Values by atom: the index that lets a group be put together without going over everybody again. */
export function indexByAtom<T extends { readonly atom: string }>(rows: Iterable<T>): Map<string, T[]> {
  const index = new Map<string, T[]>()
  for (const row of rows) {
    const found = index.get(row.atom)
    if (found === undefined) index.set(row.atom, [row])
    else found.push(row)
  }
  return index
}

/** Everything of a group, atom by atom. An atom nobody answered from contributes nothing. */
export function gather<T>(index: ReadonlyMap<string, readonly T[]>, group: Pick<ReportGroup, 'atoms'>): T[] {
  return group.atoms.flatMap((atom) => index.get(atom) ?? [])
}
