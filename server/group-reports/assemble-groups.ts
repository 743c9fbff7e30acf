import {
  toStored,
  type DisclosedFigure,
  type DisclosurePlan,
  type MeanFigure,
  type ShareFigure,
} from '../../analysis/disclosure/index.ts'
import type {
  ChartValue,
  DifferenceValue,
  FindingValue,
  GapValue,
  GroupFrame,
  IntervalValue,
  ResponseValue,
  StoredGroup,
} from './content.ts'
import type { ReportNode } from './report-input.ts'

export interface ReportFigures {
  response: DisclosedFigure<ResponseValue>
  highStress: DisclosedFigure<ShareFigure>
  highStressInterval: DisclosedFigure<IntervalValue>
  chart: DisclosedFigure<ChartValue>
  presenteeism: DisclosedFigure<MeanFigure>
  presenteeismInterval: DisclosedFigure<IntervalValue>
  findings: DisclosedFigure<FindingValue[]>
  differences: DisclosedFigure<{ worse: DifferenceValue[]; better: DifferenceValue[] }>
  scales: ReadonlyMap<string, { mean: DisclosedFigure<MeanFigure>; gap: DisclosedFigure<GapValue> }>
}

/** The stress check's groups with their figures. */
export function assembleGroups(
  plan: DisclosurePlan,
  tree: readonly ReportNode[],
  figures: ReportFigures,
): StoredGroup[] {
  return frameGroups(plan, tree, fill)

  function fill(side: 'departments' | 'rests', frame: GroupFrame): StoredGroup {
    const stored = (figure: DisclosedFigure<unknown>) => toStored(figure[side].get(frame.id)!)
    return {
      ...frame,
      figures: {
        response: stored(figures.response),
        highStress: stored(figures.highStress),
        highStressInterval: stored(figures.highStressInterval),
        chart: stored(figures.chart),
        presenteeism: stored(figures.presenteeism),
        presenteeismInterval: stored(figures.presenteeismInterval),
        findings: stored(figures.findings),
        differences: stored(figures.differences),
      },
      scales: Object.fromEntries(
        [...figures.scales].map(([id, { mean, gap }]) => [id, { mean: stored(mean), gap: stored(gap) }]),
      ),
    }
  }
}

/** Every department in the order of the tree, withheld ones too, each 「その他合算」 after the departments it completes. */
export function frameGroups<Group>(
  plan: DisclosurePlan,
  tree: readonly ReportNode[],
  fill: (side: 'departments' | 'rests', frame: GroupFrame) => Group,
): Group[] {
  const nodes = new Map(tree.map((node) => [node.id, node]))
  const { ids, end, depth, parent } = plan.tree
  const rests = plan.rests.map((rest) => ({ rest, at: plan.tree.indexOf.get(rest.id)! }))
  const groups: Group[] = []
  const addRestsEndingAt = (at: number) => {
    // the innermost first: it belongs to the department just finished
    for (const { rest, at: top } of rests.filter((one) => end[one.at] === at).sort((a, b) => b.at - a.at))
      groups.push(
        fill('rests', {
          kind: 'rest',
          id: rest.id,
          parent: rest.id,
          name: nodes.get(rest.id)!.name,
          depth: depth[top]! + 1,
          parts: rest.parts.map(({ id, scope }) => ({ name: nodes.get(id)!.name, scope })),
          members: rest.members.flatMap((id) => nodes.get(id)!.members),
        }),
      )
  }
  for (const [at, id] of ids.entries()) {
    addRestsEndingAt(at)
    const above = parent[at]!
    groups.push(
      fill('departments', {
        kind: above === -1 ? 'company' : 'department',
        id,
        parent: above === -1 ? null : ids[above]!,
        name: nodes.get(id)!.name,
        depth: depth[at]!,
        parts: [],
        members: ids.slice(at, end[at]).flatMap((below) => nodes.get(below)!.members),
      }),
    )
  }
  addRestsEndingAt(ids.length)
  return groups
}
