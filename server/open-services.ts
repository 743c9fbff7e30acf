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
  const { general, peak, lookUps } = shareOf(parts.config.databasePool)
  // pipeline: what does not wait for each other's answer is sent in one go (see `together`)
  await host.register(fastifyPostgres, { ...poolOptions(parts.runtimeUrl, general), pipeline: true })
  await host.register(fastifyPostgres, { ...poolOptions(parts.runtimeUrl, peak), pipeline: true, name: 'peak' })
  await host.register(fastifyPostgres, { ...poolOptions(parts.runtimeUrl, lookUps), name: 'lookUps' })
  await host.ready()
  const pools = { general: host.pg.pool, peak: host.pg['peak']!.pool, lookUps: host.pg['lookUps']!.pool }
  for (const pool of Object.values(pools)) {
    // an idle connection that breaks (database restarted) must not end the process; the next request gets a fresh one
    pool.on('error', () => undefined)
    // one that breaks while lent out, between two queries, tells its client object alone: unheard, that would end the process
    pool.on('connect', (client) => client.on('error', () => undefined))
  }
  const database = createDatabase(pools)
  return {
    services: {
      config: parts.config,
      clock: parts.clock,
      database,
      vault: createVault(database, parts.outerKey),
      ...createPageServices(),
    },
    close: () => host.close(),
  }
}

/** What pages are made with: needs no database and no configuration. */
export function createPageServices(): Pick<Services, 'texts' | 'renderer'> {
  const texts = createTexts(join(templatesDir, 'locales'))
  const assetVersion = computeAssetVersion(join(templatesDir, 'static'))
  return { texts, renderer: createRenderer({ templatesDir, texts, assetVersion }) }
}

/**
 * How `DATABASE_POOL` is shared out: an eighth looks up sessions and links, three eighths are for the pages of answering,
 * the rest for everything else. Example: of 16 they get 2, 6 and 8; of 4 (the least) 1, 1 and 2.
 */
function shareOf(connections: number): { general: number; peak: number; lookUps: number } {
  const lookUps = Math.ceil(connections / 8)
  const peak = Math.floor((connections * 3) / 8)
  return { general: connections - lookUps - peak, peak, lookUps }
}
