import { join } from 'node:path'
import fastifyPostgres from '@fastify/postgres'
import Fastify from 'fastify'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { createDatabase, poolOptions } from './database/connection.ts'
import './database/types.ts'
import type { Services } from './services.ts'
import { createVault, type OuterKey } from './vault/index.ts'
import { computeAssetVersion, createRenderer } from './web/render.ts'
import { createTexts } from './web/texts.ts'

const templatesDir = join(import.meta.dirname, '..', 'templates')

export interface OpenedServices {
  services: Services
  /** Ends the pools. */
  close: () => Promise<void>
}

/** Makes the services of one process: pools of the runtime login, vault, texts, renderer. The pools live and end with a Fastify instance of its own. */
export async function openServices(parts: {
  config: Config
  clock: Clock
  runtimeUrl: string
  outerKey: OuterKey
}): Promise<OpenedServices> {
  const host = Fastify({ logger: false })
  const forLookUps = Math.ceil(parts.config.databasePool / 8)
  // pipeline: what does not wait for each other's answer is sent in one go (see `together`)
  await host.register(fastifyPostgres, {
    ...poolOptions(parts.runtimeUrl, parts.config.databasePool - forLookUps),
    pipeline: true,
  })
  await host.register(fastifyPostgres, { ...poolOptions(parts.runtimeUrl, forLookUps), name: 'lookUps' })
  await host.ready()
  const lookUps = host.pg['lookUps']!.pool
  for (const pool of [host.pg.pool, lookUps]) {
    // an idle connection that breaks (database restarted) must not end the process; the next request gets a fresh one
    pool.on('error', () => undefined)
    // one that breaks while lent out, between two queries, tells its client object alone: unheard, that would end the process
    pool.on('connect', (client) => client.on('error', () => undefined))
  }
  const database = createDatabase(host.pg.pool, lookUps)
  const texts = createTexts(join(templatesDir, 'locales'))
  return {
    services: {
      config: parts.config,
      clock: parts.clock,
      database,
      vault: createVault(database, parts.outerKey),
      texts,
      renderer: createRenderer({
        templatesDir,
        texts,
        assetVersion: computeAssetVersion(join(templatesDir, 'static')),
      }),
    },
    close: () => host.close(),
  }
}
