import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../../server/ids.ts'
import { createVault, KeyUnavailable, parseOuterKey } from '../../server/vault/index.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany
beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
})
afterAll(() => world.close())

const employee = (subjectId: string) => ({ role: 'employee' as const, companyId: company.companyId, subjectId })

test('what is sealed opens for its person only, in its place only, and never after its key was shredded', async () => {
  const { database, vault } = world.services
  const now = world.clock.now()
  const subject = newId(now)
  const other = newId(now)
  const place = { table: 'response', rowId: newId(now) }
  const of = { area: 'stress' as const, subjectId: subject, recordType: 'result' }
  const sealed = await database.as(employee(subject), now, (db) =>
    vault.seal(db, company.companyId, of, place, { q1: 4 }, now),
  )
  expect(sealed.toString('latin1')).not.toContain('"q1":')
  await database.as(employee(subject), now, async (db) => {
    expect(await vault.open(db, company.companyId, place, sealed)).toEqual({ q1: 4 })
    await expect(vault.open(db, company.companyId, { ...place, rowId: newId(now) }, sealed)).rejects.toThrow()
  })
  await database.as(employee(other), now, async (db) => {
    await expect(vault.open(db, company.companyId, place, sealed)).rejects.toThrow(KeyUnavailable)
  })
  await database.as({ role: 'hr', companyId: company.companyId }, now, async (db) => {
    await expect(vault.open(db, company.companyId, place, sealed)).rejects.toThrow(KeyUnavailable)
  })
  await database.as(employee(subject), now, async (db) => {
    expect(await vault.shred(db, company.companyId, { area: 'stress', subjectId: subject })).toBe(1)
    await expect(vault.open(db, company.companyId, place, sealed)).rejects.toThrow(KeyUnavailable)
  })
})

test('a changed outer key is noticed at start with a plain message', async () => {
  const changed = createVault(world.services.database, parseOuterKey('ab'.repeat(32), 'test'))
  await expect(changed.check()).rejects.toThrow(/key file does not fit/)
  await expect(world.services.vault.check()).resolves.toBeUndefined()
})

test('another company cannot be reached, and the bare runtime login reads nothing', async () => {
  const second = await world.company({ name: '別会社' })
  await world.services.database.as({ role: 'hr', companyId: second.companyId }, world.clock.now(), async (db) => {
    const rows = await (db as never as import('kysely').Kysely<{ company: { name: string } }>)
      .selectFrom('company')
      .select('name')
      .execute()
    expect(rows).toEqual([{ name: '別会社' }])
  })
  await expect(world.services.database.lookUp('SELECT * FROM company', [])).rejects.toThrow(/permission denied/)
  await expect(world.services.database.lookUp('SET ROLE hanamichi_lookup', [])).rejects.toThrow(/permission denied/)
})
