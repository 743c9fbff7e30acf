import * as fc from 'fast-check'
import loadHighs from 'highs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  auditLedger,
  boundSum,
  deriveGroup,
  fromHighs,
  keepSafeCells,
  ledgerOf,
} from '../../../analysis/disclosure/index.ts'
import type { CertificateTerm, Ledger, LedgerCell, Solve } from '../../../analysis/disclosure/index.ts'
import { smallDerivable } from './brute-force.ts'
import cases from './cases.json' with { type: 'json' }

let solve: Solve
beforeAll(async () => {
  // the package's types are read as CommonJS, its module is ESM: the default import is the loader itself
  const load = loadHighs as unknown as typeof loadHighs.default
  solve = fromHighs(await load())
})

/** Recomputes a certificate: the combination of cells must be 1 on the group and 0 elsewhere. */
function indicator(ledger: Ledger, from: readonly CertificateTerm[]): string[] {
  const value = new Map<string, number>()
  for (const { cell, coefficient } of from) {
    const [top, bottom] = coefficient.split('/').map(Number)
    for (const atom of ledger.cells.find(({ id }) => id === cell)!.atoms) {
      value.set(atom, (value.get(atom) ?? 0) + top! / (bottom ?? 1))
    }
  }
  const atoms = [...value].filter(([atom, v]) => Math.abs(v) > 1e-9 && ledger.atoms.get(atom)! > 0)
  for (const [, v] of atoms) expect(v).toBeCloseTo(1, 9)
  return atoms.map(([atom]) => atom).sort()
}

const cellsOf = (groups: Record<string, string[]>): LedgerCell[] =>
  Object.entries(groups).map(([id, atoms]) => ({ id, atoms }))
const sized = (counts: Record<string, number>) => new Map(Object.entries(counts))

describe('S1: a 4 × 4 table with a bridge', () => {
  const withheld = ['1.1', '1.2', '2.1', '2.2', '3.3', '3.4', '4.3', '4.4', '2.3']
  const index = [1, 2, 3, 4]
  const atoms = new Map(index.flatMap((row) => index.map((column) => [`${row}.${column}`, 5] as const)))
  const groups: Record<string, string[]> = {}
  for (const i of index) {
    groups[`row ${i}`] = index.map((j) => `${i}.${j}`)
    groups[`column ${i}`] = index.map((j) => `${j}.${i}`)
  }
  for (const atom of atoms.keys()) if (!withheld.includes(atom)) groups[atom] = [atom]
  const ledger: Ledger = { floor: 3, atoms, cells: cellsOf(groups) }

  test('exactly (2,3) is derivable', () => {
    const derivable = withheld.filter((atom) => deriveGroup(ledger, [atom]) !== undefined)
    expect(derivable).toEqual(cases.instances.S1_bridge.derivable.map(([row, column]) => `${row}.${column}`))
    expect(indicator(ledger, deriveGroup(ledger, ['2.3'])!)).toEqual(['2.3'])
  })
})

describe('S2: departments × sex with margins', () => {
  const counts = { 'A.f': 2, 'A.m': 18, 'B.f': 19, 'B.m': 14, 'C.f': 10, 'C.m': 12, 'D.f': 14, 'D.m': 11 }
  const names = Object.keys(counts)
  const ledgerWithout = (suppressed: readonly string[]): Ledger => {
    const groups: Record<string, string[]> = { all: names }
    for (const sex of ['f', 'm']) groups[sex] = names.filter((name) => name.endsWith(sex))
    for (const unit of ['A', 'B', 'C', 'D']) groups[unit] = names.filter((name) => name.startsWith(unit))
    for (const name of names) if (!suppressed.includes(name)) groups[name] = [name]
    return { floor: 10, atoms: sized(counts), cells: cellsOf(groups) }
  }

  test.each(Object.entries(cases.instances).filter(([name]) => name.startsWith('S2')))('%s', (_, instance) => {
    const { suppressed, derivable } = instance as { suppressed: string[][]; derivable: string[][] }
    const ids = suppressed.map((pair) => pair.join('.'))
    const ledger = ledgerWithout(ids)
    expect(ids.filter((id) => deriveGroup(ledger, [id]) !== undefined)).toEqual(derivable.map((pair) => pair.join('.')))
    const verdict = auditLedger(ledger)
    expect(verdict.safe).toBe(!derivable.some((pair) => pair.join('.') === 'A.f'))
    for (const { atoms, from, respondents } of verdict.exposed) {
      expect(indicator(ledger, from)).toEqual(atoms)
      expect(respondents).toBe(2)
    }
  })
})

