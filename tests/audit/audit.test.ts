import type { Kysely } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chainAudit, findBrokenLink, recordAuditMany, type AuditTables } from '../../server/audit/index.ts'
import { createWorld, type TestCompany, type World } from '../helpers/world.ts'

let world: World
let company: TestCompany
beforeAll(async () => {
  world = await createWorld()
  company = await world.company()
})
afterAll(() => world.close())

const chain = <Result>(work: (db: Kysely<AuditTables>) => Promise<Result>) =>
  world.services.database.as<AuditTables, Result>(
    { role: 'chain', companyId: company.companyId },
    world.clock.now(),
    work,
  )

const append = (count: number) =>
  world.services.database.as({ role: 'hr', companyId: company.companyId }, world.clock.now(), (db) =>
    recordAuditMany(
      db,
      company.companyId,
      world.clock.now(),
      Array.from({ length: count }, (_, index) => ({
        actorKind: 'system' as const,
        actorRole: 'hr',
        action: 'test.happened',
        reason: `test.${index}`,
        requestId: 'test',
      })),
    ),
  )

test('entries are chained once, in order, and the walk finds the first broken link', async () => {
  await append(3)
  expect(await chain((db) => chainAudit(db, company.companyId))).toBe(3)
  expect(await chain((db) => chainAudit(db, company.companyId))).toBe(0)
  world.clock.advance(1000)
  await append(2)
  // two workers at the same moment
  const both = await Promise.all([1, 2].map(() => chain((db) => chainAudit(db, company.companyId))))
  expect(both[0]! + both[1]!).toBe(2)
  expect(await chain((db) => findBrokenLink(db, company.companyId))).toBeUndefined()

  // somebody with every right over the database changes history: it shows
  await world.superuser.query('ALTER TABLE audit_entry DISABLE TRIGGER ALL')
  await world.superuser.query(
    "UPDATE audit_entry SET reason = 'test.other' WHERE id = (SELECT entry_id FROM audit_link WHERE sequence = 4)",
  )
  await world.superuser.query('ALTER TABLE audit_entry ENABLE TRIGGER ALL')
  expect(await chain((db) => findBrokenLink(db, company.companyId))).toBe(4)
})

test('nobody changes or deletes an entry, not even a superuser by an ordinary statement', async () => {
  await append(1)
  await expect(world.superuser.query("UPDATE audit_entry SET reason = 'x'")).rejects.toThrow(/append-only/)
  await expect(world.superuser.query('DELETE FROM audit_entry')).rejects.toThrow(/append-only/)
  await expect(world.superuser.query('TRUNCATE audit_entry CASCADE')).rejects.toThrow(/append-only/)
  await expect(chain((db) => db.deleteFrom('audit_entry').execute())).rejects.toThrow(/permission denied/)
})
