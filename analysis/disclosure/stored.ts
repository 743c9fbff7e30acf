import { show, withhold } from './disclosed.ts'
import type { Disclosed, WithheldReason } from './disclosed.ts'

/** The JSON form of a figure in a released report. Plain data, and therefore no proof of anything. */
export type StoredFigure =
  | {
      readonly kind: 'shown'
      readonly value: unknown
      readonly n: number
      readonly floor: number
      readonly basis?: string
    }
  | { readonly kind: 'withheld'; readonly reason: WithheldReason }

/** A figure as plain JSON for the released report. `value` must be JSON by itself (no Map, Date, undefined, NaN). */
export function toStored(figure: Disclosed<unknown>): StoredFigure {
  if (figure.kind === 'withheld') return { kind: 'withheld', reason: figure.reason }
  const { value, n, floor, basis } = figure
  return { kind: 'shown', value, n, floor, ...(basis === undefined ? {} : { basis }) }
}

/**
 * Reads a figure back **from a released report and from nowhere else**.
 *
 * The shape is checked (exact keys, n at or above the stored floor, floor at or above the absolute one), but no shape
 * can prove that the number went through disclosure control: that proof is the released report's own row, which is
 * written once, by the implementer's release, and read under row-level security. Hence this is the one way back into
 * the type, and a test lets only `server/group-reports/` name it.
 *
 * @param parse checks and types the value; it throws on anything else
 * @throws TypeError naming what is wrong with the shape; RangeError for n under its floor
 * @example fromStored({ kind: 'shown', value: 2.4, n: 31, floor: 10 }, Number) // shown 2.4, n 31
 */
export function fromStored<T>(json: unknown, parse: (value: unknown) => T): Disclosed<T> {
  if (typeof json !== 'object' || json === null) throw new TypeError('A stored figure is an object')
  const stored = json as Record<string, unknown>
  if (stored['kind'] === 'withheld') {
    onlyKeys(stored, ['kind', 'reason'])
    if (stored['reason'] !== 'tooFew' && stored['reason'] !== 'noResolution') {
      throw new TypeError('A withheld figure names a known reason')
    }
    return withhold(stored['reason'])
  }
  if (stored['kind'] !== 'shown') throw new TypeError('A stored figure is shown or withheld')
  onlyKeys(stored, ['kind', 'value', 'n', 'floor', 'basis'])
  const { value, n, floor, basis } = stored
  if (value === undefined) throw new TypeError('A shown figure has a value')
  if (typeof n !== 'number' || typeof floor !== 'number') throw new TypeError('A shown figure has n and floor')
  if (basis !== undefined && typeof basis !== 'string') throw new TypeError('The basis of a figure is a short key')
  return show(parse(value), n, floor, basis)
}

function onlyKeys(stored: Record<string, unknown>, known: readonly string[]): void {
  for (const key of Object.keys(stored)) {
    if (!known.includes(key)) throw new TypeError(`A stored figure has no property ${key}`)
  }
}
