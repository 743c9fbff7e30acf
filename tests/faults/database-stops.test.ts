import { execFile } from 'node:child_process'
import { chmod, chown, mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dateIn } from '../../server/clock.ts'
import { startEmbedded, type EmbeddedServer } from '../../server/database/embedded.ts'
import { migrate } from '../../server/database/migrate.ts'
import { fetchCsrf, prepareSittings, submissionOf, type ReadySitting } from '../answering/sittings.ts'
import { openSurvey } from '../answering/survey.ts'
import { openWorld, type World } from '../helpers/world.ts'
import { post, serveOn, type Serving } from './serve-process.ts'
import { absent, standing, whole } from './standing.ts'

/** A durable engine of this file's own, because it is stopped; the real command serves on it. */
let folder: string
let engine: EmbeddedServer
let world: World
let serving: Serving
let sittings: ReadySitting[]
let csrf: { cookie: string; token: string }
const run = promisify(execFile)

const dataDir = () => join(folder, 'data')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-stops-'))
  // as root, the database runs as another system user, who must be able to get in
  await chmod(folder, 0o755)
  engine = await startEmbedded({ dataDir: dataDir() })
  await migrate(engine.ownerUrl, 'hanamichi_runtime', new Date())
  world = await openWorld({
    superuserUrl: engine.urlFor('postgres', 'hanamichi'),
    ownerUrl: engine.ownerUrl,
    runtimeUrl: engine.runtimeUrl,
    remove: async () => {},
  })
  const now = new Date()
  world.clock.set(now)
  const survey = await openSurvey(world, {
    opensOn: dateIn('Asia/Tokyo', now),
    closesOn: dateIn('Asia/Tokyo', new Date(now.getTime() + 20 * 86_400_000)),
  })
  sittings = await prepareSittings(world, { ...survey.company, campaignId: survey.campaignId }, 60)
  serving = await serveOn(world, folder)
  csrf = await fetchCsrf(serving.url, sittings[0]!)
}, 120_000)
afterAll(async () => {
  await serving.end('SIGTERM')
  await world.close()
  await engine.stop()
  await rm(folder, { recursive: true, force: true })
})

async function asking<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({
    connectionString: engine.urlFor('postgres', 'hanamichi'),
    options: '-c search_path=hanamichi',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

const standingOf = async (sitting: ReadySitting) =>
  (await asking((client) => standing(client, [sitting.invitationId]))).get(sitting.invitationId)
const submit = (sitting: ReadySitting) => post(serving.url, '/answer/submit', submissionOf(sitting, csrf))
const words = (code: string) =>
  ['title', 'body', 'action'].map((part) => world.services.texts.text('ja', `problem.${code}.${part}`))

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('it never came to that')
    await new Promise((wait) => setTimeout(wait, 20))
  }
}

describe('the database stopping in the middle of a submission', () => {
  test.each([
    ['at once, as when its machine fails', 'SIGQUIT', 0],
    ['by its operator', 'SIGINT', 1],
  ] as const)(
    '%s: a kind page, nothing half-written, and sending again works in the same process',
    async (_how, signal, index) => {
      const sitting = sittings[index]!
      // the submission is under way and sleeps amid its one statement: nothing is committed, and only its own end wakes it
      await asking((client) =>
        client.query(`CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); RETURN NEW; END $$;
          CREATE TRIGGER rest BEFORE INSERT ON result FOR EACH ROW EXECUTE FUNCTION rest()`),
      )
      const reply = submit(sitting)
      await asking(async (client) => {
        await until(async () => {
          const { rowCount } = await client.query(
            "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND query LIKE 'with \"submitted\"%'",
          )
          return rowCount === 1
        })
      })
      const [pid] = (await readFile(join(dataDir(), 'postgresql', 'postmaster.pid'), 'utf8')).split('\n')
      process.kill(Number(pid), signal)
      const refused = await reply
      expect(refused?.status).toBe(503)
      for (const text of words('database_unavailable')) expect(refused?.body).toContain(text)
      const pidFile = join(dataDir(), 'postgresql', 'postmaster.pid')
      await until(() =>
        stat(pidFile).then(
          () => false,
          () => true,
        ),
      )
      // while it is away: said kindly, on every page, and the process lives
      const page = await fetch(`${serving.url}/answer/review`, { headers: { cookie: sitting.cookie } })
      expect(page.status).toBe(503)
      expect(await page.text()).toContain(words('database_unavailable')[0])
      expect((await fetch(`${serving.url}/health`)).status).toBe(200)
      expect((await fetch(`${serving.url}/ready`)).status).toBe(503)
      expect((await submit(sitting))?.status).toBe(503)

      engine = await startEmbedded({ dataDir: dataDir() })
      await asking((client) => client.query('DROP FUNCTION rest() CASCADE'))
      expect(engine.started).toBe(true)
      expect(await standingOf(sitting)).toBe(absent)
      expect(await submit(sitting)).toMatchObject({ status: 303, location: '/answer/submitted' })
      expect(await standingOf(sitting)).toBe(whole)
      expect(serving.child.exitCode).toBeNull()
      expect((await fetch(`${serving.url}/ready`)).status).toBe(200)
    },
  )
})

