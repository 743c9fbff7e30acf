import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backupTo } from '../../server/database/backup.ts'
import { restoreFrom } from '../../server/database/restore.ts'
import { newId } from '../../server/ids.ts'
import { requestJob, startWorker } from '../../server/jobs/index.ts'
import { queueMail } from '../../server/mail/index.ts'
import { openServices, type OpenedServices } from '../../server/open-services.ts'
import { parseOuterKey } from '../../server/vault/index.ts'
import { createWorld, type World } from '../helpers/world.ts'

let world: World
let folder: string
let file: string
let companyId: string
const subjectId = newId(new Date('2026-11-02'))
const secret = 'とても大切な回答'
const keyText = randomBytes(32).toString('hex')
const outerKey = parseOuterKey(keyText, 'test key')
let opened: OpenedServices

beforeAll(async () => {
  world = await createWorld()
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-backup-'))
  file = join(folder, 'all.tar.gz')
  opened = await openServices({
    config: world.services.config,
    clock: world.clock,
    runtimeUrl: world.runtimeUrl,
    outerKey,
  })
  await fillWorld()
  await backupTo(world.ownerUrl, file, world.clock.now())
})
afterAll(async () => {
  await opened.close()
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** A company with a sealed value, odd texts, some thousand mails, and jobs in the outbox and with pg-boss. */
async function fillWorld(): Promise<void> {
  const { services } = opened
  const at = world.clock.now()
  companyId = newId(at)
  await world.superuser.query(
    `INSERT INTO company (company_id, key, name, locale, time_zone, mail_sender_name, postal_address, created_at)
     VALUES ($1, 'abc123', $2, 'ja', 'Asia/Tokyo', E'a\\tb\\\\N\\nc', '', $3)`,
    [companyId, '株式会社「花道」\\.', at],
  )
  await services.database.as({ role: 'setup', companyId }, at, (db) =>
    services.vault.createCompanyKey(db, companyId, at),
  )
  await services.database.as({ role: 'mailer', companyId }, at, async (db) => {
    const mails = Array.from({ length: 6_000 }, () => ({
      mailClass: 'survey' as const,
      template: 'x.y',
      area: 'stress' as const,
      subjectId: newId(at),
      contextId: newId(at),
      batchId: newId(at),
      dueAt: at,
    }))
    await queueMail(db, companyId, mails, at)
  })
  await services.database.as({ role: 'employee', companyId, subjectId }, at, async (db) => {
    const sealed = await services.vault.seal(
      db,
      companyId,
      { area: 'stress', subjectId, recordType: 'draft' },
      { table: 'mail_suppression', rowId: subjectId },
      { text: secret },
      at,
    )
    await world.superuser.query("INSERT INTO mail_suppression VALUES ($1, $2, $3, 'refused', $4)", [
      companyId,
      subjectId,
      sealed,
      at,
    ])
    await requestJob(db, companyId, 'test.waits', subjectId, at, new Date(at.getTime() + 86_400_000))
    await requestJob(db, companyId, 'test.taken', subjectId, at)
  })
  const worker = await startWorker({
    services,
    runtimeUrl: world.runtimeUrl,
    transport: undefined,
    templates: [],
    handlers: [],
    ticks: [],
    log: pino({ level: 'silent' }),
    loops: false,
  })
  // relayed, and failing for want of a handler: pg-boss holds it for a later try
  await worker.settle()
  await worker.stop()
}

async function contents(of: World): Promise<Record<string, string>> {
  const { rows: tables } = await of.superuser.query<{ name: string }>(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'hanamichi'::regnamespace AND relkind = 'r' AND relname NOT IN ('migration', 'job_request') ORDER BY 1",
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    const { rows } = await of.superuser.query<{ n: number; hash: string }>(
      `SELECT count(*)::int AS n, md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), '')) AS hash FROM "${name}" t`,
    )
    found[name] = `${rows[0]?.n} ${rows[0]?.hash}`
  }
  return found
}

async function rowsIn(of: World): Promise<number> {
  const all = await contents(of)
  return Object.values(all).reduce((sum, text) => sum + Number(text.split(' ')[0]), 0)
}

describe('backup and restore', () => {
  test('bring back every row of every table, and what was sealed opens with the same key', async () => {
    const other = await createWorld()
    const report = await restoreFrom(other.ownerUrl, file)
    expect(report.rows).toBeGreaterThan(6_000)
    expect(await contents(other)).toEqual(await contents(world))
    const { services, close } = await openServices({
      config: other.services.config,
      clock: world.clock,
      runtimeUrl: other.runtimeUrl,
      outerKey,
    })
    await services.vault.check()
    const value = await services.database.as(
      { role: 'employee', companyId, subjectId },
      world.clock.now(),
      async (db) => {
        const { rows } = await other.superuser.query<{ address_hash: Buffer }>(
          'SELECT address_hash FROM mail_suppression',
        )
        return services.vault.open<{ text: string }>(
          db,
          companyId,
          { table: 'mail_suppression', rowId: subjectId },
          rows[0]!.address_hash,
        )
      },
    )
    expect(value.text).toBe(secret)
    await close()
    await other.close()
  })

  test('take along jobs that wait, also those that pg-boss had taken over', async () => {
    const other = await createWorld()
    await restoreFrom(other.ownerUrl, file)
    const { rows } = await other.superuser.query<{ name: string }>('SELECT name FROM job_request ORDER BY name')
    expect(rows.map((row) => row.name)).toEqual(['test.taken', 'test.waits'])
    await other.close()
  })

  test('hold neither the key nor anything readable of what is sealed, and nobody else may read the file', async () => {
    const content = gunzipSync(await readFile(file))
    expect(content.includes(keyText)).toBe(false)
    expect(content.includes(Buffer.from(keyText, 'hex'))).toBe(false)
    expect(content.includes(secret)).toBe(false)
    expect((await stat(file)).mode & 0o077).toBe(0)
    expect(await readdir(folder)).toEqual(['all.tar.gz'])
  })

  test('cover every table there is', async () => {
    const content = gunzipSync(await readFile(file)).toString('latin1')
    const start = content.indexOf('{"format"')
    const header = JSON.parse(content.slice(start, content.indexOf('}]}', start) + 3)) as { tables: { name: string }[] }
    const named = header.tables.map((table) => table.name)
    expect(named.toSorted()).toEqual([...Object.keys(await contents(world)), 'job_request'].toSorted())
  })
})

describe('restore refuses', () => {
  async function refused(path: string, message: RegExp): Promise<void> {
    const other = await createWorld()
    await expect(restoreFrom(other.ownerUrl, path)).rejects.toThrow(message)
    expect(await rowsIn(other)).toBe(0)
    await other.close()
  }
  const changed = async (name: string, change: (content: Buffer) => Buffer) => {
    const path = join(folder, name)
    await writeFile(path, gzipSync(change(gunzipSync(await readFile(file)))))
    return path
  }

  test('a database that is not empty', async () => {
    const before = await contents(world)
    await expect(restoreFrom(world.ownerUrl, file)).rejects.toThrow(/not empty/)
    expect(await contents(world)).toEqual(before)
  })

  test('a file that is cut off, packed or unpacked', async () => {
    const whole = await readFile(file)
    const cut = join(folder, 'cut.tar.gz')
    await writeFile(cut, whole.subarray(0, whole.length - 200))
    await refused(cut, /damaged|not whole/)
    await refused(
      await changed('short.tar.gz', (content) => content.subarray(0, content.length - 4_096)),
      /damaged|not whole/,
    )
  })

  test('a file in which one byte of a table was changed', async () => {
    const path = await changed('byte.tar.gz', (content) => {
      const copy = Buffer.from(content)
      const place = copy.indexOf('株式会社')
      expect(place).toBeGreaterThan(0)
      copy[place + 2] = copy[place + 2]! ^ 1
      return copy
    })
    await refused(path, /damaged: table company/)
  })

  test('a backup of another version', async () => {
    const path = await changed('version.tar.gz', (content) => {
      const text = content.toString('latin1')
      const place = text.indexOf('"sha256":"') + 10
      const copy = Buffer.from(content)
      copy[place] = copy[place] === 48 ? 49 : 48
      return copy
    })
    await refused(path, /another version/)
  })

  test('what is no backup at all', async () => {
    const path = join(folder, 'text.tar.gz')
    await writeFile(path, 'hello')
    await refused(path, /not a backup/)
    await writeFile(path, gzipSync('hello'))
    await refused(path, /not a backup|damaged/)
    await refused(join(folder, 'none'), /cannot be read \(ENOENT\)/)
  })
})

test('a backup that cannot be written leaves no file', async () => {
  await expect(backupTo(world.ownerUrl, join(folder, 'missing', 'x.tar.gz'), world.clock.now())).rejects.toThrow(
    /ENOENT/,
  )
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
})
