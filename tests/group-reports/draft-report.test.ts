import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { draftReport } from '../../server/group-reports/draft-report.ts'
import { hashJson } from '../../server/group-reports/hashes.ts'
import { readContent } from '../../server/group-reports/content.ts'
import { smallDerivable } from '../analysis/disclosure/brute-force.ts'
import { randomInput } from './people.ts'

const companies = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  holes: fc.constantFrom(0, 0.02, 0.1),
  stressed: fc.constantFrom(0, 0.05, 0.2, 0.9),
})

/** Every number of people that stands in a stored report. */
function countsIn(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(countsIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    ['n', 'respondents', 'invited'].includes(key) && typeof inner === 'number' ? [inner] : countsIn(inner),
  )
}

describe('a drafted report', () => {
  test('nothing about one to nine respondents can be computed from all it shows, tried against every group', () => {
    fc.assert(
      fc.property(companies, ({ seed, holes, stressed }) => {
        const draft = draftReport(randomInput(seed, { holes, stressed }))
        expect(draft.verdict.faults).toEqual([])
        for (const { ledger } of draft.ledgers) {
          const atoms = [...ledger.atoms.keys()]
          const at = new Map(atoms.map((atom, index) => [atom, index]))
          const sizes = atoms.map((atom) => ledger.atoms.get(atom)!)
          const used = sizes.map((size, index) => [size, index] as const).filter(([size]) => size > 0)
          if (used.length > 13) continue // 2^13 groups; larger companies are left to the exact auditor
          const position = new Map(used.map(([, index], to) => [index, to]))
          const cells = ledger.cells.map((cell) => cell.atoms.flatMap((atom) => position.get(at.get(atom)!) ?? []))
          expect(
            smallDerivable(
              used.map(([size]) => size),
              cells,
              10,
            ),
          ).toEqual([])
        }
      }),
      { seed: 7, numRuns: 40 },
    )
  })

  test('no number of people under ten stands in it, and every figure reads back', () => {
    fc.assert(
      fc.property(companies, ({ seed, holes, stressed }) => {
        const { content } = draftReport(randomInput(seed, { holes, stressed }))
        expect(countsIn(content.groups).filter((count) => count < 10)).toEqual([])
        expect(readContent(JSON.parse(JSON.stringify(content))).groups).toHaveLength(content.groups.length)
      }),
      { seed: 8, numRuns: 60 },
    )
  })

  test('the people of the chart and of its four scales are the same, however many answers are missing', () => {
    for (let seed = 1; seed <= 30; seed++) {
      for (const group of readContent(draftReport(randomInput(seed, { holes: 0.1 })).content).groups) {
        const { chart } = group.figures
        if (chart.kind === 'withheld') continue
        for (const id of ['quantitativeLoad', 'control', 'supervisorSupport', 'coworkerSupport']) {
          const { mean } = group.scales[id]!
          expect(mean).toMatchObject({ kind: 'shown', n: chart.n })
        }
      }
    }
  })

  test('a group is compared only where its own mean and all above it are shown exactly', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { groups } = readContent(draftReport(randomInput(seed, { holes: 0.2 })).content)
      for (const group of groups)
        for (const { mean, gap } of Object.values(group.scales))
          if (gap.kind === 'shown') expect(mean).toMatchObject({ kind: 'shown', value: { kind: 'exact' } })
    }
  })

  test('without a resolution no share of high stress is shown, and none of its people is counted', () => {
    const { content } = draftReport({ ...randomInput(3), highStressShareResolvedOn: null })
    for (const { figures } of content.groups) {
      expect(figures.highStress).toEqual({ kind: 'withheld', reason: 'noResolution' })
      expect(figures.highStressInterval.kind).toBe('withheld')
    }
  })

  test('the same people give the same content; one answer more gives another', () => {
    const input = randomInput(11)
    expect(hashJson(draftReport(input).content)).toBe(hashJson(draftReport(randomInput(11)).content))
    const more = { ...input, presenteeism: [...input.presenteeism, ...input.presenteeism.slice(0, 1)] }
    expect(hashJson(draftReport(more).content)).not.toBe(hashJson(draftReport(input).content))
  })

  test('a company of nine shows nothing at all', () => {
    const input = randomInput(5)
    const { content, verdict } = draftReport({ ...input, respondents: input.respondents.slice(0, 9), presenteeism: [] })
    expect(verdict.safe).toBe(true)
    expect(JSON.stringify(content.groups)).not.toContain('"shown"')
  })
})
