import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BaseLogger } from 'pino'
import { jobQueue } from '../database/jobs-schema.ts'
import { sendDueMails, type Delivered, type MailTemplate, type MailTransport } from '../mail/index.ts'
import type { Services } from '../services.ts'
import { startBoss } from './boss.ts'
import { foundationTicks } from './housekeeping.ts'
import { relayRequests, type JobData } from './requests.ts'
import { runJob, runWaitingJobs } from './run.ts'
import { runTick } from './ticks.ts'
import type { JobHandler, Tick } from './types.ts'

export interface WorkerOptions {
  services: Services
  /** address of the database with the runtime login: pg-boss keeps connections of its own */
  runtimeUrl: string
  /** absent: mails wait in the queue */
  transport: MailTransport | undefined
  templates: readonly MailTemplate[]
  handlers: readonly JobHandler[]
  ticks: readonly Tick[]
  log: Pick<BaseLogger, 'info' | 'warn' | 'error'>
  /** mails on their way at the same time, one by default (see Delivery.lanes) */
  lanes?: number
  /** false: nothing runs by itself, only `settle` does (a story told with its own clock) */
  loops?: boolean
}

export interface Settled extends Delivered {
  jobs: number
}

export interface Worker {
  /** Does everything that is due by the clock now, also what follows from it: ticks, jobs, mails. Returns when nothing is left to do at this instant. */
  settle: () => Promise<Settled>
  /** Begins nothing new, waits for what is under way, ends its connections to the job tables. */
  stop: () => Promise<void>
}

/** One worker: mails, jobs and ticks of every company. Any number may run beside each other. */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { services, log, handlers } = options
  const ticks = [...foundationTicks, ...options.ticks]
  const stopping = new AbortController()
  const stop = () => stopping.signal.aborted
  const boss = await startBoss(options.runtimeUrl, log)
  const delivery = {
    services,
    log,
    transport: options.transport,
    templates: options.templates,
    processId: randomUUID(),
    stop,
    ...(options.lanes !== undefined && { lanes: options.lanes }),
  }

  /** Again and again until stopped; a fault (database restarting) is logged by kind and waited out. */
  async function repeat(name: string, pauseMilliseconds: number, work: () => Promise<void>): Promise<void> {
    while (!stop()) {
      let pause = pauseMilliseconds
      try {
        await work()
      } catch (error) {
        log.error({ loop: name, fault: (error as Error).name, code: (error as { code?: unknown }).code }, 'worker')
        pause = Math.max(pause, 2_000)
      }
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  const loops: Promise<void>[] = []
  if (options.loops !== false) {
    const workerId = await boss.work<JobData>(
      jobQueue,
      { pollingIntervalSeconds: 2, localConcurrency: 2 },
      async ([job]) => {
        if (job) await runJob(options, job)
      },
    )
    const lastRun = new Map<string, number>()
    loops.push(
      repeat('outbox', 500, async () => {
        if ((await relayRequests(services, boss)) > 0) boss.notifyWorker(workerId)
      }),
      repeat('mail', 1_000, async () => {
        const done = await sendDueMails(delivery)
        if (done.accepted + done.failed + done.cancelled + done.delayed > 0) log.info(done, 'mails')
      }),
      repeat('ticks', 1_000, async () => {
        for (const tick of ticks) {
          // how often to look is real time; what is due is the clock's
          const elapsed = performance.now() - (lastRun.get(tick.name) ?? Number.NEGATIVE_INFINITY)
          if (stop() || elapsed < tick.everySeconds * 1000) continue
          lastRun.set(tick.name, performance.now())
          await runTick(services, tick, log)
        }
      }),
    )
  }

  return {
    async settle() {
      const total: Settled = { accepted: 0, failed: 0, cancelled: 0, delayed: 0, jobs: 0 }
      for (const tick of ticks) await runTick(services, tick, log)
      for (;;) {
        const relayed = await relayRequests(services, boss)
        const jobs = await runWaitingJobs(boss, { services, handlers, log })
        const mails = await sendDueMails(delivery)
        total.jobs += jobs
        total.accepted += mails.accepted
        total.failed += mails.failed
        total.cancelled += mails.cancelled
        total.delayed += mails.delayed
        if (relayed + jobs + mails.accepted + mails.failed + mails.cancelled === 0) return total
      }
    },
    async stop() {
      stopping.abort()
      await Promise.all(loops)
      await boss.stop({ graceful: true, close: true, timeout: 20_000 })
    },
  }
}
