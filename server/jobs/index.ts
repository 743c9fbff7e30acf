/**
 * Work without a person waiting for the answer: jobs that a transaction leaves behind (outbox, then pg-boss), ticks that look for what is due by
 * the clock, and how far long work is. Payloads are names and ids; everything is safe to run twice and by several processes.
 */
export { requestJob } from './requests.ts'
export { advanceProgress, findProgress, finishProgress, startProgress, type Progress } from './progress.ts'
export { startWorker, type Settled, type Worker, type WorkerOptions } from './worker.ts'
export type { JobHandler, Tick } from './types.ts'
