import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import Handlebars from 'handlebars'
import { expect, test } from 'vitest'

const templatesDir = 'templates'
const helpers = ['t', 'date', 'dateWithWeekday', 'dateTime', 'number', 'percent', 'eq', 'not', 'or', 'and', 'asset']
const builtIn = ['if', 'unless', 'each', 'with', 'lookup']

const templates: (readonly [string, string])[] = readdirSync(templatesDir, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.hbs'))
  .map((file) => [file.replaceAll('\\', '/'), readFileSync(join(templatesDir, file), 'utf8')] as const)
const pages = templates.filter(([file]) => !file.endsWith('.txt.hbs'))
const names = new Set(templates.map(([file]) => file.replace(/(\.txt)?\.hbs$/, '')))

test.each(templates)('%s parses, and its partials and helpers exist', (_file, source) => {
  const used = new Uses()
  used.accept(Handlebars.parse(source))
  expect([...used.partials].filter((name) => !names.has(name) && name !== '@partial-block')).toEqual([])
  expect([...used.helpers].filter((name) => !helpers.includes(name) && !builtIn.includes(name))).toEqual([])
})

test('no inline script, style or handler outside mails', () => {
  const offending = pages
    .filter(([, source]) => !source.includes('layouts/mail'))
    .filter(([file]) => file !== 'layouts/mail.hbs' && !file.startsWith('partials/mail-'))
    .filter(([, source]) => /\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)/i.test(source))
  expect(offending.map(([file]) => file)).toEqual([])
})

test('every form that posts carries the hidden fields', () => {
  const bare: string[] = []
  for (const [file, source] of pages) {
    for (const [form] of source.matchAll(/<form\b[\s\S]*?<\/form>/g))
      if (/method="post"/i.test(form) && !form.includes('{{> partials/form-fields}}'))
        bare.push(`${file}: ${form.slice(0, 80)}`)
  }
  expect(bare).toEqual([])
})

test('no text in Japanese stands in a template: it belongs into the locales', () => {
  const offending = templates.filter(([, source]) =>
    /[\u3041-\u30ff\u4e00-\u9fff]/.test(source.replaceAll(/\{\{!--[\s\S]*?--\}\}/g, '')),
  )
  expect(offending.map(([file]) => file)).toEqual([])
})

test('the stylesheet copies its values from the design tokens, uses all it copies, and stays small', () => {
  const css = readFileSync('templates/static/hanamichi.css', 'utf8')
  const tokensFile = createRequire(import.meta.url).resolve('@digital-go-jp/design-tokens/dist/tokens.css')
  const tokens = declarations(readFileSync(tokensFile, 'utf8'))
  const copied = [...declarations(css)].filter(([name]) => tokens.has(name))
  expect(copied.length).toBeGreaterThan(20)
  for (const [name, value] of copied) {
    expect(value, name).toBe(tokens.get(name))
    expect(css.includes(`var(${name})`), `${name} is not used`).toBe(true)
  }
  expect(gzipSync(css).length).toBeLessThan(9000)
})

function declarations(css: string): Map<string, string> {
  return new Map(Array.from(css.matchAll(/(--[\w-]+):\s*([^;]+);/g), (match) => [match[1] ?? '', match[2] ?? '']))
}

class Uses extends Handlebars.Visitor {
  readonly partials = new Set<string>()
  readonly helpers = new Set<string>()

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.partials.add((partial.name as hbs.AST.PathExpression).original)
    super.PartialStatement(partial)
  }
  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.partials.add((partial.name as hbs.AST.PathExpression).original)
    super.PartialBlockStatement(partial)
  }
  override BlockStatement(block: hbs.AST.BlockStatement): void {
    this.helpers.add(block.path.original)
    super.BlockStatement(block)
  }
  override MustacheStatement(mustache: hbs.AST.MustacheStatement): void {
    if (mustache.params.length > 0 || mustache.hash) this.addHelper(mustache.path)
    super.MustacheStatement(mustache)
  }
  override SubExpression(expression: hbs.AST.SubExpression): void {
    this.addHelper(expression.path)
    super.SubExpression(expression)
  }
  private addHelper(path: hbs.AST.Expression): void {
    this.helpers.add((path as hbs.AST.PathExpression).original)
  }
}