describe('a full disk', () => {
  test('an insert refused for lack of space: a page of its own, nothing half-written, and sending again works once there is room', async () => {
    const sitting = sittings[2]!
    await asking((client) =>
      client.query(`CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER no_space BEFORE INSERT ON result FOR EACH ROW EXECUTE FUNCTION no_space()`),
    )
    const refused = await submit(sitting)
    expect(refused?.status).toBe(507)
    for (const text of words('storage_full')) expect(refused?.body).toContain(text)
    expect(await standingOf(sitting)).toBe(absent)
    await asking((client) => client.query('DROP TRIGGER no_space ON result; DROP FUNCTION no_space()'))
    expect(await submit(sitting)).toMatchObject({ status: 303 })
    expect(await standingOf(sitting)).toBe(whole)
  })

  test('a volume that is really full, where results are kept on one of their own', async ({ skip }) => {
    const volume = join(folder, 'small')
    await mkdir(volume)
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', volume]).then(
      () => true,
      () => false,
    )
    if (!mounted) skip('a small volume can be mounted by root only')
    try {
      const { uid, gid } = await stat(join(dataDir(), 'postgresql'))
      await mkdir(join(volume, 'space'))
      await chown(join(volume, 'space'), uid, gid)
      await asking(async (client) => {
        await client.query(`CREATE TABLESPACE small LOCATION '${join(volume, 'space')}'`)
        await client.query('ALTER TABLE result SET TABLESPACE small')
      })
      // what is left of it goes to a file that grows until there is no room
      await writeFile(join(volume, 'rest'), Buffer.alloc(2 ** 20)).catch((error: NodeJS.ErrnoException) =>
        expect(error.code).toBe('ENOSPC'),
      )
      // the pages that the table has take some more rows; then it must grow
      const [sitting, ...more] = sittings.slice(3)
      const refusal = await asking(async (client) => {
        for (const { invitationId } of more)
          try {
            await client.query(
              `INSERT INTO result (company_id, id, campaign_id, subject_id, sealed, scored_at)
               SELECT company_id, id, campaign_id, subject_id, (SELECT string_agg(sha256(id::text::bytea || n::text::bytea), '') FROM generate_series(1, 12) n), created_at
               FROM invitation WHERE id = $1`,
              [invitationId],
            )
          } catch (error) {
            return (error as { code: string }).code
          }
        return 'there is room left'
      })
      expect(refusal).toBe('53100')
      const refused = await submit(sitting!)
      expect(refused?.status).toBe(507)
      expect(refused?.body).toContain(words('storage_full')[0])
      expect(await standingOf(sitting!)).toBe(absent)
      await rm(join(volume, 'rest'))
      expect(await submit(sitting!)).toMatchObject({ status: 303 })
      expect(await standingOf(sitting!)).toBe(whole)
    } finally {
      await asking(async (client) => {
        await client.query('ALTER TABLE result SET TABLESPACE pg_default')
        await client.query('DROP TABLESPACE IF EXISTS small')
      }).catch(() => undefined)
      await run('umount', ['-l', volume])
    }
  })
})
