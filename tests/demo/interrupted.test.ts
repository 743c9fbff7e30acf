import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

// the real command in a process of its own, its folders in one that the test can look into
let place: string
const cli = join(import.meta.dirname, '../../server/cli.ts')

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'hanamichi-test-demo-'))
  // as root, the database runs as another system user, who must be able to get in
  await chmod(place, 0o755)
})
afterAll(() => rm(place, { recursive: true, force: true }))

/** Runs the demo until it ends; `onSaid` hears all it has said so far, and the engine's process number once there is one. */
async function demo(
  args: string[],
  onSaid: (said: string, kill: (signal: NodeJS.Signals) => void) => void,
): Promise<{ code: number | null; out: string; err: string; engine: number | undefined }> {
  const child = spawn(process.execPath, [cli, 'demo', ...args], {
    env: { PATH: process.env['PATH'] ?? '', TMPDIR: place },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [out, err] = ['', '']
  let engine: number | undefined
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    onSaid(err, (signal) => child.kill(signal))
  })
  const looking = setInterval(() => void enginePid().then((pid) => (engine ??= pid)), 50)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(looking)
  return { code, out, err, engine }
}

async function enginePid(): Promise<number | undefined> {
  for (const name of await readdir(place)) {
    const text = await readFile(join(place, name, 'postgresql', 'postmaster.pid'), 'utf8').catch(() => '')
    if (text) return Number(text.split('\n')[0])
  }
  return undefined
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function expectNothingLeft(engine: number | undefined): Promise<void> {
  expect(await readdir(place)).toEqual([])
  // the engine gives up its folder a moment before the system forgets its process
  if (engine !== undefined) await expect.poll(() => runs(engine), { timeout: 5_000 }).toBe(false)
}

const first = /❯ データベース/
const inStory = /❯ 名簿 2023-11/

test.each([
  ['Ctrl+C while the database is coming up', 'SIGINT', first, 130],
  ['kill in the middle of the story', 'SIGTERM', inStory, 143],
] as const)(
  '%s: the demo ends, its database is stopped, its folders are gone',
  async (_what, signal, when, expected) => {
    let sent = 0
    // twice, as Ctrl+C arrives under npm
    const { code, out, err, engine } = await demo(['--once'], (said, kill) => {
      if (!when.test(said) || sent > 0) return
      sent = performance.now()
      kill(signal)
      setTimeout(() => kill(signal), 50)
    })
    expect(code).toBe(expected)
    expect(performance.now() - sent).toBeLessThan(15_000)
    expect(out).toBe('')
    expect(err).toMatch(/✖ .*中断しました/)
    expect(err).not.toMatch(/ at |"level"|hanamichi:/)
    if (when === inStory) expect(engine).toBeDefined()
    await expectNothingLeft(engine)
  },
  60_000,
)

test('a port that is taken is said in plain words, and nothing is left', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, out, err, engine } = await demo(['--once', '--port', String(port)], () => undefined)
  other.close()
  expect([code, out]).toEqual([1, ''])
  expect(err).toContain(`hanamichi: port ${port} on 127.0.0.1 is taken by another program`)
  expect(err).not.toMatch(/ at .*:\d+:\d+/)
  expect(engine).toBeDefined()
  await expectNothingLeft(engine)
}, 60_000)
