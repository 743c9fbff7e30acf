import type {
  InstrumentMeasures,
  LooseAnswer,
  Measure,
  PersonFigures,
  ScoredRespondent,
} from '../../analysis/groups/index.ts'
import type { CriteriaMethod } from '../campaigns/index.ts'

/** A group of the frozen tree, merges done; the top one is the company. */
export interface ReportNode {
  id: string
  parentId: string | null
  name: string
  depth: number
  /** departments whose people are attached directly to this group: itself and those merged into it */
  members: readonly string[]
}

/** A measure with the lowest and highest value one person can have; `unit` whole numbers make one point of it. */
export type RangedMeasure = Measure & { readonly range: readonly [number, number]; readonly unit: number }

/** Everything a report is computed from, opened on the analysis side and never stored. */
export interface ReportInput {
  campaign: { id: string; name: string; opensOn: string; closesOn: string }
  floor: number
  criteriaMethod: CriteriaMethod
  /** SHA-256 of the criteria that were signed, see `judgedBy` */
  criteriaHash: string
  /** workplaces decided numbers or a method of their own */
  criteriaOwn: boolean
  highStressShareResolvedOn: string | null
  turnoverRiskPurpose: boolean
  /** the stress check among the questionnaires */
  slug: string
  questionnaires: readonly { slug: string; version: number; hash: string }[]
  /** parents before children; the first is the company */
  tree: readonly ReportNode[]
  /** people asked, by the group they are attached to directly */
  invited: ReadonlyMap<string, number>
  menShare: number
  measures: readonly RangedMeasure[]
  /** scales beside those that criteria are counted with, as the longer form has them */
  furtherIds: readonly string[]
  respondents: readonly ScoredRespondent[]
  /** loss of presenteeism in points of 100 */
  presenteeism: readonly LooseAnswer[]
  presenteeismRange: readonly [number, number]
  /** whether that loss was asked at all */
  presenteeismAsked: boolean
  /** of whom there are answers: what the input hash is made of, never stored */
  responseIds: readonly string[]
}

/** What the report of an instrument beside the stress check is computed from. */
export interface InstrumentInput {
  campaign: { id: string; name: string; opensOn: string; closesOn: string }
  questionnaire: { slug: string; version: number; hash: string }
  tree: readonly ReportNode[]
  invited: ReadonlyMap<string, number>
  measures: InstrumentMeasures
  /** those who answered something of it */
  people: readonly { readonly atom: string; readonly figures: PersonFigures }[]
  responseIds: readonly string[]
}

/** Everything a campaign's reports are computed from. */
export interface CampaignInput {
  floor: number
  tree: readonly ReportNode[]
  /** undefined where no stress check was asked */
  statutory: ReportInput | undefined
  beside: readonly InstrumentInput[]
  /** people who answered anything at all, by the group they are attached to directly */
  answered: ReadonlyMap<string, number>
}

/** Id of the company's node where the departments have no common top. */
export const companyNodeId = 'company'

/**
 * The tree with the company on top: a department that holds all others is the company itself, otherwise one is put above them.
 * @example two divisions → company, division, division; one head office above all → the head office, named as the company
 */
export function putCompanyOnTop(
  groups: readonly {
    departmentId: string
    parentDepartmentId: string | null
    name: string
    depth: number
    memberDepartmentIds: readonly string[]
  }[],
  companyName: string,
): ReportNode[] {
  const known = new Set(groups.map((group) => group.departmentId))
  const isTop = (parent: string | null) => parent === null || !known.has(parent)
  const tops = groups.filter((group) => isTop(group.parentDepartmentId))
  const single = tops.length === 1
  const nodes = groups.map((group): ReportNode => ({
    id: group.departmentId,
    parentId: isTop(group.parentDepartmentId) ? (single ? null : companyNodeId) : group.parentDepartmentId,
    name: single && isTop(group.parentDepartmentId) ? companyName : group.name,
    depth: group.depth + (single ? 0 : 1),
    members: group.memberDepartmentIds,
  }))
  return single ? nodes : [{ id: companyNodeId, parentId: null, name: companyName, depth: 0, members: [] }, ...nodes]
}
