import { describe, expect, test } from 'vitest'
import { parseDefinition } from '../../server/questionnaires/index.ts'
import type { DefinitionFault, DefinitionFaultCode } from '../../server/questionnaires/index.ts'

/** A small whole definition: two sections, a scale with a point table, both methods, a group measure. */
const SOUND = `format: 1
slug: sample
version: 1
kind: own
title: { ja: 見本, en: Sample }
languages:
  ja: { validated: false, sources: [own] }
  en: { validated: false, sources: [own] }
option_sets:
  grades:
    - { value: 1, text: { ja: いち, en: one } }
    - { value: 2, text: { ja: に, en: two } }
    - { value: 3, text: { ja: さん, en: three } }
sections:
  - id: A
    title: { ja: 甲, en: First }
    options: grades
    items:
      - { id: a1, type: single, text: { ja: 一, en: 1 st } }
      - { id: a2, type: single, text: { ja: 二, en: 2 nd } }
  - id: B
    title: { ja: 乙, en: Second }
    items:
      - id: b1
        type: single
        text: { ja: 三, en: 3 rd }
        options:
          - { value: yes, text: { ja: はい, en: Yes } }
          - { value: no, text: { ja: いいえ, en: No } }
      - { id: b2, type: rating, min: 0, max: 10, text: { ja: 四, en: 4 th }, low: { ja: 低, en: low }, high: { ja: 高, en: high } }
      - { id: b3, type: text, max_length: 10, text: { ja: 五, en: 5 th } }
point_columns: [{ ja: 低い, en: Low }, { ja: 普通, en: Average }, { ja: 高い, en: High }]
scales:
  - id: load
    title: { ja: 負担, en: Load }
    formula: { method: sum, constant: 8, minus: [a1, a2] }
    range: [2, 6]
    polarity: negative
    point_table:
      male: [[2, 3], [4, 5], [6, 6]]
      female: [[2, 3], null, [4, 6]]
    sources: [own]
criteria:
  - method: simple-sum
    title: { ja: 合計, en: Sum }
    totals:
      - { id: A, section: A, reverse: [a1] }
    rules:
      - { id: ア, when: { any: [{ sum: [A], at_least: 6 }, { all: [{ sum: [A], at_most: 3 }] }] } }
    sources: [own]
  - method: conversion
    title: { ja: 換算, en: Conversion }
    totals:
      - { id: A, scales: [load] }
    rules:
      - { id: ア, when: { sum: [A], at_most: 1 } }
    sources: [own]
judgement_chart: { load: load, control: load, supervisor: load, coworker: load }
group_measures:
  - { id: recommend, title: { ja: 推奨, en: Recommend }, method: recommendation, item: b2, promoters: [9, 10], detractors: [0, 6], sources: [own] }
sources:
  own: { title: written for this test }
licence: { name: MIT, attribution: { ja: 見本, en: Sample } }
`

/** Changes one place of the sound definition; fails when that place is not there exactly once. */
function broken(from: string, to: string): string {
  const parts = SOUND.split(from)
  if (parts.length !== 2) throw new Error(`"${from}" stands ${parts.length - 1} times`)
  return parts.join(to)
}

/** Line and column of the first place at which a marker stands. */
function placeOf(text: string, marker: string): { line: number; column: number } {
  const before = text.slice(0, text.indexOf(marker)).split('\n')
  return { line: before.length, column: before.at(-1)!.length + 1 }
}

const faultsOf = (text: string): readonly DefinitionFault[] => parseDefinition(text, 'sample/1.yaml').faults ?? []

test('a sound definition is read, defaults filled in', () => {
  const { definition, faults } = parseDefinition(SOUND, 'sample/1.yaml')
  expect(faults).toBeUndefined()
  expect(definition?.sections[0]?.items[0]).toMatchObject({ id: 'a1', required: true, skippable: true })
  expect(definition?.scales[0]?.formula).toEqual({ method: 'sum', constant: 8, plus: [], minus: ['a1', 'a2'] })
})

