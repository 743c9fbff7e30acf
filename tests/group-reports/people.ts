import { chance } from '../../server/demo/chance.ts'
import type { ReportInput, ReportNode } from '../../server/group-reports/report-input.ts'

const scales = ['quantitativeLoad', 'control', 'supervisorSupport', 'coworkerSupport', 'vigor'] as const

/** items of the scales as the 57-item form has them: a finding is stated only where all its items are asked */
const itemsOf = {
  quantitativeLoad: ['q1', 'q2', 'q3'],
  control: ['q8', 'q9', 'q10'],
  supervisorSupport: ['q47', 'q50', 'q53'],
  coworkerSupport: ['q48', 'q51', 'q54'],
  vigor: ['q18', 'q19', 'q20'],
} as const

/** A random company as the report sees it: divisions with heads of their own, units of 0 to 30, answers with holes. */
export function randomInput(seed: number, options: { holes?: number; stressed?: number } = {}): ReportInput {
  const random = chance(seed, 'company')
  const whole = (most: number) => Math.floor(random.uniform() * (most + 1))
  const tree: ReportNode[] = [{ id: 'company', parentId: null, name: '会社', depth: 0, members: [] }]
  const invited = new Map<string, number>()
  for (let division = 1; division <= 1 + whole(2); division++) {
    const id = `d${division}`
    tree.push({ id, parentId: 'company', name: `部${division}`, depth: 1, members: [id] })
    invited.set(id, whole(4))
    for (let unit = 1; unit <= whole(4); unit++) {
      const unitId = `${id}u${unit}`
      tree.push({ id: unitId, parentId: id, name: `課${division}-${unit}`, depth: 2, members: [unitId] })
      invited.set(unitId, whole(30))
    }
  }
  const hole = options.holes ?? 0.03
  const respondents = [...invited].flatMap(([atom, people]) =>
    Array.from({ length: people }, () => ({
      atom,
      sex: random.uniform() < 0.5 ? ('male' as const) : ('female' as const),
      ageBand: '30-39',
      scales: Object.fromEntries(scales.map((id) => [id, random.uniform() < hole ? null : 3 + whole(9)])),
      items: { q10: random.uniform() < hole ? null : 1 + whole(3) },
      highStress: random.uniform() < hole ? null : random.uniform() < (options.stressed ?? 0.15),
    })),
  )
  const polarity = (id: string) => (id === 'quantitativeLoad' ? ('negative' as const) : ('positive' as const))
  return {
    campaign: { id: 'c', name: '試験', opensOn: '2026-11-02', closesOn: '2026-11-20' },
    floor: 10,
    criteriaMethod: 'simpleSum',
    highStressShareResolvedOn: '2026-10-01',
    turnoverRiskPurpose: true,
    slug: 'stress-check-57',
    questionnaires: [{ slug: 'stress-check-57', version: 1, hash: 'x' }],
    tree,
    invited,
    menShare: 0.5,
    measures: [
      ...scales.map((id) => ({
        id,
        kind: 'scale' as const,
        polarity: polarity(id),
        items: itemsOf[id],
        range: [3, 12] as const,
        unit: 1,
      })),
      { id: 'q10', kind: 'item', polarity: 'negative', items: ['q10'], range: [1, 4], unit: 1 },
    ],
    furtherIds: [],
    respondents,
    presenteeism: respondents.filter(() => random.uniform() < 0.8).map(({ atom }) => ({ atom, value: whole(60) })),
    presenteeismRange: [0, 99],
    presenteeismAsked: true,
    criteriaHash: 'a'.repeat(64),
    criteriaOwn: false,
    responseIds: [],
  }
}
