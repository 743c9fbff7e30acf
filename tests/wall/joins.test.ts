import { AsyncLocalStorage } from 'node:async_hooks'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserOf } from '../campaigns/company.ts'
import { createWorld, type World } from '../helpers/world.ts'
import { browserOfPerson, releaseAll, surveyed, type Person, type Surveyed } from '../results/people.ts'
import { baseUrl, fillEverything, loggerTo, type Filled } from './company.ts'
import { findWay, readDump, type Dump } from './joins.ts'

/**
 * Design: nothing joins two areas below the company. A dump of the database in clear, with the rights of a superuser, has no way from a
 * person of the roster to a subject of the stress area, not by ids and not by moments, whoever asked for an interview.
 */
let world: World
let filled: Filled
let company: Surveyed
let dump: Dump
const asked: Person[] = []
beforeAll(async () => {
  world = await createWorld({ BASE_URL: baseUrl })
  await timeGoesOn(world)
  filled = await fillEverything(world, loggerTo({ write: () => undefined }))
  company = await surveyed(world, ['high', 'high', 'high', 'ordinary'])
  await releaseAll(world, company)
  await tellStory()
  dump = await readDump(world.superuser)
}, 180_000)
afterAll(() => filled.close())

/**
 * Time as a reader of the dump finds it: during a request the clock stands, so that everything made in it shares its moment; outside (mails,
 * jobs, what a test prepares) every look at the clock is another moment.
 */
async function timeGoesOn({ clock, app: open }: World): Promise<void> {
  const app = await open()
  const request = new AsyncLocalStorage<true>()
  const inject = app.inject.bind(app) as (...of: unknown[]) => Promise<unknown>
  const now = clock.now.bind(clock)
  clock.now = () => {
    if (!request.getStore()) clock.advance(1)
    return now()
  }
  const answer = async (...of: unknown[]) => {
    const answered = await request.run(true, async () => inject(...of))
    clock.advance(1_237)
    return answered
  }
  Object.assign(app, { inject: answer })
}

/** One asks and is seen, down to the measure; a second asks on the same day; a third takes it back; a fourth talks in private only. */
async function tellStory(): Promise<void> {
  const [seen, second, takenBack, inPrivate] = company.people as [Person, Person, Person, Person]
  for (const person of [seen, second, takenBack]) {
    const own = await browserOfPerson(world, company, person)
    await own.get('/result/request')
    await own.submit('/result/request', { acknowledged: 'yes' })
    if (person === takenBack) await own.submit(/\/withdraw$/)
    asked.push(person)
  }
  const quiet = await browserOfPerson(world, company, inPrivate)
  await quiet.get('/result/consultation')
  await quiet.submit('/result/consultation', {
    physician: company.physicianId,
    message: '眠れません',
    how_to_reach: '夕方',
  })
  const idOf = async (sql: string, ...values: unknown[]) =>
    (await world.superuser.query<{ id: string }>(sql, [company.companyId, ...values])).rows[0]!.id
  const request = await idOf(
    'SELECT id FROM interview_request WHERE company_id = $1 AND subject_id = $2',
    seen.subjectId,
  )
  const consultation = await idOf('SELECT id FROM consultation WHERE company_id = $1')
  const physician = await browserOf(world, company, company.physicianId)
  await physician.get(`/physician/consultations/${consultation}`)
  await physician.submit(`/physician/consultations/${consultation}/notes`, { note: '様子をみる' })
  await physician.get(`/physician/requests/${request}`)
  await physician.submit(`/physician/requests/${request}/interview`, { held_on: '2026-11-21', mode: 'online' })
  await physician.get(`/physician/requests/${request}/opinion`)
  await physician.submit(`/physician/requests/${request}/opinion`, {
    go: 'preview',
    work_hours: '月20時間',
    mind_body: 'none',
    guidance: 'none',
    work_category: 'ordinary',
    hours: 'none',
    affiliation: '試験診療所',
  })
  await physician.submit(`/physician/requests/${request}/opinion/release`, { explained: 'yes' })
  const hr = await browserOf(world, company, company.hrId)
  await hr.get('/hr/requests')
  await hr.submit('/hr/requests/open')
  await hr.get('/hr/requests')
  await hr.follow(seen.name)
  await hr.submit(/\/measures$/, {
    kind: 'none',
    detail: '様子をみる',
    from_on: '2026-12-01',
    review_on: '2027-01-15',
    person_heard_on: '2026-11-21',
  })
  const own = await browserOfPerson(world, company, seen)
  await own.get('/result/request')
  expect(own.text).toMatch(/会社の措置 済み/)
}

