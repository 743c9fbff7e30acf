import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** What a load came to. Times in milliseconds. */
export interface Load {
  perSecond: number
  p50: number
  p95: number
  count: number
  /** heads and bodies as they came, per answer */
  bytes: number
}

export interface Request {
  headers: Readonly<Record<string, string>>
  body?: string
}

export interface LoadOptions {
  url: string
  method?: 'GET' | 'POST'
  connections: number
  /** one after another, then from the first again */
  requests: readonly Request[]
  seconds: number
}

// wrk's script: whole requests from a file, one after another; what it measured as JSON
const script = (file: string) => `
local requests, next = {}, 0
local file = io.open(${JSON.stringify(file)}, "rb")
while true do
  local length = file:read(9)
  if not length then break end
  requests[#requests + 1] = file:read(tonumber(length))
end
file:close()
function request()
  next = next % #requests + 1
  return requests[next]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%d,"p95":%d}\\n', summary.requests,
    summary.duration, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(95)))
end
`

/**
 * Sends requests over kept-alive connections as fast as they are answered (wrk, one thread: as light as pgbench, so that
 * what is measured has the processors). Those on their way at the end are not counted.
 * @throws when an answer was an error, or wrk is not there
 */
export async function load({ url, method = 'GET', connections, requests, seconds }: LoadOptions): Promise<Load> {
  const { host, pathname, origin } = new URL(url)
  const folder = mkdtempSync(join(tmpdir(), 'hanamichi-bench-load-'))
  try {
    const file = join(folder, 'requests')
    const texts = requests.map(({ headers, body = '' }) => {
      const lines = Object.entries({ host, ...headers, 'content-length': Buffer.byteLength(body) })
      const text = `${method} ${pathname} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
      return `${String(Buffer.byteLength(text)).padStart(8, '0')}\n${text}`
    })
    writeFileSync(file, texts.join(''))
    writeFileSync(join(folder, 'script.lua'), script(file))
    const { stdout } = await promisify(execFile)('wrk', [
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout=30s',
      '-s',
      join(folder, 'script.lua'),
      origin,
    ])
    const said = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, number>
    if (said['errors']! > 0) throw new Error(`${url}: ${said['errors']} errors\n${stdout}`)
    return {
      perSecond: said['requests']! / (said['microseconds']! / 1e6),
      p50: said['p50']! / 1000,
      p95: said['p95']! / 1000,
      count: said['requests']!,
      bytes: said['bytes']! / said['requests']!,
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new Error('the benchmark needs wrk: apt-get install wrk', { cause: error })
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The value below which a share of sorted values lies (nearest rank). Example: of 1…20, 0.95 is 19. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
