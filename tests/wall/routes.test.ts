import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeclaredRoute } from '../../server/app.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { baseUrl, fillEverything, fingerprint, loggerTo, type Filled } from './company.ts'

/** Every route of the table × everybody who may stand before it, with ids of records that exist. */
let world: World
let app: FastifyInstance
let filled: Filled
let routes: { method: string; url: string; audience: string; path: string }[]

beforeAll(async () => {
  world = await createWorld({ BASE_URL: baseUrl })
  filled = await fillEverything(world, loggerTo({ write: () => undefined }))
  app = await world.app()
  await app.ready()
  routes = app.declaredRoutes.map((route) => ({ ...route, path: pathOf(route) }))
}, 180_000)
afterAll(() => filled.close())

/** The route's address with ids of the filled company; where it has no such record, with an invented one. */
function pathOf({ url }: DeclaredRoute): string {
  const { ids, survey, person, company, staff } = filled
  const known: Record<string, string> = {
    invitationId: person.invitationId,
    departureId: ids.departure,
    stepId: url.startsWith('/hr/') ? ids.step : ids.ownStep,
    userId: staff.hr,
    grantId: ids.grant,
    departmentId: company.department('D2'),
    companyKey: company.companyKey,
    token: `${company.companyKey}-${'0'.repeat(26)}`,
    number: 'A-00000-00000',
    sheet: '1',
    slug: 'stress-check-57',
    kind: 'employees',
    id:
      /\/requests\/|\/request\//.test(url) && !url.includes('alumni')
        ? url.startsWith('/hr/')
          ? ids.employerRequest
          : ids.request
        : url.includes('/consultations/')
          ? ids.consultation
          : /\/alumni\//.test(url)
            ? ids.returnRequest
            : url.includes('/questionnaires/')
              ? url.includes('/versions/')
                ? ids.ownVersion
                : ids.draft
              : url.includes('/workplaces/')
                ? company.workplaces.W1
                : /\/campaigns\/|\/progress\//.test(url) && !url.includes('imports')
                  ? survey.campaignId
                  : randomUUID(),
  }
  return url.replaceAll(/:(\w+)(\([^)]*\))?/g, (_all, name: string) => {
    if (!known[name]) throw new Error(`what does :${name} of ${url} stand for?`)
    return known[name]
  })
}

/** What the forms of all pages hold between them: enough for any of them to act if it may. */
const body = () => ({
  form_id: randomUUID(),
  needed: 'yes',
  signed: 'yes',
  person: filled.person.invitationId,
  confirmed: 'yes',
  criteriaMethod: 'simpleSum',
  note: 'x',
  held_on: '2026-11-22',
  mode: 'online',
  explained: 'yes',
  kind: 'limit_overtime',
  detail: 'x',
  from_on: '2026-12-01',
  review_on: '2027-01-15',
  person_heard_on: '2026-11-22',
  done: 'yes',
  cancel: 'yes',
  state: 'talk',
  reason: 'other',
  headcount: '5',
  campaign: filled.survey.campaignId,
  whole: filled.staff.hr,
  acknowledged: 'yes',
  answer: 'full_result',
  agreed: 'yes',
  role: 'hr',
  session: randomUUID(),
  name: 'x',
  leavingOn: '2026-12-31',
  employeeCode: 'E002',
  revision: '1',
  verdict: 'yes',
  none_forbidden: 'yes',
  languages: 'ja',
  title_ja: 'x',
  whose: 'own',
})

const shut = (status: number, location: string | undefined) =>
  [401, 403, 404].includes(status) ||
  ([302, 303].includes(status) && /^\/(sign-in|staff\/secrecy)/.test(location ?? ''))

const cookiesOf = (cookies: ReadonlyMap<string, string>) =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')

async function ask(
  cookies: ReadonlyMap<string, string>,
  method: string,
  path: string,
  fields?: Record<string, string>,
  headers: Record<string, string> = {},
) {
  return app.inject({
    method: method as 'GET',
    url: path,
    headers: {
      accept: 'text/html',
      cookie: cookiesOf(cookies),
      ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...headers,
    },
    ...(fields && { payload: new URLSearchParams(fields).toString() }),
  })
}

/** A page with a form, for a token that fits every form of this browser. */
async function csrfOf(cookies: Map<string, string>): Promise<string> {
  const answer = await ask(cookies, 'GET', `/c/${filled.company.companyKey}/alumni/enter`)
  for (const cookie of answer.cookies) cookies.set(cookie.name, encodeURIComponent(cookie.value))
  return /name="_csrf" value="([^"]+)"/.exec(answer.body)![1]!
}

