import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../app.ts'
import { jobHandlers, mailTemplates, ticks } from '../capabilities.ts'
import { systemClock } from '../clock.ts'
import { readConfig } from '../config.ts'
import { startEmbedded } from '../database/embedded.ts'
import { migrate } from '../database/migrate.ts'
import { startWorker, type Worker } from '../jobs/index.ts'
import { Ending, listen } from '../main.ts'
import { createMailTransport } from '../mail/index.ts'
import { openServices } from '../open-services.ts'
import type { Services } from '../services.ts'
import { createOuterKey } from '../vault/index.ts'
import { createStoryClock, type StoryClock } from './clock.ts'
import type { DemoStaff } from './sign-ins.ts'
import { buildMailboxPage, startMailbox, type Mailbox } from './mailbox.ts'

/** Everything the story is told on: a real database, a real web server, a real mail server, a worker that runs when told. */
export interface Stage {
  services: Services
  clock: StoryClock
  baseUrl: string
  mailboxUrl: string
  mailbox: Mailbox
  /** whom the page of sign-ins lists, once the company is founded */
  staff: DemoStaff[]
  /** Does all that is due by the story's clock: opens, sends, computes. */
  settle: () => Promise<void>
  /** From now on the worker runs by itself and time is the system's. */
  letGo: () => Promise<void>
  close: () => Promise<void>
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Sets up a database and keys in a folder of its own, thrown away at the end.
 * @throws when something does not come up, or when `interrupted` says stop; nothing is left running or lying then
 */
export async function buildStage(port: number, interrupted?: AbortSignal): Promise<Stage> {
  const ending = new Ending()
  try {
    return await build(port, ending, interrupted)
  } catch (error) {
    await ending.run()
    throw error
  }
}

async function build(port: number, ending: Ending, interrupted: AbortSignal | undefined): Promise<Stage> {
  const folder = async (name: string) => {
    const path = await mkdtemp(join(tmpdir(), `hanamichi-demo-${name}-`))
    ending.add(() => rm(path, { recursive: true, force: true }))
    return path
  }
  // two folders: the database's user owns the first, and keys never lie with the data
  const dataDir = await folder('data')
  const keyFile = join(await folder('keys'), 'hanamichi.key')
  const clock = createStoryClock(systemClock)
  const server = await startEmbedded({ dataDir, throwAway: true })
  ending.add(() => server.stop())
  interrupted?.throwIfAborted()
  await migrate(server.ownerUrl, 'hanamichi_runtime', clock.now())
  interrupted?.throwIfAborted()
  const mailbox = await startMailbox(clock.now)
  ending.add(() => mailbox.close())
  const outerKey = await createOuterKey(keyFile)
  const listenPort = port === 0 ? await freePort() : port
  const baseUrl = `http://localhost:${listenPort}`
  const config = readConfig({
    DATA_DIR: dataDir,
    KEY_FILE: keyFile,
    BASE_URL: baseUrl,
    HOST: '127.0.0.1',
    PORT: String(listenPort),
    SMTP_URL: mailbox.smtpUrl,
    MAIL_FROM: 'kenko@hanamichi-demo.example.jp',
    LOG_LEVEL: 'error',
    DATABASE_POOL: '24',
  })
  const { services, close } = await openServices({ config, clock, runtimeUrl: server.runtimeUrl, outerKey })
  // what the story still has under way when it is cut off keeps nobody waiting: the engine ends it
  ending.add(() => Promise.race([close(), sleep(3_000, undefined, { ref: false })]))
  let isClosing = false
  // requests that are cut off by the end are no news
  const app = await buildApp(services, { write: (line) => void (isClosing || process.stderr.write(line)) })
  ending.add(() => closeServer(app))
  await listen(app, config)
  const staff: DemoStaff[] = []
  const mailboxApp = buildMailboxPage(services, mailbox, () => staff)
  ending.add(() => closeServer(mailboxApp))
  const mailboxUrl = await mailboxApp.listen({ port: 0, host: '127.0.0.1' })
  const transport = createMailTransport({ smtpUrl: mailbox.smtpUrl, from: config.mailFrom ?? '', connections: 4 })
  ending.add(async () => transport.close())
  const workerOf = (loops: boolean): Promise<Worker> =>
    startWorker({
      services,
      runtimeUrl: server.runtimeUrl,
      transport,
      templates: mailTemplates,
      handlers: jobHandlers,
      ticks,
      log: quiet,
      lanes: 4,
      loops,
    })
  let worker = await workerOf(false)
  ending.add(() => worker.stop())
  return {
    services,
    clock,
    baseUrl,
    mailboxUrl,
    mailbox,
    staff,
    async settle() {
      await worker.settle()
    },
    async letGo() {
      await worker.stop()
      clock.release()
      worker = await workerOf(true)
    },
    close() {
      isClosing = true
      return ending.run()
    },
  }
}

async function closeServer(app: FastifyInstance): Promise<void> {
  app.server.closeAllConnections()
  await app.close()
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = address !== null && typeof address === 'object' ? address.port : 0
      probe.close(() => done(port))
    })
  })
}

/** A password nobody has to remember. */
export function demoPassword(): string {
  return randomBytes(12).toString('base64url')
}
