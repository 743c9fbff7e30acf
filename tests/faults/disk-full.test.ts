import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backupTo } from '../../server/database/backup.ts'
import { problemOfSystemError } from '../../server/web/problems.ts'
import { signInAs, type Browser } from '../helpers/browser.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'
import { departmentsCsv } from '../roster/files.ts'

let world: World
let company: TestCompany
let folder: string

beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
  folder = await mkdtemp(join(tmpdir(), 'hanamichi-full-'))
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true, force: true })
})

/** A real file system of 64 KiB; undefined where this user may not mount one. */
function mountSmall(): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder], { stdio: 'ignore' })
    return folder
  } catch {
    return undefined
  }
}

/** What the system says when a file is written on a full disk. */
const fullDisk = () =>
  pipeline(Readable.from([Buffer.alloc(1 << 20)]), createWriteStream('/dev/full')).then(
    () => undefined,
    (error: unknown) => error,
  )

test('a full disk is a full storage to people, and so is a used-up share of it', async () => {
  const error = await fullDisk()
  expect(error).toMatchObject({ code: 'ENOSPC' })
  expect(problemOfSystemError(error)).toMatchObject({ code: 'storage_full', status: 507 })
  expect(problemOfSystemError(Object.assign(new Error('quota'), { code: 'EDQUOT' }))?.code).toBe('storage_full')
})

describe('a roster file on a full temporary folder', () => {
  const before = process.env['TMPDIR']
  let small: string | undefined
  let hr: Browser

  beforeAll(async () => {
    small = mountSmall()
    hr = (await signInAs(world, company, 'hr')).browser
  })
  afterAll(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    if (small) execFileSync('umount', [small])
  })

  async function send(content: string): Promise<Browser> {
    await hr.get('/hr/roster/import')
    const file = { field: 'file', fileName: 'departments.csv', content }
    return hr.upload('/hr/roster/imports', file, { kind: 'departments', effective_on: '2026-11-01' })
  }
  const imports = async () => (await world.superuser.query('SELECT state FROM roster_import')).rows

  test('is refused as such, leaves nothing behind, and goes through when there is room', async (context) => {
    const place = small ?? context.skip('this user may not mount a small disk')
    process.env['TMPDIR'] = place
    const many = Array.from({ length: 20_000 }, (_, index) => `D1${index},課${index},D0,2020-04-01,,\n`).join('')
    await send(departmentsCsv + many)
    expect(hr.status).toBe(507)
    expect(hr.title).toContain('保存する場所がいっぱいです')
    expect(hr.text).not.toContain('予期しない')
    expect(await readdir(place)).toEqual([])
    expect(await imports()).toEqual([])
    await send(departmentsCsv)
    expect(hr.text).toContain('反映すると4行分が変わります')
    expect(await imports()).toEqual([{ state: 'previewed' }])
  })
})

describe('a backup on a full disk', () => {
  const target = () => join(folder, 'all.tar.gz')

  beforeAll(async () => {
    // more than any buffer on the way holds, and nothing that packs well
    await world.superuser.query(
      `INSERT INTO alumni_member (company_id, id, state, sealed_profile, address_hash, left_in_year, created_at)
       SELECT $1, gen_random_uuid(), 'unconfirmed', string_agg(sha256((i || '-' || j)::bytea), ''::bytea), sha256(i::text::bytea), 2026, $2
       FROM generate_series(1, 1500) i, generate_series(1, 256) j GROUP BY i`,
      [company.companyId, world.clock.now()],
    )
  })

  test('says so, ends, keeps the older file and leaves no half one', async () => {
    await writeFile(target(), 'the backup of yesterday')
    await symlink('/dev/full', `${target()}.part`)
    await expect(backupTo(world.ownerUrl, target(), world.clock.now())).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readdir(folder)).toEqual(['all.tar.gz'])
    expect(await readFile(target(), 'utf8')).toBe('the backup of yesterday')
    // the server takes a moment to let go of a connection that was ended
    const connections = async () => {
      const sql =
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hanamichi backup'"
      return (await world.superuser.query(sql)).rowCount
    }
    await expect.poll(connections).toBe(0)
  })

  test('with room again it is written', async () => {
    const { rows } = await backupTo(world.ownerUrl, target(), world.clock.now())
    expect(rows).toBeGreaterThan(1500)
  })
})
