import { gzipSync } from 'node:zlib'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createWorld, type World } from '../helpers/world.ts'
import { answerAll, lastGroup, openSurvey, start, type Survey } from './survey.ts'

// before any client is made: handles keep the method they were made with
let sent: string[] = []
// oxlint-disable-next-line typescript/unbound-method -- called with its client below
const query = Client.prototype.query
vi.spyOn(Client.prototype, 'query').mockImplementation(function (this: Client, ...given: unknown[]) {
  const [first] = given
  sent.push((typeof first === 'string' ? first : (first as { text: string }).text).slice(0, 60))
  return Reflect.apply(query, this, given) as never
})

let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world)
})
afterAll(async () => {
  await world.close()
  vi.restoreAllMocks()
})

/** What is sent to PostgreSQL while `work` runs: one entry per statement. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  sent = []
  await work()
  return sent
}

test('a submission of 58 answers takes six statements', async () => {
  const { browser, code } = await start(world, await survey.token('E001'))
  await answerAll(browser)
  const app = await world.app()
  const fields = { ...Object.fromEntries(browser.form('/answer/submit').fields), code: lastGroup(code) }
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  let status = 0
  const sent = await statements(async () => {
    const answer = await app.inject({
      method: 'POST',
      url: '/answer/submit',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    })
    status = answer.statusCode
  })
  expect(status).toBe(303)
  expect(sent.length, sent.join('\n')).toBeLessThanOrEqual(6)
})

test('a screen of questions takes five, saving it seven, and it is small', async () => {
  const { browser } = await start(world, await survey.token('E002'))
  await browser.get('/answer/1')
  const sent = await statements(() => browser.get('/answer/2'))
  expect(sent.length, sent.join('\n')).toBeLessThanOrEqual(5)
  expect(gzipSync(browser.html).length).toBeLessThan(2_600)
  const saves = await statements(() =>
    browser.postBare('/answer/2/save', Object.fromEntries(browser.form('/answer/2').fields)),
  )
  expect(saves.length, saves.join('\n')).toBeLessThanOrEqual(7)
})

test('a used session is written down when five minutes are gone, and not at every page', async () => {
  const { browser } = await start(world, await survey.token('E003'))
  const lastSeen = async () => {
    const sql = 'SELECT max(last_seen_at) AS at FROM session WHERE company_id = $1'
    return (await world.superuser.query<{ at: Date }>(sql, [survey.company.companyId])).rows[0]!.at
  }
  const began = await lastSeen()
  world.clock.advance(4 * 60_000)
  await browser.get('/answer/1')
  expect(await lastSeen()).toEqual(began)
  world.clock.advance(2 * 60_000)
  await browser.get('/answer/2')
  expect(await lastSeen()).toEqual(world.clock.now())
})