describe('S3: rounds and reorganisations', () => {
  test('S3: thirteen minus twelve', () => {
    const people = Array.from({ length: 13 }, (_, i) => `p${i + 1}`)
    const ledger: Ledger = {
      floor: 10,
      atoms: new Map(people.map((person) => [person, 1])),
      cells: [
        { id: 'A', atoms: people.slice(0, 12), released: true },
        { id: "A'", atoms: people },
      ],
    }
    expect(auditLedger(ledger)).toEqual({
      safe: false,
      exact: true,
      exposed: [
        {
          atoms: ['p13'],
          respondents: 1,
          from: [
            { cell: 'A', coefficient: '-1' },
            { cell: "A'", coefficient: '1' },
          ],
        },
      ],
      undecided: [],
      drop: "A'",
      cells: 2,
    })
    // nothing can be taken back any more
    const both = { ...ledger, cells: ledger.cells.map((cell) => ({ ...cell, released: true })) }
    expect(auditLedger(both)).not.toHaveProperty('drop')
    expect(auditLedger(both).safe).toBe(false)
  })

  test('S3b: two overlapping groups and their union', () => {
    const { nA, nB, nU } = cases.instances.S3b_overlap
    const ledger: Ledger = {
      floor: 10,
      atoms: sized({ onlyA: nU - nB, onlyB: nU - nA, both: nA + nB - nU }),
      cells: cellsOf({ A: ['onlyA', 'both'], B: ['onlyB', 'both'], union: ['onlyA', 'onlyB', 'both'] }),
    }
    for (const atom of ['onlyA', 'onlyB', 'both']) {
      expect(indicator(ledger, deriveGroup(ledger, [atom])!)).toEqual([atom])
    }
    const verdict = auditLedger(ledger)
    // the union of the two (4 people) follows from them and is not listed again
    expect(Object.fromEntries(verdict.exposed.map(({ atoms, respondents }) => [atoms.join('+'), respondents]))).toEqual(
      { onlyA: cases.instances.S3b_overlap.AminusB, onlyB: 1 },
    )
  })
})

describe('S4, S5: sex and age in departments', () => {
  const ledgerFor = (counts: Record<string, number>, ids: readonly string[]): Ledger => ({
    floor: 10,
    atoms: sized(counts),
    cells: ids.map((id) => ({
      id,
      // "P.m" is everybody with m, "a.y" everybody of a with y
      atoms: Object.keys(counts).filter((atom) => {
        const parts = atom.split('.')
        return id.split('.').every((part) => part === 'P' || parts.includes(part))
      }),
    })),
  })
  const { S4_tree_sex: s4, S5: s5 } = cases.instances

  test('S4: no sex cut in c or d', () => {
    const offered = ledgerFor(s4.counts, s4.priority)
    const { kept, refused } = keepSafeCells({ ...offered, cells: [] }, offered.cells)
    expect(kept.cells.map(({ id }) => id)).toEqual(s4.published)
    expect(refused.map(({ id }) => id)).toEqual(['d.m', 'd.f', 'c.m', 'c.f'])
    expect(auditLedger(kept)).toMatchObject({ safe: true, exact: true })
  })

  test('S4 naive: everything of ten or more exposes c.f', () => {
    const naive = ledgerFor(
      s4.counts,
      s4.priority.filter((id) => id !== 'c.f'),
    )
    const verdict = auditLedger(naive)
    expect(verdict.exposed.map(({ atoms }) => atoms)).toEqual([cases.instances.S4_naive.derivable_small])
    expect(indicator(naive, verdict.exposed[0]!.from)).toEqual(['c.f'])
  })

  test('S5: 16 of 20 cells are safe', () => {
    const offered = ledgerFor(s5.counts, Object.keys(s5.cells))
    for (const cell of offered.cells) {
      const people = cell.atoms.reduce((sum, atom) => sum + offered.atoms.get(atom)!, 0)
      expect([cell.id, people]).toEqual([cell.id, s5.cells[cell.id as keyof typeof s5.cells]])
    }
    const { kept, refused } = keepSafeCells({ ...offered, cells: [] }, offered.cells)
    expect(kept.cells.map(({ id }) => id)).toEqual(s5.published)
    expect(refused.map(({ id }) => id)).toEqual(s5.refused)
  })

  test('S5 naive: 19 cells of ten or more expose one small union', () => {
    const naive = ledgerFor(
      s5.counts,
      Object.keys(s5.cells).filter((id) => id !== 'a.f'),
    )
    expect(naive.cells).toHaveLength(cases.instances.S5_naive.published)
    const verdict = auditLedger(naive)
    expect(verdict.exposed.map(({ atoms }) => atoms.join('+'))).toEqual(cases.instances.S5_naive.small_unions)
    expect(verdict.exposed[0]!.from.map(({ cell }) => cell)).toContain(verdict.drop)
  })
})

