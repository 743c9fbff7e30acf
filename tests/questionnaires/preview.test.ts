import { spawn } from 'node:child_process'
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildPreview } from '../../server/commands/preview.ts'

const definitions = join(import.meta.dirname, '../../survey-definitions')
let folder: string
let file: string
let app: FastifyInstance

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-preview-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(() => {
  file = join(folder, `${crypto.randomUUID()}.yaml`)
})
afterEach(() => app.close())

async function preview(slug: string): Promise<void> {
  await copyFile(join(definitions, `${slug}/1.yaml`), file)
  app = await buildPreview(file, 'ja')
}

const headers = { host: '127.0.0.1:4000' }
const get = (url: string) => app.inject({ url, headers })

/** Sends a screen as its form would. */
const send = (url: string, fields: Record<string, string>, go = 'next') =>
  app.inject({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ ...fields, form_id: crypto.randomUUID(), go }).toString(),
  })

/** Answers every choice of every screen with this option; returns how many screens there were. */
async function answerAll(value: string, sex: string): Promise<number> {
  let url = '/answer/1'
  for (let screens = 1; ; screens++) {
    const fields: Record<string, string> = {}
    for (const [, name] of (await get(url)).body.matchAll(/name="(a_\w+)"/g))
      fields[name!] = name === 'a_sex' ? sex : value
    const { statusCode, headers: answered } = await send(url, fields)
    expect(statusCode).toBe(303)
    url = String(answered.location)
    if (url === '/answer/review') return screens
  }
}

/** Words of a page's main part, one space between them. */
const wordsOf = (html: string): string =>
  html
    .slice(html.indexOf('<main'), html.indexOf('</main>'))
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

test('walks from screen to screen to every score of what was typed', async () => {
  await preview('stress-check-57')
  expect((await get('/')).body).toContain('<iframe class="phone" src="/answer"')
  expect(await answerAll('4', 'male')).toBe(12)
  const words = wordsOf((await get('/answer/review')).body)
  // all fours by hand: A = 11×1 turned round + 6×4 = 35, B = 3×1 turned round + 26×4 = 107, C = 9×4 = 36; A+C < 76
  expect(words).toContain('A 35 B 107 C 36 判定 基準に当てはまります(条件: ア)')
  expect(words).toMatch(/心理的な仕事の負担（量） quantitativeLoad 3–12 3 5/)
})

test('what was typed stays while screens and file change; what is not allowed any more goes', async () => {
  await preview('stress-check-57')
  await send('/answer/1', { a_q1: '3', a_q2: '4' })
  expect(wordsOf((await get('/answer/review')).body)).toContain('57問中2問')
  const text = await readFile(file, 'utf8')
  await writeFile(file, `${text}# a word more\n`)
  expect(wordsOf((await get('/answer/review')).body)).toContain('57問中2問')
  await send('/restart', {})
  expect(wordsOf((await get('/answer/review')).body)).toContain('57問中0問')
})

test('a broken file shows its faults with line and column until it is mended, and the address of the state changes with it', async () => {
  await preview('stress-check-57')
  const state = (await get('/state')).body
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('- id: q8', '- id: q9'))
  const line = text.split('\n').findIndex((one) => one.includes('- id: q9')) + 1
  const broken = await get('/answer/3')
  expect(broken.statusCode).toBe(422)
  expect(wordsOf(broken.body)).toContain(`${line}行目、`)
  expect((await get('/state')).body).not.toBe(state)
  await rm(file)
  expect(wordsOf((await get('/answer/3')).body)).toContain('ENOENT')
  await writeFile(file, text)
  expect((await get('/answer/3')).statusCode).toBe(200)
  expect((await get('/state')).body).toBe(state)
})

test('conditions hold: what is asked only of some is asked when it applies', async () => {
  await preview('presenteeism-qq')
  expect((await send('/answer/1', { a_days: '0' })).headers.location).toBe('/answer/review')
  expect((await send('/answer/1', { a_days: '10' })).headers.location).toBe('/answer/2')
  expect((await send('/answer/2', { a_quantity: '6', a_quality: '5' })).headers.location).toBe('/answer/review')
  expect(wordsOf((await get('/answer/review')).body)).toContain(' 7 ')
  const wrong = await send('/answer/1', { a_days: 'ten' })
  expect(wrong.statusCode).toBe(400)
  expect(wrong.body).toContain('value="ten"')
})

test('another site that names this computer gets nothing', async () => {
  await preview('recommendation')
  expect(await app.inject({ url: '/', headers: { host: 'example.com' } })).toMatchObject({ statusCode: 421, body: '' })
})

test('the command says where it can be seen and ends when told', async () => {
  await preview('recommendation')
  const cli = join(import.meta.dirname, '../../server/cli.ts')
  const child = spawn(process.execPath, [cli, 'questionnaire', 'preview', file, '--language', 'en'])
  const ended = new Promise((done) => child.once('exit', done))
  const said = await new Promise<string>((done) => child.stdout.once('data', (data: Buffer) => done(data.toString())))
  const address = /^http:\/\/127\.0\.0\.1:\d+\//.exec(said)![0]
  const page = await fetch(`${address}answer/1`)
  expect(await page.text()).toContain('<html lang="en">')
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
})
