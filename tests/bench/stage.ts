import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { dateIn } from '../../server/clock.ts'
import { fetchCsrf, prepareSittings, type ReadySitting } from '../answering/sittings.ts'
import { openSurvey, type Survey } from '../answering/survey.ts'
import { openWorld, type World } from '../helpers/world.ts'
import { startPostgresql, type BenchDatabase } from './postgresql.ts'

/** A durable PostgreSQL of the system with one company and an open campaign, and the real server on it. */
export interface Stage {
  database: BenchDatabase
  world: World
  survey: Survey
  server: Server
  /** more people on the review page; `csrf` fits all */
  sittings: (count: number) => Promise<ReadySitting[]>
  csrf: { cookie: string; token: string }
  close: () => Promise<void>
}

export interface Server {
  url: string
  child: ChildProcess
  end: () => Promise<void>
}

export async function openStage(): Promise<Stage> {
  const database = await startPostgresql()
  const world = await openWorld({ ...database, remove: async () => {} })
  const now = new Date()
  world.clock.set(now)
  const survey = await openSurvey(world, {
    opensOn: dateIn('Asia/Tokyo', now),
    closesOn: dateIn('Asia/Tokyo', new Date(now.getTime() + 20 * 86_400_000)),
  })
  const folder = mkdtempSync(join(tmpdir(), 'hanamichi-bench-key-'))
  const keyFile = join(folder, 'outer.key')
  writeFileSync(keyFile, `${world.keyText}\n`, { mode: 0o600 })
  const server = await startServer(['--no-worker'], { DATABASE_URL: world.runtimeUrl, KEY_FILE: keyFile })
  const sittings = (count: number) =>
    prepareSittings(world, { ...survey.company, campaignId: survey.campaignId }, count)
  const [first] = await sittings(1)
  return {
    database,
    world,
    survey,
    server,
    sittings,
    csrf: await fetchCsrf(server.url, first!),
    async close() {
      await server.end()
      await world.close()
      database.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** `npm start` with its ordinary settings; what it logs goes nowhere. `HANAMICHI_BENCH_NODE` adds options of node (a profile). */
export async function startServer(args: string[], environment: Record<string, string>): Promise<Server> {
  const port = await freePort()
  const nodeOptions = (process.env['HANAMICHI_BENCH_NODE'] ?? '').split(' ').filter(Boolean)
  const child = spawn(
    process.execPath,
    [
      '--max-semi-space-size=4',
      ...nodeOptions,
      resolve(import.meta.dirname, '../../server/cli.ts'),
      'serve',
      '--port',
      String(port),
      ...args,
    ],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        NODE_COMPILE_CACHE: resolve(import.meta.dirname, '../../node_modules/.cache/hanamichi'),
        ...environment,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const url = `http://127.0.0.1:${port}`
  while (!(await answers(`${url}/health`))) {
    if (child.exitCode !== null) throw new Error('the server did not start')
    await new Promise((wait) => setTimeout(wait, 10))
  }
  return {
    url,
    child,
    async end() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

const answers = (url: string) =>
  fetch(url).then(
    (reply) => reply.ok,
    () => false,
  )

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((done) => probe.close(done))
  return port
}

/** Processor time of a process so far, in seconds (Linux). */
export function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Processor time of a PostgreSQL server with all its connections, those ended included, in seconds (Linux). */
export function databaseCpuSeconds(postmaster: number): number {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ')
  const fields = readFileSync(`/proc/${postmaster}/stat`, 'utf8').split(') ')[1]!.split(' ')
  const ended = (Number(fields[13]) + Number(fields[14])) / 100
  return ended + children.reduce((sum, pid) => sum + secondsIfThere(Number(pid)), 0)
}

// a connection may end while one looks
function secondsIfThere(pid: number): number {
  try {
    return cpuSeconds(pid)
  } catch {
    return 0
  }
}

/** Resident memory of a process, in megabytes (Linux). */
export function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024
}