describe('a fault of meaning is named with its line and column', () => {
  type Row = [what: string, code: DefinitionFaultCode, from: string, to: string, marker: string, says: string | RegExp]
  test.each<Row>([
    ['scale names a missing item', 'item-unknown', 'minus: [a1, a2]', 'minus: [a1, zz]', 'zz]', /"load".*"zz"/],
    ['scale counts words', 'item-without-number', 'minus: [a1, a2]', 'minus: [a1, b3]', 'b3]', 'b3'],
    ['scale counts named options', 'item-without-number', 'minus: [a1, a2]', 'plus: [b1]', 'b1]', 'integer'],
    [
      'scale counts an item twice',
      'item-repeated',
      'minus: [a1, a2]',
      'minus: [a1, a2, a1]',
      'a1] }\n    range',
      'twice',
    ],
    ['scale counts nothing', 'formula-empty', ', minus: [a1, a2] }', ' }', '{ method: sum', 'no item'],
    ['range not what the formula gives', 'range-wrong', 'range: [2, 6]', 'range: [2, 7]', '[2, 7]', 'range: [2, 6]'],
    [
      'two options with one value',
      'duplicate-option',
      '{ value: 2, text',
      '{ value: 1, text',
      '1, text: { ja: に',
      'value 1',
    ],
    [
      'two named options with one value',
      'duplicate-option',
      'value: no',
      'value: yes',
      'yes, text: { ja: いいえ',
      'yes',
    ],
    ['item id twice', 'duplicate-id', 'id: a2', 'id: a1', 'a1, type: single, text: { ja: 二', '"a1"'],
    ['item id twice across sections', 'duplicate-id', 'id: b2', 'id: a1', 'a1, type: rating', '"a1"'],
    ['section id twice', 'duplicate-id', '- id: B', '- id: A', 'A\n    title: { ja: 乙', 'section "A"'],
    ['item named like a column', 'reserved-id', '{ id: b3', '{ id: sex', 'sex, type', '"sex"'],
    ['choice without options', 'options-missing', '    options: grades\n', '', '{ id: a1', 'without options'],
    ['unknown list of options', 'option-set-unknown', 'options: grades', 'options: marks', 'marks', 'option_sets'],
    [
      'point table with a hole',
      'point-hole',
      'male: [[2, 3], [4, 5], [6, 6]]',
      'male: [[2, 3], [5, 5], [6, 6]]',
      '[5, 5]',
      'value 4',
    ],
    ['point table overlapping', 'point-hole', 'null, [4, 6]]', 'null, [3, 6]]', '[3, 6]', 'value 4'],
    ['point table ending early', 'point-hole', 'null, [4, 6]]', 'null, [4, 5]]', '[[2, 3], null', 'end at 5'],
    ['point table with too few cells', 'point-columns', 'null, [4, 6]]', '[4, 6]]', '[[2, 3], [4, 6]]', '2 cells'],
    [
      'reverse item that does not exist',
      'reverse-unknown',
      'reverse: [a1]',
      'reverse: [zz]',
      'zz',
      '"zz" does not exist',
    ],
    [
      'reverse item of another section',
      'reverse-unknown',
      'reverse: [a1]',
      'reverse: [b2]',
      'b2] }\n    rules',
      'section "A"',
    ],
    ['reverse item twice', 'item-repeated', 'reverse: [a1]', 'reverse: [a1, a1]', 'a1] }\n    rules', 'twice'],
    ['total of a missing section', 'section-unknown', 'section: A', 'section: Z', 'Z, reverse', 'section "Z"'],
    ['total of a section with words', 'item-without-number', 'section: A, reverse: [a1]', 'section: B', 'B }', '"b1"'],
    ['total of a missing scale', 'scale-unknown', 'scales: [load]', 'scales: [lode]', 'lode', '"lode"'],
    ['condition on a missing total', 'total-unknown', '[A], at_most: 1 ', '[D], at_most: 1 ', 'D], at_most', '"D"'],
    [
      'condition without threshold',
      'threshold-missing',
      '{ sum: [A], at_most: 1 }',
      '{ sum: [A] }',
      '{ sum: [A] }',
      'at_least',
    ],
    ['threshold never reached', 'threshold-unreachable', 'at_least: 6', 'at_least: 7', '7 }', '2 to 6'],
    ['threshold below everything', 'threshold-unreachable', 'at_most: 3', 'at_most: 1', '1 }] }] }', '2 to 6'],
    ['chart axis without scale', 'scale-unknown', 'control: load', 'control: lod', 'lod,', '"lod"'],
    ['group measure of a missing item', 'item-unknown', 'item: b2', 'item: b9', 'b9', '"b9"'],
    ['group measure of words', 'item-without-number', 'item: b2', 'item: b3', 'b3, promoters', '"b3"'],
    [
      'unknown source',
      'source-unknown',
      'promoters: [9, 10], detractors: [0, 6], sources: [own]',
      'promoters: [9, 10], detractors: [0, 6], sources: [mine]',
      'mine',
      '"mine"',
    ],
    [
      'words missing in a language',
      'language-missing',
      'text: { ja: 二, en: 2 nd }',
      'text: { ja: 二 }',
      '{ ja: 二 }',
      'en',
    ],
    [
      'words in another language',
      'language-undeclared',
      'text: { ja: 二, en: 2 nd }',
      'text: { ja: 二, en: 2 nd, fr: deux }',
      'deux',
      'fr',
    ],
    ['range without inside', 'range-reversed', 'max: 10, text', 'max: 0, text', '0, text: { ja: 四', 'b2'],
    [
      'optional but not skippable',
      'required-meaningless',
      'id: b3, type: text',
      'id: b3, required: false, skippable: false, type: text',
      'false, type',
      'b3',
    ],
  ])('%s', (_what, code, from, to, marker, says) => {
    const text = broken(from, to)
    const fault = faultsOf(text).find((candidate) => candidate.code === code)
    expect(fault).toMatchObject({ file: 'sample/1.yaml', ...placeOf(text, marker) })
    expect(fault?.message).toMatch(says)
  })

  test('a method that stands twice', () => {
    const second = SOUND.slice(SOUND.indexOf('  - method: simple-sum'), SOUND.indexOf('  - method: conversion'))
    const text = SOUND.replace('criteria:\n', `criteria:\n${second}`)
    expect(faultsOf(text)).toMatchObject([{ code: 'method-repeated', path: 'criteria.1.method' }])
  })

  test('a scale without point table has no points to add', () => {
    const text = SOUND.replace(/ {4}point_table:\n.*\n.*\n/, '')
    const fault = faultsOf(text)[0]
    expect(fault).toMatchObject({ code: 'scale-without-points', ...placeOf(text, 'load] }\n    rules') })
  })
})

