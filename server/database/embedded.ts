import { createHash, randomUUID } from 'node:crypto'
import { access, chmod, chown, constants, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { asServerUser, binaries, reachBinaries, serverUser, type ServerUser } from './engine.ts'

/** Addresses of a running embedded server. */
export interface EmbeddedServer {
  /** Superuser of this private cluster: only to make databases (tests). */
  superuserUrl: string
  ownerUrl: string
  runtimeUrl: string
  /** True when this call started the server, false when it joined one that already ran. */
  started: boolean
  /** Stops the server unless another process still uses it. */
  stop: () => Promise<void>
  /** Address of another database in the same cluster. */
  urlFor: (login: 'hanamichi_owner' | 'hanamichi_runtime' | 'postgres', database: string) => string
}

export interface EmbeddedOptions {
  dataDir: string
  /** Data nobody will miss (tests, the demo): durability is given up for speed, and `stop` waits for nobody. Nothing else may. */
  throwAway?: boolean
}

async function answers(url: string): Promise<'yes' | 'starting' | 'no'> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 3_000 })
  try {
    await client.connect()
    await client.end()
    return 'yes'
  } catch (error) {
    await client.end().catch(() => undefined)
    const code = (error as { code?: string }).code
    // 57P03: the server is starting up or shutting down
    return code === '57P03' ? 'starting' : 'no'
  }
}

/** Unix socket folder: inside the data folder where the path is short enough for the system's limit of about 107 bytes. */
function socketFolder(dataDir: string): string {
  const inside = join(dataDir, 'socket')
  if (Buffer.byteLength(inside) < 85) return inside
  return join(tmpdir(), `hanamichi-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`)
}

/**
 * Joins the embedded PostgreSQL of a data folder if it already runs, starts it otherwise (making the cluster the first time).
 * It listens on a unix socket only, in a folder that only this user may enter.
 * @throws with a plain message when the folder cannot be used or the server does not come up
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = resolve(options.dataDir)
  const cluster = join(dataDir, 'postgresql')
  const socket = socketFolder(dataDir)
  const urlFor = (login: string, database: string) =>
    `postgresql://${login}@/${database}?host=${encodeURIComponent(socket)}`
  const superuserUrl = urlFor('postgres', 'postgres')
  const user = await serverUser()
  const found = await binaries()

  let started = false
  if ((await answers(superuserUrl)) !== 'yes') {
    await prepareFolders(dataDir, socket, user)
    const { initdb, pg_ctl } = await reachBinaries(found, dataDir, user)
    if (!(await exists(join(cluster, 'PG_VERSION')))) await initialise(cluster, initdb, user)
    started = await startServer({
      cluster,
      socket,
      pg_ctl,
      user,
      superuserUrl,
      unsafe: options.throwAway ?? false,
    })
  }
  await ensureDatabase(superuserUrl)
  return {
    superuserUrl,
    ownerUrl: urlFor('hanamichi_owner', 'hanamichi'),
    runtimeUrl: urlFor('hanamichi_runtime', 'hanamichi'),
    started,
    urlFor,
    stop: async () => {
      // a connection that has just been closed is still listed for a moment
      for (let attempt = 0; !options.throwAway && (await othersConnected(superuserUrl)); attempt++) {
        if (attempt >= 10) return
        await sleep(50)
      }
      const { pg_ctl } = await reachBinaries(found, dataDir, user)
      await asServerUser(pg_ctl, ['stop', '-D', cluster, '-m', 'fast', '-w', '-t', '30'], user).catch(() => undefined)
    },
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
}

async function prepareFolders(dataDir: string, socket: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  await mkdir(socket, { recursive: true, mode: 0o700 })
  if (user) {
    await chown(dataDir, user.uid, user.gid)
    await chown(socket, user.uid, user.gid)
  }
  await chmod(socket, 0o700)
  if (user) {
    await asServerUser('/bin/sh', ['-c', `test -w "$1" && test -x "$1"`, 'sh', dataDir], user).catch(() => {
      throw new Error(
        `the data folder ${dataDir} cannot be reached by the system user "postgres" (PostgreSQL does not run as root): set DATA_DIR to a folder outside /root, or run as an ordinary user`,
      )
    })
  }
}

/**
 * Makes the cluster beside its place and moves it there whole: of several processes that begin on a new folder at the same moment one is first and
 * the others take what it made, and a first start that is cut off leaves no half a cluster.
 */
