import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pino } from 'pino'
import { newId } from '../../server/ids.ts'
import {
  advanceProgress,
  findProgress,
  finishProgress,
  requestJob,
  startProgress,
  startWorker,
  type JobHandler,
  type Tick,
  type Worker,
} from '../../server/jobs/index.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World
const log = pino({ level: 'silent' })
const runs: { name: string; companyId: string; objectId: string; at: string }[] = []
let failures = 0

const handlers: JobHandler[] = [
  {
    name: 'test.note',
    run: async ({ companyId, objectId, at }) => {
      runs.push({ name: 'test.note', companyId, objectId, at: at.toISOString() })
    },
  },
  {
    name: 'test.fail-once',
    run: async ({ companyId, objectId, at }) => {
      if (failures++ === 0) throw new Error('田中太郎さんの回答')
      runs.push({ name: 'test.fail-once', companyId, objectId, at: at.toISOString() })
    },
  },
]

async function worker(more: Partial<Parameters<typeof startWorker>[0]> = {}): Promise<Worker> {
  return startWorker({
    services: world.services,
    runtimeUrl: world.runtimeUrl,
    transport: undefined,
    templates: [],
    handlers,
    ticks: [],
    log,
    loops: false,
    ...more,
  })
}

async function until(done: () => boolean | Promise<boolean>, seconds = 15): Promise<void> {
  const end = performance.now() + seconds * 1000
  while (!(await done())) {
    if (performance.now() > end) throw new Error('not within the time')
    await new Promise((wait) => setTimeout(wait, 50))
  }
}

beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

