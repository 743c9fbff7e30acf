import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  decideFloor,
  discloseFigure,
  fromStored,
  isDisclosed,
  mapDisclosed,
  planDisclosure,
  roundTo,
  toStored,
} from '../../../analysis/disclosure/index.ts'
import type { Disclosed } from '../../../analysis/disclosure/index.ts'
import { show } from '../../../analysis/disclosure/disclosed.ts'
import { tree } from './trees.ts'

const plan = planDisclosure(tree('C', 12, tree('A', 3)), decideFloor())
const counts = new Map([
  ['C', 12],
  ['A', 3],
])
const figures = discloseFigure(plan, { counts, value: () => 2.4, basis: 'updated' }).departments
const shown = figures.get('C')!
const withheld = figures.get('A')!
const asNumber = (value: unknown) => {
  if (typeof value !== 'number') throw new TypeError('not a number')
  return value
}

describe('the brand', () => {
  test('neither a literal nor a spread copy is a Disclosed, in types and at run time', () => {
    // @ts-expect-error a literal has no brand
    const literal: Disclosed<number> = { kind: 'shown', value: 2.4, n: 15, floor: 10 }
    // @ts-expect-error a literal has no brand
    const silent: Disclosed<number> = { kind: 'withheld', reason: 'tooFew' }
    if (shown.kind !== 'shown') throw new Error('expected a shown figure')
    // @ts-expect-error spreading drops the brand
    const copy: Disclosed<number> = { ...shown, value: 4 } // oxlint-disable-line typescript/no-misused-spread
    expect([literal, silent, copy, null, 3].map(isDisclosed)).toEqual([false, false, false, false, false])
    expect([shown, withheld].map(isDisclosed)).toEqual([true, true])
  })

  test('figures are frozen', () => {
    expect(() => Object.assign(shown, { value: 9 })).toThrow(TypeError)
  })

  test('mapping keeps n, floor, basis and withholding', () => {
    expect(mapDisclosed(shown, (value) => value * 10)).toMatchObject({ value: 24, n: 15, floor: 10, basis: 'updated' })
    expect(mapDisclosed(withheld, () => 1)).toBe(withheld)
  })

  test('nothing under its floor, and no floor under three, is ever made', () => {
    expect(() => show(1, 9, 10)).toThrow(RangeError)
    expect(() => show(1, 2, 2)).toThrow(RangeError)
    expect(() => show(1, 10.5, 10)).toThrow(RangeError)
    expect(show(1, 3, 3).n).toBe(3)
  })
})

describe('stored figures', () => {
  test('round trip through JSON', () => {
    for (const figure of [shown, withheld]) {
      const back = fromStored(JSON.parse(JSON.stringify(toStored(figure))), asNumber)
      expect(back).toEqual(figure)
      expect(isDisclosed(back)).toBe(true)
    }
    expect(toStored(shown)).toEqual({ kind: 'shown', value: 2.4, n: 15, floor: 10, basis: 'updated' })
    expect(toStored(withheld)).toEqual({ kind: 'withheld', reason: 'tooFew' })
  })

  test.each([
    ['nothing', null, /is an object/],
    ['another kind', { kind: 'primary' }, /shown or withheld/],
    ['no n', { kind: 'shown', value: 1, floor: 10 }, /has n and floor/],
    ['no value', { kind: 'shown', n: 12, floor: 10 }, /has a value/],
    ['n under the floor', { kind: 'shown', value: 1, n: 9, floor: 10 }, /under its floor/],
    ['a floor of two', { kind: 'shown', value: 1, n: 9, floor: 2 }, /under its floor/],
    ['a value beside a withholding', { kind: 'withheld', reason: 'tooFew', value: 1 }, /no property value/],
    ['an unknown reason', { kind: 'withheld', reason: 'secondary' }, /known reason/],
    ['more than a figure', { kind: 'shown', value: 1, n: 12, floor: 10, person: 'x' }, /no property person/],
    ['a numeric basis', { kind: 'shown', value: 1, n: 12, floor: 10, basis: 4 }, /basis/],
    ['a wrong value', { kind: 'shown', value: 'x', n: 12, floor: 10 }, /not a number/],
  ])('%s is refused', (_, json, message) => {
    expect(() => fromStored(json, asNumber)).toThrow(message)
  })
})

test('rounding: halves away from zero, no negative zero', () => {
  expect([2.25, 2.35, -2.25, 1.005, -0.04].map((value) => roundTo(value, 1))).toEqual([2.3, 2.4, -2.3, 1, 0])
  expect(roundTo(1.005, 2)).toBe(1.01)
  expect(Object.is(roundTo(-0.04, 1), 0)).toBe(true)
})

describe('the wall in the source', () => {
  const root = new URL('../../../', import.meta.url)
  const sources = (folder: string) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => ({ path: `${folder}/${path}`, text: readFileSync(new URL(`${folder}/${path}`, root), 'utf8') }))
  const outside = [...sources('server'), ...sources('analysis')].filter(
    ({ path }) => !path.startsWith('analysis/disclosure/'),
  )

  test('other rooms come in by the door', () => {
    const inside = /from '[^']*\/disclosure\/(?!index\.ts')[^']*'/
    expect(outside.filter(({ text }) => inside.test(text)).map(({ path }) => path)).toEqual([])
  })

  test('only group reports and analysis read stored figures back or change them', () => {
    const makers = /\b(fromStored|mapDisclosed)\b/
    const named = outside.filter(({ text }) => makers.test(text)).map(({ path }) => path)
    expect(named.filter((path) => !path.startsWith('server/group-reports/') && !path.startsWith('analysis/'))).toEqual(
      [],
    )
  })
})
