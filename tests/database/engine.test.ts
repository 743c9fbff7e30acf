import { chmod, cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { asServerUser, binaries, reachBinaries, serverUser } from '../../server/database/engine.ts'

test('programs that npm brought into a folder closed to the engine’s user are run from a copy in the data folder, made once', async ({
  skip,
}) => {
  const user = await serverUser()
  if (!user) skip('only root runs the engine as another user')
  const folder = await mkdtemp(join(tmpdir(), 'hanamichi-engine-'))
  try {
    await chmod(folder, 0o755)
    const [data, closed] = [join(folder, 'data'), join(folder, 'closed')]
    await mkdir(data)
    await mkdir(closed, { mode: 0o700 })
    const there = await binaries()
    expect(await reachBinaries(there, data, user)).toEqual(there)
    expect(await readdir(data)).toEqual([])

    const native = dirname(dirname(there.initdb))
    await cp(join(native, '..', 'package.json'), join(closed, 'package.json'))
    await cp(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    const [initdb, pgCtl] = ['initdb', 'pg_ctl'].map((name) => join(closed, 'native', 'bin', name)) as [string, string]
    await expect(asServerUser(initdb, ['--version'], user)).rejects.toThrow(/EACCES/)
    const found = { initdb, pg_ctl: pgCtl }
    // two at the same moment, and once more
    const [one, two] = await Promise.all([reachBinaries(found, data, user), reachBinaries(found, data, user)])
    expect(two).toEqual(one)
    expect(await reachBinaries(found, data, user)).toEqual(one)
    expect(await asServerUser(one.initdb, ['--version'], user)).toMatch(/PostgreSQL/)
    expect(await readdir(data)).toEqual([expect.stringMatching(/^engine-[\w.-]+$/)])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}, 60_000)
