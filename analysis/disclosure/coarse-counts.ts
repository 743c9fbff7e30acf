import { show, withhold } from './disclosed.ts'
import type { Disclosed } from './disclosed.ts'
import type { Floor } from './rules.ts'

/** A count of people that says no more than this. `atMost` null: up to all of them. */
export type CountBand = { readonly atLeast: number; readonly atMost: number | null }

/** One part of the people who are counted; parts share nobody. */
export type CountedPart = {
  readonly id: string
  readonly respondents: number
  /** How many of them have what is counted. */
  readonly people: number
  /** May a figure stand beside this part at all (ledger, residuals)? */
  readonly published: boolean
}

export type CoarseCounts = {
  readonly whole: Disclosed<CountBand>
  readonly parts: ReadonlyMap<string, Disclosed<CountBand>>
}

type Interval = readonly [number, number]

/**
 * The band of `width` numbers that a count of 0 … `most` lies in; what does not fill a last band belongs to the one before it, so that
 * every band holds at least `width` numbers, or there is one band only.
 *
 * @example bandOf(4, 35, 10) // [0, 9]; bandOf(30, 35, 10) // [20, 35]; bandOf(3, 18, 10) // [0, 18]
 */
export function bandOf(count: number, most: number, width: number): Interval {
  const bands = Math.max(1, Math.floor((most + 1) / width))
  const at = Math.min(Math.floor(count / width), bands - 1)
  return [at * width, at === bands - 1 ? most : (at + 1) * width - 1]
}

/**
 * Counts of people that may be asked for again and again with other conditions, such as who would meet other criteria: in bands as wide as
 * the floor. Zero is never told from nine, nor all from all but nine; the bands hold 「2人以下」 within them.
 *
 * Parts and whole must not pin each other either. The bands of the parts are told first (a part that may not be published counts as
 * anything from none to all), and of the whole only what is left between the least and the most that the parts add up to, again in bands as
 * wide as the floor. Whoever adds and subtracts what is shown is left with at least `floor` possible counts for each part, for those
 * withheld and for the whole (checked by counting all possibilities in the tests). Nothing is decided by looking at the counts: which
 * figures are withheld follows from the numbers of respondents alone, so that a withheld one tells nothing.
 *
 * @param parts all people, each in one part
 * @returns a band for each part and the whole; withheld where a band would be all there is, from none to all
 * @throws RangeError for a count that is no whole number or more than there are people, and for an unpublished rest of 1 … floor − 1
 *   people beside published parts: their counts could be bounded by subtraction
 * @example floor 10, one part of 60 with 14 → whole and part 10 … 19; parts of 60 with 14 and 40 with 3 → 10 … 19, 0 … 9, whole 10 … 28
 */
export function discloseCoarseCounts(parts: readonly CountedPart[], floor: Floor, basis?: string): CoarseCounts {
  for (const { respondents, people } of parts) {
    if (!Number.isSafeInteger(respondents) || !Number.isSafeInteger(people) || people < 0 || people > respondents)
      throw new RangeError('A count that is no number of people among these')
  }
  const shown = parts.filter(({ published, respondents }) => published && respondents >= floor)
  const others = parts.filter((part) => !shown.includes(part))
  const rest = total(others, 'respondents')
  if (shown.length > 0 && rest > 0 && rest < floor)
    throw new RangeError('A rest under the floor beside published parts')

  const bands = shown.map((part) => ({ part, band: bandOf(part.people, part.respondents, floor) }))
  const low = bands.reduce((sum, { band }) => sum + band[0], 0)
  const high = bands.reduce((sum, { band }) => sum + band[1], rest)
  const everybody = total(parts, 'respondents')
  const left = bandOf(total(parts, 'people') - low, high - low, floor)
  const whole = toFigure([low + left[0], low + left[1]], everybody, floor, basis)

  const figures = new Map<string, Disclosed<CountBand>>(parts.map(({ id }) => [id, withhold('tooFew')]))
  for (const { part, band } of bands) figures.set(part.id, toFigure(band, part.respondents, floor, basis))
  return { whole, parts: figures }
}

function toFigure(
  [atLeast, most]: Interval,
  n: number,
  floor: number,
  basis: string | undefined,
): Disclosed<CountBand> {
  if (n < floor || (atLeast === 0 && most === n)) return withhold('tooFew')
  return show({ atLeast, atMost: most === n ? null : most }, n, floor, basis)
}

const total = (parts: readonly CountedPart[], what: 'respondents' | 'people') =>
  parts.reduce((sum, part) => sum + part[what], 0)
