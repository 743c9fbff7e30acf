import { disclosureRules } from './rules.ts'

/**
 * Why a figure is not shown. `tooFew` covers every reason of disclosure control alike, so that a reader cannot tell a
 * small group from one withheld to protect another; `noResolution`: high-stress shares without a stored resolution.
 */
export type WithheldReason = 'tooFew' | 'noResolution'

// Classes with a #private member instead of a symbol property: TypeScript drops #private members when an object is
// spread, so `{ ...shown, value: other }` is no Disclosed either, and `#made in x` holds at run time.
class ShownFigure<T> {
  readonly kind = 'shown'
  readonly value: T
  /** Respondents whose valid answers enter this figure. */
  readonly n: number
  /** The floor in force when it was made. */
  readonly floor: number
  /** Short key of what the figure rests on (norm set, criteria …), where that matters. */
  readonly basis?: string
  readonly #made = true

  constructor(value: T, n: number, floor: number, basis: string | undefined) {
    this.value = value
    this.n = n
    this.floor = floor
    if (basis !== undefined) this.basis = basis
    Object.freeze(this)
  }

  static made(candidate: object): boolean {
    return #made in candidate && candidate.#made
  }
}

class WithheldFigure {
  readonly kind = 'withheld'
  readonly reason: WithheldReason
  readonly #made = true

  constructor(reason: WithheldReason) {
    this.reason = reason
    Object.freeze(this)
  }

  static made(candidate: object): boolean {
    return #made in candidate && candidate.#made
  }
}

export type Shown<T> = ShownFigure<T>
export type Withheld = WithheldFigure

/** A figure that has passed disclosure control: shown, or withheld. Only this folder can make one. */
export type Disclosed<T> = Shown<T> | Withheld

/**
 * Makes a shown figure. Not exported by the door: only files of this folder call it.
 *
 * @throws RangeError when n lies under the floor or the floor under the absolute floor: a fault of ours, never shown
 */
export function show<T>(value: T, n: number, floor: number, basis?: string): Shown<T> {
  if (!Number.isSafeInteger(n) || !(floor >= disclosureRules.absoluteFloor.respondents) || n < floor) {
    throw new RangeError('A figure under its floor was about to be shown')
  }
  return new ShownFigure(value, n, floor, basis)
}

/** Makes a withheld figure. Not exported by the door. */
export function withhold(reason: WithheldReason): Withheld {
  return new WithheldFigure(reason)
}

/** True for figures made here; false for look-alikes that only have the same properties. */
export function isDisclosed(candidate: unknown): candidate is Disclosed<unknown> {
  return (
    typeof candidate === 'object' &&
    candidate !== null &&
    (ShownFigure.made(candidate) || WithheldFigure.made(candidate))
  )
}

/**
 * Changes the value of a shown figure and keeps n, floor and basis; a withheld one stays withheld.
 *
 * Inside the wall only (analysis/, group-reports): `change` must compute from the value it is given, never bring in
 * data of another group.
 *
 * @example mapDisclosed(share, (s) => s.kind) // shown 'exact', n as before
 */
export function mapDisclosed<T, U>(figure: Disclosed<T>, change: (value: T, n: number) => U): Disclosed<U> {
  if (figure.kind === 'withheld') return figure
  return new ShownFigure(change(figure.value, figure.n), figure.n, figure.floor, figure.basis)
}
