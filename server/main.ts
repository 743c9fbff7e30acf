import type { FastifyInstance } from 'fastify'
import { pino, type BaseLogger } from 'pino'
import { findSetupCode } from './access/index.ts'
import { buildApp } from './app.ts'
import { jobHandlers, mailTemplates, ticks } from './capabilities.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config.ts'
import { listCompanies } from './database/companies.ts'
import { openDatabase } from './database/open.ts'
import { startWorker, type Worker, type WorkerOptions } from './jobs/index.ts'
import { createMailTransport } from './mail/index.ts'
import { openServices } from './open-services.ts'
import { checkQuestionnairesInUse } from './questionnaires/index.ts'
import type { Services } from './services.ts'
import { openKey } from './vault/index.ts'

type Log = Pick<BaseLogger, 'info' | 'warn' | 'error'>

export interface RunOptions {
  config: Config
  clock: Clock
  /** how the worker of this process works; `loops: false` lets only `worker.settle()` do anything */
  worker?: Pick<WorkerOptions, 'loops' | 'lanes'>
  /** false: the caller stops it by itself, SIGTERM and SIGINT are not taken */
  signals?: boolean
  /** false: says nothing on the console about the first visit */
  announce?: boolean
}

/** A process that has come up. */
export interface Running {
  services: Services
  worker: Worker | undefined
  runtimeUrl: string
  ownerUrl: string | undefined
  /** Ends in order: no new requests, those under way finish, then the worker, then the connections, then the embedded engine if nobody else uses it. */
  stop: () => Promise<void>
}

export interface RunningServer extends Running {
  app: FastifyInstance
  /** where it really listens */
  url: string
}

/** Serves the pages, and does the worker's work too unless told not to. Returns when it listens. @throws with a plain message; nothing is left running then */
export async function runServer(
  options: RunOptions & { withWorker: boolean; onReady?: (running: RunningServer) => void | Promise<void> },
): Promise<RunningServer> {
  const { config } = options
  const logTo = openLog()
  const log = pino({ level: config.logLevel }, logTo)
  const ending = new Ending()
  if (options.signals !== false) stopOnSignals(ending, log)
  try {
    const base = await open(options, ending)
    const app = await buildApp(base.services, logTo)
    ending.add(() => app.close())
    const url = await listen(app, config)
    if (base.madeKey)
      log.warn(
        { file: config.keyFile },
        'a new key file was made: keep a copy of it in a safe place, apart from the data',
      )
    const worker = options.withWorker ? await openWorker(options, base, log, ending) : undefined
    // once more, on top: requests end before the worker does (closing twice is harmless)
    ending.add(() => app.close())
    const running = { ...base.running, app, url, worker, stop: () => ending.run() }
    log.info({ url, worker: options.withWorker }, 'serving')
    if (options.announce !== false) await announceFirstVisit(base.services)
    await options.onReady?.(running)
    return running
  } catch (error) {
    await ending.run()
    throw error
  }
}

/** Sends mails and does jobs and ticks, without pages. As many as you like may run. Returns when it works. */
export async function runWorker(options: RunOptions): Promise<Running> {
  const log = pino({ level: options.config.logLevel }, openLog())
  const ending = new Ending()
  if (options.signals !== false) stopOnSignals(ending, log)
  try {
    const base = await open(options, ending)
    const worker = await openWorker(options, base, log, ending)
    const running = { ...base.running, worker, stop: () => ending.run() }
    log.info('working')
    return running
  } catch (error) {
    await ending.run()
    throw error
  }
}

/** Lines go out together, ten times a second or by the page: else each would wake a thread for its own write. */
const openLog = () => pino.destination({ fd: 1, sync: false, minLength: 4096, periodicFlush: 100 })

interface Base {
  services: Services
  madeKey: boolean
  running: { services: Services; runtimeUrl: string; ownerUrl: string | undefined }
}

async function open(options: RunOptions, ending: Ending): Promise<Base> {
  const { config, clock } = options
  const database = await openDatabase(config, clock.now())
  ending.add(() => database.stop())
  const { key, made } = await openKey(config, database)
  const opened = await openServices({ config, clock, runtimeUrl: database.runtimeUrl, outerKey: key })
  ending.add(() => opened.close())
  await opened.services.vault.check()
  await checkQuestionnairesInUse(opened.services)
  return {
    services: opened.services,
    madeKey: made,
    running: { services: opened.services, runtimeUrl: database.runtimeUrl, ownerUrl: database.ownerUrl },
  }
}

async function openWorker(options: RunOptions, base: Base, log: Log, ending: Ending): Promise<Worker> {
  const { smtpUrl, mailFrom, mailPerSecond } = options.config
  const transport =
    smtpUrl && mailFrom
      ? createMailTransport({
          smtpUrl,
          from: mailFrom,
          perSecond: mailPerSecond,
          connections: options.worker?.lanes ?? 1,
        })
      : undefined
  if (!transport) log.warn('SMTP_URL is not set: mails wait in the queue')
  const worker = await startWorker({
    ...options.worker,
    services: base.services,
    runtimeUrl: base.running.runtimeUrl,
    transport,
    templates: mailTemplates,
    handlers: jobHandlers,
    ticks,
    log,
  })
  ending.add(async () => {
    await worker.stop()
    transport?.close()
  })
  return worker
}

/** Listens where the configuration says. @returns the address @throws with a plain message when the port is taken or not ours */
export async function listen(app: FastifyInstance, config: Config): Promise<string> {
  try {
    return await app.listen({ host: config.host, port: config.port })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE')
      throw new Error(
        `port ${config.port} on ${config.host} is taken by another program: choose another one (--port or PORT)`,
        { cause: error },
      )
    if (code === 'EACCES' || code === 'EADDRNOTAVAIL')
      throw new Error(`cannot listen on ${config.host}:${config.port} (${code})`, { cause: error })
    throw error
  }
}

/** While there is no company: where to begin, and the code that only who reads this console knows. Not in the log, which others may collect. */
async function announceFirstVisit(services: Services): Promise<void> {
  if ((await listCompanies(services.database)).length > 0) return
  const [code, address] = [await findSetupCode(services), `${services.config.baseUrl}/setup`]
  for (const locale of ['ja', 'en'])
    process.stdout.write(`${services.texts.text(locale, 'web.firstVisit', { address, code })}\n`)
}

/** What was opened, to be closed in reverse order, once. A step that fails does not keep the others from being done; its fault is thrown at the end. */
export class Ending {
  readonly #steps: (() => Promise<void>)[] = []
  #done: Promise<void> | undefined

  add(step: () => Promise<unknown>): void {
    this.#steps.push(async () => void (await step()))
  }

  run(): Promise<void> {
    this.#done ??= (async () => {
      const faults: unknown[] = []
      for (const step of this.#steps.toReversed()) await step().catch((error: unknown) => faults.push(error))
      if (faults.length > 0) throw faults[0]
    })()
    return this.#done
  }
}

/** Also while it is still coming up: what is open by then is closed. */
function stopOnSignals(ending: Ending, log: Log): void {
  let since: number | undefined
  const stop = (signal: NodeJS.Signals) => {
    if (since !== undefined) {
      // npm passes on the signal that the terminal sends to the whole group as well: that is one wish; a later one is somebody in a hurry
      if (performance.now() - since > 2_000) process.exit(1)
      return
    }
    since = performance.now()
    log.info({ signal }, 'stopping')
    ending.run().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ fault: (error as Error).name }, 'did not stop in order')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
}