/** What only the first company knows. */
const ownWords = () => ['試験株式会社', '架空', 'E001', 'e001@', '第一課', '試験診療所', '席替え', 'private.example']

// sessions live, openings are in the ledger, and when a person first saw the own result is kept like an opening
const bookkeeping = { session: 'all', audit_entry: 'all', notice: ['first_viewed_at'] } as const

test('the table of routes knows every audience', () => {
  const audiences = new Set(routes.map((route) => route.audience))
  expect([...audiences].toSorted()).toEqual([
    'admin',
    'alumni',
    'clerk',
    'hr',
    'implementer',
    'leaver',
    'manager',
    'participant',
    'participant_with_code',
    'physician',
    'public',
    'staff',
  ])
  expect(routes.length).toBeGreaterThan(150)
})

describe('whoever a route is not for', () => {
  test('gets nothing but a shut door, and changes nothing by writing', async () => {
    const before = await fingerprint(world, bookkeeping)
    const open: string[] = []
    let asked = 0
    for (const [name, { fits, browser }] of filled.visitors) {
      const cookies = new Map(browser.cookies)
      const csrf = await csrfOf(cookies)
      for (const route of routes) {
        if (fits.includes(route.audience)) continue
        asked++
        const fields = route.method === 'POST' ? { ...body(), _csrf: csrf } : undefined
        const answer = await ask(cookies, route.method, route.path, fields)
        if (!shut(answer.statusCode, answer.headers.location))
          open.push(`${name}: ${route.method} ${route.url} ${answer.statusCode} ${answer.headers.location ?? ''}`)
        // the problem page names the visitor's own company
        else if (
          ownWords()
            .slice(1)
            .some((word) => answer.body.includes(word))
        )
          open.push(`${name}: ${route.url} tells something`)
      }
    }
    expect(open).toEqual([])
    expect(asked).toBeGreaterThan(2_000)
    expect(await fingerprint(world, bookkeeping)).toEqual(before)
  }, 180_000)

  test('a member of staff of another company with the very role sees and changes nothing of this one', async () => {
    const { companyId } = filled.company
    const before = await fingerprint(world, {}, companyId)
    const seen: string[] = []
    for (const [name, { fits, browser }] of filled.visitors) {
      if (!name.endsWith('another company')) continue
      const cookies = new Map(browser.cookies)
      const csrf = await csrfOf(cookies)
      for (const route of routes) {
        if (!fits.includes(route.audience) || route.audience === 'public' || route.audience === 'staff') continue
        const fields = route.method === 'POST' ? { ...body(), _csrf: csrf } : undefined
        const answer = await ask(cookies, route.method, route.path, fields)
        const line = `${name}: ${route.method} ${route.url} ${answer.statusCode}`
        if (answer.statusCode >= 500) seen.push(line)
        if (ownWords().some((word) => answer.body.includes(word))) seen.push(`${line} tells something`)
        // an address with an id of this company is one that does not exist
        const named = route.url.includes(':') && !/:kind|progress\/:id/.test(route.url)
        if (named && route.method !== 'POST' && answer.statusCode !== 404) seen.push(line)
      }
    }
    expect(seen).toEqual([])
    expect(await fingerprint(world, {}, companyId)).toEqual(before)
  }, 120_000)

  test('a role taken away is gone before the next request', async () => {
    const { browser } = filled.visitors.get('manager')!
    expect((await ask(browser.cookies, 'GET', '/manager')).statusCode).toBe(200)
    await world.superuser.query("UPDATE role_grant SET revoked_at = $2 WHERE company_id = $1 AND role = 'manager'", [
      filled.company.companyId,
      world.clock.now(),
    ])
    expect((await ask(browser.cookies, 'GET', '/manager')).statusCode).toBe(403)
    await world.superuser.query("UPDATE role_grant SET revoked_at = NULL WHERE company_id = $1 AND role = 'manager'", [
      filled.company.companyId,
    ])
  })
})

