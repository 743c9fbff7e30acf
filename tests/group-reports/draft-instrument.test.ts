import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { measuresOfInstrument, personFigures } from '../../analysis/groups/index.ts'
import { compileScorer, listItems } from '../../analysis/scoring/index.ts'
import { chance } from '../../server/demo/chance.ts'
import { draftAll } from '../../server/group-reports/compute.ts'
import { readInstrument } from '../../server/group-reports/instrument-content.ts'
import type { CampaignInput, InstrumentInput, ReportInput } from '../../server/group-reports/report-input.ts'
import { parseDefinition } from '../../server/questionnaires/index.ts'
import { smallDerivable } from '../analysis/disclosure/brute-force.ts'
import { ownText } from './own-instrument.ts'
import { randomInput } from './people.ts'

const { definition } = parseDefinition(ownText, 'our-questions')
if (!definition) throw new Error('the definition of the test does not parse')
const measures = measuresOfInstrument(definition)
const score = compileScorer(definition)
const asked = listItems(definition)

/** The people of a random company answer the instrument at random; some leave out some of it, some all. */
function answered(report: ReportInput, seed: number): InstrumentInput {
  const random = chance(seed, 'beside')
  const people = report.respondents.flatMap(({ atom }) => {
    if (random.uniform() < 0.15) return []
    const answers = Object.fromEntries(
      asked.flatMap(({ id, item, options }): [string, string | number | (string | number)[]][] => {
        if (random.uniform() < 0.1) return []
        const pick = options[Math.floor(random.uniform() ** 2 * options.length)]
        if (item.type === 'single') return [[id, pick!.value]]
        if (item.type === 'multiple') return [[id, [pick!.value]]]
        return item.type === 'number' ? [[id, Math.floor(random.uniform() * 120)]] : []
      }),
    )
    return [{ atom, figures: personFigures(definition!, measures, answers, score(answers, null)) }]
  })
  const { campaign, tree, invited } = report
  const questionnaire = { slug: definition!.slug, version: 1, hash: 'x' }
  return { campaign, questionnaire, tree, invited, measures, people, responseIds: [] }
}

function campaignOf(seed: number, withStatutory: boolean): CampaignInput {
  const report = randomInput(seed, { holes: 0.05 })
  const beside = answered(report, seed)
  const counts = Map.groupBy(beside.people, ({ atom }) => atom)
  return {
    floor: report.floor,
    tree: report.tree,
    statutory: withStatutory ? report : undefined,
    beside: [beside],
    answered: new Map([...counts].map(([atom, own]) => [atom, own.length])),
  }
}

const seeds = fc.record({ seed: fc.integer({ min: 1, max: 1_000_000 }), withStatutory: fc.boolean() })

test('nothing about one to nine people can be computed from a campaign’s reports together, nor from one of them', () => {
  fc.assert(
    fc.property(seeds, ({ seed, withStatutory }) => {
      const { verdict, draft, beside } = draftAll(campaignOf(seed, withStatutory))
      expect(verdict.faults).toEqual([])
      for (const { ledger } of [...(draft?.ledgers ?? []), ...beside[0]!.ledgers]) {
        const used = [...ledger.atoms].filter(([, n]) => n > 0)
        if (used.length > 13) continue // larger companies are left to the exact auditor
        const at = new Map(used.map(([atom], index) => [atom, index]))
        const cells = ledger.cells.map((cell) => cell.atoms.flatMap((atom) => at.get(atom) ?? []))
        const sizes = used.map(([, n]) => n)
        expect(smallDerivable(sizes, cells, 10)).toEqual([])
      }
    }),
    { seed: 9, numRuns: 25 },
  )
})

test('no group appears beside the stress check that its own report keeps back', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { draft, beside } = draftAll(campaignOf(seed, true))
    const isShown = (group: { figures: { response: { kind: string } } }) => group.figures.response.kind === 'shown'
    const told = new Set(draft!.content.groups.filter(isShown).map(({ kind, id }) => kind + id))
    for (const group of beside[0]!.draft.content.groups)
      if (JSON.stringify({ ...group, name: '' }).includes('"shown"')) expect(told).toContain(group.kind + group.id)
  }
})

test('every figure reads back, no number of people under ten stands in it, the same people give the same content', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { content } = draftAll(campaignOf(seed, false)).beside[0]!.draft
    const stored = JSON.stringify(content)
    expect(readInstrument(JSON.parse(stored)).groups).toHaveLength(content.groups.length)
    for (const [, n] of stored.matchAll(/"(?:n|respondents)":(\d+)/g)) expect(Number(n)).toBeGreaterThanOrEqual(10)
    expect(JSON.stringify(draftAll(campaignOf(seed, false)).beside[0]!.draft.content)).toBe(stored)
  }
})

test('a company of nine shows nothing at all', () => {
  const campaign = campaignOf(4, false)
  const [own] = campaign.beside
  const people = own!.people.slice(0, 9)
  const few = { ...campaign, beside: [{ ...own!, people }], answered: new Map([[people[0]!.atom, 9]]) }
  const { verdict, beside } = draftAll(few)
  expect(verdict.safe).toBe(true)
  expect(JSON.stringify(beside[0]!.draft.content.groups)).not.toContain('"shown"')
})
