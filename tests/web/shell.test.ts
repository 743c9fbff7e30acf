import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createRenderer } from '../../server/web/render.ts'
import { drawShell } from '../../server/web/shell.ts'
import { createTexts } from '../../server/web/texts.ts'
import { temporaryFolder } from '../helpers/folder.ts'

function shellOf(template: string, holes: string[], data: object = {}) {
  const dir = temporaryFolder('templates')
  mkdirSync(join(dir, 'locales/ja'), { recursive: true })
  writeFileSync(join(dir, 'locales/ja/web.json'), JSON.stringify({ language: { name: '日本語' } }))
  writeFileSync(join(dir, 'page.hbs'), template)
  const texts = createTexts(join(dir, 'locales'))
  const renderer = createRenderer({ templatesDir: dir, texts, assetVersion: 'v1' })
  return drawShell(renderer, 'page', { locale: 'ja', timeZone: 'Asia/Tokyo', data }, holes)
}

test('a shell gives what drawing the page whole would give, for each its own', () => {
  const shell = shellOf('<p>{{company}} {{name}} {{name}}</p>{{{list}}}。', ['name', 'list'], { company: '花&道' })
  const list = (text: string) => [Buffer.from(`<b>${text}</b>`), Buffer.from('<i>二</i>')]
  expect(shell.complete({ name: '一', list: list('あ') }).toString()).toBe('<p>花&amp;道 一 一</p><b>あ</b><i>二</i>。')
  expect(shell.complete({ name: 7, list: list('い') }).toString()).toBe('<p>花&amp;道 7 7</p><b>い</b><i>二</i>。')
})

test('words that go into a hole are escaped', () => {
  expect(shellOf('<p title="{{name}}">', ['name']).complete({ name: '"><script>' }).toString()).toBe(
    '<p title="&quot;&gt;&lt;script&gt;">',
  )
})

test('a hole that nothing goes into is a fault, not a gap', () => {
  const shell = shellOf('{{name}}', ['name'])
  expect(() => shell.complete({})).toThrow('Page "page": nothing for the hole "name"')
})