describe('S6: what published sums tell about a withheld group', () => {
  const atoms = sized({ Af: 2, Am: 18, Cf: 10, Cm: 12 })
  test.each([
    [30, 73, 2, 8],
    [46, 57, 6, 8],
    [48, 55, 8, 8],
  ])('women %d, men %d: Af between %d and %d', (women, men, least, most) => {
    const cells = [
      { atoms: ['Af', 'Am'], sum: 48 },
      { atoms: ['Cf', 'Cm'], sum: 55 },
      { atoms: ['Af', 'Cf'], sum: women },
      { atoms: ['Am', 'Cm'], sum: men },
    ]
    const bounds = boundSum({ atoms, cells, lowest: 1, highest: 4 }, ['Af'], solve)
    expect(bounds).toEqual({ least, most, width: (most - least) / 2 })
  })

  test('impossible sums are refused', () => {
    const cells = [{ atoms: ['Af'], sum: 9 }]
    expect(() => boundSum({ atoms, cells, lowest: 1, highest: 4 }, ['Am'], solve)).toThrow(/infeasible/)
  })
})

const ledgers = fc
  .record({
    sizes: fc.array(fc.integer({ min: 0, max: 14 }), { minLength: 2, maxLength: 8 }),
    cells: fc.array(fc.nat(255), { minLength: 1, maxLength: 8 }),
    floor: fc.integer({ min: 2, max: 12 }),
  })
  .map(({ sizes, cells, floor }): Ledger => {
    const atoms = new Map(sizes.map((size, at) => [`a${at}`, size]))
    const sets = cells.map((bits) => [...atoms.keys()].filter((_, at) => (bits >> at) & 1))
    return { floor, atoms, cells: sets.map((set, at) => ({ id: `c${at}`, atoms: set })) }
  })

