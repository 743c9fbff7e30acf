import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { startEmbedded } from '../../server/database/embedded.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The real command, on a data folder of its own, as an operator starts it. */
let folder: string
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-start-'))
  // as root, the database runs as another system user, who must be able to get in
  await chmod(folder, 0o755)
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  for (const child of children) if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  // whatever a killed process left behind
  await (await startEmbedded({ dataDir: join(folder, 'data') })).stop()
  await rm(folder, { recursive: true, force: true })
})

interface Started {
  child: ChildProcess
  /** everything it has said so far */
  said: () => string
  says: (what: RegExp) => Promise<string>
  exits: () => Promise<number | null>
}

function start(command: string[], environment: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, '../../server/cli.ts'), ...command], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: process.env['HOME'] ?? '',
      DATA_DIR: join(folder, 'data'),
      KEY_FILE: join(folder, 'keys', 'outer.key'),
      PORT: '0',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit')
  return {
    child,
    said: () => output,
    async says(what) {
      const end = performance.now() + 40_000
      while (!what.test(output)) {
        if (performance.now() > end || child.exitCode !== null)
          throw new Error(`it never said ${String(what)}, but:\n${output}`)
        await new Promise((wait) => setTimeout(wait, 30))
      }
      return output
    },
    exits: async () => (await exited)[0] as number | null,
  }
}

const urlOf = (output: string) => /"url":"([^"]+)"/.exec(output)?.[1] ?? ''
const running = async (pidFile: string) =>
  stat(pidFile).then(
    () => true,
    () => false,
  )

