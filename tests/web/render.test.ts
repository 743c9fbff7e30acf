import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { computeAssetVersion, createRenderer } from '../../server/web/render.ts'
import { createTexts } from '../../server/web/texts.ts'
import { temporaryFolder } from '../helpers/folder.ts'

const context = { locale: 'ja', timeZone: 'Asia/Tokyo' }

function rendererOf(files: Record<string, string>) {
  const dir = temporaryFolder('templates')
  const all = { 'locales/ja/web.json': webTexts('日本語'), 'locales/en/web.json': webTexts('English'), ...files }
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  return createRenderer({ templatesDir: dir, texts: createTexts(join(dir, 'locales')), assetVersion: 'v1' })
}

function webTexts(name: string): string {
  return JSON.stringify({ language: { name }, hello: '{name}さん、こんにちは' })
}

test('escapes values in pages and leaves them alone in plain text', () => {
  const renderer = rendererOf({
    'a/page.hbs': '<p>{{t "web.hello" name=name}}</p>',
    'a/page.txt.hbs': '{{t "web.hello" name=name}}',
  })
  const data = { name: '<b>&"' }
  expect(renderer.render('a/page', { ...context, data })).toBe('<p>&lt;b&gt;&amp;&quot;さん、こんにちは</p>')
  expect(renderer.renderText('a/page', { ...context, data })).toBe('<b>&"さん、こんにちは')
})

test('a layout wraps the page and a partial is found by its path', () => {
  const renderer = rendererOf({
    'layouts/l.hbs': '<title>{{title}}</title>{{> @partial-block}}',
    'a/item.hbs': '[{{label}}]',
    'a/page.hbs': '{{#> layouts/l title="題"}}{{#each items}}{{> a/item label=this}}{{/each}}{{/layouts/l}}',
  })
  expect(renderer.render('a/page', { ...context, data: { items: ['一', '二'] } })).toBe('<title>題</title>[一][二]')
})

test('a value that was not passed throws and names the page', () => {
  const renderer = rendererOf({ 'a/page.hbs': '{{#if there}}yes{{/if}}{{missing}}' })
  expect(() => renderer.render('a/page', { ...context, data: {} })).toThrow(/Page "a\/page" \(ja\).*missing/)
  expect(() => renderer.render('a/nothing', { ...context, data: {} })).toThrow(/no template "a\/nothing"/)
})

test('a missing text throws and names key and language', () => {
  const renderer = rendererOf({ 'a/page.hbs': '{{t "web.absent"}}' })
  expect(() => renderer.render('a/page', { ...context, data: {} })).toThrow(/"web.absent" is missing in locale "ja"/)
})

test('dates: a calendar date stands as it is, an instant is shown in the company time zone', () => {
  const renderer = rendererOf({ 'a/page.hbs': '{{dateWithWeekday on}}|{{date on}}|{{dateTime at}}' })
  const data = { on: '2026-11-23', at: '2026-11-22T15:05:00Z' }
  expect(renderer.render('a/page', { ...context, data })).toBe('11月23日(月)|2026年11月23日|2026年11月23日 00:05')
  expect(renderer.render('a/page', { locale: 'en', timeZone: 'America/New_York', data })).toBe(
    'Mon 23 November|23 November 2026|22 November 2026 at 10:05',
  )
  expect(() => renderer.render('a/page', { ...context, data: { on: 'x', at: 'y' } })).toThrow(/"x" is not a date/)
})

test('numbers, shares and comparisons', () => {
  const renderer = rendererOf({
    'a/page.hbs':
      '{{number n digits=1}} {{number n}} {{percent p digits=0}} {{percent p}} {{#if (eq p 0.125)}}a{{/if}}{{#if (not none)}}b{{/if}}{{#if (and n p)}}c{{/if}}{{#if (and n none)}}d{{/if}}{{or none "e"}}',
  })
  expect(renderer.render('a/page', { ...context, data: { n: 12345, p: 0.125, none: [] } })).toBe(
    '12,345.0 12,345 13% 12.5% abce',
  )
})

test('assets carry a version that changes with their content', () => {
  const renderer = rendererOf({ 'a/page.hbs': '<link href="{{asset "x.css"}}">' })
  expect(renderer.render('a/page', { ...context, data: {} })).toContain('/static/x.css?v')
  const dir = temporaryFolder('static')
  writeFileSync(join(dir, 'x.css'), 'a{}')
  const before = computeAssetVersion(dir)
  expect(computeAssetVersion(dir)).toBe(before)
  writeFileSync(join(dir, 'x.css'), 'b{}')
  expect(computeAssetVersion(dir)).not.toBe(before)
})
