import type { AssessedValue, ReadAssessment } from './assessment-content.ts'
import type { GroupFrame, ReportContent } from './content.ts'
import type { EarlierReport } from './earlier-report.ts'
import type { ScaleTitles } from './titles.ts'
import type { Words } from './words.ts'

/** What a report page is made of: disclosed figures and nothing else. */
export interface ReportData {
  content: ReportContent
  contentHash: string
  methodVersion: string
  /** undefined before it was made, or without that purpose */
  assessment: ReadAssessment | undefined
  /** the released report before this one */
  previous: EarlierReport | undefined
  titles: ScaleTitles
  /** where a department's page is; undefined: no links */
  departmentHref: ((id: string) => string) | undefined
}

/** Number of a department's row: the mark of its dot on the chart. */
export type Marks = ReadonlyMap<string, string>

export function isShown(group: { figures: { response: { kind: string } } }): boolean {
  return group.figures.response.kind === 'shown'
}

/** Name of a group as lists print it. */
export function nameOf(group: Pick<GroupFrame, 'kind' | 'name'>, words: Words): string {
  if (group.kind !== 'rest') return group.name
  return words.t('rest.name', { whole: group.name })
}

/** What 「その他合算」 holds. */
export function partsOf(group: Pick<GroupFrame, 'parts'>, words: Words): string {
  return words.list(group.parts.map((part) => words.t(`rest.${part.scope}`, { name: part.name })))
}

/** A group is compared with an earlier round only under the same definition. */
export function sameMembers(a: Pick<GroupFrame, 'kind' | 'members'>, b: Pick<GroupFrame, 'kind' | 'members'>): boolean {
  return a.kind === b.kind && a.members.length === b.members.length && a.members.every((id) => b.members.includes(id))
}

/** Published departments, the highest estimate first; those that cannot be judged last. */
export function byRisk(content: ReportContent, assessment: ReadAssessment) {
  const order = (value: AssessedValue) => (value.status === 'insufficient' ? -1 : value.risk.estimate)
  return content.groups
    .flatMap((group) => {
      const figure = assessment.departments.get(group.id)
      return group.kind === 'department' && figure?.kind === 'shown' ? [{ group, figure }] : []
    })
    .sort((a, b) => order(b.figure.value) - order(a.figure.value))
}

/** Statuses are told by words and weight, not by the colours of a traffic light. */
export function tagOf(status: AssessedValue['status']): string {
  return { high: 'strong', watch: 'wait', ordinary: 'plain', insufficient: 'quiet' }[status]
}