async function initialise(cluster: string, initdb: string, user: ServerUser | undefined): Promise<void> {
  const fresh = `${cluster}.new-${randomUUID()}`
  const isMade = () => exists(join(cluster, 'PG_VERSION'))
  try {
    await asServerUser(
      initdb,
      [
        '-D',
        fresh,
        '-U',
        'postgres',
        '-A',
        'trust',
        '-E',
        'UTF8',
        '--locale-provider=icu',
        '--icu-locale=und',
        '--locale=C',
        '--data-checksums',
      ],
      user,
    )
    await rename(fresh, cluster)
  } catch (error) {
    await rm(fresh, { recursive: true, force: true })
    // another process was first
    if (await isMade()) return
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOTEMPTY' || code === 'EEXIST')
      throw new Error(`the folder ${cluster} holds something that is no database: move it away, or set DATA_DIR`, {
        cause: error,
      })
    throw error
  }
  // what slower processes, or one that was cut off, have begun
  const folder = dirname(cluster)
  for (const name of await readdir(folder))
    if (name.startsWith(`${basename(cluster)}.new-`)) await rm(join(folder, name), { recursive: true, force: true })
}

interface StartOptions {
  cluster: string
  socket: string
  pg_ctl: string
  user: ServerUser | undefined
  superuserUrl: string
  unsafe: boolean
}

async function startServer(start: StartOptions): Promise<boolean> {
  const settings = [
    `-c listen_addresses=''`,
    `-c unix_socket_directories='${start.socket}'`,
    '-c unix_socket_permissions=0700',
    '-c max_connections=100',
    '-c shared_buffers=64MB',
    '-c password_encryption=scram-sha-256',
    '-c log_min_messages=warning',
    // no statement text in the log, and no row in the detail of a fault: they could carry what a person wrote
    '-c log_statement=none -c log_min_error_statement=panic -c log_parameter_max_length_on_error=0 -c log_error_verbosity=terse',
    start.unsafe ? '-c fsync=off -c synchronous_commit=off -c full_page_writes=off' : '',
  ].join(' ')
  const log = join(start.cluster, '..', 'postgresql.log')
  let failure: Error | undefined
  let started = false
  try {
    await asServerUser(
      start.pg_ctl,
      ['start', '-D', start.cluster, '-l', log, '-w', '-t', '60', '-o', settings],
      start.user,
    )
    started = true
  } catch (error) {
    failure = error as Error
  }
  // another process may have started it at the same moment: what counts is that it answers
  for (let attempt = 0; attempt < 100; attempt++) {
    const state = await answers(start.superuserUrl)
    if (state === 'yes') return started
    if (failure && state === 'no' && attempt > 20) break
    await sleep(100)
  }
  const tail = await readFile(log, 'utf8').then(
    (text) => text.split('\n').slice(-5).join('\n'),
    () => '',
  )
  throw new Error(`the embedded PostgreSQL did not start. ${failure?.message ?? ''}\n${tail}`.trim())
}

async function ensureDatabase(superuserUrl: string): Promise<void> {
  const client = new Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    await client.query("SELECT pg_advisory_lock(hashtext('hanamichi cluster'))")
    await client.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanamichi_owner') THEN
        CREATE ROLE hanamichi_owner LOGIN CREATEROLE CREATEDB NOINHERIT; END IF;
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hanamichi_runtime') THEN
        CREATE ROLE hanamichi_runtime LOGIN NOINHERIT; END IF;
    END $$`)
    const { rowCount } = await client.query("SELECT FROM pg_database WHERE datname = 'hanamichi'")
    if (!rowCount) await client.query('CREATE DATABASE hanamichi OWNER hanamichi_owner')
  } finally {
    await client.end()
  }
}

async function othersConnected(superuserUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: superuserUrl })
  try {
    await client.connect()
    const { rows } = await client.query<{ others: number }>(
      "SELECT count(*)::int AS others FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    )
    return (rows[0]?.others ?? 0) > 0
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Writes the file that tells people what this folder is. */
export async function describeDataFolder(dataDir: string): Promise<void> {
  const path = join(dataDir, 'README.txt')
  if (await exists(path)) return
  await writeFile(
    path,
    'Data of Hanamichi (PostgreSQL). Back up with `npm run --silent hanamichi -- backup`, not by copying. The key file is kept elsewhere, on purpose.\n',
  )
}