describe('jobs', () => {
  test('what a transaction asks for happens when it commits, once due by the passed clock, and not when it rolls back', async () => {
    const { companyId } = await world.company()
    const at = world.clock.now()
    const [kept, lost, later] = [newId(at), newId(at), newId(at)]
    await world.services.database.as({ role: 'hr', companyId }, at, (db) =>
      requestJob(db, companyId, 'test.note', kept, at),
    )
    await world.services.database.as({ role: 'employee', companyId, subjectId: newId(at) }, at, (db) =>
      requestJob(db, companyId, 'test.note', later, at, new Date(at.getTime() + 3_600_000)),
    )
    await world.services.database
      .as({ role: 'hr', companyId }, at, async (db) => {
        await requestJob(db, companyId, 'test.note', lost, at)
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    const one = await worker()
    expect((await one.settle()).jobs).toBe(1)
    expect(runs.map((run) => run.objectId)).toEqual([kept])
    world.clock.advance(3_600_000)
    expect((await one.settle()).jobs).toBe(1)
    expect(runs.at(-1)).toEqual({ name: 'test.note', companyId, objectId: later, at: world.clock.now().toISOString() })
    expect((await one.settle()).jobs).toBe(0)
    await one.stop()
  })

  test('a request role can ask but not read what was asked for; the bare login can do neither', async () => {
    const { companyId } = await world.company()
    const at = world.clock.now()
    await expect(
      world.services.database.as({ role: 'hr', companyId }, at, (_db, client) =>
        client.query('SELECT * FROM job_request'),
      ),
    ).rejects.toThrow(/permission denied/)
    await expect(
      world.services.database.as({ role: 'hr', companyId }, at, (_db, client) =>
        client.query('SELECT * FROM pgboss.job'),
      ),
    ).rejects.toThrow(/permission denied/)
    await expect(world.services.database.lookUp('SELECT * FROM job_request', [])).rejects.toThrow(/permission denied/)
  })

  test('with loops running, a job is picked up by itself; one that fails is tried again and its message is kept nowhere', async () => {
    const { companyId } = await world.company()
    const at = world.clock.now()
    const object = newId(at)
    // wait a second instead of five
    await world.superuser.query(
      "UPDATE pgboss.queue SET retry_delay = 1, retry_backoff = false WHERE name = 'hanamichi'",
    )
    const one = await worker({ loops: true })
    await world.services.database.as({ role: 'hr', companyId }, at, (db) =>
      requestJob(db, companyId, 'test.fail-once', object, at),
    )
    await until(() => runs.some((run) => run.objectId === object))
    await one.stop()
    expect(failures).toBe(2)
    const { rows } = await world.superuser.query<{ state: string; text: string }>(
      "SELECT state::text, row_to_json(j)::text AS text FROM pgboss.job j WHERE data->>'objectId' = $1",
      [object],
    )
    expect(rows.map((row) => row.state)).toEqual(['completed'])
    expect(rows[0]?.text).not.toContain('田中')
  })

  test('two workers share the jobs: each runs once', async () => {
    const { companyId } = await world.company()
    const at = world.clock.now()
    const objects = Array.from({ length: 40 }, () => newId(at))
    await world.services.database.as({ role: 'hr', companyId }, at, async (db) => {
      for (const object of objects) await requestJob(db, companyId, 'test.note', object, at)
    })
    const [one, two] = [await worker(), await worker()]
    const [first, second] = await Promise.all([one.settle(), two.settle()])
    expect(first.jobs + second.jobs).toBe(40)
    const ran = runs.filter((run) => run.companyId === companyId).map((run) => run.objectId)
    expect(ran.sort()).toEqual([...objects].sort())
    await Promise.all([one.stop(), two.stop()])
  })
})

describe('ticks', () => {
  test('the same tick does not run in two processes at once; a fault in one does not keep others from running', async () => {
    let inside = 0
    let most = 0
    let seen = 0
    const slow: Tick = {
      name: 'test.slow',
      everySeconds: 60,
      run: async () => {
        most = Math.max(most, ++inside)
        await new Promise((wait) => setTimeout(wait, 300))
        inside--
      },
    }
    const faulty: Tick = { name: 'test.faulty', everySeconds: 60, run: () => Promise.reject(new Error('no')) }
    const last: Tick = {
      name: 'test.last',
      everySeconds: 60,
      run: async () => {
        seen++
      },
    }
    const workers = await Promise.all([1, 2, 3].map(() => worker({ ticks: [slow, faulty, last] })))
    await Promise.all(workers.map((one) => one.settle()))
    expect(most).toBe(1)
    expect(seen).toBeGreaterThan(0)
    const before = seen
    await workers[0]?.settle()
    expect(seen).toBe(before + 1)
    await Promise.all(workers.map((one) => one.stop()))
  })

  test('audit rows are chained, and sessions and repeated forms are forgotten a day after their end', async () => {
    const { companyId } = await world.company()
    const at = world.clock.now()
    const old = new Date(at.getTime() - 3 * 24 * 3_600_000)
    for (const [when, days] of [
      [old, 1],
      [at, 1],
    ] as const) {
      await world.superuser.query(
        `INSERT INTO session VALUES ($1, $2, 'staff', $3, NULL, 'full', $4, $5, $5, 60, $5::timestamptz + make_interval(days => $6), NULL)`,
        [companyId, newId(when), newId(when), Buffer.from(when.toISOString()), when, days],
      )
      await world.superuser.query("INSERT INTO repeated_post VALUES ($1, $2, $3, 'POST /x', '/y', $4)", [
        companyId,
        newId(when),
        newId(when),
        when,
      ])
      await world.superuser.query(
        `INSERT INTO audit_entry (company_id, id, at, actor_kind, actor_role, action, reason, request_id) VALUES ($1, $2, $3, 'system', 'test', 'test.done', 'audit.test', 'r')`,
        [companyId, newId(when), when],
      )
    }
    const one = await worker()
    await one.settle()
    await one.stop()
    const count = async (table: string) =>
      (
        await world.superuser.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table} WHERE company_id = $1`, [
          companyId,
        ])
      ).rows[0]?.n
    expect({
      sessions: await count('session'),
      forms: await count('repeated_post'),
      links: await count('audit_link'),
    }).toEqual({
      sessions: 1,
      forms: 1,
      links: 2,
    })
  })
})

test('progress is told to the role that may watch, and ends done or with a problem', async () => {
  const { companyId } = await world.company()
  const at = world.clock.now()
  const objectId = newId(at)
  const as = <Result>(work: (db: Parameters<typeof findProgress>[0]) => Promise<Result>) =>
    world.services.database.as({ role: 'hr', companyId }, at, work)
  const id = await as((db) =>
    startProgress(db, companyId, { name: 'roster.import', objectId, audience: 'hr', total: 0 }, at),
  )
  await as((db) => advanceProgress(db, companyId, id, 40, at, 100))
  expect(await as((db) => findProgress(db, companyId, objectId, 'hr'))).toMatchObject({
    done: 40,
    total: 100,
    state: 'running',
  })
  expect(await as((db) => findProgress(db, companyId, objectId, 'clerk'))).toBeUndefined()
  await as((db) => finishProgress(db, companyId, id, at))
  expect(await as((db) => findProgress(db, companyId, objectId, 'hr'))).toMatchObject({
    done: 100,
    state: 'done',
    problem: undefined,
  })
  await as((db) => advanceProgress(db, companyId, id, 50, at))
  expect(await as((db) => findProgress(db, companyId, objectId, 'hr'))).toMatchObject({ done: 100, state: 'done' })
})
