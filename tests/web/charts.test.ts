import { expect, test } from 'vitest'
import {
  barWithInterval,
  forestPlot,
  funnelPlot,
  heatMap,
  judgementChart,
  profileChart,
} from '../../server/web/charts/index.ts'
import { contourY } from '../../server/web/charts/contours.ts'
import { placeLabels } from '../../server/web/charts/labels.ts'
import { textWidth, wrap } from '../../server/web/charts/svg.ts'

const frame = { id: 'c', title: '題 <1>', description: '説明 & 数' }
const withheld = '10人未満等のため非表示'

const profile = profileChart({
  ...frame,
  worstLabel: '負担が大きい',
  bestLabel: 'よい',
  missingLabel: '回答なし',
  groups: [
    {
      label: '要因',
      scales: [
        { label: '仕事の量', point: 1 },
        { label: '働きがい', point: 5 },
        { label: '満足度', point: null },
      ],
    },
  ],
})
const risk = { meanX: 8.7, meanY: 7.9, slopeX: 0.076, slopeY: -0.089 }
const judgement = judgementChart({
  ...frame,
  levels: [80, 90, 100, 110, 120, 130],
  attentionLevel: 120,
  legend: { now: '今年', before: '昨年', mean: '全国平均', attention: '120以上', size: '円は人数' },
  panels: [
    {
      title: '量',
      xLabel: '負担',
      yLabel: '裁量',
      risk,
      points: [{ label: '営業部', mark: '1', x: 9, y: 7, n: 40, before: { x: 8.5, y: 7.5 } }],
    },
    { title: '支援', xLabel: '上司', yLabel: '同僚', risk: { ...risk, slopeX: -0.097, slopeY: -0.097 }, points: [] },
  ],
})
const heat = heatMap({
  ...frame,
  columns: [{ label: '仕事の量' }, { label: '裁量' }],
  rows: [
    {
      label: '営業部',
      note: 'n=34',
      cells: [
        { kind: 'value', text: '7.1', strength: 0.8, notable: true },
        { kind: 'value', text: '8.2', strength: 0.9, notable: false },
      ],
    },
    { label: '総務部', cells: [{ kind: 'withheld' }, { kind: 'value', text: '6.0', strength: -0.2, notable: true }] },
    { label: '監査室', cells: [{ kind: 'withheld' }, { kind: 'withheld' }] },
  ],
  legend: { worse: '負担が大きい', better: 'よい', usual: '偶然の範囲', withheld },
})
const forest = forestPlot({
  ...frame,
  xLabel: '比',
  headings: { name: '部署', figure: '比', status: '判定' },
  rows: [
    { label: '営業部', text: '1.80 (0.90–9.00)', point: 1.8, low: 0.9, high: 9, status: '要注意', strong: true },
    { label: '監査室', withheld },
  ],
})
const funnel = funnelPlot({
  ...frame,
  xLabel: '期待',
  yLabel: '比',
  limits: [
    {
      label: '90%',
      curve: [
        { expected: 1, low: 0, high: 3 },
        { expected: 5, low: 0.4, high: 1.8 },
      ],
    },
  ],
  points: [{ label: '営業部', mark: '営業部', expected: 3, ratio: 1.7, strong: true }],
})
const bars = barWithInterval({
  ...frame,
  domain: [0, 0.4],
  ticks: [{ value: 0.2, text: '20%' }],
  reference: { value: 0.13, label: '全社' },
  rows: [
    { label: '営業部', value: 0.2, low: 0.1, high: 0.3, text: '20%' },
    { label: '監査室', withheld },
  ],
})
const charts = { profile, judgement, heat, forest, funnel, bars }

test.each(Object.entries(charts))('%s: named, described, escaped, without style, script or red', (_name, svg) => {
  expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="c-title c-desc"/)
  expect(svg).toContain('<title id="c-title">題 &lt;1&gt;</title><desc id="c-desc">説明 &amp; 数</desc>')
  expect(svg).not.toMatch(/\sstyle=|<style|<script|\son\w+=|NaN|Infinity|undefined/)
  for (const [, red = '', green = '', blue = ''] of svg.matchAll(/#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/g))
    expect(Number.parseInt(red, 16) > 180 && Number.parseInt(green, 16) < 110 && Number.parseInt(blue, 16) < 110).toBe(
      false,
    )
})

test.each(Object.entries(charts))('%s: tags close and ids are unique', (_name, svg) => {
  const open: string[] = []
  for (const [, close, name = '', self] of svg.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name)
    else if (!self) open.push(name)
  }
  expect(open).toEqual([])
  const ids = Array.from(svg.matchAll(/\sid="([^"]+)"/g), (match) => match[1])
  expect(new Set(ids).size).toBe(ids.length)
  for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id)
})

test('profile: the heaviest points are square, the others round, a missing one is said', () => {
  expect(profile.match(/<circle/g)).toHaveLength(1)
  expect(profile.match(/<rect [^>]*rx="3"/g)).toHaveLength(1)
  expect(profile).toContain('>回答なし</text>')
})

test('judgement chart: the contour of 100 runs through the reference, 120 below it', () => {
  expect(contourY(100, risk.meanX, risk)).toBeCloseTo(risk.meanY, 10)
  const y = contourY(120, risk.meanX, risk)
  expect(100 * Math.exp((y - risk.meanY) * risk.slopeY)).toBeCloseTo(120, 9)
  expect(y).toBeLessThan(risk.meanY)
})

test('heat map: only notable cells are tinted, a wholly withheld row says so once, a single one is dotted', () => {
  const body = heat.slice(heat.indexOf('</defs>'))
  const legendEntries = 1
  expect(body.match(/fill="url\(#c-worseStrong\)"/g)).toHaveLength(1 + legendEntries)
  expect(body.match(/fill="url\(#c-better\)"/g)).toHaveLength(1 + legendEntries)
  expect(body.match(/fill="url\(#c-withheld\)"/g)).toHaveLength(2 + legendEntries)
  expect(body.match(new RegExp(`>${withheld}</text>`, 'g'))).toHaveLength(1 + legendEntries)
})

test('forest plot: an interval beyond the axis ends in an arrow at its end', () => {
  expect(forest.match(/l-7,-5 v10 z/g)).toHaveLength(1)
  expect(forest).toContain(`>${withheld}</text>`)
})

test('labels keep off dots and inside the bounds', () => {
  const bounds = { left: 0, right: 100, top: 0, bottom: 100 }
  const [first, second] = placeLabels(
    [
      { x: 95, y: 50, r: 5, text: '12' },
      { x: 20, y: 50, r: 5, text: '3' },
    ],
    bounds,
    12,
  )
  expect((first?.x ?? 0) + textWidth('12', 12)).toBeLessThanOrEqual(100)
  expect(second?.x).toBeGreaterThan(25)
})

test('wrap: Japanese anywhere but before closing marks, Latin between words', () => {
  expect(wrap('職場の対人関係でのストレス', 70, 10)).toEqual(['職場の対人関係', 'でのストレス'])
  expect(wrap('心理的な仕事の負担（量）', 110, 10)).toEqual(['心理的な仕事の負担（量）'])
  expect(wrap('Support from family', 62, 10)).toEqual(['Support', 'from family'])
  expect(wrap('', 60, 10)).toEqual([])
})
