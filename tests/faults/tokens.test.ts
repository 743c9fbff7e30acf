import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomCrockford } from '../../server/ids.ts'
import { openSurvey, type Survey } from '../answering/survey.ts'
import { createWorld, type World } from '../helpers/world.ts'

/** Guessing at every door that a link opens: found by the route table, so that a new door is tried too. */
let world: World
let survey: Survey
beforeAll(async () => {
  world = await createWorld()
  survey = await openSurvey(world)
})
afterAll(() => world.close())

async function fingerprint(): Promise<string[]> {
  const { rows } = await world.superuser.query<{ tablename: string }>(
    "SELECT tablename FROM pg_tables WHERE schemaname = 'hanamichi' ORDER BY 1",
  )
  const prints: string[] = []
  for (const { tablename } of rows) {
    const { rows: found } = await world.superuser.query<{ print: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') AS print FROM hanamichi.${tablename} t`,
    )
    prints.push(`${tablename} ${found[0]?.print}`)
  }
  return prints
}

test('10,000 guesses, over every door: always the same answer, slowed down after sixty, nothing written, true links go on working', async () => {
  const app = await world.app()
  await app.ready()
  // …/start only leads back to the page, whatever the token
  const doors = app.declaredRoutes
    .filter(({ method, url, audience }) => method === 'GET' && audience === 'public' && /:token/.test(url))
    .map(({ url }) => url)
    .filter((url) => !url.endsWith('/start'))
  expect(doors).toContain('/a/:token')
  expect(doors).toContain('/staff/invitation/:token')
  const truth = await survey.token('E001')
  const elsewhere = (await world.company()).companyKey
  const before = await fingerprint()
  const counts = new Map<number, number>()

  const tries = Math.ceil(10_000 / doors.length)
  const said = new Map<string, Set<string>>()
  let slowest = 0
  for (const [number, door] of doors.entries()) {
    // one address for the two pages of one kind of link: they share what they count
    const remoteAddress = `198.51.100.${door.startsWith('/a/') ? 0 : number + 1}`
    for (let count = 0; count < tries; count++) {
      const guesses = [
        // of this company, nobody's
        `${survey.company.companyKey}-${randomCrockford(26)}`,
        // true, but with another company's key
        `${elsewhere}${truth.slice(6)}`,
        // no company, no token at all, one character too many
        `zzzzzz-${randomCrockford(26)}`,
        randomCrockford(12),
        `${truth}0`,
      ]
      const began = performance.now()
      const answer = await app.inject({
        url: door.replace(':token', guesses[count % guesses.length]!),
        remoteAddress,
        headers: { accept: 'application/json' },
      })
      slowest = Math.max(slowest, performance.now() - began)
      expect(answer.cookies).toEqual([])
      const bodies = said.get(`${remoteAddress} ${answer.statusCode}`) ?? new Set()
      said.set(
        `${remoteAddress} ${answer.statusCode}`,
        bodies.add(answer.body.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'request')),
      )
      counts.set(answer.statusCode, (counts.get(answer.statusCode) ?? 0) + 1)
    }
  }
  for (const bodies of said.values()) expect(bodies.size).toBe(1)
  const addresses = said.size / 2
  expect(counts.get(404)).toBe(60 * addresses)
  expect(counts.get(429)).toBe(tries * doors.length - 60 * addresses)
  expect(slowest).toBeLessThan(5_000)
  expect(await fingerprint()).toEqual(before)

  // a colleague behind the same address has a true link
  const answer = await app.inject({ url: `/a/${truth}`, remoteAddress: '198.51.100.0' })
  expect(answer.statusCode).toBe(200)
  console.log(
    `${tries * doors.length} guesses at ${doors.length} doors: ${counts.get(404)} unknown, ${counts.get(429)} refused, slowest ${Math.round(slowest)} ms`,
  )
}, 180_000)
