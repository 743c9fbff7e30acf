import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { Client } from 'pg'
import { inject } from 'vitest'
import { buildApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { newId, randomCrockford } from '../../server/ids.ts'
import { openServices } from '../../server/open-services.ts'
import type { Services } from '../../server/services.ts'
import { parseOuterKey } from '../../server/vault/index.ts'
import { fill } from './global-setup.ts'

/** A clock that stands where the test puts it. */
export interface TestClock {
  now: () => Date
  set: (at: string | Date) => void
  advance: (milliseconds: number) => void
}

export interface TestCompany {
  companyId: string
  companyKey: string
}

/** One database, services and a clock of one's own: made per test file, closed at its end. */
export interface World {
  services: Services
  clock: TestClock
  app: () => Promise<FastifyInstance>
  /** The owner's connection: to look at what really lies in the tables. Not bound by row-level security roles of people. */
  superuser: Client
  /** the outer key, for a server in a process of its own */
  keyText: string
  ownerUrl: string
  runtimeUrl: string
  company: (values?: Partial<{ name: string; locale: 'ja' | 'en' }>) => Promise<TestCompany>
  close: () => Promise<void>
}

export function createClock(start = '2026-11-02T00:00:00.000Z'): TestClock {
  let at = new Date(start)
  return {
    now: () => new Date(at),
    set: (next) => (at = new Date(next)),
    advance: (milliseconds) => (at = new Date(at.getTime() + milliseconds)),
  }
}

/** Clones the migrated template into a database of this test file. `logTo`: takes the log lines of the pages. */
export async function createWorld(
  environment: Record<string, string> = {},
  logTo?: { write: (line: string) => void },
): Promise<World> {
  const pattern = inject('databaseUrlPattern')
  const name = `hanamichi_test_${randomBytes(6).toString('hex')}`
  const admin = new Client({
    connectionString: process.env['TEST_DATABASE_URL'] ?? fill(pattern, 'postgres', 'postgres'),
  })
  await admin.connect()
  await admin.query(`CREATE DATABASE ${name} TEMPLATE hanamichi_template OWNER hanamichi_owner`)
  const superuserUrl = new URL(
    process.env['TEST_DATABASE_URL'] ?? fill(pattern, 'postgres', name).replace('@/', '@localhost/'),
  )
  superuserUrl.pathname = `/${name}`
  return openWorld(
    {
      superuserUrl: superuserUrl.toString(),
      ownerUrl: fill(pattern, 'hanamichi_owner', name),
      runtimeUrl: fill(pattern, 'hanamichi_runtime', name),
      remove: async () => {
        await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
        await admin.end()
      },
    },
    environment,
    logTo,
  )
}

/** Opens services on a migrated database that is there already (an engine of the test's own, the benchmark's). */
export async function openWorld(
  place: { superuserUrl: string; ownerUrl: string; runtimeUrl: string; remove: () => Promise<void> },
  environment: Record<string, string> = {},
  logTo?: { write: (line: string) => void },
): Promise<World> {
  const { ownerUrl, runtimeUrl } = place
  const superuser = new Client({ connectionString: place.superuserUrl, options: '-c search_path=hanamichi' })
  // an engine that a test stops takes this connection with it
  superuser.on('error', () => undefined)
  await superuser.connect()
  const clock = createClock()
  const config = readConfig({
    LOG_LEVEL: 'fatal',
    BASE_URL: 'http://localhost:3000',
    DATABASE_POOL: '8',
    ...environment,
  })
  const keyText = randomBytes(32).toString('hex')
  const outerKey = parseOuterKey(keyText, 'test key')
  const { services, close } = await openServices({ config, clock, runtimeUrl, outerKey })
  let app: FastifyInstance | undefined
  return {
    services,
    clock,
    superuser,
    keyText,
    ownerUrl,
    runtimeUrl,
    async app() {
      app ??= await buildApp(services, logTo)
      return app
    },
    async company(values = {}) {
      const companyId = newId(clock.now())
      const companyKey = randomCrockford(6)
      await services.database.as({ role: 'setup', companyId }, clock.now(), async (db) => {
        await (db as never as import('kysely').Kysely<{ company: Record<string, unknown> }>)
          .insertInto('company')
          .values({
            company_id: companyId,
            key: companyKey,
            name: values.name ?? '試験株式会社',
            locale: values.locale ?? 'ja',
            time_zone: 'Asia/Tokyo',
            mail_sender_name: '試験株式会社 健康管理室',
            created_at: clock.now(),
            contact_email: 'kenko@example.jp',
            contact_phone: '03-0000-0000',
            postal_address: '東京都千代田区1-1',
          })
          .execute()
        await services.vault.createCompanyKey(db, companyId, clock.now())
      })
      return { companyId, companyKey }
    },
    async close() {
      await app?.close()
      await close()
      await superuser.end()
      await place.remove()
    },
  }
}
