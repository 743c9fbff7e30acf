import { sql, type Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { andCommit, together } from '../../server/database/connection.ts'
import { keptQuery } from '../../server/database/kept-query.ts'
import { newId } from '../../server/ids.ts'
import { inSession, openSession } from '../../server/web/sessions.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany
const subjectId = '0193a000-0000-7000-8000-000000000001'
const contextId = '0193a000-0000-7000-8000-000000000002'
let cookie: string

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  cookie = await sessionOf('link')
})
afterAll(() => world.close())

async function sessionOf(strength: 'link' | 'code'): Promise<string> {
  const at = world.clock.now()
  const of = { ...company, kind: 'participant', subjectId, contextId, strength } as const
  const opened = await world.services.database.as({ role: 'employee', ...company, subjectId }, at, (db) =>
    openSession(db, of, at),
  )
  return opened.cookie
}

interface Seen {
  role: string
  company: string | null
  subject: string | null
  context: string | null
}
const whoAmI = keptQuery(
  (db: Kysely<never>) =>
    db.selectNoFrom([
      sql<string>`current_user::text`.as('role'),
      sql<string | null>`company_id()`.as('company'),
      sql<string | null>`subject_id()`.as('subject'),
      sql<string | null>`context_id()`.as('context'),
    ]),
  ({ rows }): Seen => rows[0]!,
)
const insertSession = keptQuery(
  (db: Kysely<{ session: Record<string, unknown> }>, of: { company: string; id: string; hash: Buffer; at: Date }) =>
    db.insertInto('session').values({
      company_id: of.company,
      id: of.id,
      kind: 'participant',
      subject_id: sql`subject_id()`,
      strength: 'link',
      secret_hash: of.hash,
      created_at: of.at,
      last_seen_at: of.at,
      idle_seconds: 60,
      expires_at: of.at,
    }),
  ({ affected }) => affected,
)
const sessionRow = () => ({
  company: company.companyId,
  id: newId(world.clock.now()),
  hash: Buffer.from(newId(world.clock.now())),
  at: world.clock.now(),
})
const countOf = async (id: string) =>
  Number((await world.superuser.query('SELECT count(*) FROM session WHERE id = $1', [id])).rows[0].count)

const participants = { kind: 'participant', role: 'employee', strengths: ['link', 'code'] } as const
const enter = (of: string | undefined, entrance: Parameters<typeof inSession>[2] = participants) =>
  inSession(world.services.database, of, entrance, world.clock.now(), async (db, identity) => {
    const [found, seen] = await andCommit(db, identity, whoAmI(db))
    return { found, seen }
  })

test('a transaction that begins with a session acts as its person, and the first statements already do', async () => {
  const done = await enter(cookie)
  expect(done?.found).toMatchObject({ subjectId, contextId, strength: 'link', companyId: company.companyId })
  expect(done?.seen).toEqual({
    role: 'hanamichi_employee',
    company: company.companyId,
    subject: subjectId,
    context: contextId,
  })
})

test('a secret that is nobody’s, ended, of another strength or kind puts no company and no subject into it', async () => {
  const nobody = { role: 'hanamichi_employee', company: null, subject: null, context: null }
  const guessed = `${company.companyKey}.${'A'.repeat(32)}`
  expect(await enter(guessed)).toEqual({ found: undefined, seen: nobody })
  expect(await enter(cookie, { ...participants, strengths: ['code'] })).toEqual({ found: undefined, seen: nobody })
  expect(await enter(cookie, { ...participants, kind: 'staff' })).toEqual({ found: undefined, seen: nobody })
  expect(await enter(`${'0'.repeat(6)}.${cookie.slice(7)}`)).toEqual({ found: undefined, seen: nobody })
  expect(await enter('no cookie of ours')).toBeUndefined()
  expect(await enter(undefined)).toBeUndefined()
})

test('nothing of one transaction is left for the next on the same connection', async () => {
  for (let turn = 0; turn < 20; turn++) {
    await enter(cookie)
    const actor = { role: 'employee', companyId: company.companyId } as const
    const seen = await world.services.database.as<never, Seen>(actor, world.clock.now(), (db) => whoAmI(db))
    expect(seen).toEqual({ role: 'hanamichi_employee', company: company.companyId, subject: null, context: null })
  }
})

const asPerson = <Result>(work: (db: Kysely<never>) => Promise<Result>) =>
  world.services.database.as<never, Result>({ role: 'employee', ...company, subjectId }, world.clock.now(), work)

test('a COMMIT that is sent along with the last statements keeps them', async () => {
  const one = sessionRow()
  expect(await asPerson((db) => andCommit(db, insertSession(db, one), whoAmI(db)))).toMatchObject([1, {}])
  expect(await countOf(one.id)).toBe(1)
})

test('and takes everything back when one of them fails, whichever it is', async () => {
  const [one, other] = [sessionRow(), sessionRow()]
  const twice = (first: typeof one, second: typeof one) => (db: Kysely<never>) =>
    andCommit(db, insertSession(db, first), insertSession(db, second), insertSession(db, { ...other, id: one.id }))
  await expect(asPerson(twice(one, other))).rejects.toMatchObject({ code: '23505' })
  await expect(asPerson(twice(one, one))).rejects.toMatchObject({ code: '23505' })
  expect([await countOf(one.id), await countOf(other.id)]).toEqual([0, 0])
})

test('what is sent after it runs as nobody and is refused', async () => {
  const [one, late] = [sessionRow(), sessionRow()]
  const sentLate = asPerson(async (db) => {
    await andCommit(db, insertSession(db, one))
    await insertSession(db, late)
  })
  await expect(sentLate).rejects.toMatchObject({ code: '42501' })
  expect([await countOf(one.id), await countOf(late.id)]).toEqual([1, 0])
})

test('statements that go together: all are waited for, the first fault is thrown', async () => {
  const one = sessionRow()
  const work = asPerson((db) => together(insertSession(db, one), insertSession(db, one), whoAmI(db)))
  await expect(work).rejects.toMatchObject({ code: '23505' })
  expect(await countOf(one.id)).toBe(0)
})

test('a kept query has its parameters in their places and keeps its constants', async () => {
  const counted = keptQuery(
    (db: Kysely<{ session: Record<string, unknown> }>, of: { from: Date; kinds: string[] }) =>
      db
        .selectFrom('session')
        .select(sql<string>`count(*)`.as('sessions'))
        .where('kind', '=', sql`ANY (${of.kinds})`)
        .where('strength', '=', 'link')
        .where('created_at', '>=', of.from)
        .where('kind', '=', sql`ANY (${of.kinds})`),
    ({ rows }) => Number(rows[0]!.sessions),
  )
  const before = await asPerson((db) => counted(db, { from: world.clock.now(), kinds: ['participant'] }))
  expect(before).toBeGreaterThan(0)
  expect(await asPerson((db) => counted(db, { from: world.clock.now(), kinds: ['staff'] }))).toBe(0)
  const later = new Date(world.clock.now().getTime() + 1)
  expect(await asPerson((db) => counted(db, { from: later, kinds: ['participant'] }))).toBe(0)
})
