import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { migrate } from '../../server/database/migrate.ts'

export interface BenchDatabase {
  ownerUrl: string
  runtimeUrl: string
  superuserUrl: string
  version: string
  /** of the postmaster */
  pid: number
  /** Runs pgbench of the same installation; returns what it printed. */
  pgbench: (args: string[]) => string
  stop: () => void
}

/** Starts a durable PostgreSQL of the system (fsync on, default settings but for memory) in a folder of its own and migrates it. */
export async function startPostgresql(): Promise<BenchDatabase> {
  const root = '/usr/lib/postgresql'
  const newest = readdirSync(root).sort((a, b) => Number(b) - Number(a))[0]
  if (!newest) throw new Error('the benchmark needs a PostgreSQL of the system: apt-get install postgresql')
  const bin = join(root, newest, 'bin')
  const folder = mkdtempSync(join(tmpdir(), 'hanamichi-bench-'))
  const user =
    userInfo().uid === 0
      ? { uid: Number(execFileSync('id', ['-u', 'postgres'])), gid: Number(execFileSync('id', ['-g', 'postgres'])) }
      : undefined
  if (user) chownSync(folder, user.uid, user.gid)
  chmodSync(folder, 0o755)
  const run = (command: string, args: string[]) => {
    const result = spawnSync(join(bin, command), args, {
      ...user,
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', command === 'pg_ctl' ? 'ignore' : 'pipe', 'pipe'],
    })
    if (result.status !== 0) throw new Error(`${command}: ${result.stderr}`)
    return result.stdout
  }
  const data = join(folder, 'data')
  run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'])
  run('pg_ctl', [
    'start',
    '-w',
    '-D',
    data,
    '-l',
    join(folder, 'log'),
    '-o',
    `-c listen_addresses='' -c unix_socket_directories='${folder}' -c shared_buffers=256MB -c max_connections=100`,
  ])
  const urlOf = (login: string, database: string) =>
    `postgresql://${login}@/${database}?host=${encodeURIComponent(folder)}`
  const admin = new Client({ connectionString: urlOf('postgres', 'postgres') })
  await admin.connect()
  await admin.query('CREATE ROLE hanamichi_owner LOGIN CREATEROLE CREATEDB NOINHERIT')
  await admin.query('CREATE ROLE hanamichi_runtime LOGIN NOINHERIT')
  await admin.query('CREATE DATABASE hanamichi OWNER hanamichi_owner')
  const { rows } = await admin.query<{ version: string }>("SELECT split_part(version(), ' ', 2) AS version")
  await admin.end()
  await migrate(urlOf('hanamichi_owner', 'hanamichi'), 'hanamichi_runtime', new Date())
  return {
    ownerUrl: urlOf('hanamichi_owner', 'hanamichi'),
    runtimeUrl: urlOf('hanamichi_runtime', 'hanamichi'),
    superuserUrl: urlOf('postgres', 'hanamichi'),
    version: rows[0]?.version ?? '',
    pid: Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]),
    pgbench: (args) => run('pgbench', ['-h', folder, '-U', 'postgres', ...args, 'hanamichi']),
    stop: () => {
      spawnSync(join(bin, 'pg_ctl'), ['stop', '-m', 'fast', '-D', data], { ...user, cwd: '/', stdio: 'ignore' })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