describe('writing', () => {
  test('without the token of a form says that the form expired, on every route but the one-click refusal', async () => {
    const before = await fingerprint(world, { session: 'all' })
    const said = new Map<string, string>()
    for (const route of routes) {
      if (route.method !== 'POST') continue
      for (const [name, { fits, browser }] of filled.visitors) {
        if (!fits.includes(route.audience) || name.endsWith('another company')) continue
        const answer = await ask(browser.cookies, 'POST', route.path, body(), { accept: 'application/json' })
        said.set(`${route.url} as ${name}`, `${answer.statusCode} ${answer.json<{ title: string }>().title}`)
        // one visitor of those whom a public route is for is enough
        if (route.audience === 'public') break
      }
    }
    const others = [...said].filter(([, answer]) => answer !== '403 form_expired')
    expect(others).toEqual([['/alumni/refuse/:token as nobody', '404 link_unknown']])
    expect(said.size).toBeGreaterThan(60)
    expect(await fingerprint(world, { session: 'all' })).toEqual(before)
  })

  test('with a token of another browser neither', async () => {
    const csrf = await csrfOf(new Map())
    const { browser } = filled.visitors.get('hr')!
    const answer = await ask(browser.cookies, 'POST', '/hr/requests/open', { form_id: randomUUID(), _csrf: csrf })
    expect(answer.statusCode).toBe(403)
  })
})

describe('looking', () => {
  test('GET and HEAD on every route by whom it is for change nothing; every page carries its headers and no foreign word', async () => {
    world.clock.advance(2 * 60_000)
    const before = await fingerprint(world, bookkeeping)
    const wrong: string[] = []
    let pages = 0
    for (const [name, { fits, browser }] of filled.visitors) {
      for (const route of routes) {
        if (!['GET', 'HEAD'].includes(route.method) || !fits.includes(route.audience)) continue
        const answer = await ask(browser.cookies, route.method, `${route.path}?lang=ja`, undefined, {
          host: 'evil.example.net',
          'x-forwarded-host': 'evil.example.net',
        })
        const line = `${name}: ${route.method} ${route.url} ${answer.statusCode}`
        const { headers } = answer
        if (answer.statusCode >= 500 && route.url !== '/ready') wrong.push(line)
        if (headers['cache-control'] !== 'no-store') wrong.push(`${line} may be kept`)
        if (headers['referrer-policy'] !== 'no-referrer') wrong.push(`${line} tells where one came from`)
        if (headers['x-content-type-options'] !== 'nosniff') wrong.push(`${line} may be sniffed`)
        if (!/default-src 'none'.*frame-ancestors 'none'/.test(String(headers['content-security-policy'])))
          wrong.push(`${line} without a policy`)
        if (/unsafe|\*|https?:/.test(String(headers['content-security-policy'])))
          wrong.push(`${line} with a weak policy`)
        if (answer.body.includes('evil.example')) wrong.push(`${line} repeats the host`)
        if (headers.location !== undefined && !/^\/(?!\/)/.test(headers.location))
          wrong.push(`${line} leads to ${headers.location}`)
        for (const cookie of [headers['set-cookie'] ?? []].flat())
          if (!/HttpOnly/.test(cookie) || !/Secure/.test(cookie) || !/SameSite=Lax/.test(cookie))
            wrong.push(`${line} sets ${cookie.split('=')[0]}`)
        if (/<script(?![^>]* src="\/static\/)|<style|\son\w+="|javascript:/i.test(answer.body))
          wrong.push(`${line} has a script of its own`)
        pages++
      }
    }
    expect([...new Set(wrong)]).toEqual([])
    expect(pages).toBeGreaterThan(400)
    expect(await fingerprint(world, bookkeeping)).toEqual(before)
  }, 180_000)

  test('an address may hold anything: nothing of it becomes a header, a tag or another place', async () => {
    const answers = await Promise.all(
      [
        '/a/x%0d%0aset-cookie:%20a=b/start',
        '/a/%2F%2Fevil.example.net/start',
        '/g/%5C%5Cevil.example.net/start',
        '/sign-in?company=%2F%2Fevil.example.net',
        '/c/%22%3E%3Cscript%3E/sign-in',
        '/graduation?done=%3Cscript%3E',
        '/%3Cscript%3Ealert(1)%3C/script%3E',
      ].map((url) => ask(new Map(), 'GET', url)),
    )
    for (const answer of answers) {
      expect(answer.statusCode).toBeLessThan(500)
      expect(answer.headers['set-cookie']?.toString() ?? '').not.toContain('a=b')
      expect(answer.headers.location ?? '/').toMatch(/^\/(?![/\\])/)
      expect(answer.body).not.toMatch(/<script>|evil\.example/)
    }
  })
})
