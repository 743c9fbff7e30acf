/**
 * The numbers of disclosure control as dated, sourced data.
 *
 * Law may change them; code reads them from here and from nowhere else.
 */
export const disclosureRules = {
  /** Respondents whose valid answers enter one figure; a company may raise it, nothing lowers it. */
  floor: {
    respondents: 10,
    since: '2015-12-01',
    source:
      'Guideline on stress checks (心理的な負担の程度を把握するための検査等指針, 2015, 9(1)): no group results to the employer under 10 without consent of all; https://wic-net.com/material/document/17187/176',
  },
  /** Two people are identified even by an average; no exception passes this. */
  absoluteFloor: {
    respondents: 3,
    since: '2015-12-01',
    source: 'Stress-check manual on units of about two people; https://wic-net.com/material/document/17187/152',
  },
  /** A sum no further than this from its lowest or highest possible value is shown as a band. */
  extremeMargin: {
    points: 2,
    since: '2015-12-01',
    source: 'Ministry Q&A on inner counts that may identify (number of high-stress persons); 3 or more on either side',
  },
  /** A second layer only: the auditor never counts rounding as protection. */
  rounding: { meanDecimals: 1, shareDecimals: 2 },
} as const

declare const floorMark: unique symbol

/** A floor that has passed {@link decideFloor}: a whole number of respondents, at least ten. */
export type Floor = number & { readonly [floorMark]: true }

/**
 * The floor in force for a company: the statutory ten, or what the company raised it to.
 *
 * @param raisedTo whole number of respondents; absent means the statutory floor
 * @throws RangeError when it is not a whole number or lies under the statutory floor
 * @example decideFloor() // 10
 * @example decideFloor(15) // 15
 */
export function decideFloor(raisedTo: number = disclosureRules.floor.respondents): Floor {
  if (!Number.isSafeInteger(raisedTo) || raisedTo < disclosureRules.floor.respondents) {
    throw new RangeError(`The floor is ${disclosureRules.floor.respondents} respondents or more, not ${raisedTo}`)
  }
  return raisedTo as Floor
}

/** Rounds to `decimals` places, halves away from zero, 0 for −0. Means: 1 place, shares: 2 places (1 %). */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals
  // the small push undoes binary representation (2.25 * 10 is fine, 1.005 * 100 is 100.49999…)
  const rounded = Math.round(Math.abs(value) * scale * (1 + Number.EPSILON)) / scale
  return value < 0 && rounded !== 0 ? -rounded : rounded
}