describe('properties', () => {
  test('the verdict equals brute force, every certificate holds', () => {
    let unsafe = 0
    fc.assert(
      fc.property(ledgers, (ledger) => {
        const names = [...ledger.atoms.keys()].filter((name) => ledger.atoms.get(name)! > 0)
        const sizes = names.map((name) => ledger.atoms.get(name)!)
        const cells = ledger.cells.map(({ atoms }) => names.flatMap((name, at) => (atoms.includes(name) ? [at] : [])))
        const expected = smallDerivable(sizes, cells, ledger.floor)
        const verdict = auditLedger(ledger)
        expect(verdict).toMatchObject({ safe: expected.length === 0, exact: true, undecided: [] })
        expect('drop' in verdict).toBe(!verdict.safe)
        const derivable = new Set(
          expected.map((set) =>
            set
              .map((at) => names[at]!)
              .sort()
              .join(' '),
          ),
        )
        for (const { atoms, from } of verdict.exposed) {
          expect(indicator(ledger, from)).toEqual(atoms)
          expect(derivable).toContain(atoms.join(' '))
        }
        if (!verdict.safe) unsafe++
      }),
      { seed: 31, numRuns: 400 },
    )
    expect(unsafe).toBeGreaterThan(100)
  })

  test('HiGHS as searcher comes to the same verdict; without it an unfinished search is unsafe', () => {
    let searched = 0
    fc.assert(
      fc.property(ledgers, (ledger) => {
        const exact = auditLedger(ledger)
        const byHighs = auditLedger(ledger, { solve, budget: 0 })
        expect(byHighs.safe).toBe(exact.safe)
        expect(byHighs.undecided).toEqual([])
        for (const { atoms, from } of byHighs.exposed) expect(indicator(ledger, from)).toEqual(atoms)
        const alone = auditLedger(ledger, { budget: 0 })
        if (!byHighs.exact || !exact.safe) {
          searched++
          expect(alone.safe).toBe(false)
          expect(alone.undecided.length).toBeGreaterThan(0)
          expect(alone.undecided).toContain(alone.drop)
        }
      }),
      { seed: 32, numRuns: 80 },
    )
    expect(searched).toBeGreaterThan(20)
  })

  test('publishing more never makes an unsafe ledger safe', () => {
    fc.assert(
      fc.property(ledgers, (ledger) => {
        let unsafe = false
        for (let count = 1; count <= ledger.cells.length; count++) {
          const { safe } = auditLedger({ ...ledger, cells: ledger.cells.slice(0, count) })
          expect(unsafe && safe).toBe(false)
          unsafe = !safe
        }
      }),
      { seed: 33, numRuns: 100 },
    )
  })

  test('what is kept is safe, and dropping as advised ends in a safe ledger', () => {
    fc.assert(
      fc.property(ledgers, (ledger) => {
        const { kept, refused } = keepSafeCells({ ...ledger, cells: [] }, ledger.cells)
        expect(auditLedger(kept).safe).toBe(true)
        expect(kept.cells.length + refused.length).toBe(ledger.cells.length)
        let cells = ledger.cells
        for (let verdict = auditLedger(ledger); !verdict.safe; verdict = auditLedger({ ...ledger, cells })) {
          cells = cells.filter(({ id }) => id !== verdict.drop)
        }
        expect(auditLedger({ ...ledger, cells }).safe).toBe(true)
      }),
      { seed: 34, numRuns: 100 },
    )
  })

  test('names and order of atoms and cells do not matter', () => {
    fc.assert(
      fc.property(ledgers, (ledger) => {
        const renamed: Ledger = {
          floor: ledger.floor,
          atoms: new Map([...ledger.atoms].toReversed().map(([atom, n]) => [`z${atom}`, n])),
          cells: ledger.cells.toReversed().map(({ id, atoms }) => ({ id: `y${id}`, atoms: atoms.map((a) => `z${a}`) })),
        }
        expect(auditLedger(renamed).safe).toBe(auditLedger(ledger).safe)
      }),
      { seed: 35, numRuns: 100 },
    )
  })
})

describe('ledgers from people', () => {
  test('people in the same cells are one atom', () => {
    const ledger = ledgerOf(10, [['all', 'sales'], ['all'], ['sales', 'all']], [{ id: 'all' }, { id: 'sales' }])
    expect([...ledger.atoms.values()]).toEqual([2, 1])
    expect(ledger.cells.map(({ atoms }) => atoms.length)).toEqual([2, 1])
    expect(() => ledgerOf(10, [['nowhere']], [{ id: 'all' }])).toThrow(/unknown cell nowhere/)
  })

  test('an empty ledger is safe', () => {
    expect(auditLedger({ floor: 10, atoms: new Map(), cells: [] }).safe).toBe(true)
  })

  test.each([
    ['unknown atom', { floor: 10, atoms: sized({}), cells: cellsOf({ A: ['x'] }) }, /unknown atom x/],
    ['atom twice', { floor: 10, atoms: sized({ x: 11 }), cells: cellsOf({ A: ['x', 'x'] }) }, /names atom x twice/],
    ['cell twice', { floor: 10, atoms: sized({}), cells: [...cellsOf({ A: [] }), ...cellsOf({ A: [] })] }, /A appears/],
    ['fraction', { floor: 10, atoms: sized({ x: 1.5 }), cells: [] }, /x holds 1.5/],
    ['no floor', { floor: 0, atoms: sized({}), cells: [] }, /floor of 0/],
  ])('bad input is named: %s', (_, ledger, message) => {
    expect(() => auditLedger(ledger)).toThrow(message)
  })

  test('a coefficient may be a fraction: three pairs of three groups', () => {
    const ledger: Ledger = {
      floor: 10,
      atoms: sized({ a: 6, b: 20, c: 20 }),
      cells: cellsOf({ ab: ['a', 'b'], ac: ['a', 'c'], bc: ['b', 'c'] }),
    }
    expect(auditLedger(ledger).exposed).toEqual([
      {
        atoms: ['a'],
        respondents: 6,
        from: [
          { cell: 'ab', coefficient: '1/2' },
          { cell: 'ac', coefficient: '1/2' },
          { cell: 'bc', coefficient: '-1/2' },
        ],
      },
    ])
  })
})
