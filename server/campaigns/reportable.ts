import { decideFloor, previewGroups, type GroupPreview, type MergeOffer } from '../../analysis/disclosure/index.ts'
import type { ReportingGroup } from './groups.ts'

/** The company as a whole stands above all departments. */
export const wholeCompany = 'company'

/** Shares that may answer, for which the page shows what could be reported. */
export const responseRates = [1, 0.8, 0.6] as const

export type Reportable = 'shown' | 'together' | 'withheld'

export interface GroupsPreview {
  /** for each rate of {@link responseRates}: what becomes of each group */
  columns: readonly { rate: number; headsNeeded: number; of: ReadonlyMap<string, Reportable> }[]
  /** merges that would help at 80 % */
  offers: readonly MergeSuggestion[]
  /** small groups no merge with siblings lifts */
  stuck: readonly string[]
}

export interface MergeSuggestion {
  /** the unit that takes the others */
  targetId: string
  /** each is reported with the target: a sibling whole, or its parent's people attached directly */
  units: readonly { departmentId: string; direct: boolean }[]
  headcount: number
}

/**
 * Which groups this roster can report at all, under complementary suppression and the floor, if everybody, 80 % or 60 %
 * answered everywhere (see analysis/disclosure). Advice only: the plan is made anew from real answers at closing.
 */
export function previewReportable(groups: readonly ReportingGroup[], floor: number): GroupsPreview {
  const nodes = [
    { id: wholeCompany, parentId: null, headcount: 0, mustPublish: true },
    ...groups.map((group) => ({
      id: group.departmentId,
      parentId: group.parentDepartmentId ?? wholeCompany,
      headcount: group.headcount,
      mustPublish: group.depth === 0,
    })),
  ]
  const previews = previewGroups(nodes, { floor: decideFloor(floor), responseRates })
  const middle = previews[1]!
  return {
    columns: previews.map((preview) => ({
      rate: preview.responseRate,
      headsNeeded: preview.headsNeeded,
      of: fateOf(preview),
    })),
    offers: middle.offers.flatMap((offer) => suggestionOf(offer, groups)),
    stuck: middle.stuck.filter((part) => part.id !== wholeCompany).map((part) => part.id),
  }
}

function fateOf(preview: GroupPreview): Map<string, Reportable> {
  const fate = new Map<string, Reportable>()
  for (const id of preview.withheld) fate.set(id, 'withheld')
  for (const rest of preview.rests)
    for (const part of rest.parts) if (part.scope === 'whole') fate.set(part.id, 'together')
  for (const id of preview.reportable) fate.set(id, 'shown')
  return fate
}

function suggestionOf(offer: MergeOffer, groups: readonly ReportingGroup[]): MergeSuggestion[] {
  const headcount = (id: string) => groups.find((group) => group.departmentId === id)?.headcount ?? 0
  const whole = offer.units.filter((unit) => unit.scope === 'whole').sort((a, b) => headcount(b.id) - headcount(a.id))
  const target = whole[0]
  if (!target || offer.units.length < 2) return []
  const others = offer.units.filter((unit) => unit !== target && unit.id !== wholeCompany)
  if (others.length === 0) return []
  return [
    {
      targetId: target.id,
      units: others.map((unit) => ({ departmentId: unit.id, direct: unit.scope === 'direct' })),
      headcount: offer.headcount,
    },
  ]
}
