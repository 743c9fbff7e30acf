import type { BaseLogger } from 'pino'
import type { Job, PgBoss } from 'pg-boss'
import { jobQueue } from '../database/jobs-schema.ts'
import type { Services } from '../services.ts'
import type { JobData } from './requests.ts'
import type { JobHandler } from './types.ts'

/** Runs one job. @throws with the kind of the fault only: pg-boss keeps what is thrown, and a message may quote a record */
export async function runJob(
  parts: { services: Services; handlers: readonly JobHandler[]; log: Pick<BaseLogger, 'error'> },
  job: Job<JobData>,
): Promise<void> {
  const { name, companyId, objectId } = job.data
  const handler = parts.handlers.find((one) => one.name === name)
  try {
    // a process of another version may know it: failing hands it back
    if (!handler) throw new Error('no such job')
    await handler.run({ services: parts.services, companyId, objectId, at: parts.services.clock.now() })
  } catch (error) {
    const code = (error as { code?: unknown }).code
    const fault = `${(error as Error).name}${typeof code === 'string' ? ` ${code}` : ''}`
    parts.log.error({ job: name, id: job.id, fault }, 'a job failed and will be tried again')
    // oxlint-disable-next-line preserve-caught-error -- the cause is what must not be kept
    throw new Error(fault)
  }
}

/** Fetches and runs what waits, one after the other, until nothing is ready. Returns how many ended well. */
export async function runWaitingJobs(
  boss: PgBoss,
  parts: { services: Services; handlers: readonly JobHandler[]; log: Pick<BaseLogger, 'error'> },
): Promise<number> {
  let ran = 0
  for (;;) {
    const [job] = await boss.fetch<JobData>(jobQueue)
    if (!job) return ran
    const alive = setInterval(() => void boss.touch(jobQueue, job.id).catch(() => undefined), 20_000)
    try {
      await runJob(parts, job)
      await boss.complete(jobQueue, job.id)
      ran++
    } catch (error) {
      await boss.fail(jobQueue, job.id, { fault: (error as Error).message })
    } finally {
      clearInterval(alive)
    }
  }
}
