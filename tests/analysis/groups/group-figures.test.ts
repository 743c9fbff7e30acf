import { describe, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { analyseGroups, findingItems, findingRules, measuresOf, placeGroups } from '../../../analysis/groups/index.ts'
import { person, score, seeded } from './people.ts'
import type { ReportGroup, ScoredRespondent } from '../../../analysis/groups/index.ts'

const sumOf = (...items: string[]) => ({ method: 'sum' as const, constant: 15, plus: [], minus: items })
const measures = measuresOf(
  [
    { id: 'quantitativeLoad', polarity: 'negative', formula: sumOf('q1', 'q2', 'q3') },
    { id: 'control', polarity: 'positive', formula: sumOf('q8', 'q9', 'q10') },
    { id: 'supervisorSupport', polarity: 'positive', formula: sumOf('q47', 'q50', 'q53') },
    { id: 'coworkerSupport', polarity: 'positive', formula: sumOf('q48', 'q51', 'q54') },
  ],
  findingItems,
)
const group = (id: string, parent: string | null, atoms: string[], invited = 40): ReportGroup => ({
  id,
  parent,
  atoms,
  invited,
})
const letters = ['a', 'b', 'c', 'd', 'e', 'f']
const tree = [group('company', null, letters, 240), ...letters.map((atom) => group(`team-${atom}`, 'company', [atom]))]

/** Six teams of thirty; team a may differ. */
function company(special: (random: () => number) => Partial<ScoredRespondent>, seed = 1): ScoredRespondent[] {
  const random = seeded(seed)
  return letters.flatMap((atom) =>
    Array.from({ length: 30 }, () => {
      const base = person(
        atom,
        {
          quantitativeLoad: score(random, 8.4),
          control: score(random, 7.8),
          supervisorSupport: score(random, 7.6),
          coworkerSupport: score(random, 8),
        },
        {
          sex: random() < 0.5 ? 'male' : 'female',
          items: { q10: 1 + Math.floor(random() * 3) },
          highStress: random() < 0.1,
        },
      )
      const change = atom === 'a' ? special(random) : {}
      return {
        ...base,
        ...change,
        scales: { ...base.scales, ...change.scales },
        items: { ...base.items, ...change.items },
      }
    }),
  )
}
const teamA = (people: ScoredRespondent[], groups = tree) =>
  analyseGroups({ respondents: people, measures, groups }).find(({ id }) => id === 'team-a')!

describe('group figures', () => {
  test('worked example: two teams of ten, fewer than five groups', () => {
    const values = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3]
    const people = [
      ...values.map((control) => person('a', { control })),
      ...values.map((control) => person('b', { control: control + 2 })),
    ]
    const figures = analyseGroups({
      respondents: people,
      measures,
      groups: [group('b', 'all', ['b'], 10), group('a', 'all', ['a'], 20), group('all', null, ['a', 'b'], 30)],
    })
    expect(figures.map(({ id }) => id)).toEqual(['all', 'b', 'a'])
    const own = figures.find(({ id }) => id === 'a')!
    expect(own).toMatchObject({ respondents: 10, invited: 20, responseRate: 0.5, parent: 'all' })
    // Within-variance 10/9 in both; τ² = 0.05 σ², so B = 0.05 / (0.05 + 1/10) = 1/3 and 2 moves two thirds of the way to 3.
    expect(own.scales['control']).toMatchObject({ n: 10, mean: 2 })
    expect(own.scales['control']?.sd).toBeCloseTo(Math.sqrt(10 / 9), 12)
    expect(own.scales['control']?.weight).toBeCloseTo(1 / 3, 12)
    expect(own.scales['control']?.shrunk).toBeCloseTo(3 - 1 / 3, 12)
    expect(figures[0]?.scales['control']).toMatchObject({ mean: 3, shrunk: 3, weight: 1 })
    expect(Object.keys(own.scales)).not.toContain('q10')
  })

  test('shrunken means lie between the own mean and the parent’s', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const figures = analyseGroups({ respondents: company(() => ({}), seed), measures, groups: tree })
        const top = figures[0]!
        for (const { scales } of figures.slice(1)) {
          for (const [id, figure] of Object.entries(scales)) {
            const parent = top.scales[id]!.shrunk
            expect(figure!.shrunk).toBeGreaterThanOrEqual(Math.min(parent, figure!.mean) - 1e-9)
            expect(figure!.shrunk).toBeLessThanOrEqual(Math.max(parent, figure!.mean) + 1e-9)
          }
        }
      }),
      { numRuns: 10 },
    )
  })

  test('relabelling teams and shuffling people changes nothing', () => {
    const people = company(() => ({ scales: { control: 4 } }))
    const shuffled = people.map((row) => ({ ...row, atom: `x-${row.atom}` })).reverse()
    const renamed = tree.map((row) => ({
      ...row,
      id: `n-${row.id}`,
      parent: row.parent && `n-${row.parent}`,
      atoms: row.atoms.map((atom) => `x-${atom}`),
    }))
    const before = analyseGroups({ respondents: people, measures, groups: tree })
    const after = analyseGroups({ respondents: shuffled, measures, groups: renamed })
    for (const [index, figures] of before.entries()) {
      expect(after[index]?.findings.map(({ id }) => id)).toEqual(figures.findings.map(({ id }) => id))
      expect(after[index]?.scales['control']?.shrunk).toBeCloseTo(figures.scales['control']!.shrunk, 10)
      expect(after[index]?.chart?.combined.total).toBeCloseTo(figures.chart!.combined.total, 8)
    }
  })

  test('high stress counts verdicts only, with Wilson’s interval', () => {
    const people = [true, true, true, true, ...Array.from({ length: 8 }, () => false), null].map((highStress) =>
      person('a', {}, { highStress }),
    )
    const figure = analyseGroups({ respondents: people, measures, groups: [group('all', null, ['a'])] })[0]?.highStress
    expect(figure).toMatchObject({ n: 12, count: 4, share: 4 / 12 })
    expect(figure?.lo).toBeCloseTo(0.13812009109, 9)
    expect(figure?.hi).toBeCloseTo(0.60937791113, 9)
  })

  test('presenteeism and recommendation come from their own respondents', () => {
    const groups = [group('all', null, ['a', 'b'], 8), group('a', 'all', ['a'], 4)]
    const figures = analyseGroups({
      respondents: [person('a')],
      measures,
      groups,
      presenteeism: [30, 20, 10].map((value) => ({ atom: 'a', value })),
      recommendation: [10, 9, 9, 8, 7, 6, 3, 0, 10, 5].map((value, index) => ({ atom: index < 5 ? 'a' : 'b', value })),
    })
    expect(figures[0]?.presenteeism).toMatchObject({ n: 3, mean: 20, sd: 10 })
    expect(figures[0]?.presenteeism?.hi).toBeCloseTo(20 + (4.302652729911275 * 10) / Math.sqrt(3), 8)
    expect(figures[0]?.recommendation).toMatchObject({ promoters: 4, passives: 2, detractors: 4, score: 0 })
    expect(figures[1]?.recommendation).toMatchObject({ n: 5, promoters: 3, detractors: 0, score: 60 })
  })

  test('nobody answered', () => {
    const [all] = analyseGroups({ respondents: [], measures, groups: [group('all', null, ['a'], 0)] })
    expect(all).toMatchObject({ respondents: 0, responseRate: null, highStress: null, chart: null, presenteeism: null })
    expect(all?.scales['control']).toBeNull()
    expect(all?.findings).toEqual([])
    expect(analyseGroups({ respondents: [person('a')], measures, groups: [] })).toEqual([])
  })

  test('everybody answers the same: no spread, no difference, nothing divided by zero', () => {
    const people = letters.flatMap((atom) => Array.from({ length: 12 }, () => person(atom, {}, { items: { q10: 2 } })))
    for (const figures of analyseGroups({ respondents: people, measures, groups: tree })) {
      expect(figures.differences).toMatchObject({ worse: [], better: [] })
      expect(figures.scales['control']).toMatchObject({ mean: 8, sd: 0, shrunk: 8, se: 0 })
      expect(figures.findings.filter(({ evidence }) => evidence.kind !== 'chart')).toEqual([])
    }
  })

  test('unreported groups leave no trace in what is reported', () => {
    const people = company(() => ({}))
    const groups = tree
      .filter(({ id }) => id !== 'team-f')
      .map((row) => ({ ...row, atoms: row.atoms.filter((atom) => atom !== 'f') }))
    const before = analyseGroups({ respondents: people, measures, groups })
    const changed = people.map((row) => (row.atom === 'f' ? { ...row, scales: { ...row.scales, control: 12 } } : row))
    expect(analyseGroups({ respondents: changed, measures, groups })).toEqual(before)
  })

  test.each([
    ['twice', [group('a', null, []), group('a', null, [])], /appears twice/],
    ['unknown parent', [group('a', 'z', [])], /unknown z/],
    ['cycle', [group('a', 'b', []), group('b', 'a', [])], /cycle/],
  ] as const)('%s is refused', (_, groups, message) => {
    expect(() => placeGroups(groups)).toThrow(message)
  })
})

