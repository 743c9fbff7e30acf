import type { Floor } from './rules.ts'

/** What a line of a research file could be recognised by: the group it is told under, sex and age band as the roster has them. */
export type Recognisable = { readonly group: string; readonly sex: string; readonly ageBand: string }

/** What of it is told; an empty text where it is not. */
export type Told = { readonly group: string; readonly sex: string; readonly ageBand: string }

/** From the most told to the least. */
const steps: readonly (readonly ('sex' | 'ageBand')[])[] = [['sex', 'ageBand'], ['sex'], ['ageBand'], []]

/**
 * What lines without names may tell beside the answers: k-anonymity by local suppression. Within each group as much as
 * leaves every combination that occurs with at least `floor` people: sex and age band, else sex alone, else age band
 * alone, else neither. The sets of people that can be told apart are disjoint and each has the floor, so neither one of
 * them nor any sum or difference of them is smaller. The groups themselves must be those that a disclosure plan makes:
 * a published department with none published below it, or what is left of one beside those below.
 *
 * Source: Samarati 2001, "Protecting respondents' identities in microdata release", IEEE TKDE 13 (6): k-anonymity,
 * generalisation and suppression.
 *
 * @throws RangeError when a group has fewer than the floor
 * @example 12 women and 11 men under one group, ages mixed: sex is told, age is not; 15 women and 3 men: neither
 */
export function decideTold(people: readonly Recognisable[], floor: Floor): Told[] {
  const byGroup = Map.groupBy(people, ({ group }) => group)
  const toldBy = new Map<string, readonly ('sex' | 'ageBand')[]>()
  for (const [group, members] of byGroup) {
    const step = steps.find((keys) => [...countBy(members, keys).values()].every((count) => count >= floor))
    if (!step) throw new RangeError(`A group of ${members.length} under a floor of ${floor}`)
    toldBy.set(group, step)
  }
  return people.map(({ group, sex, ageBand }) => {
    const told = toldBy.get(group)!
    return { group, sex: told.includes('sex') ? sex : '', ageBand: told.includes('ageBand') ? ageBand : '' }
  })
}

function countBy(people: readonly Recognisable[], keys: readonly ('sex' | 'ageBand')[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const one of people) {
    const name = keys.map((key) => one[key]).join('\n')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