describe('a fault of shape is named with its line and column', () => {
  test.each([
    ['misspelt key', 'polarity: negative', 'polaritty: negative', 'polaritty', '"polaritty"'],
    ['missing key', '    polarity: negative\n', '', 'id: load', 'polarity'],
    ['unknown item type', 'type: rating', 'type: slider', 'slider', 'type'],
    ['unknown formula method', 'method: sum', 'method: magic', 'magic', 'method'],
    ['misspelt threshold', 'at_least: 6', 'at_lest: 6', 'at_lest', 'at_lest'],
    ['HTML in words', 'en: Sample }\nlang', 'en: "<script>x</script>" }\nlang', '"<script>', 'HTML'],
    ['empty words', 'en: Sample }\nlang', 'en: "" }\nlang', '"" }', 'empty'],
    ['another format', 'format: 1', 'format: 2', '2\nslug', 'format'],
    ['no integer as version', 'version: 1', 'version: 1.5', '1.5', 'version'],
  ])('%s', (_what, from, to, marker, says) => {
    const text = broken(from, to)
    const place = placeOf(text, marker)
    const fault = faultsOf(text).find(({ line, column }) => line === place.line && column === place.column)
    expect(fault?.code).toBe('shape')
    expect(`${fault?.path} ${fault?.message}`).toContain(says)
  })

  test('several faults at once, in the order of the file', () => {
    const text = broken('minus: [a1, a2]', 'minus: [zz, a2]').replace('reverse: [a1]', 'reverse: [yy]')
    expect(faultsOf(text).map((fault) => fault.code)).toEqual(['item-unknown', 'reverse-unknown'])
  })
})

describe('text that is no definition', () => {
  test('YAML that does not parse', () => {
    const text = broken('title: { ja: 見本, en: Sample }\nlang', 'title: { ja: 見本, en: Sample\nlang')
    const [fault] = faultsOf(text)
    expect(fault).toMatchObject({ code: 'yaml', line: 6 })
  })

  test('a key that stands twice', () => {
    const text = broken('kind: own\n', 'kind: own\nkind: exit\n')
    expect(faultsOf(text)[0]).toMatchObject({ code: 'yaml', line: 5, column: 1 })
  })

  test('aliases, before they can multiply', () => {
    const names = Array.from({ length: 12 }, (_, index) => `n${index}`)
    const level = (name: string, index: number): string => `${name}: &${name} [${`*${names[index]},`.repeat(9)}]`
    const bomb = `n0: &n0 [x, x]\n${names.slice(1).map(level).join('\n')}`
    const faults = faultsOf(bomb)
    expect(faults[0]).toMatchObject({ code: 'alias', line: 2, column: 10 })
    expect(faults.every((fault) => fault.code === 'alias')).toBe(true)
  })

  test('five megabytes', () => {
    expect(faultsOf(`# ${'x'.repeat(5_000_000)}`)).toMatchObject([{ code: 'too-large', line: 1, column: 1 }])
  })

  test.each(['[', '{a: ', '- ', '? '])('endless %j', (opening) => {
    expect(faultsOf(opening.repeat(50_000))).toMatchObject([{ code: 'yaml', line: 1 }])
  })

  test('very many faults are cut to a number a person can read', () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n')
    expect(faultsOf(keys)).toHaveLength(100)
  })

  test.each(['', 'just words', '- a\n- list', '{}', 'null'])('%j', (text) => {
    expect(faultsOf(text)[0]).toMatchObject({ code: 'shape', line: 1, column: 1 })
  })

  test('a foreign tag', () => {
    expect(faultsOf(broken('slug: sample', 'slug: !!js/function sample'))[0]).toMatchObject({ code: 'yaml', line: 2 })
  })
})
