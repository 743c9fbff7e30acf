import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { load, type Load } from './load.ts'
import { cpuSeconds, databaseCpuSeconds, type Stage } from './stage.ts'

/** What one request took of the server's and of the database's processors, milliseconds. */
export interface Spent {
  cpuMs: number
  databaseCpuMs: number
}

export interface PagePair {
  ours: Load & Spent
  bare: Load & Spent
}

const connections = 16
const path = '/answer/1'

/**
 * GET /answer/1 of sixteen people in the middle of answering, and the bare server that sends the same bytes.
 * `compressed`: asked for and answered as browsers do it (brotli), by the same plugin in both.
 */
export async function measurePage(
  stage: Stage,
  options: { rounds: number; seconds: number; compressed: boolean },
): Promise<{ pairs: PagePair[]; bytes: number }> {
  const sittings = await stage.sittings(connections)
  const page = await fetch(`${stage.server.url}${path}`, { headers: { cookie: sittings[0]!.cookie } })
  if (page.status !== 200) throw new Error(`${path} answered ${page.status}`)
  const html = await page.text()
  const folder = mkdtempSync(join(tmpdir(), 'hanamichi-bench-page-'))
  writeFileSync(join(folder, 'page.html'), html)
  const bare = spawn(
    process.execPath,
    [
      resolve(import.meta.dirname, 'bare-server.ts'),
      stage.world.runtimeUrl,
      join(folder, 'page.html'),
      options.compressed ? 'compressed' : 'plain',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(bare.stdout, 'data')) as [Buffer]
  const encoding = options.compressed ? { 'accept-encoding': 'br' } : {}
  // in the middle of answering a browser has the secret of its forms already
  const requests = sittings.map(({ cookie }) => ({
    headers: { cookie: `${cookie}; ${stage.csrf.cookie}`, ...encoding },
  }))
  const measure = async (base: string, pid: number, seconds: number): Promise<Load & Spent> => {
    const before = [cpuSeconds(pid), databaseCpuSeconds(stage.database.pid)] as const
    const got = await load({ url: `${base}${path}`, connections, seconds, requests })
    // a redirect would be no error
    if (got.bytes < 1_500) throw new Error(`${base}${path} answered ${got.bytes} bytes`)
    return {
      ...got,
      cpuMs: ((cpuSeconds(pid) - before[0]) * 1000) / got.count,
      databaseCpuMs: ((databaseCpuSeconds(stage.database.pid) - before[1]) * 1000) / got.count,
    }
  }
  const ours = (seconds: number) => measure(stage.server.url, stage.server.child.pid!, seconds)
  const theirs = (seconds: number) => measure(line.toString().trim(), bare.pid!, seconds)
  try {
    // both in their stride: compiled, plans made
    await ours(6)
    await theirs(3)
    const pairs: PagePair[] = []
    for (let round = 0; round < options.rounds; round++)
      pairs.push({ ours: await ours(options.seconds), bare: await theirs(options.seconds) })
    return { pairs, bytes: Buffer.byteLength(html) }
  } finally {
    bare.kill()
    rmSync(folder, { recursive: true, force: true })
  }
}
