import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hashDefinition } from '../../server/questionnaires/index.ts'
import { createStaff, type Browser } from '../helpers/browser.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { ownWordsDefinition, publishOwn } from './own-version.ts'
import { lastGroup, openSurvey, start, type Survey } from './survey.ts'

const lines: string[] = []
let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld({ LOG_LEVEL: 'debug' }, { write: (line) => void lines.push(line) })
  survey = await openSurvey(
    world,
    {
      questionnaires: [
        { slug: 'stress-check-23', version: 1 },
        { slug: 'our-place', version: 1 },
      ],
    },
    ({ companyId }) => publishOwn(world, companyId, ownWordsDefinition),
  )
})
afterAll(() => world.close())

const line = '0120-279-338'

async function openPlace(code: string): Promise<{ browser: Browser; code: string; place: string }> {
  const own = await start(world, await survey.token(code))
  for (let number = 1; number < 20; number++) {
    await own.browser.get(`/answer/${number}`)
    if (own.browser.html.includes('name="a_where"')) return { ...own, place: `/answer/${number}` }
  }
  throw new Error('the own questionnaire is not asked')
}

/** What one walk leaves: log lines and rows, without ids, times and sealed values. */
async function walk(
  code: string,
  words: { voice: string; whereElse: string },
): Promise<{ rows: string; log: string[] }> {
  const { rows: tables } = await world.superuser.query<{ name: string }>(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname IN ('hanamichi') ORDER BY 1",
  )
  const count = async () => {
    const counts: Record<string, number> = {}
    for (const { name } of tables)
      counts[name] = (await world.superuser.query(`SELECT count(*)::int AS n FROM ${name}`)).rows[0].n
    return counts
  }
  const { browser, code: personal, place } = await openPlace(code)
  const before = await count()
  const from = lines.length
  const fields = { ...Object.fromEntries(browser.form(place).fields), a_where: 'other', a_whereElse: words.whereElse }
  await browser.postBare(`${place}/save`, { ...fields, a_voice: words.voice })
  await browser.get(place)
  await browser.submit(place, { a_where: 'other', a_whereElse: words.whereElse, a_voice: words.voice, go: 'next' })
  await browser.submit('/answer/submit', { code: lastGroup(personal) })
  expect(browser.url).toBe('/answer/submitted')
  const after = await count()
  const log = lines.slice(from).map((text) => {
    const { level, msg, method, route, status } = JSON.parse(text) as Record<string, unknown>
    return JSON.stringify({ level, msg, method, route, status })
  })
  const more = Object.fromEntries(Object.entries(after).map(([name, n]) => [name, n - before[name]!]))
  return { rows: JSON.stringify(more), log }
}

describe('who writes words of the kept list', () => {
  test('finds the help lines on the next page, without script, and again while the words stand there', async () => {
    const { browser, place } = await openPlace('E001')
    expect(browser.html).not.toContain(line)
    await browser.submit(place, { a_where: 'office', a_voice: 'もう消えたい。', go: 'next' })
    expect(browser.url).toBe('/answer/review')
    expect(browser.html).toContain(`href="tel:${line}"`)
    expect(browser.text).toContain('だれにも知らされません')
    await browser.get('/answer/1')
    expect(browser.html).toContain(line)
    await browser.get('/answer/leave')
    expect(browser.html).toContain(line)
    // kept as it was typed
    await browser.get(place)
    expect(Object.fromEntries(browser.form(place).fields)['a_voice']).toBe('もう消えたい。')
    await browser.submit(place, { a_voice: '', go: 'next' })
    expect(browser.html).not.toContain(line)
  })

  test('also beside an option, and in English', async () => {
    const { browser, place } = await openPlace('E002')
    await browser.submit(place, { a_where: 'other', a_whereElse: "don't want to live", go: 'next' })
    expect(browser.html).toContain(line)
    await browser.get('/answer/review?lang=en')
    expect(browser.text).toContain('There are people who will listen')
    expect(browser.html).toContain('0800-300-8355')
  })

  test('with script: each save of a screen that takes words is answered alike, with the lines or with nothing', async () => {
    const { browser, place } = await openPlace('E003')
    const fields = { ...Object.fromEntries(browser.form(place).fields), a_where: 'office' }
    await browser.postBare(`${place}/save`, { ...fields, a_voice: '静かに働きたい' })
    expect([browser.status, browser.html]).toEqual([200, ''])
    await browser.postBare(`${place}/save`, { ...fields, a_voice: '死にたい' })
    expect(browser.status).toBe(200)
    expect(browser.html).toContain(line)
    expect(browser.html.startsWith('<section')).toBe(true)
    await browser.get('/answer/1')
    const first = Object.fromEntries(browser.form('/answer/1').fields)
    await browser.postBare('/answer/1/save', first)
    expect([browser.status, browser.html]).toEqual([204, ''])
  })

  test('also in what is written to the physician', async () => {
    await createStaff(world, survey.company, 'physician')
    await world.superuser.query('UPDATE role_grant SET secrecy_acknowledged_at = $2 WHERE company_id = $1', [
      survey.company.companyId,
      world.clock.now(),
    ])
    const { browser, code } = await openPlace('E007')
    await browser.get('/answer/review')
    await browser.submit('/answer/submit', { code: lastGroup(code) })
    await browser.get('/answer/code')
    await browser.submit('/answer/code', { code })
    await browser.get('/result/consultation')
    const [physician] = browser.form('/result/consultation').choices('physician')
    const write = (message: string) =>
      browser.submit('/result/consultation', { physician: physician!, message, how_to_reach: '内線12' })
    await write('眠れない日が続いています')
    expect(browser.status).toBe(200)
    expect(browser.html).not.toContain(line)
    await write('いなくなりたいと思うことがあります')
    expect(browser.url).toBe('/result/consultation')
    expect(browser.html).toContain(line)
  })

  test('is told nowhere: neither a row nor a log line differs from those of another person', async () => {
    const calm = await walk('E004', { voice: '休憩室がほしい', whereElse: '川沿い' })
    const hard = await walk('E006', { voice: '死にたい', whereElse: 'もう消えたい' })
    expect(hard).toEqual(calm)
    expect(hard.log.length).toBeGreaterThan(4)
    const { rows: tables } = await world.superuser.query<{ name: string }>(
      "SELECT schemaname || '.' || tablename AS name FROM pg_tables WHERE schemaname IN ('hanamichi', 'pgboss')",
    )
    const own = hashDefinition(ownWordsDefinition)
    for (const { name } of tables) {
      const { rows } = await world.superuser.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
      for (const { text } of rows)
        if (!text.includes(own))
          expect(text, name).not.toMatch(/死にたい|消えたい|いなくなりたい|crisis|help_?line|0120-279-338|helpLine/)
    }
    for (const text of lines) expect(text).not.toMatch(/死にたい|消えたい|crisis|help|0120-279-338/)
  })
})