describe('hanamichi serve', () => {
  test('makes data and key on first start, tells where to begin, is joined by a second process, and the last one stops the database', async () => {
    const first = start(['serve'])
    const output = await first.says(/set-up code [0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}/)
    expect((await stat(join(folder, 'keys', 'outer.key'))).mode & 0o777).toBe(0o600)
    // the code is for the console, not for who collects the log
    const code = /set-up code (\S+)/.exec(output)?.[1] ?? 'none'
    for (const line of output.split('\n').filter((one) => one.startsWith('{'))) expect(line).not.toContain(code)

    const second = start(['serve', '--no-worker'])
    await second.says(/"url":/)
    const worker = start(['worker'])
    await worker.says(/working/)
    for (const process of [first, second]) expect((await fetch(`${urlOf(process.said())}/ready`)).status).toBe(200)

    first.child.kill('SIGTERM')
    expect(await first.exits()).toBe(0)
    expect((await fetch(`${urlOf(second.said())}/ready`)).status).toBe(200)
    second.child.kill('SIGINT')
    expect(await second.exits()).toBe(0)
    const pidFile = join(folder, 'data', 'postgresql', 'postmaster.pid')
    expect(await running(pidFile)).toBe(true)
    worker.child.kill('SIGTERM')
    expect(await worker.exits()).toBe(0)
    expect(await running(pidFile)).toBe(false)
  }, 120_000)

  test('two processes that begin on a new folder at the same moment share one database and one key', async () => {
    const place = join(folder, 'both')
    const environment = { DATA_DIR: join(place, 'data'), KEY_FILE: join(place, 'keys', 'outer.key') }
    await mkdir(place)
    const both = [start(['serve'], environment), start(['serve'], environment)]
    for (const one of both) expect((await fetch(`${urlOf(await one.says(/"url":/))}/ready`)).status).toBe(200)
    expect(both.filter((one) => one.said().includes('a new key file was made'))).toHaveLength(1)
    for (const one of both) {
      one.child.kill('SIGTERM')
      expect(await one.exits()).toBe(0)
    }
    const left = await readdir(environment.DATA_DIR)
    expect(left.filter((name) => name.startsWith('postgresql'))).toEqual(['postgresql', 'postgresql.log'])
    expect(await running(join(environment.DATA_DIR, 'postgresql', 'postmaster.pid'))).toBe(false)
  }, 120_000)

  test('after kill -9 the next start joins the database that was left behind', async () => {
    const first = start(['serve'])
    await first.says(/"url":/)
    first.child.kill('SIGKILL')
    await first.exits()
    const second = start(['serve'])
    expect((await fetch(`${urlOf(await second.says(/"url":/))}/ready`)).status).toBe(200)
    second.child.kill('SIGTERM')
    expect(await second.exits()).toBe(0)
  }, 90_000)

  test('says which port is taken and leaves nothing running', async () => {
    const first = start(['serve'])
    const port = new URL(urlOf(await first.says(/"url":/))).port
    const second = start(['serve', '--port', port])
    expect(await second.exits()).toBe(1)
    expect(second.said()).toContain(`port ${port} on 127.0.0.1 is taken`)
    first.child.kill('SIGTERM')
    await first.exits()
    expect(await running(join(folder, 'data', 'postgresql', 'postmaster.pid'))).toBe(false)
  }, 90_000)

  test('refuses a key file inside the data folder, also through a folder that does not exist yet', async () => {
    const inside = start(['serve'], { KEY_FILE: join(folder, 'data', 'new', '..', 'keys', 'outer.key') })
    expect(await inside.exits()).toBe(1)
    expect(inside.said()).toMatch(/KEY_FILE .* lies inside DATA_DIR/)
  }, 60_000)

  test('notices a lost key and a changed key, makes no new one, and goes on once the right one is back', async () => {
    const { Client } = await import('pg')
    const keyFile = join(folder, 'keys', 'outer.key')
    const serving = start(['serve'])
    await serving.says(/"url":/)
    // a company key as the first visit makes it: only its check matters here
    const key = (await readFile(keyFile, 'utf8')).trim()
    const { createHmac } = await import('node:crypto')
    const check = createHmac('sha256', Buffer.from(key, 'hex')).update('hanamichi outer key').digest()
    const socket = join(folder, 'data', 'socket')
    const superuser = new Client({
      connectionString: `postgresql://postgres@/hanamichi?host=${encodeURIComponent(socket)}`,
    })
    await superuser.connect()
    const id = '019a3c00-0000-7000-8000-000000000001'
    await superuser.query(
      "INSERT INTO hanamichi.company (company_id, key, name, locale, time_zone, mail_sender_name, created_at) VALUES ($1, 'abc123', '会社', 'ja', 'Asia/Tokyo', 'x', '2026-11-02')",
      [id],
    )
    await superuser.query('INSERT INTO hanamichi.company_key VALUES ($1, $1, $2, $3, $4, NULL)', [
      id,
      Buffer.from('x'),
      check,
      '2026-11-02',
    ])
    await superuser.end()
    serving.child.kill('SIGTERM')
    await serving.exits()

    await rename(keyFile, `${keyFile}.away`)
    const lost = start(['serve'])
    expect(await lost.exits()).toBe(1)
    expect(lost.said()).toMatch(/key file .* is missing, but this database holds data sealed with it/)
    await expect(stat(keyFile)).rejects.toThrow(/ENOENT/)

    await writeFile(keyFile, `${'ab'.repeat(32)}\n`)
    const changed = start(['worker'])
    expect(await changed.exits()).toBe(1)
    expect(changed.said()).toMatch(/the key file does not fit this database/)

    await writeFile(keyFile, 'not a key')
    const broken = start(['serve'])
    expect(await broken.exits()).toBe(1)
    expect(broken.said()).toMatch(/must hold 64 hexadecimal digits/)

    await rename(`${keyFile}.away`, keyFile)
    const again = start(['serve'])
    expect(await again.says(/"url":/)).not.toMatch(/set-up code/)
    again.child.kill('SIGTERM')
    expect(await again.exits()).toBe(0)
  }, 120_000)

  test('names every fault of a wrong configuration at once and exits 1; an unreachable database likewise', async () => {
    const wrong = start(['serve'], { PORT: 'abc', BASE_URL: 'nonsense', SMTP_URL: 'smtp://localhost' })
    expect(await wrong.exits()).toBe(1)
    for (const name of ['PORT', 'BASE_URL', 'MAIL_FROM']) expect(wrong.said()).toContain(name)
    const away = start(['serve'], { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' })
    expect(await away.exits()).toBe(1)
    expect(away.said()).toMatch(/the database cannot be reached/)
  }, 60_000)
})