const subjects = (of: Dump) => of.idsOf('stress_subject')
const people = async (of: Dump) => [...(await of.idsOf('employment')), ...(await of.idsOf('employee'))]
const employersSide = (of: Dump) => of.idsOf('employer_request')

describe('a dump in clear', () => {
  test('holds what happened, and ways where there may be some', async () => {
    for (const table of ['interview_request', 'employer_request', 'consultation', 'interview_note', 'opinion'])
      expect((await dump.idsOf(table)).length, table).toBeGreaterThan(1)
    expect((await dump.idsOf('measure')).length).toBe(2)
    // the reader of the dump finds its way about within an area
    expect(findWay(dump, [asked[0]!.subjectId], await dump.idsOf('opinion'))).toBeDefined()
    expect(findWay(dump, [asked[0]!.employmentId], await dump.idsOf('employee'))).toBeDefined()
    expect(findWay(dump, await employersSide(dump), await dump.idsOf('measure'))).toBeDefined()
  })

  test('has no way from a person of the roster to a subject', async () => {
    expect(findWay(dump, await people(dump), await subjects(dump))).toBeUndefined()
  })

  test('does not tell who asked: no way from the employer’s side of a request to a person of the roster', async () => {
    expect(findWay(dump, await employersSide(dump), await people(dump))).toBeUndefined()
  })

  test('nor to the subject: whoever reads HR’s pages and a dump as well follows no id and no moment', async () => {
    expect(findWay(dump, await employersSide(dump), await subjects(dump))).toBeUndefined()
  })

  test('has no way between the person of the roster, the subject, the leaver and the alumna', async () => {
    const areas = {
      roster: await people(dump),
      stress: await subjects(dump),
      exit: await dump.idsOf('exit_subject'),
      alumni: await dump.idsOf('alumni_member'),
    }
    const ways: string[] = []
    for (const [one, from] of Object.entries(areas))
      for (const [other, to] of Object.entries(areas))
        if (one < other) ways.push(`${one} ${other}: ${findWay(dump, from, to) ?? 'none'}`)
    expect(areas.exit.length + areas.alumni.length).toBeGreaterThan(1)
    expect(ways.filter((way) => !way.endsWith(': none'))).toEqual([])
  })
})

describe('the search finds what is planted', () => {
  /** Changes the tables, reads them again, takes it back. */
  async function withPlanted(statements: readonly string[], look: (planted: Dump) => Promise<void>): Promise<void> {
    await world.superuser.query('BEGIN')
    try {
      await world.superuser.query("SET LOCAL session_replication_role = 'replica'")
      for (const sql of statements) await world.superuser.query(sql)
      await look(await readDump(world.superuser))
    } finally {
      await world.superuser.query('ROLLBACK')
    }
  }

  test('an employment beside a subject', () =>
    withPlanted(
      [
        'ALTER TABLE interview_request ADD COLUMN employment_id uuid',
        `UPDATE interview_request SET employment_id = '${asked[0]!.employmentId}' WHERE subject_id = '${asked[0]!.subjectId}'`,
      ],
      async (planted) =>
        expect(findWay(planted, await people(planted), await subjects(planted))).toContain('interview_request'),
    ))

  test('the same id on both sides', () =>
    withPlanted(
      [
        'ALTER TABLE employer_request ADD COLUMN note jsonb',
        `UPDATE employer_request SET note = jsonb_build_object('of', (SELECT id FROM interview_request WHERE subject_id = '${asked[0]!.subjectId}'))
         WHERE id = (SELECT id FROM released_opinion WHERE company_id = '${company.companyId}')`,
      ],
      async (planted) =>
        expect(findWay(planted, await employersSide(planted), await subjects(planted))).toContain('employer_request'),
    ))

  test('the same moment on both sides', () =>
    withPlanted(
      [
        'ALTER TABLE released_opinion ADD COLUMN released_at timestamptz',
        'UPDATE released_opinion r SET released_at = (SELECT o.released_at FROM opinion o WHERE o.company_id = r.company_id)',
      ],
      async (planted) =>
        expect(findWay(planted, await employersSide(planted), await subjects(planted))).toContain(' at 2026-'),
    ))

  test('ids in time’s order made in one transaction', () =>
    withPlanted(
      [
        `UPDATE employer_request SET id = overlay((SELECT id FROM interview_request WHERE subject_id = '${asked[0]!.subjectId}')::text
           PLACING '0123456789ab' FROM 25)::uuid WHERE id = (SELECT id FROM released_opinion WHERE company_id = '${company.companyId}')`,
      ],
      async (planted) =>
        expect(findWay(planted, await employersSide(planted), await subjects(planted))).toContain(' at 2026-'),
    ))
})