describe('what differs', () => {
  test('a team with little supervisor support is told so, with n, uncertainty and next steps', () => {
    const { differences, findings } = teamA(company((random) => ({ scales: { supervisorSupport: score(random, 5) } })))
    expect(differences.worse[0]).toMatchObject({ measure: 'supervisorSupport', n: 30, clear: true })
    expect(differences.worse[0]!.gap).toBeGreaterThan(0.5)
    const finding = findings.find(({ id }) => id === 'supervisorSupportLow')!
    expect(finding).toMatchObject({ n: 30, items: ['q47', 'q50', 'q53'], evidence: { kind: 'gap' } })
    if (finding.evidence.kind !== 'gap') throw new Error('a gap was expected')
    expect(finding.evidence.lo90).toBeLessThan(finding.evidence.gap)
    expect(finding.nextSteps[0]).toMatchObject({ checklistItem: 21 })
  })

  test('a team with more support is not told it lacks any', () => {
    const { differences, findings } = teamA(
      company((random) => ({ scales: { supervisorSupport: score(random, 10.5) } })),
    )
    expect(differences.better.map(({ measure }) => measure)).toContain('supervisorSupport')
    expect(findings.map(({ id }) => id)).not.toContain('supervisorSupportLow')
  })

  test('item 10 alone says that opinions are hardly reflected', () => {
    const { findings, differences } = teamA(company(() => ({ items: { q10: 4 } })))
    expect(findings.map(({ id }) => id)).toContain('opinionsHardlyReflected')
    expect(differences.worse.map(({ measure }) => measure)).not.toContain('q10')
  })

  test('the same average load on few shoulders is uneven, not high', () => {
    const { findings } = teamA(company((random) => ({ scales: { quantitativeLoad: random() < 0.5 ? 5 : 12 } })))
    const ids = findings.map(({ id }) => id)
    expect(ids).toContain('workloadUneven')
    expect(ids).not.toContain('workloadHigh')
  })

  test('chance alone seldom makes a sentence', () => {
    let said = 0
    for (let seed = 1; seed <= 40; seed += 1) {
      const figures = analyseGroups({ respondents: company(() => ({}), seed), measures, groups: tree })
      said += figures.flatMap(({ findings }) => findings).filter(({ evidence }) => evidence.kind === 'gap').length
    }
    // 240 team reports without any true difference.
    expect(said).toBeLessThan(12)
  })

  test('ten people are not enough for a small difference', () => {
    const people = company((random) => ({ scales: { control: score(random, 7.2) } }))
    const few = people.filter((row, index) => row.atom !== 'a' || index % 3 === 0)
    expect(teamA(few).findings.map(({ id }) => id)).not.toContain('controlLow')
  })

  test('at most three differences, the relevant ones first', () => {
    const { differences } = teamA(
      company(() => ({ scales: { control: 4, supervisorSupport: 4, coworkerSupport: 4, quantitativeLoad: 12 } })),
    )
    expect(differences.worse).toHaveLength(3)
    expect(differences.worse.map(({ measure }) => measure)).not.toContain('coworkerSupport')
  })

  test('case mix: a team of women at the women’s mean does not differ', () => {
    const random = seeded(5)
    const people = letters.flatMap((atom) =>
      Array.from({ length: 40 }, (_, index) => {
        const sex = atom === 'a' || index % 2 === 0 ? 'female' : 'male'
        return person(atom, { control: score(random, sex === 'female' ? 6 : 10) }, { sex })
      }),
    )
    const report = teamA(people)
    expect(report.differences.caseMixAdjusted).toBe(true)
    expect(report.differences.worse.map(({ measure }) => measure)).not.toContain('control')
    // Without enough people to adjust, the plain difference stands.
    const few = teamA(people.filter((_, index) => index % 2 === 0 || index % 40 < 10).slice(0, 199))
    expect(few.differences.caseMixAdjusted).toBe(false)
  })
})

describe('findings as data', () => {
  test('every sentence and step has its text in both languages', () => {
    for (const locale of ['ja', 'en']) {
      const texts = JSON.parse(readFileSync(`templates/locales/${locale}/findings.json`, 'utf8')) as Record<
        string,
        never
      >
      for (const { id, steps } of findingRules) {
        expect(texts[id]?.['sentence'], `${locale} ${id}`).toBeTypeOf('string')
        for (const step of steps) expect(texts['steps']?.[step.id], `${locale} ${step.id}`).toBeTypeOf('string')
      }
    }
  })

  test('no rule of the 57 items claims that people cannot speak up', () => {
    for (const rule of findingRules) {
      for (const item of rule.items) expect(Number(item.slice(1))).toBeLessThanOrEqual(57)
    }
    const opinions = findingRules.filter(({ items }) => items.length === 1 && items[0] === 'q10')
    expect(opinions.map(({ id }) => id)).toEqual(['opinionsHardlyReflected'])
  })
})
