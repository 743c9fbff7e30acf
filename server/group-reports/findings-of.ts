import {
  mapDisclosed,
  roundTo,
  type Disclosed,
  type DisclosedFigure,
  type MeanFigure,
} from '../../analysis/disclosure/index.ts'
import {
  findingRules,
  type Finding,
  type Gap,
  type GroupFigures,
  type ReportGroup,
} from '../../analysis/groups/index.ts'
import type { DifferenceValue, EvidenceValue, FindingValue } from './content.ts'

type Kind = { kind: MeanFigure['kind'] }

export function isExact(figure: Disclosed<Kind> | undefined): boolean {
  return figure?.kind === 'shown' && figure.value.kind === 'exact'
}

/**
 * Where a group may be compared on a mean: its own mean and those of all reported groups above it are shown exactly. A shrunk
 * figure leans on the mean above it, so it must not tell of one that is not shown.
 */
export function comparableOnly(
  groups: readonly ReportGroup[],
  mean: DisclosedFigure<MeanFigure>,
): DisclosedFigure<Kind> {
  const parentOf = new Map(groups.map((group) => [group.id, group.parent]))
  const at = (key: string) => (key.startsWith('rest:') ? mean.rests.get(key.slice(5)) : mean.departments.get(key))
  const holds = (key: string | null): boolean => key === null || (isExact(at(key)) && holds(parentOf.get(key) ?? null))
  const gate = (key: string, figure: Disclosed<MeanFigure>) =>
    mapDisclosed(figure, (value): Kind =>
      holds(key) ? value : { kind: value.kind === 'exact' ? 'nearLowest' : value.kind },
    )
  return {
    departments: new Map([...mean.departments].map(([id, figure]) => [id, gate(id, figure)])),
    rests: new Map([...mean.rests].map(([id, figure]) => [id, gate(`rest:${id}`, figure)])),
  }
}

const measureOfRule = new Map(
  findingRules.map(({ id, evidence }) => [id, evidence.kind === 'chart' ? null : evidence.measure]),
)

/** The findings whose figures are all shown and whose items this form asks, rounded for publication. */
export function findingsOf(
  figures: GroupFigures,
  shown: { measure: (id: string) => boolean; chart: boolean; asked: ReadonlySet<string> },
): FindingValue[] {
  return figures.findings
    .filter((finding) => {
      if (!finding.items.every((id) => shown.asked.has(id))) return false
      const measure = measureOfRule.get(finding.id)
      return measure === null ? shown.chart : measure !== undefined && shown.measure(measure)
    })
    .map((finding) => ({
      id: finding.id,
      textKey: finding.textKey,
      items: [...finding.items],
      n: finding.n,
      evidence: evidenceOf(finding),
      steps: finding.nextSteps.map(({ textKey, checklistItem, source }) => ({ textKey, checklistItem, source })),
    }))
}

function evidenceOf({ evidence }: Finding): EvidenceValue {
  if (evidence.kind === 'spread') return { kind: 'spread', size: roundTo(evidence.ratio, 1) }
  if (evidence.kind === 'chart')
    return {
      kind: 'chart',
      size: roundTo(evidence.risk, 0),
      lo: roundTo(evidence.lo90, 0),
      hi: roundTo(evidence.hi90, 0),
    }
  const { gap, lo90, hi90, probability } = evidence
  return {
    kind: 'gap',
    size: roundTo(gap, 2),
    lo: roundTo(lo90, 2),
    hi: roundTo(hi90, 2),
    probability: roundTo(probability, 2),
  }
}

/** 「会社平均と比べて差が大きい項目」, as far as their means are shown. */
export function differencesOf(
  figures: GroupFigures,
  shown: (measure: string) => boolean,
): { worse: DifferenceValue[]; better: DifferenceValue[] } {
  const pick = (gaps: readonly Gap[]) =>
    gaps
      .filter(({ measure }) => shown(measure))
      .map(({ measure, gap, n }) => ({ scale: measure, gap: roundTo(gap, 2), n }))
  return { worse: pick(figures.differences.worse), better: pick(figures.differences.better) }
}
