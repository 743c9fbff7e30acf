import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { request as httpRequest, type Agent } from 'node:http'
import { join, resolve } from 'node:path'
import type { World } from '../helpers/world.ts'

/** `hanamichi serve` in a process of its own. */
export interface Serving {
  child: ChildProcess
  url: string
  /** everything it said */
  said: () => string
  /** Ends it with a signal; the exit code (null after a kill). */
  end: (signal: NodeJS.Signals) => Promise<number | null>
}

/** Starts the real command on the database of a world; returns when it listens. Pages only, no worker. */
export async function serveOn(
  world: World,
  folder: string,
  environment: Record<string, string> = {},
): Promise<Serving> {
  const keyFile = join(folder, 'outer.key')
  await writeFile(keyFile, `${world.keyText}\n`, { mode: 0o600 })
  const child = spawn(
    process.execPath,
    [resolve(import.meta.dirname, '../../server/cli.ts'), 'serve', '--no-worker', '--port', '0'],
    {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        DATABASE_URL: world.runtimeUrl,
        KEY_FILE: keyFile,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exited = once(child, 'exit')
  const until = performance.now() + 40_000
  let url: string | undefined
  while (!(url = /"url":"([^"]+)"/.exec(output)?.[1])) {
    if (child.exitCode !== null || performance.now() > until) throw new Error(`it does not serve:\n${output}`)
    await new Promise((wait) => setTimeout(wait, 20))
  }
  return {
    child,
    url,
    said: () => output,
    async end(signal) {
      child.kill(signal)
      return (await exited)[0] as number | null
    },
  }
}

export interface Reply {
  status: number
  location: string | undefined
  body: string
}

/** A POST over a connection of its own; undefined when the connection broke before the answer was whole. */
export function post(
  url: string,
  path: string,
  sent: { headers: Record<string, string>; body: string },
  agent?: Agent,
): Promise<Reply | undefined> {
  return new Promise((done) => {
    const request = httpRequest(
      `${url}${path}`,
      { method: 'POST', headers: sent.headers, ...(agent ? { agent } : {}) },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => (body += chunk))
        response.on('error', () => done(undefined))
        response.on('end', () => done({ status: response.statusCode ?? 0, location: response.headers.location, body }))
      },
    )
    request.on('error', () => done(undefined))
    request.end(sent.body)
  })
}
