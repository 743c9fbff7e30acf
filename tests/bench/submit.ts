import { mkdtempSync, chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { submissionOf } from '../answering/sittings.ts'
import { load, quantile, type Load } from './load.ts'
import type { Spent } from './page.ts'
import { cpuSeconds, databaseCpuSeconds, type Stage } from './stage.ts'

export interface SubmitPair {
  ours: Load & Spent
  /** pgbench as it comes */
  limit: Omit<Load, 'bytes'> & Pick<Spent, 'databaseCpuMs'>
  /** with prepared statements, which it has to be told */
  prepared: Omit<Load, 'bytes'> & Pick<Spent, 'databaseCpuMs'>
}

const connections = 16
/** before anything is measured: the server's code is compiled, the database's plans are made */
const warmUpSeconds = 10
/** people made ready; more than any machine of this size takes */
const mostPerSecond = 1_500

/** The least durable work of a submission, as pgbench does it: plain tables without keys to others, policies or sealing. */
const tables = `
  CREATE SCHEMA least;
  CREATE TABLE least.invitation (id integer PRIMARY KEY, state text NOT NULL, submitted_at timestamptz);
  CREATE TABLE least.response (id bigserial PRIMARY KEY, invitation_id integer NOT NULL, answers text NOT NULL, submitted_at timestamptz NOT NULL);
  CREATE TABLE least.score (id bigserial PRIMARY KEY, invitation_id integer NOT NULL, scale text NOT NULL, raw integer NOT NULL, point integer NOT NULL);
  INSERT INTO least.invitation SELECT n, 'started', NULL FROM generate_series(1, 20000) n;
  ANALYZE least.invitation;`

function script(): string {
  const answers = JSON.stringify(Object.fromEntries(Array.from({ length: 57 }, (_, item) => [`q${item + 1}`, 2])))
  return [
    String.raw`\set id random(1, 20000)`,
    'BEGIN;',
    "UPDATE least.invitation SET state = 'submitted', submitted_at = now() WHERE id = :id;",
    `INSERT INTO least.response (invitation_id, answers, submitted_at) VALUES (:id, '${answers}', now());`,
    ...Array.from(
      { length: 19 },
      (_, scale) =>
        `INSERT INTO least.score (invitation_id, scale, raw, point) VALUES (:id, 'scale${scale}', ${scale}, ${1 + (scale % 5)});`,
    ),
    'COMMIT;',
  ].join('\n')
}

async function submittedOf({ world, survey }: Stage): Promise<number> {
  const sql = "SELECT count(*)::int AS n FROM invitation WHERE campaign_id = $1 AND state = 'submitted'"
  return (await world.superuser.query<{ n: number }>(sql, [survey.campaignId])).rows[0]!.n
}

/** POST /answer/submit of people whose 58 answers are in their drafts, code retyped, and pgbench with sixteen clients. */
export async function measureSubmit(stage: Stage, rounds: number, seconds: number): Promise<SubmitPair[]> {
  const { database, world } = stage
  await world.superuser.query(tables)
  const folder = mkdtempSync(join(tmpdir(), 'hanamichi-bench-submit-'))
  // pgbench runs as another system user
  chmodSync(folder, 0o777)
  writeFileSync(join(folder, 'least.sql'), script())
  const waiting = await stage.sittings((rounds * seconds + warmUpSeconds) * mostPerSecond)
  const pid = stage.server.child.pid!
  const ours = async (time: number) => {
    const before = cpuSeconds(pid)
    const databaseBefore = databaseCpuSeconds(database.pid)
    const submitted = await submittedOf(stage)
    const requests = waiting.map((sitting) => submissionOf(sitting, stage.csrf))
    const got = await load({
      url: `${stage.server.url}/answer/submit`,
      method: 'POST',
      connections,
      requests,
      seconds: time,
    })
    const stored = (await submittedOf(stage)) - submitted
    // the last ones may be on their way still; one that is sent twice stores nothing
    if (stored < got.count || stored > got.count + connections)
      throw new Error(`${got.count} answered, ${stored} stored`)
    waiting.splice(0, got.count + connections)
    return {
      ...got,
      cpuMs: ((cpuSeconds(pid) - before) * 1000) / got.count,
      databaseCpuMs: ((databaseCpuSeconds(database.pid) - databaseBefore) * 1000) / got.count,
    }
  }
  const limit = (mode: 'simple' | 'prepared', time: number): SubmitPair['limit'] => {
    const databaseBefore = databaseCpuSeconds(database.pid)
    const prefix = join(folder, 'log')
    const said = database.pgbench(
      // oxfmt-ignore
      ['-n', '-M', mode, '-c', String(connections), '-j', '2', '-T', String(time), '-l', `--log-prefix=${prefix}`, '-f', join(folder, 'least.sql')],
    )
    const times: number[] = []
    for (const file of readdirSync(folder).filter((name) => name.startsWith('log'))) {
      for (const line of readFileSync(join(folder, file), 'utf8').split('\n'))
        if (line) times.push(Number(line.split(' ')[2]) / 1000)
      rmSync(join(folder, file))
    }
    times.sort((a, b) => a - b)
    const perSecond = Number(/tps = ([\d.]+)/.exec(said)?.[1])
    return {
      perSecond,
      p50: quantile(times, 0.5),
      p95: quantile(times, 0.95),
      count: times.length,
      databaseCpuMs: ((databaseCpuSeconds(database.pid) - databaseBefore) * 1000) / times.length,
    }
  }
  try {
    // as a database has it that was not filled a minute ago; the yardstick's tables had theirs above
    await world.superuser.query('ANALYZE')
    await world.superuser.query('CHECKPOINT')
    await ours(warmUpSeconds)
    limit('simple', 1)
    const pairs: SubmitPair[] = []
    for (let round = 0; round < rounds; round++) {
      const one = await ours(seconds)
      pairs.push({ ours: one, limit: limit('simple', seconds), prepared: limit('prepared', seconds) })
    }
    return pairs
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
